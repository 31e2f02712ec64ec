from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from company.models import Company, User
from journeys.board import Standing, headline, quarter_to_collect, source_rows
from journeys.models import Preparation, Quarter, Source, Upload
from tests import dati, make

EARLY, LATE = date(2026, 10, 3), date(2026, 11, 1)


@pytest.fixture
def source(company: Company) -> Source:
    return dati.votes_source(company.departments.all()[0], due_day=10)


def standing(source: Source, quarter: Quarter, today: date) -> Standing:
    return source_rows(quarter, Source.objects.filter(pk=source.pk), today)[0].standing


def test_a_source_is_awaited_until_it_is_due_then_missing(source: Source, quarter: Quarter) -> None:
    assert standing(source, quarter, EARLY) == Standing.AWAITED
    assert standing(source, quarter, LATE) == Standing.LATE


def test_an_accepted_file_of_the_quarter_makes_it_arrived(source: Source, quarter: Quarter) -> None:
    dati.upload(source, quarter=quarter)
    assert standing(source, quarter, LATE) == Standing.ARRIVED


def test_a_file_of_another_quarter_does_not(source: Source, quarter: Quarter) -> None:
    dati.upload(source, quarter=make.quarter(source.company, "2026-2"))
    assert standing(source, quarter, LATE) == Standing.LATE


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (Upload.State.RECEIVED, Standing.CHECKING),
        (Upload.State.REJECTED, Standing.REJECTED),
        (Upload.State.UNDONE, Standing.LATE),
    ],
)
def test_what_the_last_file_became_is_told(source: Source, quarter: Quarter, state: str, found: Standing) -> None:
    dati.upload(source, state)
    assert standing(source, quarter, LATE) == found


def test_a_file_that_was_confirmed_is_not_being_checked(source: Source, quarter: Quarter) -> None:
    Preparation.objects.create(upload=dati.upload(source, Upload.State.RECEIVED))
    assert standing(source, quarter, LATE) == Standing.CONFIRMED


def test_the_due_day_counts_from_the_end_of_the_quarter(source: Source, quarter: Quarter) -> None:
    assert source_rows(quarter, Source.objects.all(), EARLY)[0].due == date(2026, 10, 10)


def test_files_split_in_two_are_counted_together(source: Source, quarter: Quarter) -> None:
    for _ in range(2):
        dati.upload(source, quarter=quarter)
    assert source_rows(quarter, Source.objects.all(), EARLY)[0].observations == 24


@pytest.mark.parametrize(
    ("names", "arrived", "sentence"),
    [
        ([], 0, "Nessuna fonte è stata ancora descritta."),
        (["Reclami"], 1, "L’unica fonte è arrivata."),
        (["Reclami", "Resi"], 2, "Ci sono tutte le 2 fonti."),
        (["Resi", "Reclami"], 1, "Manca 1 fonte su 2: Reclami."),
        (["Resi", "Reclami", "Tempi di consegna"], 1, "Mancano 2 fonti su 3: Reclami e Tempi di consegna."),
        (["A", "B", "C"], 0, "Mancano 3 fonti su 3: A, B e un’altra."),
        (["A", "B", "C", "D"], 0, "Mancano 4 fonti su 4: A, B e altre 2."),
        (["Una fonte dal nome lunghissimo " * 3], 0, "Manca 1 fonte su 1."),
    ],
)
def test_the_title_says_who_is_missing(
    company: Company, quarter: Quarter, names: list[str], arrived: int, sentence: str
) -> None:
    department = company.departments.all()[0]
    sources = [dati.votes_source(department, name) for name in names]
    for source in sources[:arrived]:
        dati.upload(source, quarter=quarter)
    ordered = Source.objects.filter(company=company).order_by("pk")
    assert headline(source_rows(quarter, ordered, EARLY)) == sentence


def test_the_quarter_to_collect_is_the_last_that_ended(company: Company) -> None:
    quarters = [make.quarter(company, code) for code in ("2026-2", "2026-3", "2026-4")]
    assert quarter_to_collect(quarters, EARLY) == quarters[1]
    assert quarter_to_collect(quarters[2:], EARLY) == quarters[2]
    assert quarter_to_collect([], EARLY) is None


def test_the_page_costs_at_most_eight_queries(
    client: Client,
    head: User,
    source: Source,
    quarter: Quarter,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        dati.upload(source, quarter=quarter)
        Preparation.objects.create(upload=dati.upload(source, Upload.State.RECEIVED))
        dati.votes_source(source.department)
    client.force_login(head)
    client.get("/dati/")
    with django_assert_max_num_queries(8):
        assert client.get("/dati/").status_code == 200


@pytest.mark.parametrize(
    "query", ["t=%00", "t=2026-9", "t=2031-1", "t=", "p=0", "p=%00", "p=-1", "p=1e9", "p=²", "p=99999999999"]
)
def test_a_hostile_query_is_not_found(client: Client, analyst: User, quarter: Quarter, query: str) -> None:
    client.force_login(analyst)
    assert client.get(f"/dati/?{query}").status_code == 404


def test_a_reader_sees_who_is_missing_but_no_file_and_no_link_to_one(
    client: Client, company: Company, source: Source, quarter: Quarter
) -> None:
    sent = dati.upload(source, quarter=quarter)
    client.force_login(make.user(company, "reader"))
    page = client.get("/dati/").content.decode()
    assert source.name in page
    assert not any(text in page for text in (sent.filename, str(sent.pk), "/dati/carica/"))


def test_a_head_sees_the_files_of_the_own_department_only(client: Client, head: User, company: Company) -> None:
    mine, other = (dati.upload(dati.votes_source(department)) for department in company.departments.all())
    client.force_login(head)
    page = client.get("/dati/").content.decode()
    assert str(mine.pk) in page
    assert str(other.pk) not in page


def test_older_files_are_a_page_further(client: Client, analyst: User, source: Source) -> None:
    uploads = [dati.upload(source) for _ in range(21)]
    client.force_login(analyst)
    first, second = (client.get(f"/dati/?p={page}").content.decode() for page in (1, 2))
    assert str(uploads[0].pk) not in first
    assert str(uploads[0].pk) in second
