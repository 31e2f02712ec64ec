"""An answer that confirms the reader's copy carries what RFC 9110 (15.4.5) asks of it: the copy has its own headers.

Whatever else stood in it would be written, sent and read again for nothing; an empty body's length or type would even
be taken for the copy's.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NEEDED = frozenset(
    {"cache-control", "content-location", "date", "etag", "expires", "last-modified", "vary"}
    | {"strict-transport-security"}  # of the host, not of the copy
)


class NotModified:
    """Takes from a 304 what every answer gets on its way out; placed before all that adds a header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 304:
            for name in [name for name, _value in response.items() if name.lower() not in NEEDED]:
                del response[name]
        return response
