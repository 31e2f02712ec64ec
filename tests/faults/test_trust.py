"""The small versions, for every change; ``make faults`` has the large ones."""

import pytest

from tests.faults import logbook, published

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_writers_make_one_chain_and_all_tampering_is_seen() -> None:
    row = logbook.besiege(writers=4, entries=25, tampers=5, seed=11)
    assert row["holds"], row


def test_a_publication_holds_all_of_a_file_that_arrives_meanwhile_or_nothing_of_it() -> None:
    row = published.race(loads=12, seed=12)
    assert row["holds"], row


def test_what_is_published_stays_whatever_is_done_later() -> None:
    row = published.later(times=40, seed=13)
    assert row["holds"], row
