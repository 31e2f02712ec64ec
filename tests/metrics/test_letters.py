"""The letter of the quarter: once for each person, in their language, and not at all for who does not want it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from company.models import Company, User
from metrics import letters
from metrics.models import Edition
from metrics.paperwork import Letter
from tests import make, make_report


@pytest.fixture
def edition(company: Company) -> Edition:
    """The chain's report."""
    return make_report.edition(company, make_report.aurora())


@pytest.fixture
def head(company: Company) -> User:
    """The head of Logistica."""
    return make.user(company, "head", [company.departments.get(slug="logistica")])


def sent(edition: Edition) -> list[mail.EmailMessage]:
    """The letters that leave."""
    letters.send_quarter(edition)
    letters.deliver(timezone.now())
    return mail.outbox


def test_a_letter_says_the_message_and_the_readers_department(edition: Edition, head: User) -> None:
    letter = sent(edition)[0]
    assert letter.subject == "La salute scende di 2,6 punti: pesano soprattutto Consegna e Assistenza."
    assert "67,2 su 100, tra 65,4 e 69,0 · peggiora −2,6 · n = 1.797" in letter.body
    assert "Logistica → Consegna: toglie −1,7" in letter.body
    assert "/t/2026-3/" in letter.body
    assert "style=" not in str(letter.alternatives)  # type: ignore[attr-defined]


def test_calling_twice_writes_once(edition: Edition, head: User) -> None:
    sent(edition)
    assert len(sent(edition)) == 1


def test_the_day_before_the_meeting_is_another_occasion(edition: Edition, head: User) -> None:
    sent(edition)
    letters.send_before_meeting(edition)
    letters.deliver(timezone.now())
    assert len(mail.outbox) == 2
    assert "Domani" in mail.outbox[1].body


def test_a_letter_is_in_the_persons_language(edition: Edition, head: User) -> None:
    User.objects.filter(pk=head.pk).update(language="en")
    assert sent(edition)[0].subject.startswith("Health falls by 2.6 points")


def test_who_does_not_want_it_gets_none(edition: Edition, head: User, client: Client) -> None:
    client.force_login(head)
    client.post("/lettere/", {})
    assert sent(edition) == []


def test_who_left_gets_none(edition: Edition, head: User) -> None:
    letters.send_quarter(edition)
    User.objects.update(is_active=False)
    letters.deliver(timezone.now())
    assert mail.outbox == []


def test_a_letter_that_did_not_leave_is_tried_again(
    edition: Edition, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(message: mail.EmailMessage) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", refuse)
        sent(edition)
    letters.deliver(timezone.now())
    assert mail.outbox == []
    letters.deliver(timezone.now() + timedelta(minutes=3))
    assert len(mail.outbox) == 1
    assert Letter.objects.get().sent is not None
