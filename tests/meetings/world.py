"""A company with two quarters, people of every kind, and meetings for tests."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils import timezone

from company.models import Company, Membership, Role, User
from meetings import running
from meetings.models import Decision, Meeting
from metrics.access import editions_of
from metrics.models import Edition
from metrics.report import Report
from metrics.sentences import write
from tests import make, make_report

UNDECIDED: dict[str, object] = {"state": "proposed", "decided_on": None}


def editions(company: Company) -> list[Edition]:
    """Every edition of the company."""
    return list(editions_of(Membership(company=company, role=Role.FACILITATOR)))


def three_quarters(company: Company) -> None:
    """The chain's report of T3 2026 and the two quarters before it, each an edition."""
    make_report.history(company, make_report.aurora(), levels=(68.9, 69.8))


def facilitator(company: Company, name: str = "Sara Greco") -> User:
    """Who runs the meeting."""
    made = make.user(company, "facilitator")
    made.first_name, made.last_name = name.split()
    made.save()
    return made


def meeting(company: Company, code: str, actor: User, opened: bool = False) -> Meeting:
    """The quarter's meeting with its default agenda, already begun where asked."""
    year, number = map(int, code.split("-"))
    quarter = company.quarters.get(year=year, number=number)
    made = running.create(quarter, editions(company), actor)
    if opened:
        running.begin(made, editions(company), actor)
    return Meeting.objects.select_related("quarter__company").get(pk=made.pk)


def decision(of: Meeting, owner: User, proposal: str, **fields: object) -> Decision:
    """A decision taken, on a figure of the edition unless it is an opinion."""
    given: dict[str, object] = {
        "state": Decision.State.DECIDED,
        "figures": ["ponte"],
        "owner": owner,
        "due": date(2026, 9, 15),
        "decided_on": date(2026, 7, 14),
        "motivation": "Il ponte la mostra come il passo più grande.",
    }
    made: Decision = Decision.objects.create(
        meeting=of, number=of.decisions.count() + 1, proposal=proposal, **{**given, **fields}
    )
    return made


def close(of: Meeting) -> None:
    """The meeting over, seven days for corrections beginning now."""
    Meeting.objects.filter(pk=of.pk).update(
        state=Meeting.State.CLOSED, opened_at=timezone.now(), closed_at=timezone.now()
    )
    of.refresh_from_db()


def moved(report: Report, slug: str, value: str, verdict: str) -> Report:
    """The report with another value of an indicator, whose change since the quarter before has that verdict."""
    figures = [
        replace(row, value=Decimal(value), change=Decimal(value) - (row.before or Decimal(0)), verdict=verdict)
        if row.level == "indicator" and row.indicator == slug
        else row
        for row in report.figures
    ]
    changed = replace(report, figures=tuple(figures))
    return replace(changed, messages=write(changed))
