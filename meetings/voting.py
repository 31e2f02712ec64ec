"""Dots from phones: one set a token, counted together, nobody's apart."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import segno
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from company.models import User
from meetings.models import Ballot, Decision, Meeting, Poll, Tally
from meetings.running import locked, log, touch

TOKEN = Signer(salt="meetings.vote")
WIDTH = 100


class Refused(Exception):
    """A ballot that does not count; ``code`` says why: again, closed, full, none, many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Bar:
    """A proposal with its dots; ``width`` in hundredths of the longest."""

    decision: Decision
    dots: int
    width: int


@dataclass(frozen=True)
class Result:
    """A vote as the room shows it."""

    poll: Poll
    bars: list[Bar]
    address: str

    @property
    def qr(self) -> str:
        """The address as the path of a QR code, in squares of one."""
        return _path(self.address)

    @property
    def side(self) -> int:
        """Squares along the code's side, its quiet border included."""
        return int(segno.make(self.address, error="m", micro=False).symbol_size(border=2)[0])


def start(meeting: Meeting, dots: int, voters: int, actor: User) -> Poll:
    """A new vote on the meeting's proposals; one that is open is closed first."""
    with locked(meeting) as held:
        held.polls.filter(open=True).update(open=False)
        poll = Poll.objects.create(meeting=held, key=secrets.token_urlsafe(9), dots=dots, voters=voters)
        rows = held.decisions.exclude(proposal="")
        Tally.objects.bulk_create(Tally(poll=poll, decision=row) for row in rows)
        touch(held, structure=True)
        log(held, actor, "poll.started", {"dots": dots, "voters": voters})
    return poll


def stop(meeting: Meeting, actor: User) -> None:
    """No more ballots."""
    with locked(meeting) as held:
        if held.polls.filter(open=True).update(open=False):
            touch(held)
            log(held, actor, "poll.stopped")


def token() -> str:
    """A token for a phone: drawn at random, signed, kept by the phone only."""
    return TOKEN.sign(secrets.token_urlsafe(16))


def genuine(signed: str) -> bool:
    """Whether we drew the token."""
    try:
        TOKEN.unsign(signed)
    except BadSignature:
        return False
    return True


def cast(poll: Poll, signed: str, dots: Mapping[int, int]) -> None:
    """Count a phone's dots, all or none of them; Refused where they do not count."""
    given = {number: count for number, count in dots.items() if count > 0}
    with transaction.atomic():
        held = Poll.objects.select_for_update().get(pk=poll.pk)
        code = _objection(held, signed, sum(given.values()))
        if code:
            raise Refused(code)
        Ballot.objects.create(poll=held, token=_hash(signed))
        for number, count in given.items():
            if not held.tallies.filter(decision__number=number).update(dots=F("dots") + count):
                raise Refused("none")
        held.cast += 1
        held.save(update_fields=["cast"])
    touch(poll.meeting)


def _objection(poll: Poll, signed: str, total: int) -> str:
    if has_voted(poll, signed):
        return "again"
    if not poll.open:
        return "closed"
    if poll.cast >= poll.voters:
        return "full"
    if not genuine(signed) or total == 0:
        return "none"
    return "many" if total > poll.dots else ""


def has_voted(poll: Poll, signed: str) -> bool:
    """Whether the token's ballot is in."""
    return poll.ballots.filter(token=_hash(signed)).exists()


def result(poll: Poll) -> Result:
    """The dots so far, in the proposals' order."""
    rows = list(poll.tallies.select_related("decision__owner"))
    most = max((row.dots for row in rows), default=0) or 1
    address = settings.SITE_URL + reverse("vote", args=[poll.key])
    return Result(poll, [Bar(row.decision, row.dots, WIDTH * row.dots // most) for row in rows], address)


def _path(text: str) -> str:
    rows = segno.make(text, error="m", micro=False).matrix_iter(border=2)
    return "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)


def _hash(signed: str) -> str:
    return hashlib.sha256(signed.encode()).hexdigest()
