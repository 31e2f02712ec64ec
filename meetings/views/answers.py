"""How a step of the meeting is answered: a page to go on to, or for what saves by itself a word that it is saved."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import time_format


def by_itself(request: HttpRequest) -> bool:
    """Whether the page saves by itself and stays where it is."""
    return request.headers.get("Accept") == "application/json"


def saved(request: HttpRequest, address: str, faults: dict[str, str] | None = None) -> HttpResponse:
    """303 to the address; or, for a page that saves by itself, when it was saved and what was not."""
    if by_itself(request):
        at = time_format(timezone.localtime(), "H:i")
        return JsonResponse({"at": at, "to": address, "faults": faults or {}}, status=422 if faults else 200)
    return on(address)


def on(address: str) -> HttpResponse:
    """303: the step is done, go on here."""
    response = redirect(address)
    response.status_code = 303
    return response
