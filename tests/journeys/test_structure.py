"""Stages, touchpoints, departments and units by hand: added, renamed, moved, retired; what is published stays."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from company.models import AuditEntry, Company, Unit, User
from journeys.board import source_rows
from journeys.company_export import export_company
from journeys.companyfile import store
from journeys.companyfile.parse import parse_company
from journeys.models import Indicator, Influence, Quarter, Source, Stage, Touchpoint
from journeys.structure import Element
from metrics.facts import declared
from metrics.publish import Order, publish
from tests import make, make_report
from tests.journeys.test_drafts import due, post, send

PAGES = ("fasi", "punti-di-contatto", "reparti", "unita", "fonti")
AUTUMN = date(2026, 10, 1)


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    make.journey(company, "Consegna", "Uso")
    user = make.user(company, "admin")
    client.force_login(user)
    return user


@pytest.fixture
def delivery(admin: User) -> Stage:
    return Stage.objects.get(slug="consegna")


@pytest.fixture
def late(company: Company, delivery: Stage) -> Indicator:
    """A result of logistics that lands on delivery, at the door."""
    door = Touchpoint.objects.create(stage=delivery, slug="porta", name="Alla porta")
    return Indicator.objects.create(
        company=company, slug="ritardi", name="Ritardi", definition="Oltre due giorni", role="result", kind="share",
        department=company.departments.get(slug="logistica"), stage=delivery, touchpoint=door, evidence="record",
    )  # fmt: skip


def add(client: Client, kind: str, **fields: str | list[str]) -> int:
    return client.post(f"/impostazioni/struttura/{kind}/", fields).status_code


def step(client: Client, kind: str, element: Element, name: str, **fields: str) -> str:
    """What the page says after the step."""
    answer = client.post(f"/impostazioni/struttura/{kind}/{element.pk}/{name}/", fields, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def stages() -> list[str]:
    return [row.name for row in Stage.objects.filter(retired=None)]


def test_a_new_stage_is_the_last_one_with_the_question_and_one_line_in_the_log(
    admin: User, quarter: Quarter, client: Client
) -> None:
    assert add(client, "fasi", name="Dopo la vendita", question="Mi aiutano?") == 303
    made = Stage.objects.get(slug="dopo-la-vendita")
    assert (stages()[-1], made.question) == ("Dopo la vendita", "Mi aiutano?")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("element.added", f"fasi {made.pk}")
    assert entry.detail["La domanda del cliente"] == ["", "Mi aiutano?"]
    assert Quarter.objects.get(pk=quarter.pk).stale


def test_touchpoints_departments_and_units_are_added_where_they_belong(
    admin: User, company: Company, delivery: Stage, client: Client
) -> None:
    assert add(client, "punti-di-contatto", name="Alla porta", stage=str(delivery.pk)) == 303
    assert add(client, "reparti", name="Acquisti", works=["consegna", "-"]) == 303
    assert add(client, "unita", code="MI-07", name="Milano Navigli") == 303
    assert delivery.touchpoints.get().slug == "alla-porta"
    works = Influence.objects.filter(department__slug="acquisti", indicator=None)
    assert {row.stage for row in works} == {delivery, None}
    assert company.units.get().code == "MI-07"


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("fasi", {"name": "Consegna"}, "«Consegna» c’è già"),
        ("fasi", {"name": "Journey"}, "l’intero percorso"),
        ("fasi", {"name": "!!!"}, "lettere o cifre"),
        ("fasi", {"name": ""}, "obbligatorio"),
        ("fasi", {"name": "x" * 61}, "60"),
        ("fasi", {"name": "a\0b"}, "null"),
        ("punti-di-contatto", {"name": "Alla porta", "stage": "999999"}, "valid"),
        ("reparti", {"name": "logistica"}, "«Logistica» c’è già"),
        ("reparti", {"name": "Acquisti", "works": ["luna"]}, "luna"),
        ("unita", {"code": "", "name": "Milano"}, "obbligatorio"),
    ],
)
def test_what_a_company_file_would_refuse_is_refused_here(
    admin: User, client: Client, kind: str, fields: dict[str, str], said: str
) -> None:
    answer = client.post(f"/impostazioni/struttura/{kind}/", fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_a_code_stands_once(admin: User, client: Client) -> None:
    assert [add(client, "unita", code="MI-07", name="Milano") for _ in range(2)] == [303, 422]


def test_a_tenth_stage_is_refused(admin: User, client: Client) -> None:
    answers = [add(client, "fasi", name=f"Fase {n}", question="") for n in range(3, 11)]
    assert answers == [303] * 7 + [422]


def test_a_new_name_keeps_the_address_and_moves_no_published_digest(
    admin: User, company: Company, client: Client
) -> None:
    edition = make_report.edition(company, make_report.aurora())
    Quarter.objects.filter(pk=edition.quarter_id).update(state=Quarter.State.REVIEW)
    edition.quarter.refresh_from_db()
    publish(edition.quarter, admin, Order(edition.digest))
    stage = Stage.objects.get(slug="consegna")
    fields = {"name": "Consegna a casa", "question": ""}
    assert client.post(f"/impostazioni/struttura/fasi/{stage.pk}/", fields).status_code == 303
    stage.refresh_from_db()
    assert (stage.name, stage.slug) == ("Consegna a casa", "consegna")
    held = edition.quarter.editions.get()
    assert (held.digest, held.content, held.quarter.stale) == (edition.digest, edition.content, False)


def test_saving_the_same_changes_nothing(admin: User, company: Company, quarter: Quarter, client: Client) -> None:
    department = company.departments.get(slug="logistica")
    client.post(f"/impostazioni/struttura/reparti/{department.pk}/", {"name": "Logistica"})
    assert not AuditEntry.objects.exists()
    assert not Quarter.objects.get(pk=quarter.pk).stale


def test_a_stage_moves_by_one_place_and_not_beyond_the_end(admin: User, delivery: Stage, client: Client) -> None:
    step(client, "fasi", delivery, "giu")
    assert stages() == ["Uso", "Consegna"]
    assert "oltre" in step(client, "fasi", delivery, "giu")
    assert AuditEntry.objects.get().detail["order"] == ["Uso", "Consegna"]


def test_a_stage_moves_past_a_retired_one(admin: User, delivery: Stage, client: Client) -> None:
    add(client, "fasi", name="Reso", question="")
    Stage.objects.filter(slug="uso").update(retired=AUTUMN)
    step(client, "fasi", delivery, "giu")
    assert stages() == ["Reso", "Consegna"]


def test_where_a_department_works_is_declared_and_taken_back(
    admin: User, company: Company, delivery: Stage, client: Client
) -> None:
    department = company.departments.get(slug="logistica")
    page = f"/impostazioni/struttura/reparti/{department.pk}/"
    client.post(page, {"name": "Logistica", "works": ["consegna"]})
    assert client.get(page).context["form"].fields["works"].initial == ["consegna"]
    client.post(page, {"name": "Logistica", "works": ["uso", "-"]})
    assert [entry.detail["Dove lavora"] for entry in AuditEntry.objects.all()] == [
        ["", "Consegna"],
        ["Consegna", "Uso, Tutto il percorso"],
    ]


def test_declared_by_hand_leaves_what_results_declare(late: Indicator, delivery: Stage, client: Client) -> None:
    Influence.objects.create(department=late.department, indicator=late, stage=delivery)
    fields = {"name": "Logistica", "works": ["uso"]}
    client.post(f"/impostazioni/struttura/reparti/{late.department.pk}/", fields)
    assert Influence.objects.filter(indicator=late).count() == 1


def test_a_retired_stage_leaves_the_report_from_its_quarter_on_with_what_lands_on_it(
    late: Indicator, company: Company, delivery: Stage, quarter: Quarter, client: Client
) -> None:
    Influence.objects.create(department=late.department, indicator=None, stage=delivery)
    page = client.get(f"/impostazioni/struttura/fasi/{delivery.pk}/").content.decode()
    assert "1 misura" in page
    step(client, "fasi", delivery, "ritira", **{"from": "2026-10-01"})
    before, after = (declared(row) for row in (quarter, make.quarter(company, "2026-4")))
    assert [row.slug for row in before.stages] == ["consegna", "uso"]
    assert [row.slug for row in before.indicators] == ["ritardi"]
    assert [row.slug for row in after.stages] == ["uso"]
    assert (after.indicators, {row.slug: row.stages for row in after.departments}["logistica"]) == ((), ())


def test_a_retired_department_leaves_the_report_and_its_files_are_not_awaited(
    late: Indicator, company: Company, quarter: Quarter, client: Client
) -> None:
    Source.objects.create(company=company, department=late.department, slug="consegne", name="Consegne")
    step(client, "reparti", late.department, "ritira", **{"from": "2026-10-01"})
    autumn = make.quarter(company, "2026-4")
    awaited = [len(source_rows(row, company.sources.all(), AUTUMN)) for row in (quarter, autumn)]
    assert awaited == [1, 0]
    assert [row.slug for row in declared(autumn).departments] == ["assistenza"]
    assert declared(autumn).indicators == ()


def test_a_department_that_keeps_customers_voices_gives_them_away_first(
    late: Indicator, quarter: Quarter, client: Client
) -> None:
    Indicator.objects.update(role="outcome")
    page = client.get(f"/impostazioni/struttura/reparti/{late.department.pk}/").content.decode()
    assert 'data-test="obstacle"' in page
    assert "un altro reparto" in step(client, "reparti", late.department, "ritira", **{"from": "2026-10-01"})
    late.department.refresh_from_db()
    assert late.department.retired is None


def test_a_retired_touchpoint_leaves_its_measures_to_the_stage(
    late: Indicator, company: Company, quarter: Quarter, client: Client
) -> None:
    assert late.touchpoint is not None
    step(client, "punti-di-contatto", late.touchpoint, "ritira", **{"from": "2026-07-01"})
    known = declared(quarter)
    assert (known.stages[0].touchpoints, known.indicators[0].touchpoint) == ((), "")


def test_a_retired_unit_still_has_its_figures(admin: User, company: Company, quarter: Quarter, client: Client) -> None:
    add(client, "unita", code="MI-07", name="Milano")
    step(client, "unita", company.units.get(), "ritira", **{"from": "2026-07-01"})
    assert company.units.get().retired is not None
    assert declared(quarter).units == (("MI-07", "Milano"),)


def test_a_source_is_added_awaited_and_retired(admin: User, company: Company, quarter: Quarter, client: Client) -> None:
    department = str(company.departments.get(slug="logistica").pk)
    fields = {"name": "Consegne", "department": department, "owner": str(admin.pk), "due_day": "8"}
    assert add(client, "fonti", **fields) == 303
    source = company.sources.get()
    assert (source.slug, source.owner, source.due_day, source.mapping) == ("consegne", admin, 8, {})
    assert AuditEntry.objects.get().detail["Chi ne risponde"] == ["", admin.reference]
    assert [row.source for row in source_rows(quarter, company.sources.all(), AUTUMN)] == [source]
    step(client, "fonti", source, "ritira", **{"from": "2026-07-01"})
    assert source_rows(quarter, company.sources.all(), AUTUMN) == []


def test_the_first_file_of_a_new_source_says_what_its_columns_are(
    admin: User, company: Company, quarter: Quarter, client: Client
) -> None:
    department = company.departments.get(slug="logistica")
    Indicator.objects.create(
        company=company, slug="voto", name="Voto", definition="Voto", role="outcome", kind="mean", evidence="survey",
        department=department, worst=0, best=10,
    )  # fmt: skip
    add(client, "fonti", name="Voti", department=str(department.pk), owner="", due_day="8")
    upload = send(client, company.sources.get(), "giorno,voto\n2026-07-01,8\n2026-07-02,9\n")
    assert due(client, upload) == "abbina"
    post(client, upload, "indicatori", date="giorno")
    post(client, upload, "indicatori/voto", kind="column", column="voto")
    post(client, upload, "conferma", how="update")
    assert (upload.state, upload.observations) == ("accepted", 2)
    assert due(client, send(client, company.sources.get(), "giorno,voto\n2026-07-03,7\n")) == "conferma"


def test_the_last_stage_is_not_retired(admin: User, delivery: Stage, quarter: Quarter, client: Client) -> None:
    Stage.objects.exclude(pk=delivery.pk).update(retired=AUTUMN)
    assert "almeno una fase" in step(client, "fasi", delivery, "ritira", **{"from": "2026-07-01"})
    assert stages() == ["Consegna"]


@pytest.mark.parametrize("day", ["", "2026-04-01", "2026-13-45", "ieri"])
def test_nothing_is_retired_from_a_published_quarter_or_from_no_day(
    admin: User, company: Company, delivery: Stage, quarter: Quarter, client: Client, day: str
) -> None:
    make.quarter(company, "2026-2", state=Quarter.State.PUBLISHED)
    assert "quale trimestre" in step(client, "fasi", delivery, "ritira", **{"from": day})
    assert not AuditEntry.objects.exists()


def test_what_was_retired_is_used_again(admin: User, delivery: Stage, quarter: Quarter, client: Client) -> None:
    step(client, "fasi", delivery, "ritira", **{"from": "2026-07-01"})
    page = client.get("/impostazioni/struttura/fasi/").context
    assert [row.slug for row in page["retired"]] == ["consegna"]
    assert add(client, "fasi", name="Consegna", question="") == 422
    step(client, "fasi", delivery, "ripristina")
    assert stages() == ["Consegna", "Uso"]
    assert [entry.action for entry in AuditEntry.objects.all()] == ["element.retired", "element.restored"]


def test_a_touchpoint_of_a_retired_stage_waits_for_it(late: Indicator, delivery: Stage, client: Client) -> None:
    assert late.touchpoint is not None
    Touchpoint.objects.update(retired=AUTUMN)
    Stage.objects.filter(pk=delivery.pk).update(retired=AUTUMN)
    assert "fase è fuori uso" in step(client, "punti-di-contatto", late.touchpoint, "ripristina")


def test_a_company_without_a_journey_gets_one_with_its_first_stage(company: Company, client: Client) -> None:
    client.force_login(make.user(company, "admin"))
    assert {page: client.get(f"/impostazioni/struttura/{page}/").status_code for page in PAGES} == dict.fromkeys(
        PAGES, 200
    )
    assert client.get("/impostazioni/nomi/").status_code == 200
    assert add(client, "fasi", name="Consegna", question="") == 303
    assert company.journey.name == company.name


def test_an_export_gives_back_what_was_entered_by_hand(
    late: Indicator, company: Company, quarter: Quarter, client: Client, tmp_path: Path
) -> None:
    add(client, "fasi", name="Reso", question="Lo riprendono?")
    add(client, "reparti", name="Acquisti", works=["reso"])
    add(client, "unita", code="MI-07", name="Milano")
    for kind, element in (("unita", Unit.objects.get()), ("punti-di-contatto", late.touchpoint)):
        assert element is not None
        step(client, kind, element, "ritira", **{"from": "2026-07-01"})
    step(client, "fasi", Stage.objects.get(slug="uso"), "ritira", **{"from": "2026-10-01"})
    step(client, "reparti", company.departments.get(slug="assistenza"), "ritira", **{"from": "2026-10-01"})
    export_company(company, tmp_path / "fuori")
    assert parse_company(tmp_path / "fuori").figures_only() == store.read(company).figures_only()
    text = (tmp_path / "fuori" / "company.yml").read_text()
    assert (text.count("retired: 2026-10-01"), text.count("retired: 2026-07-01")) == (2, 2)


def test_the_log_says_what_was_done_with_what_in_words(
    admin: User, delivery: Stage, quarter: Quarter, client: Client
) -> None:
    step(client, "fasi", delivery, "ritira", **{"from": "2026-07-01"})
    page = " ".join(client.get("/registro/").content.decode().split())
    assert "Parte dell’azienda messa fuori uso" in page
    assert f'href="/impostazioni/struttura/fasi/{delivery.pk}/"' in page
    assert "Fasi del percorso" in page
