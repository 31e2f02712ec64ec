"""What is looked at before a quarter moves on: what stops it, and what a person should know and may accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.board import source_rows
from journeys.essential import IN_COMPANY, IN_STAGE, crowd
from journeys.models import Preparation, Quarter, Source
from metrics import labels
from metrics.models import Edition, Objection
from metrics.report import Report


@dataclass(frozen=True)
class Check:
    """One thing looked at. ``stops``: nothing is published before it is settled; ``names``: what it is about.

    ``href`` and ``where``: the page on which it is settled.
    """

    slug: str
    said: str
    fine: bool
    stops: bool = False
    names: tuple[str, ...] = ()
    href: str = ""
    where: str = ""


def checks(quarter: Quarter, edition: Edition, report: Report, today: date) -> list[Check]:
    """Every check of the quarter, those that stop first."""
    sources = quarter.company.sources.select_related("department", "owner")
    missing = [row.source.name for row in source_rows(quarter, sources, today) if not row.arrived]
    return [
        _fresh(quarter, edition),
        _objections(quarter, edition, report),
        _essential(report),
        _missing(missing),
        _warnings(quarter),
        _owners(list(sources)),
    ]


def _fresh(quarter: Quarter, edition: Edition) -> Check:
    fine = not quarter.stale and edition.revision == quarter.revision
    said = _("The figures hold everything that has arrived.")
    return Check("fresh", said if fine else _("Data arrived: the figures are being computed again."), fine, stops=True)


def _objections(quarter: Quarter, edition: Edition, report: Report) -> Check:
    rows = edition.objections.filter(state=Objection.State.OPEN)
    names = tuple(report.department(row.department).name for row in rows)
    said = ngettext("%(n)s objection waits for an answer.", "%(n)s objections wait for an answer.", len(names))
    words = said % {"n": len(names)} if names else _("No objection is open.")
    return Check("objections", words, not names, stops=True, names=names)


def _missing(names: Sequence[str]) -> Check:
    said = ngettext("%(n)s source has sent nothing.", "%(n)s sources have sent nothing.", len(names))
    words = said % {"n": len(names)} if names else _("Every source has sent its data.")
    return Check("sources", words, not names, names=tuple(names), href=reverse("data"), where=_("Data"))


def _warnings(quarter: Quarter) -> Check:
    agreed = Preparation.objects.filter(upload__parts__quarter=quarter).exclude(agreed=[]).distinct()
    names = tuple(agreed.order_by("upload__received").values_list("upload__filename", flat=True))
    said = ngettext(
        "%(n)s file was confirmed over a plausibility warning.",
        "%(n)s files were confirmed over a plausibility warning.",
        len(names),
    )
    words = said % {"n": len(names)} if names else _("No file was confirmed over a plausibility warning.")
    return Check("warnings", words, not names, names=names)


def _essential(report: Report) -> Check:
    found = crowd(row.stage for row in report.indicators if row.essential)
    over = tuple(labels.stage_name(report, slug) for slug in found.stages)
    words = {"n": found.total, "cap": IN_COMPANY, "each": IN_STAGE}
    said = _("%(n)s essential indicators: at most %(cap)s, and %(each)s a stage.") % words
    if not found.fits:
        said = f"{said} " + _("Retire one first.")
    href = reverse("settings_topic", args=["essenziali"])
    return Check("essential", said, found.fits, stops=True, names=over, href=href, where=_("Settings"))


def _owners(sources: Sequence[Source]) -> Check:
    names = tuple(row.name for row in sources if row.owner is None)
    said = ngettext("%(n)s source has no named owner.", "%(n)s sources have no named owner.", len(names))
    words = said % {"n": len(names)} if names else _("Every source has a named owner.")
    return Check("owners", words, not names, names=names)
