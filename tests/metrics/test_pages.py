"""The report's pages: what they say, what they cost, and that a reader's copy holds until something changes."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from company.models import Company, User
from meetings.models import Decision, Meeting
from metrics import shown
from metrics.models import Remark
from tests import make, make_report
from tests.forecasts import forecast

QUERIES = 8
PAGES = (
    "",
    "percorso/",
    "impatto/",
    "ponte/",
    "percorso/consegna/",
    "percorso/uso/",
    "reparti/logistica/",
    "reparti/amministrazione/",
    "reparti/marketing/",
)


@pytest.fixture
def aurora(company: Company) -> Company:
    """The company with the chain's report and seven quarters before it."""
    make_report.history(company, make_report.aurora())
    return company


@pytest.fixture
def olist(company: Company) -> Company:
    """The company with the marketplace's report and two quarters before it."""
    make_report.history(company, make_report.olist(), (73.4, 73.0))
    return company


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader, signed in."""
    user = make.user(company)
    client.force_login(user)
    return user


def text(client: Client, path: str) -> str:
    """The words of a page, without its tags."""
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(
        re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.S)).split()
    )


def titles(client: Client, path: str) -> str:
    """The page's own heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", client.get(path).content.decode(), re.S)
    assert found is not None
    return found[1].strip()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_at_most_eight_queries(aurora: Company, client: Client, page: str) -> None:
    client.force_login(make.user(aurora, "head", [aurora.departments.all()[0]]))
    client.get("/")  # the first request of a session also writes when it began
    shown._held.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/t/2026-3/{page}").status_code == 200
    assert len(queries) <= QUERIES


def test_a_front_page_with_notes_and_decisions_costs_at_most_eight_queries(aurora: Company, client: Client) -> None:
    head = make.user(aurora, "head", [aurora.departments.all()[0]])
    before, now = aurora.quarters.get(year=2026, number=2), aurora.quarters.get(year=2026, number=3)
    Remark.objects.create(quarter=now, kind="note", text="Sciopero dei corrieri", author=head.reference)
    fields = {"content": "{}", "digest": "d", "computed": timezone.now(), "draft": False}
    meeting = Meeting.objects.create(quarter=before, **fields)
    today = timezone.now().date()
    Decision.objects.create(
        meeting=meeting, number=1, proposal="P", owner=head, due=today, decided_on=today, opinion=True, state="decided"
    )
    make.journey(aurora, "Consegna")
    forecast(aurora, "logistica", "consegna", "79")
    client.force_login(head)
    client.get("/")
    shown._held.clear()
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/t/2026-3/").content.decode()
    assert "Sciopero dei corrieri" in page
    assert len(queries) <= QUERIES


def test_the_archive_costs_at_most_eight_queries(aurora: Company, reader: User, client: Client) -> None:
    client.get("/")
    shown._held.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/archivio/").status_code == 200
    assert len(queries) <= QUERIES


def test_the_archive_lists_every_quarter_the_latest_first(aurora: Company, reader: User, client: Client) -> None:
    page = text(client, "/archivio/")
    assert titles(client, "/archivio/") == "Nessun trimestre ancora pubblicato; 8 ancora in bozza"
    assert page.index("T3 2026 67,2") < page.index("T2 2026 69,8") < page.index("T4 2024 64,1")


def test_an_archive_without_reports_says_so(company: Company, reader: User, client: Client) -> None:
    assert titles(client, "/archivio/") == "Nessun trimestre ha ancora una trimestrale"
    assert "servono i dati di almeno una fase. Guarda chi deve ancora mandare i dati" in text(client, "/archivio/")


def test_impact_says_on_which_results_to_act(aurora: Company, reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/impatto/")
    assert "Consegne oltre due giorni di ritardo Logistica +0,7 tra +0,5 e +0,8 16 agire 15,9%" in page
    assert "Colli danneggiati Logistica tra +0,1 e +0,4 16 non dimostrato" in page


def test_impact_without_any_result_beside_the_vote_says_what_it_takes(
    company: Company, reader: User, client: Client
) -> None:
    make_report.edition(company, make_report.empty(make_report.aurora()))
    assert "almeno 50 casi completi" in text(client, "/t/2026-3/impatto/")


def test_the_bridge_takes_every_step_apart(aurora: Company, reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/ponte/")
    assert titles(client, "/t/2026-3/ponte/") == "Consegna (−2,4) e Assistenza (−1,5) spiegano la discesa"
    assert "Consegna 16,7 −3,4 −2,4 −3,1 −1,7 peggiora" in page


def test_a_first_quarter_has_a_sentence_instead_of_a_bridge(company: Company, reader: User, client: Client) -> None:
    make_report.edition(company, make_report.empty(make_report.aurora()))
    assert titles(client, "/t/2026-3/ponte/") == "Nessun trimestre precedente da cui partire"


def test_the_front_page_says_what_moved_and_where(aurora: Company, reader: User, client: Client) -> None:
    assert titles(client, "/t/2026-3/") == "La salute scende di 2,6 punti: pesano soprattutto Consegna e Assistenza."


def test_the_front_page_names_the_stage_that_one_vote_speaks_of(olist: Company, reader: User, client: Client) -> None:
    assert titles(client, "/t/2018-1/") == "La salute scende di 3,4 punti: pesa soprattutto Consegna."


def test_health_stands_with_interval_verdict_and_base(aurora: Company, reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/")
    assert "67,2 su 100" in page
    assert "tra 65,4 e 69,0 · n = 1.797" in page
    assert "peggiora −2,6 dal T2 2026" in page


def test_a_head_finds_the_own_department_on_the_front_page(aurora: Company, client: Client) -> None:
    client.force_login(make.user(aurora, "head", [aurora.departments.get(slug="logistica")]))
    assert "Il tuo reparto Logistica → Consegna toglie −1,7 punti tra −2,6 e −0,8" in text(client, "/t/2026-3/")


def test_nobody_else_has_an_own_department_there(aurora: Company, reader: User, client: Client) -> None:
    assert "Il tuo reparto" not in text(client, "/t/2026-3/")


def test_a_department_page_says_where_how_and_how_much(olist: Company, reader: User, client: Client) -> None:
    page = text(client, "/t/2018-1/reparti/logistica/")
    assert (
        titles(client, "/t/2018-1/reparti/logistica/") == "Logistica toglie 2,1 punti alla salute, tutti in Consegna."
    )
    assert "Dove Consegna Come toglie Quanto −2,1 punti di salute tra −2,8 e −1,4" in page


def test_an_unproven_impact_is_never_a_zero(olist: Company, reader: User, client: Client) -> None:
    page = text(client, "/t/2018-1/reparti/amministrazione/")
    assert "non dimostrato (n = 5.710)" in page
    assert not re.search(r"(?<![\d,])[−+]?0,00?(?![\d,])\s*punti", page)


def test_a_department_without_data_is_unknown_and_says_what_is_missing(
    olist: Company, reader: User, client: Client
) -> None:
    page = text(client, "/t/2018-1/reparti/assistenza/")
    assert "Impatto ignoto: non sappiamo ancora come Assistenza arrivi al cliente." in page
    assert "basta un file con il caso di ogni cliente" in page


def test_a_stage_without_a_voice_says_so(olist: Company, reader: User, client: Client) -> None:
    assert "nessuna voce del cliente in questa fase" in text(client, "/t/2018-1/percorso/consegna/")


def test_too_few_answers_show_how_many_are_missing_and_no_number(
    company: Company, reader: User, client: Client
) -> None:
    make_report.edition(company, make_report.empty(make_report.aurora(), 24))
    page = text(client, "/t/2026-3/")
    assert titles(client, "/t/2026-3/") == "Poche risposte: n = 24, per un verdetto ne servono almeno 30."
    assert "base ridotta" in page
    assert "peggiora" not in page


def test_under_ten_answers_no_figure_is_shown_at_all(company: Company, reader: User, client: Client) -> None:
    make_report.edition(company, make_report.empty(make_report.aurora(), 7))
    page = text(client, "/t/2026-3/")
    assert "meno di 10" in page
    assert "67,2" not in page


def test_a_draft_says_that_it_is_one(olist: Company, reader: User, client: Client) -> None:
    assert "BOZZA" in text(client, "/t/2018-1/")


def test_generated_data_are_marked_on_every_page(aurora: Company, reader: User, client: Client) -> None:
    assert all("DATI GENERATI" in text(client, f"/t/2026-3/{page}") for page in PAGES)


def test_the_second_request_is_answered_without_a_page(aurora: Company, reader: User, client: Client) -> None:
    first = client.get("/t/2026-3/")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/t/2026-3/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_copy_no_longer_holds_once_a_quarter_drawn_on_it_changed(
    aurora: Company, reader: User, client: Client
) -> None:
    first = client.get("/t/2026-3/")
    make_report.edition(aurora, make_report.past(make_report.aurora(), "2025-4", 60.0))
    assert client.get("/t/2026-3/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_two_people_never_share_a_copy(aurora: Company, reader: User, client: Client) -> None:
    first = client.get("/t/2026-3/")
    client.force_login(make.user(aurora, "head", [aurora.departments.all()[0]]))
    assert client.get("/t/2026-3/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_masthead_leads_to_the_quarters_beside_it(aurora: Company, reader: User, client: Client) -> None:
    page = client.get("/t/2026-2/percorso/").content.decode()
    assert 'href="/t/2026-1/percorso/" rel="prev"' in page
    assert 'href="/t/2026-3/percorso/" rel="next"' in page


def test_home_leads_to_the_latest_quarter(aurora: Company, reader: User, client: Client) -> None:
    assert client.get("/").headers["Location"] == "/t/2026-3/"


def test_before_the_first_report_home_says_what_is_needed(reader: User, client: Client) -> None:
    assert "Qui comparirà la prima trimestrale." in text(client, "/")


@pytest.mark.parametrize(
    "path", ["/t/2026-9/", "/t/niente/", "/t/2019-1/", "/t/2026-3/percorso/altro/", "/t/2026-3/reparti/x/"]
)
def test_what_the_report_does_not_know_is_not_found(aurora: Company, reader: User, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_method_page_works_the_numbers_through(aurora: Company, reader: User, client: Client) -> None:
    page = text(client, "/metodo/")
    assert "Voto a Consegna: 6,10 su 377 risposte, punteggio 100 · (6,10 − 0) / (10 − 0) = 61,0" in page
    assert "1.000 3,1 4,4" in page


def test_every_method_link_lands_on_a_paragraph(aurora: Company, reader: User, client: Client) -> None:
    method = client.get("/metodo/").content.decode()
    for page in PAGES:
        for anchor in re.findall(r'href="/metodo/#([\w-]+)"', client.get(f"/t/2026-3/{page}").content.decode()):
            assert f'id="{anchor}"' in method


def test_a_published_quarter_in_english_has_english_words(aurora: Company, client: Client) -> None:
    client.force_login(make.user(aurora))
    page = client.get("/t/2026-3/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="en">' in page
    assert "Health falls by 2.6 points" in page


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("unstable", "La somma comprende anche «Colli danneggiati», da solo instabile."),
        ("few", "La somma esclude «Colli danneggiati»: nessun numero può essere dato."),
    ],
)
def test_a_department_says_which_results_without_a_number_its_sum_holds(
    company: Company, reader: User, client: Client, note: str, words: str
) -> None:
    report = make_report.aurora()
    without = make_report.impact("logistica", "consegna", "danneggiati", None, "too_little", note=note)
    effects = [without if row.kind == "impact" and row.indicator == "danneggiati" else row for row in report.effects]
    make_report.edition(company, replace(report, effects=tuple(effects)))
    assert words in text(client, "/t/2026-3/reparti/logistica/")


def test_a_sum_of_every_result_leaves_nothing_out(aurora: Company, reader: User, client: Client) -> None:
    assert "La somma esclude" not in text(client, "/t/2026-3/reparti/logistica/")
