"""Settings by hand: each change is recorded, and what figures depend on makes the open quarters stale."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from company.models import AuditEntry, Company, User
from journeys.defining import TOPICS
from journeys.models import Indicator, Influence, Quarter, Stage, Target, Touchpoint
from journeys.structure import KINDS
from metrics.publish import Order, publish
from tests import make, make_report


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    make.journey(company, "Consegna", "Uso")
    user = make.user(company, "admin")
    client.force_login(user)
    return user


def test_a_change_is_saved_recorded_and_makes_open_quarters_stale(
    admin: User, company: Company, quarter: Quarter, client: Client
) -> None:
    published = make.quarter(company, "2026-2", state=Quarter.State.PUBLISHED)
    answer = client.post("/impostazioni/soglie/", {"hidden_under": "8", "reduced_under": "40"})
    assert answer.status_code == 303
    company.refresh_from_db()
    assert (company.hidden_under, company.reduced_under) == (8, 40)
    entry = AuditEntry.objects.get(action="settings.changed")
    assert entry.detail == {"Nascosto sotto": ["10", "8"], "Base ridotta sotto": ["30", "40"]}
    assert [Quarter.objects.get(pk=row.pk).stale for row in (quarter, published)] == [True, False]


def test_saving_the_same_changes_nothing(admin: User, quarter: Quarter, client: Client) -> None:
    client.post("/impostazioni/soglie/", {"hidden_under": "10", "reduced_under": "30"})
    assert not AuditEntry.objects.exists()
    assert not Quarter.objects.get(pk=quarter.pk).stale


@pytest.mark.parametrize(("hidden", "reduced"), [("4", "30"), ("50", "30"), ("", "30"), ("x", "30")])
def test_bases_that_protect_nobody_are_refused(admin: User, client: Client, hidden: str, reduced: str) -> None:
    assert client.post("/impostazioni/soglie/", {"hidden_under": hidden, "reduced_under": reduced}).status_code == 422


def test_weights_are_written_as_the_language_writes_numbers(admin: User, company: Company, client: Client) -> None:
    client.post("/impostazioni/pesi/", {"stage-consegna": "1,5", "stage-uso": "1"})
    assert Stage.objects.get(slug="consegna").weight == Decimal("1.5")


def test_weights_of_zero_everywhere_are_refused(admin: User, client: Client) -> None:
    assert client.post("/impostazioni/pesi/", {"stage-consegna": "0", "stage-uso": "0"}).status_code == 422


def test_a_target_holds_from_its_day_and_the_older_one_keeps_judging(
    admin: User, company: Company, client: Client
) -> None:
    indicator = Indicator.objects.create(
        company=company, slug="ritardi", name="Ritardi", definition="Oltre due giorni", role="result", kind="share",
        department=company.departments.all()[0], evidence="record",
    )  # fmt: skip
    Target.objects.create(indicator=indicator, starts=date(2026, 1, 1), value=Decimal("0.1"))
    client.post("/impostazioni/obiettivi/", {"starts": "2026-07-01", "target-ritardi": "0,05"})
    assert indicator.target_on(date(2026, 6, 30)) == Decimal("0.1")
    assert Indicator.objects.get().target_on(date(2026, 7, 1)) == Decimal("0.05")


def test_a_second_person_is_asked_to_confirm_or_not(admin: User, company: Company, client: Client) -> None:
    client.post("/impostazioni/pubblicazione/", {"two_to_publish": "True"})
    company.refresh_from_db()
    assert company.two_to_publish
    said = AuditEntry.objects.get().detail
    assert said == {
        "Chi pubblica": ["Pubblica una persona sola", "Una seconda persona conferma quello che la prima propone"]
    }


def test_the_theme_of_the_room_is_chosen(admin: User, company: Company, client: Client) -> None:
    client.post("/impostazioni/sala/", {"dark_room": "True"})
    company.refresh_from_db()
    assert company.dark_room


def test_company_and_journey_get_another_name(admin: User, company: Company, client: Client) -> None:
    client.post("/impostazioni/nomi/", {"company": "Catena Nuova", "journey": "Il percorso", "unit": "Negozio"})
    company.refresh_from_db()
    assert (company.name, company.journey.name, company.unit_name) == ("Catena Nuova", "Il percorso", "Negozio")


@pytest.mark.parametrize("topic", [*TOPICS, "indicatori"])
def test_every_topic_has_its_page(admin: User, quarter: Quarter, client: Client, topic: str) -> None:
    assert client.get(f"/impostazioni/{topic}/").status_code == 200


def test_a_changed_weight_restates_published_quarters_where_it_is_asked_to(
    admin: User, company: Company, client: Client
) -> None:
    edition = make_report.edition(company, make_report.aurora())
    Quarter.objects.filter(pk=edition.quarter_id).update(state=Quarter.State.REVIEW)
    edition.quarter.refresh_from_db()
    publish(edition.quarter, admin, Order(edition.digest))
    assert 'data-test="since"' in client.get("/impostazioni/pesi/").content.decode()
    for past, versions in (("0", 1), ("1", 2)):
        client.post("/impostazioni/pesi/", {"stage-consegna": f"2,{past}", "stage-uso": "1", "past": past})
        assert edition.quarter.editions.count() == versions


def test_before_anything_is_published_nobody_is_asked_since_when(admin: User, client: Client) -> None:
    assert 'data-test="since"' not in client.get("/impostazioni/pesi/").content.decode()


@pytest.mark.parametrize("slug", [*TOPICS, "chiavi", "indicatori", "persone", *(f"struttura/{kind}" for kind in KINDS)])
def test_settings_lead_to_every_page_of_theirs(admin: User, client: Client, slug: str) -> None:
    assert client.get("/impostazioni/").content.decode().count(f'href="/impostazioni/{slug}/"') == 1


@pytest.fixture
def vote(company: Company) -> Indicator:
    """A question from 1 to 5, in health."""
    return Indicator.objects.create(
        company=company, slug="voto", name="Voto", definition="Voto alla consegna", role="outcome", kind="mean",
        department=company.departments.all()[0], evidence="survey", worst=1, best=5, lowest=1, highest=5,
        in_health=True,
    )  # fmt: skip


@pytest.mark.parametrize("topic", ["pesi", "essenziali"])
def test_in_french_a_space_stands_before_the_colon_of_where_a_vote_belongs(
    admin: User, vote: Indicator, client: Client, topic: str
) -> None:
    client.post("/lingua/", {"language": "fr"})
    assert "Ensemble du parcours\xa0: Voto" in client.get(f"/impostazioni/{topic}/").content.decode()


def filled(vote: Indicator, **changed: str) -> dict[str, str]:
    """The indicator's form as it opens, but for what is changed."""
    same = {"name": "Voto", "definition": "Voto alla consegna", "higher_is_better": "True", "worst": "1", "best": "5"}
    same |= {"lowest": "1", "highest": "5", "evidence": "survey", "department": str(vote.department_id)}
    return {**same, "starts": "2026-07-01", **changed}


def post(client: Client, vote: Indicator, **changed: str) -> int:
    return client.post("/impostazioni/indicatori/voto/", filled(vote, **changed)).status_code


def test_an_indicator_opens_as_it_is_and_saving_it_so_changes_nothing(
    admin: User, vote: Indicator, client: Client, quarter: Quarter
) -> None:
    page = client.get("/impostazioni/indicatori/voto/").context["form"]
    assert [page[name].value() for name in ("worst", "best", "higher_is_better")] == [Decimal(1), Decimal(5), True]
    assert post(client, vote) == 303
    assert not AuditEntry.objects.exists()


def test_another_definition_scale_owner_and_target_are_saved_with_old_and_new(
    admin: User, vote: Indicator, company: Company, client: Client, quarter: Quarter
) -> None:
    other = company.departments.get(slug="assistenza")
    changed = {"definition": "Voto entro due giorni", "worst": "0", "lowest": "0", "target": "4,5"}
    assert post(client, vote, department=str(other.pk), evidence="behaviour", **changed) == 303
    vote.refresh_from_db()
    assert (vote.definition, vote.worst, vote.department, vote.evidence) == (
        "Voto entro due giorni", Decimal(0), other, "behaviour",
    )  # fmt: skip
    assert Target.objects.get().value == Decimal("4.5")
    detail = AuditEntry.objects.get(action="indicator.changed").detail
    assert (detail["Vale 0 punti"], detail["Prova"]) == (["1", "0"], ["sondaggio", "comportamento osservato"])
    assert Quarter.objects.get(pk=quarter.pk).stale


@pytest.mark.parametrize(
    "wrong",
    [
        {"best": ""},
        {"worst": "", "best": ""},
        {"best": "1"},
        {"higher_is_better": "False"},
        {"lowest": "9"},
        {"target": "4", "starts": ""},
        {"definition": ""},
        {"evidence": "rumour"},
        {"worst": "x"},
    ],
)
def test_an_indicator_that_makes_no_sense_is_refused(
    admin: User, vote: Indicator, client: Client, wrong: dict[str, str]
) -> None:
    assert post(client, vote, **wrong) == 422


def test_of_a_changed_meaning_it_is_asked_since_when_and_of_a_changed_name_not(
    admin: User, vote: Indicator, company: Company, client: Client
) -> None:
    edition = make_report.edition(company, make_report.aurora())
    Quarter.objects.filter(pk=edition.quarter_id).update(state=Quarter.State.REVIEW)
    edition.quarter.refresh_from_db()
    publish(edition.quarter, admin, Order(edition.digest))
    assert 'data-test="since"' in client.get("/impostazioni/indicatori/voto/").content.decode()
    versions = []
    for changed in ({"past": "1"}, {"worst": "0", "past": "0"}, {"worst": "0", "definition": "X", "past": "1"}):
        post(client, vote, name="Giudizio", **changed)
        versions.append(edition.quarter.editions.count())
    assert versions == [1, 1, 2]


def test_who_answers_for_a_source_is_recorded_by_number(admin: User, company: Company, client: Client) -> None:
    source = company.sources.create(department=company.departments.all()[0], slug="voti", name="Voti")
    client.post("/impostazioni/responsabili/", {"owner-voti": str(admin.pk)})
    source.refresh_from_db()
    assert source.owner == admin
    assert AuditEntry.objects.get().detail == {"Voti · Logistica": ["", admin.reference]}


@pytest.fixture
def late(company: Company, admin: User) -> Indicator:
    """A result of logistics that lands on delivery and is declared to move the vote there."""
    stage, owner = Stage.objects.get(slug="consegna"), company.departments.get(slug="logistica")
    made = Indicator.objects.create(
        company=company, slug="ritardi", name="Ritardi", definition="Oltre due giorni", role="result", kind="share",
        department=owner, stage=stage, evidence="record", higher_is_better=False,
    )  # fmt: skip
    Influence.objects.create(department=owner, indicator=made, stage=stage)
    return made


def redefine(client: Client, late: Indicator, **changed: object) -> int:
    same = {"name": "Ritardi", "definition": "Oltre due giorni", "higher_is_better": "False", "evidence": "record"}
    fields = {**same, "department": str(late.department_id), "acts": ["consegna"], "touchpoint": "", **changed}
    return client.post("/impostazioni/indicatori/ritardi/", fields).status_code


def acting(late: Indicator) -> list[tuple[str, str]]:
    rows = Influence.objects.filter(indicator=late).order_by("stage__position")
    return [(row.department.slug, row.stage.slug if row.stage else "-") for row in rows]


def test_which_votes_a_result_is_declared_to_move_is_ticked(late: Indicator, client: Client) -> None:
    assert redefine(client, late) == 303
    assert not AuditEntry.objects.exists()
    assert redefine(client, late, acts=["uso", "-"]) == 303
    assert acting(late) == [("logistica", "uso"), ("logistica", "-")]
    assert AuditEntry.objects.get().detail["Agisce su"] == ["Consegna", "Uso, Tutto il percorso"]


def test_the_line_of_sight_follows_a_result_to_its_new_owner(late: Indicator, company: Company, client: Client) -> None:
    redefine(client, late, department=str(company.departments.get(slug="assistenza").pk))
    assert acting(late) == [("assistenza", "consegna")]


def test_a_result_is_measured_at_a_touchpoint_of_its_own_stage(late: Indicator, client: Client) -> None:
    door, other = (
        Touchpoint.objects.create(stage=Stage.objects.get(slug=slug), slug="x", name="X")
        for slug in ("consegna", "uso")
    )
    assert redefine(client, late, touchpoint=str(other.pk)) == 422
    assert redefine(client, late, touchpoint=str(door.pk)) == 303
    assert Indicator.objects.get().touchpoint == door


NEW = "/impostazioni/nuovo-indicatore/?role=outcome&kind=mean&department=logistica&stage=consegna"
VOTE = {
    "name": "Voto alla consegna", "definition": "Voto da 1 a 5. Media.", "higher_is_better": "True", "worst": "1",
    "best": "5", "lowest": "1", "highest": "5", "evidence": "survey", "unit": "", "in_health": "on",
}  # fmt: skip


def owned(company: Company) -> dict[str, str]:
    return {**VOTE, "department": str(company.departments.get(slug="logistica").pk)}


def test_a_new_indicator_is_said_in_two_pages_and_waits_for_a_file(
    admin: User, company: Company, quarter: Quarter, client: Client
) -> None:
    assert "Come si conta" in client.get("/impostazioni/nuovo-indicatore/").content.decode()
    assert client.get(NEW).context["form"].fields.keys() >= {"worst", "in_health", "by_hand"}
    assert client.post(NEW, owned(company)).status_code == 303
    made = Indicator.objects.get()
    assert (made.slug, made.role, made.kind, made.best, made.in_health) == (
        "voto-alla-consegna", "outcome", "mean", Decimal(5), True,
    )  # fmt: skip
    assert made.stage == Stage.objects.get(slug="consegna")
    assert AuditEntry.objects.get().action == "indicator.added"
    assert Quarter.objects.get(pk=quarter.pk).stale


def test_a_new_result_declares_the_votes_it_moves_and_its_target(admin: User, company: Company, client: Client) -> None:
    page = "/impostazioni/nuovo-indicatore/?role=result&kind=share&department=logistica&stage=consegna"
    fields = {**owned(company), "higher_is_better": "False", "acts": ["consegna"], "target": "0,05"}
    assert client.post(page, {**fields, "starts": "2026-07-01", "evidence": "record"}).status_code == 303
    made = Indicator.objects.get()
    assert (acting(made), made.in_health) == ([("logistica", "consegna")], False)
    assert made.target_on(date(2026, 7, 1)) == Decimal("0.05")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"best": ""}, "insieme"),
        ({"worst": "5", "best": "1"}, "contro il verso"),
        ({"worst": "", "best": ""}, "ha bisogno di una scala"),
        ({"highest": "1"}, "deve superare il minimo"),
        ({"name": "???"}, "non ha lettere"),
        ({"definition": ""}, "obbligatorio"),
    ],
)
def test_an_indicator_a_company_file_would_refuse_is_refused(
    admin: User, company: Company, client: Client, changed: dict[str, str], said: str
) -> None:
    answer = client.post(NEW, {**owned(company), **changed})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Indicator.objects.exists()


def test_an_indicator_stands_once(admin: User, company: Company, client: Client) -> None:
    assert [client.post(NEW, owned(company)).status_code for _ in range(2)] == [303, 422]


@pytest.mark.parametrize(
    "query", ["", "?kind=mean", "?role=%00&kind=%00&department=%00&stage=%00", "?role=outcome&kind=x"]
)
def test_an_indicator_begins_with_what_it_is(admin: User, client: Client, query: str) -> None:
    assert client.get(f"/impostazioni/nuovo-indicatore/{query}").status_code == 200
    assert client.post(f"/impostazioni/nuovo-indicatore/{query}", VOTE).status_code == 422
