"""The size of what arrives: Django sets no limit on files, so this handler does, while the bytes come in."""

from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

TOO_LARGE = "file_too_large"
DRAIN_FACTOR = 2
PATCH_MAX_BYTES = 5 << 20


class LimitedUpload(FileUploadHandler):
    """Files are taken at two addresses: up to ``settings.UPLOAD_MAX_BYTES``, and 5 MB of corrected rows.

    Over the limit nothing more is kept, and the request's META says so under ``TOO_LARGE`` for the form to explain.
    The rest of a body that is honest about its length is read and dropped, so that the browser shows the answer;
    a much larger one is cut off.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.length = content_length
        self.taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        match = cast(HttpRequest, self.request).resolver_match
        limits = {"upload": settings.UPLOAD_MAX_BYTES, "patch": min(settings.UPLOAD_MAX_BYTES, PATCH_MAX_BYTES)}
        self.limit = limits.get(match.url_name or "", 0) if match else 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """The chunk, for the handlers that store it; StopUpload over the limit."""
        self.taken += len(raw_data)
        if self.taken > self.limit:
            cast(HttpRequest, self.request).META[TOO_LARGE] = True
            raise StopUpload(connection_reset=self.length > DRAIN_FACTOR * settings.UPLOAD_MAX_BYTES)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """None: the handlers after this one make the file."""
        return None
