"""A reader tries a pair: it waits for a worker, is answered once, and stands among all that were tried."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from company.models import Company
from journeys import bell
from metrics import facts, trying
from metrics.derive.inputs import Inputs
from metrics.models import Edition
from metrics.trials import Trial
from tests import make
from tests.metrics.test_pages import text
from tests.metrics.tried import draft

pytestmark = pytest.mark.django_db
PAGE = "/t/2026-3/coppie/"
ASKED = {"risultato": "ritardo", "esito": "voto_acquisto"}


@pytest.fixture
def edition(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edition:
    return draft(company, tmp_path, monkeypatch)


@pytest.fixture
def reader(company: Company, client: Client) -> Client:
    client.force_login(make.user(company, "analyst"))
    return client


def test_a_pair_waits_for_a_worker_and_says_so(edition: Edition, reader: Client) -> None:
    answer = reader.post(PAGE, ASKED)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?risultato=ritardo&esito=voto_acquisto")
    assert "In attesa del suo turno" in text(reader, answer.headers["Location"])


def test_once_it_is_done_the_page_says_what_goes_along_and_on_how_many(edition: Edition, reader: Client) -> None:
    where = reader.post(PAGE, {**ASKED, "esito": "voto_consegna"}).headers["Location"]
    trying.run(Trial.objects.get().pk)
    said = text(reader, where)
    assert "A più «ritardo» si accompagna un punteggio più basso di «voto_consegna»" in said
    assert "n = 600" in said


def test_the_same_pair_is_tried_once(edition: Edition, reader: Client) -> None:
    for _time in range(2):
        reader.post(PAGE, ASKED)
    assert Trial.objects.count() == 1


def test_all_pairs_tried_stand_in_the_table_and_in_the_file(edition: Edition, reader: Client) -> None:
    for outcome in ("voto_consegna", "voto_acquisto"):
        reader.post(PAGE, {**ASKED, "esito": outcome})
    for trial in Trial.objects.all():
        trying.run(trial.pk)
    assert "2 coppie provate su questi numeri" in text(reader, PAGE)
    lines = reader.get("/t/2026-3/coppie.csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[2] for line in lines[1:]] == ["voto_acquisto", "voto_consegna"]


def test_a_trial_alters_nothing_of_the_edition(edition: Edition, reader: Client) -> None:
    reader.post(PAGE, ASKED)
    trying.run(Trial.objects.get().pk)
    assert Edition.objects.get(pk=edition.pk).content == edition.content


@pytest.mark.parametrize("wrong", [{}, {"risultato": "ritardo"}, {"risultato": "voto_acquisto", "esito": "ritardo"}])
def test_what_is_no_pair_is_refused_in_words(edition: Edition, reader: Client, wrong: dict[str, str]) -> None:
    answer = reader.post(PAGE, wrong)
    assert answer.status_code == 422
    assert "Scegli un risultato e un esito dai due elenchi." in answer.content.decode()


def test_a_pair_that_cannot_be_computed_says_so_and_may_be_tried_again(
    edition: Edition, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_of: object) -> Inputs:
        raise OSError("gone")

    where = reader.post(PAGE, ASKED).headers["Location"]
    with monkeypatch.context() as broken:
        broken.setattr(facts, "of_pair", breaks)
        trying.run(Trial.objects.get().pk)
    assert "La coppia non si è potuta calcolare" in text(reader, where)
    reader.post(PAGE, ASKED)
    trying.run(Trial.objects.get().pk)
    assert Trial.objects.get().state == Trial.State.DONE


def test_a_draft_computed_anew_forgets_what_was_tried_on_the_old_figures(edition: Edition, reader: Client) -> None:
    reader.post(PAGE, ASKED)
    Edition.objects.update(digest="0" * 64)
    trying.run(Trial.objects.get().pk)
    assert Trial.objects.get().state == Trial.State.FAILED
    trying.sweep(timezone.now())
    assert not Trial.objects.exists()


def test_a_worker_that_fell_silent_is_rung_for_again(
    edition: Edition, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda _task, pk: rung.append(pk))
    reader.post(PAGE, ASKED)
    Trial.objects.update(state="running", lease_until=timezone.now() - timedelta(seconds=1))
    trying.sweep(timezone.now())
    assert rung == [Trial.objects.get().pk]


def test_a_waiting_page_is_told_when_the_answer_is_there(edition: Edition, reader: Client) -> None:
    where = reader.post(PAGE, ASKED).headers["Location"]
    assert 'id="waiting"' in reader.get(where, headers={"HX-Request": "true"}).content.decode()
    trying.run(Trial.objects.get().pk)
    assert reader.get(where, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
