"""The page a phone gets from the room's QR code: dots on proposals, no account, nobody's vote apart."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings import voting
from meetings.access import poll_or_404
from meetings.models import Poll

COOKIE = "voto"
HOURS = 12


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the proposals and a token for this phone. POST: its dots, once."""
    poll = poll_or_404(key)
    token = request.COOKIES.get(COOKIE, "")
    if request.method == "POST":
        return _cast(request, poll, token or request.POST.get("token", ""))
    fresh = token if voting.genuine(token) else voting.token()
    response = _page(request, poll, fresh, "")
    response.set_cookie(
        COOKIE,
        fresh,
        max_age=HOURS * 3600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=request.path,
    )
    return response


def _cast(request: HttpRequest, poll: Poll, token: str) -> HttpResponse:
    sent = {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("dot-")}
    dots = {int(number): int(value) for number, value in sent.items() if _small(number) and _small(value)}
    try:
        voting.cast(poll, token, dots)
    except voting.Refused as refused:
        return _page(request, poll, token, _why(refused.code, poll), 422)
    return _page(request, poll, token, "")


def _small(text: str) -> bool:
    return text.isdecimal() and len(text) < 4


def _page(request: HttpRequest, poll: Poll, token: str, fault: str, status: int = 200) -> HttpResponse:
    context = {
        "poll": poll,
        "token": token,
        "fault": fault,
        "voted": bool(token) and voting.has_voted(poll, token),
        "result": voting.result(poll),
        "dots": range(poll.dots + 1),
    }
    return render(request, "meetings/vote.html", context, status=status)


def _why(code: str, poll: Poll) -> str:
    words = {
        "again": _("This phone has voted already: its dots count once."),
        "closed": _("The vote is closed."),
        "full": _("All the votes of this meeting are in."),
        "none": _("No dot was placed: place at least one."),
        "many": _("Too many dots: each has %(n)s.") % {"n": poll.dots},
    }
    return words[code]
