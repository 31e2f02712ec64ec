"""Invitations as calendars read them."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from meetings.ics import LINE, Event, calendar, fold

EVENT = Event(
    "meeting-1@x", datetime(2026, 10, 12, 8, 0, tzinfo=UTC), 75, "Riunione; T3", "Sala, 1", "a\nb", "http://x/", "t@x"
)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_an_invitation_says_when_it_begins_and_ends() -> None:
    found = lines(calendar(EVENT, "a@b.it", EVENT.starts))
    assert {"DTSTART:20261012T080000Z", "DTEND:20261012T091500Z"} <= set(found)


def test_separators_and_line_ends_of_a_text_are_escaped() -> None:
    found = lines(calendar(EVENT, "a@b.it", EVENT.starts))
    assert {"SUMMARY:Riunione\\; T3", "LOCATION:Sala\\, 1", "DESCRIPTION:a\\nb"} <= set(found)


def test_an_address_cannot_add_a_line_of_its_own() -> None:
    assert not any(line == "X-EVIL:1" for line in lines(calendar(EVENT, "a@b.it\r\nX-EVIL:1", EVENT.starts)))


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"), max_size=400))
def test_folded_lines_are_short_and_unfold_to_the_text(text: str) -> None:
    folded = fold(text)
    assert folded.replace("\r\n ", "") == text
    assert max(len(piece.encode()) for piece in folded.split("\r\n")) <= LINE + 1
