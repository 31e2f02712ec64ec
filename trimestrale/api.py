"""/api/: what programs read and send. The routers belong to the rooms whose facts and figures they serve."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from company.access import member
from company.bearer import Refusal, StrictParser, guarded, http_error, refuse_addresses
from journeys.api import router as facts
from metrics.api import router as figures

ABOUT = """Read the report and send observations, with a key made under *Impostazioni → Chiavi* and sent as
`Authorization: Bearer tri_…`. Errors are `{"detail": …, "errors": [{"pointer": "/observations/3/value", …}]}`;
a pointer is a JSON pointer into what was sent (RFC 6901)."""

api = NinjaAPI(
    title="La Trimestrale del Cliente",
    version="1",
    description=ABOUT,
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="programs",
)
api.add_router("", facts)
api.add_router("", figures)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as JSON."""
    response = JsonResponse({"detail": refusal.detail, "errors": refusal.errors}, status=refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def pointer(location: tuple[str | int, ...]) -> str:
    """The place in the body (or the parameter's name) of what ninja found: it puts kind and argument before."""
    kind, *rest = location
    inside = rest[1:] if kind == "body" else rest
    return "".join(f"/{step}" for step in inside) or "/"


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The way in of every address: no sign-in page, no cookies, no cache, no plain HTTP, no key in the address."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if settings.HTTPS and not request.is_secure():
                raise Refusal(HTTPStatus.FORBIDDEN, _("Only over HTTPS."))
            refuse_addresses(request)
            response: HttpResponseBase = guarded(view)(request, *args, **kwargs)
            return response
        except Refusal as refusal:
            return refused(request, refusal)

    return login_not_required(never_cache(csrf_exempt(inside)))


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of the API, for everybody who is signed in."""
    member(request)
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/"))


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(request, error)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(request, http_error(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Where the request does not fit its schema, and why."""
    errors = [
        {"pointer": pointer(one["loc"]), "code": str(one["type"]), "message": str(one["msg"])} for one in error.errors
    ]
    return refused(request, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, _("The request does not fit."), errors))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(request, Refusal(HTTPStatus.NOT_FOUND, _("There is no such thing.")))


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(request, Refusal(HTTPStatus.FORBIDDEN, str(error)))


urlpatterns = [path("openapi.json", openapi, name="api_openapi")]
urlpatterns += [
    path(str(entry.pattern), door(entry.callback), name=entry.name)
    for entry in api.urls[0]
    if isinstance(entry, URLPattern) and entry.name != "api-root"
]
