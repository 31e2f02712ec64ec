"""Log lines for machines: one JSON object each, without request bodies, query strings or personal data."""

import json
import logging
from datetime import UTC, datetime

FIELDS = ("status_code", "job", "upload", "quarter", "seconds")


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, message and the few known extra fields; an exception by its trace, without locals."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
