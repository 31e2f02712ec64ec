"""A quarter's way out on one page: what to check, what changed since it was seen, and the next step."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member
from company.fresh import require_fresh
from company.models import Membership
from journeys.models import Quarter
from metrics import checklist, labels, publish
from metrics.access import editions_of, quarter_to_publish
from metrics.models import Checkpoint, Edition
from metrics.panels.changes import changes, consequences
from metrics.report import Report
from metrics.shown import report_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publishing(request: HttpRequest, code: str) -> HttpResponse:
    """Where the quarter stands and what comes next; POST takes the step named ``step``, or says why it cannot."""
    quarter = quarter_to_publish(request, code)
    problem = ""
    if request.method == "POST":
        try:
            _take(request, member(request), quarter)
        except publish.Refused as refused:
            problem = str(refused)
        else:
            response = redirect("publish", code=code)
            response.status_code = HTTPStatus.SEE_OTHER
            return response
        quarter.refresh_from_db()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    context = {**_page(member(request), quarter), "problem": problem}
    return render(request, "metrics/publish.html", context, status=status)


def _take(request: HttpRequest, membership: Membership, quarter: Quarter) -> None:
    actor, reason = membership.user, request.POST.get("reason", "").replace("\0", "")
    steps: dict[str, Callable[[], object]] = {
        "review": lambda: publish.review(quarter, actor),
        "reopen": lambda: publish.reopen(quarter, actor),
        "look": lambda: publish.look_again(quarter, actor),
        "publish": lambda: publish.publish(quarter, actor, _order(request)),
        "restate": lambda: publish.restate(quarter, actor, reason),
        "withdraw": lambda: publish.withdraw(quarter, actor),
    }
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        raise publish.Refused(_("Choose what to do."))
    if request.POST["step"] == "publish":
        require_fresh(request)
    step()


def _order(request: HttpRequest) -> publish.Order:
    """The figures seen and the embargo, a moment of the local clock."""
    written = request.POST.get("visible_from", "").strip()
    return publish.Order(request.POST.get("digest", ""), _moment(written) if written else None)


def _moment(written: str) -> datetime:
    try:
        found = parse_datetime(written)
        if found is None:
            raise ValueError(written)
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except (ValueError, OverflowError) as error:
        raise publish.Refused(_("The moment of the embargo is not a date and an hour.")) from error


def _page(membership: Membership, quarter: Quarter) -> dict[str, object]:
    editions = {edition.state: edition for edition in quarter.editions.order_by("version")}
    draft, out = editions.get(Edition.State.DRAFT), editions.get(Edition.State.PUBLISHED)
    context: dict[str, object] = {"quarter": quarter, "draft": draft, "published": out}
    if out is not None and not out.visible_at(timezone.now()):
        context["embargo"] = out.visible_from
    if draft is None:
        return context
    report = report_of(draft.digest, draft.pk)
    found = checklist.checks(quarter, draft, report, timezone.localdate())
    return {
        **context,
        "checks": found,
        "stopped": any(check.stops and not check.fine for check in found),
        "tables": _tables(membership, draft, report, out),
        "second": quarter.company.two_to_publish,
        "proposed": bool(draft.proposer) and draft.proposed_digest == draft.digest,
    }


def _tables(membership: Membership, draft: Edition, report: Report, out: Edition | None) -> dict[str, object]:
    """What differs from the published version, from the draft as last seen, and from the quarter before."""
    quarter = draft.quarter
    seen: Checkpoint | None = getattr(quarter, "checkpoint", None)
    code = quarter.code.plus(-1)
    before = editions_of(membership).filter(quarter__year=code.year, quarter__number=code.number).first()
    found: dict[str, object] = {"seen": seen}
    if out is not None:
        caption = _("Every figure that changes: published, restated")
        found["restated"] = changes("rideterminazione", caption, report_of(out.digest, out.pk), report)
        found["consequences"] = consequences(draft.consequences, report)
    if seen is not None and seen.digest != draft.digest:
        caption = _("What changed since the figures were last looked at")
        found["since"] = changes("dalla-bozza", caption, Report.parse(seen.content), report)
    if before is not None and out is None:
        caption = _("What changed since %(quarter)s") % {"quarter": labels.quarter(str(before.quarter.code))}
        found["before"] = changes("dal-trimestre", caption, report_of(before.digest, before.pk), report)
    return found
