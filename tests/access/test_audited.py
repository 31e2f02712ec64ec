"""Every address that changes something leaves exactly one line in the audit log, in the same transaction."""

from typing import Any

import pytest

from company.models import AuditEntry
from tests.access.acts import ACTS, Act
from tests.access.test_matrix import MATRIX, fingerprint
from tests.access.test_programs import MATRIX as PROGRAMS
from tests.access.world import World

FILES = "needs a file that was read: its one line is counted in tests/journeys/test_drafts_on_record.py"
EXEMPT = {
    "login": "who is signed in is no fact of the company; attempts are in the server's log",
    "logout": "the same",
    "ask_code": "the same",
    "again": "says again who one is and changes nothing",
    "again_code": "the same",
    "language": "the person's own wish, of no consequence for others",
    "letters": "the same",
    "paper": "a copy of what is there, in another form",
    "vote": "nobody can trace a dot (decision 58): neither can the log",
    "meeting-state": "where the beamer stands, dozens of times a meeting",
    "meeting-guess": "a guess typed before a figure is shown; the meeting keeps it",
    "derive": FILES,
    "patch": FILES,
}
NAMES = [f"{act.name}-{act.data.get('step') or act.data.get('do') or place}" for place, act in enumerate(ACTS)]


def changing() -> set[str]:
    """The names of every address that takes a POST, of people and of programs."""
    both = {**MATRIX["addresses"], **PROGRAMS["programs"]}
    return {name for name, cases in both.items() if any("POST" in case for case in cases)}


def test_every_address_that_changes_something_is_acted_on_here_or_exempt_with_a_reason() -> None:
    acted = {act.name for act in ACTS}
    assert (changing() - acted - set(EXEMPT), (acted | set(EXEMPT)) - changing(), acted & set(EXEMPT)) == (
        set(),
        set(),
        set(),
    )


@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_what_succeeds_leaves_exactly_one_line(world: World, act: Act) -> None:
    send = act.ready(world)
    before = AuditEntry.objects.count()
    answer = send()
    assert answer.status_code < 400, answer.content.decode()[:2000]
    assert AuditEntry.objects.count() - before == 1


@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_what_cannot_be_written_in_the_log_does_not_happen(
    world: World, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = act.ready(world)
    before = fingerprint()

    def refuse(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr(AuditEntry, "save", refuse)
    assert send().status_code == 500
    assert fingerprint() == before
