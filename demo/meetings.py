"""The demo's meetings: one behind us whose decisions the data have judged by now, one prepared for the last quarter."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from company.models import Company, Membership, Role, User
from journeys.models import Quarter
from meetings import running
from meetings.models import Decision, Meeting
from metrics.access import editions_of
from metrics.refresh import refresh

FACILITATOR = "conduttore@aurora.example"
AFTER = timedelta(days=12)
AHEAD = timedelta(days=7)
HOUR = time(10, 0)
FRIDAY = 4


@dataclass(frozen=True)
class Taken:
    """A decision of the demo: the five fields, the owner's address, and on which day after the meeting it was done."""

    owner: str
    proposal: str
    motivation: str
    figure: str
    obstacles: str
    measure: str = ""
    start: str = ""
    goal: str = ""
    state: str = Decision.State.DECIDED
    done_after: int = 0


DECISIONS = (
    Taken(
        "analista@aurora.example",
        "Da luglio il sito conferma il pagamento in un passo solo, per tutti i clienti.",
        "In Acquisto il pagamento ripetuto è il risultato che pesa di più.",
        "fattori.acquisto.voto_acquisto",
        "La banca cambia il modulo solo il martedì: si prova due settimane prima.",
        "indicator:pagamento_ripetuto",
        "17",
        "9",
        Decision.State.DONE,
        34,
    ),
    Taken(
        "capo.logistica@aurora.example",
        "Chi aspetta una consegna in ritardo riceve un messaggio entro le 12 del giorno prima.",
        "I ritardi sono il legame più forte con il voto alla consegna.",
        "fattori.consegna.voto_consegna",
        "I corrieri del Sud non mandano lo stato: si chiede per contratto.",
        "indicator:consegna_in_ritardo",
        "10",
        "6",
        Decision.State.STARTED,
    ),
    Taken(
        "conduttore@aurora.example",
        "Ogni mese un reparto ascolta dieci telefonate all’assistenza.",
        "Così capiamo prima che cosa non va.",
        "",
        "Il tempo: un’ora al mese a reparto.",
        state=Decision.State.DONE,
        done_after=50,
    ),
)


def meet(company: Company) -> None:
    """The two meetings, once: where there is one already, nothing happens."""
    quarters = list(company.quarters.order_by("-year", "-number")[:2])
    if len(quarters) < 2 or Meeting.objects.filter(quarter__company=company).exists():
        return
    for quarter in company.quarters.filter(stale=True).order_by("year", "number"):
        refresh(quarter.pk)
    editions = list(editions_of(Membership(company=company, role=Role.FACILITATOR)))
    if {quarter.pk for quarter in quarters} - {edition.quarter_id for edition in editions}:
        return  # another process is computing one of them right now
    sara = User.objects.get(email=FACILITATOR)
    last, before = quarters
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        past = running.create(before, editions, sara)
        running.begin(past, editions, sara)
        _held(past, _at(before))
        next_one = running.create(last, editions, sara)
        next_one.at = _working(timezone.localdate() + AHEAD)
        next_one.place = "Sala Po, terzo piano"
        next_one.save(update_fields=["at", "place"])


def _at(quarter: Quarter) -> datetime:
    return _working(quarter.ends + AFTER)


def _working(day: date) -> datetime:
    """Ten in the morning of the day, or of the Monday after a weekend."""
    while day.weekday() > FRIDAY:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, HOUR))


def _held(meeting: Meeting, at: datetime) -> None:
    """The meeting as it went: who came, what was said and decided, closed after seventy-five minutes."""
    meeting.people.update(present=True)
    meeting.items.filter(kind="opening").update(notes="Parole: fretta, casa, attesa, gentilezza.")
    for number, taken in enumerate(DECISIONS, start=1):
        _decide(meeting, number, taken, at)
    over = at + timedelta(minutes=75)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.CLOSED, at=at, place="Sala Po, terzo piano", opened_at=at, closed_at=over
    )


def _decide(meeting: Meeting, number: int, taken: Taken, at: datetime) -> None:
    day, done = at.date(), taken.state == Decision.State.DONE
    target = meeting.quarter.code.plus(1)
    Decision.objects.create(
        meeting=meeting,
        number=number,
        state=taken.state,
        proposal=taken.proposal,
        motivation=taken.motivation,
        figures=[taken.figure] if taken.figure else [],
        opinion=not taken.figure,
        measure=taken.measure,
        start=Decimal(taken.start) if taken.start else None,
        goal=Decimal(taken.goal) if taken.goal else None,
        due_quarter=str(target),
        obstacles=taken.obstacles,
        owner=User.objects.get(email=taken.owner),
        due=target.days(meeting.quarter.company.fiscal_start_month)[1],
        in_favour=4,
        against=0,
        abstained=1,
        decided_on=day,
        done_on=day + timedelta(days=taken.done_after) if done else None,
    )
