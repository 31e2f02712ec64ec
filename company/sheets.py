"""Tables as CSV files that a spreadsheet opens rightly and safely: the one writer of downloads."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language

from company.formats import list_mark

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, str) and text.startswith(FORMULA):
        return f"'{text}"
    return text


def sheet(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV in the reader's language: CRLF, a byte-order mark, semicolons where the comma is decimal."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out, delimiter=list_mark(get_language() or "it")).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def streamed_response(name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The same for rows too many to be held at once."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=list_mark(get_language() or "it"))

    def written() -> Iterator[str]:
        yield "\ufeff"
        for row in rows:
            writer.writerow([safe(cell) for cell in row])
            yield out.getvalue()
            out.seek(0)
            out.truncate()

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def sheet_response(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download under a plain ASCII name, never shown inside the page."""
    response = HttpResponse(sheet(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
