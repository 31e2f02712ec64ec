"""Django limits the number of uploaded files, not their size: this does."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

TOO_LARGE = "upload_too_large"


class Quota(FileUploadHandler):
    """Stops reading a request whose file exceeds ``UPLOAD_MAX_BYTES`` and marks it by ``request.upload_too_large``."""

    received = 0

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        """Refuses at once what announces itself as too large; None lets the request be read."""
        if content_length > settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The chunk, for the next handler; StopUpload once the total is over the limit."""
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """None: the next handler has the file."""
        return None

    def _stop(self) -> None:
        setattr(self.request, TOO_LARGE, True)
        raise StopUpload(connection_reset=False)
