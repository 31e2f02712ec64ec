"""The demo's past: every quarter but the last came out in its time; one was contested, one corrected afterwards."""

from datetime import datetime, time, timedelta
from pathlib import Path
from time import sleep

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from company.models import Company, User
from demo.folder import LATE, complete
from journeys.companyfile.importing import Say
from journeys.companyfile.loading import load_file
from journeys.companyfile.parse import parse_company
from journeys.models import Quarter, Upload
from metrics.contesting import Contest, answer, contest
from metrics.models import Announcement, Edition, Objection
from metrics.publish import Order, publish, restate, review
from metrics.refresh import refresh
from metrics.remarks import write_note

ANALYST = "analista@aurora.example"
HEAD = "capo.logistica@aurora.example"
OUT = timedelta(days=10)
CONTESTED = timedelta(days=6)
CORRECTED = timedelta(days=40)
MORNING = time(9, 0)
REASON = "Le risposte dei sei negozi del Sud e delle isole sono arrivate dopo la pubblicazione."
DOUBT = "Nel voto mancano le consegne in Sicilia delle ultime due settimane."
CHECKED = "Ricontrollato con chi fa l’indagine: ci sono. Il voto resta com’è."
NOTE = "Due corrieri su tre hanno cambiato magazzino a metà trimestre."


def whole(company: Company, folder: Path) -> bool:
    """Whether every file of the folder was accepted and everything but the last quarter is out."""
    accepted = Upload.objects.filter(company=company, state=Upload.State.ACCEPTED)
    names = {name for source in parse_company(folder).sources for name in source.files} if complete(folder) else set()
    waiting = company.sources.exclude(pk__in=accepted.values("source"))
    past = company.quarters.order_by("-year", "-number")[1:]
    return (
        company.sources.exists()
        and not waiting.exists()
        and names <= set(accepted.values_list("filename", flat=True))
        and all(quarter.closed for quarter in past)
    )


def publish_past(company: Company, folder: Path, say: Say) -> None:
    """Take every quarter but the last through its states, the oldest first; what is done already stays."""
    quarters = list(company.quarters.order_by("year", "number"))
    corrected, contested, last = quarters[-3:]
    analyst = User.objects.get(email=ANALYST)
    with translation.override(settings.LANGUAGE_CODE):
        for quarter in quarters[:-1]:
            if quarter.state != Quarter.State.PUBLISHED:
                say(_("Publishing %(quarter)s …") % {"quarter": quarter.code})
                _come_out(quarter, analyst, doubted=quarter == contested)
            if quarter == corrected and (folder / LATE).exists():
                _correct(quarter, analyst, folder / LATE)
        if not last.remarks.exists():
            write_note(analyst.membership, last, "", NOTE)


def _come_out(quarter: Quarter, analyst: User, doubted: bool) -> None:
    edition = _computed(quarter)
    with transaction.atomic():
        if quarter.state == Quarter.State.OPEN:
            review(quarter, analyst)
        if doubted:
            _contest(quarter, analyst)
        _publish(quarter, edition, analyst, _morning(quarter, OUT))


def _computed(quarter: Quarter) -> Edition:
    """The quarter's draft, up to date; a worker that was quicker is waited for."""
    while (edition := refresh(quarter.pk)) is None or Quarter.objects.get(pk=quarter.pk).stale:
        sleep(0.2)
    return edition


def _publish(quarter: Quarter, edition: Edition, analyst: User, at: datetime) -> None:
    """Out at that moment; nobody gets a letter about the past."""
    Edition.objects.filter(pk=edition.pk).update(computed=at)
    out = publish(quarter, analyst, Order(edition.digest, at=at))
    Announcement.objects.create(edition=out)


def _contest(quarter: Quarter, analyst: User) -> None:
    """The head of logistics contests the vote on deliveries; the analyst checks it and answers."""
    head = User.objects.get(email=HEAD)
    stage = quarter.company.indicators.get(slug="voto_consegna").stage
    key = ("indicator", stage.slug if stage else "", "voto_consegna", "")
    department = quarter.company.departments.get(slug="logistica")
    objection = contest(quarter, head, Contest(department, key, DOUBT))
    answer(quarter, analyst, objection, Objection.State.DISMISSED, CHECKED)
    asked = _morning(quarter, CONTESTED)
    Objection.objects.filter(pk=objection.pk).update(at=asked, answered=asked + timedelta(days=1))


def _correct(quarter: Quarter, analyst: User, late: Path) -> None:
    """The late answers are taken in, and the quarter comes out again beside what it was."""
    source = quarter.company.sources.get(slug="indagine-percorso")
    if source.uploads.filter(filename=late.name, state=Upload.State.ACCEPTED).exists() and quarter.closed:
        return
    if not quarter.restating:
        restate(quarter, analyst, REASON)
    load_file(source, late)
    _publish(quarter, _computed(quarter), analyst, _morning(quarter, CORRECTED))


def _morning(quarter: Quarter, after: timedelta) -> datetime:
    return timezone.make_aware(datetime.combine(quarter.ends + after, MORNING))
