"""Dots from twenty phones at once: none lost, none twice, none with a name."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template.loader import render_to_string
from django.test import Client

from company.models import User
from meetings import voting
from meetings.minutes import minutes_of
from meetings.models import Meeting, Poll
from tests.meetings import world
from tests.meetings.phones import phone, send

PHONES = 20


@pytest.fixture
def poll(meeting: Meeting, sara: User) -> Poll:
    """A vote on two proposals, three dots each, for twenty people."""
    for place in (1, 2):
        world.decision(meeting, sara, f"Proposta {place}")
    return voting.start(meeting, 3, PHONES, sara)


@pytest.mark.django_db(transaction=True)
def test_twenty_phones_vote_at_once_and_tap_twice(poll: Poll, live_server: object) -> None:
    home = str(live_server)
    phones = [phone(home, poll) for _person in range(PHONES)]
    with ThreadPoolExecutor(2 * PHONES) as hands:
        taps = list(hands.map(lambda made: send(home, poll, made, {"dot-1": 2, "dot-2": 1}), [*phones, *phones]))
        again = list(hands.map(lambda made: send(home, poll, made, {"dot-1": 3}), phones))
    poll.refresh_from_db()
    assert (sorted(taps), set(again)) == ([200] * PHONES + [422] * PHONES, {422})
    assert [bar.dots for bar in voting.result(poll).bars] == [2 * PHONES, PHONES]
    assert (poll.cast, poll.ballots.count()) == (PHONES, PHONES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dots", "code"), [({1: 4}, "many"), ({}, "none"), ({1: 0}, "none"), ({9: 1}, "none"), ({1: 2, 2: 2}, "many")]
)
def test_dots_that_are_too_many_or_on_nothing_do_not_count(poll: Poll, dots: dict[int, int], code: str) -> None:
    with pytest.raises(voting.Refused) as refused:
        voting.cast(poll, voting.token(), dots)
    poll.refresh_from_db()
    assert (refused.value.code, poll.cast, sum(bar.dots for bar in voting.result(poll).bars)) == (code, 0, 0)


@pytest.mark.django_db
def test_a_token_we_did_not_draw_does_not_vote(poll: Poll) -> None:
    with pytest.raises(voting.Refused):
        voting.cast(poll, "inventato", {1: 1})


@pytest.mark.django_db
def test_no_more_ballots_are_taken_than_there_are_people(poll: Poll) -> None:
    Poll.objects.update(cast=PHONES)
    with pytest.raises(voting.Refused, match="full"):
        voting.cast(poll, voting.token(), {1: 1})


@pytest.mark.django_db
def test_a_closed_vote_takes_no_dots(poll: Poll, sara: User) -> None:
    voting.stop(poll.meeting, sara)
    with pytest.raises(voting.Refused, match="closed"):
        voting.cast(poll, voting.token(), {1: 1})


@pytest.mark.django_db
def test_opening_a_second_vote_closes_the_first(poll: Poll, sara: User) -> None:
    voting.start(poll.meeting, 1, 5, sara)
    poll.refresh_from_db()
    assert not poll.open


@pytest.mark.django_db
def test_a_phone_that_comes_back_is_told_that_it_has_voted(poll: Poll, client: Client) -> None:
    address = f"/riunioni/voto/{poll.key}/"
    client.get(address)
    client.post(address, {"dot-1": "1"})
    assert "I tuoi punti sono contati." in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_ballot_does_not_say_which_dots_it_brought(poll: Poll) -> None:
    voting.cast(poll, voting.token(), {1: 1})
    assert {field.name for field in poll.ballots.get()._meta.get_fields()} == {"id", "poll", "token"}


@pytest.mark.django_db
def test_the_minutes_say_how_the_dots_fell(poll: Poll, client: Client, sara: User) -> None:
    voting.cast(poll, voting.token(), {1: 1, 2: 2})
    voting.stop(poll.meeting, sara)
    world.close(poll.meeting)
    client.force_login(sara)
    page = client.get("/riunioni/2026-3/verbale/").content.decode()
    assert "1. Proposta 1: <strong>1</strong>" in page
    assert "2. Proposta 2: <strong>2</strong>" in page
    assert f"Hanno votato 1 di {PHONES}" in page
    letter = render_to_string("meetings/letters/minutes.txt", {"minutes": minutes_of(poll.meeting), "address": ""})
    assert "2. Proposta 2: 2\n" in letter


@pytest.mark.django_db
def test_a_vote_nobody_took_part_in_is_not_in_the_minutes(poll: Poll) -> None:
    assert minutes_of(poll.meeting).votes == []
