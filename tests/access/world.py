"""Two companies, every kind of person, and one of everything an address can name."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from company.models import ApiToken, Company, Department, Membership, Role, User
from journeys.calendar import QuarterCode
from journeys.models import Indicator, Job, Journey, Part, Preparation, Quarter, Source, Stage, Upload
from journeys.reading.described import Recognised
from journeys.reading.problems import Problem
from meetings.access import room_token
from meetings.frozen import freeze
from meetings.models import AgendaItem, Decision, FollowUp, Meeting, Poll
from metrics.models import Edition
from metrics.paperwork import Paper
from metrics.report import METHOD, CompanyDef, DepartmentDef, FigureRow, Report, StageDef

PASSWORD = "una frase lunga e tranquilla"
DAYS = QuarterCode(2018, 1).days()


@dataclass
class World:
    """People by name (None is anonymous) and the values that stand in addresses."""

    people: dict[str, User | None] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    """The world of the access tests, written to the database."""
    world = World()
    ours, theirs = _company("aurora"), _company("altra")
    a, b = (Department.objects.create(company=ours, slug=slug, name=slug.title()) for slug in ("vendite", "logistica"))
    world.people = {
        "anonymous": None,
        "head_a": person("head_a", ours, Role.HEAD, a),
        "head_b": person("head_b", ours, Role.HEAD, b),
        "analyst": person("analyst", ours, Role.ANALYST),
        "analyst_a": person("analyst_a", ours, Role.ANALYST, a),
        "facilitator": person("facilitator", ours, Role.FACILITATOR, a),
        "reader": person("reader", ours, Role.READER, a),
        "admin": person("admin", ours, Role.ADMIN),
        "stranger": person("stranger", theirs, Role.ADMIN),
        "nobody": _user("nobody"),
        "deactivated": person("deactivated", ours, Role.ADMIN),
    }
    User.objects.filter(email="deactivated@example.it").update(is_active=False)
    theirs_department = Department.objects.create(company=theirs, slug="acquisti", name="Acquisti")
    quarter = _quarter(ours)
    report = _report(ours, [a, b])
    figures = {"digest": report.digest, "content": report.content(), "provenance": []}
    edition = Edition.objects.create(quarter=quarter, revision=0, **figures)
    paper = Paper.objects.create(
        key="ab" * 32, edition=edition, asker=User.objects.get(email="reader@example.it"), language="it"
    )
    world.values = {"quarter": "2018-1", "no_quarter": "2031-1", "stage": "consegna", "department": "logistica"}
    world.values |= {"department_a": "vendite", "no_indicator": "stipendio", "objection": _contested(edition)}
    world.values |= {"table": "fasi", "no_table": "stipendi", "topic": "soglie", "paper": paper.pk}
    departments = {"a": a, "b": b, "foreign": theirs_department}
    for name, department in departments.items():
        upload = uploaded(department, quarter if department.company_id == ours.pk else None)
        world.values[f"upload_{name}"], world.values[f"job_{name}"] = upload.pk, upload.job.pk
        world.values[f"source_{name}"] = upload.source.slug
        world.values[f"draft_{name}"] = drafted(upload.source).pk
    world.values |= {"key_analyst": _key(world.people["analyst"])} | _named(a) | _element(ours)
    world.values |= _meetings(ours, quarter, world)
    return world


def _element(company: Company) -> dict[str, Any]:
    """A stage of the journey, and a step with it."""
    return {"structure": "fasi", "element": company.journey.stages.get().pk, "retiring": "ritira"}


def _named(department: Department) -> dict[str, Any]:
    """A result of the department, its head, and a step with a person."""
    fields = {"company": department.company, "name": "Attesa", "kind": "mean", "role": "result"}
    Indicator.objects.create(slug="attesa", department=department, **fields)
    head = User.objects.get(membership__departments=department, membership__role=Role.HEAD)
    return {"indicator": "attesa", "person_a": head.pk, "step": "lettera"}


def _contested(edition: Edition) -> int:
    """The number of an objection that waits for its answer."""
    return int(edition.objections.create(department="logistica", level="company", reason="?", author="x").pk)


def _key(owner: User | None) -> int:
    """The number of a program's key of the person; nobody has its text."""
    membership = Membership.objects.get(user=owner)
    until = timezone.now() + timedelta(days=30)
    token = ApiToken.objects.create(company=membership.company, owner=membership.user, prefix="k" * 10, expires=until)
    return int(token.pk)


def _meetings(company: Company, quarter: Quarter, world: World) -> dict[str, Any]:
    """A meeting under way on the quarter, with a decision of head_a, an earlier one to follow up, and a vote."""
    owner = world.people["head_a"]
    meeting = Meeting(quarter=quarter, computed=quarter.editions.get().computed)
    freeze(meeting, Edition.objects.filter(quarter=quarter).select_related("quarter"))
    meeting.link_key, meeting.link_until = "k" * 16, timezone.now() + timedelta(hours=1)
    meeting.state, meeting.opened_at = Meeting.State.OPEN, timezone.now()
    meeting.save()
    item = AgendaItem.objects.create(meeting=meeting, position=1, kind="figures", title="Prima pagina", minutes=5)
    decision = Decision.objects.create(
        meeting=meeting,
        number=1,
        state="decided",
        proposal="Avvisare",
        opinion=True,
        owner=owner,
        due=DAYS[1],
        decided_on=DAYS[0],
    )
    followup = FollowUp.objects.create(meeting=meeting, decision=decision)
    poll = Poll.objects.create(meeting=meeting, key="voto-di-prova", voters=3)
    ids = {"item": item.pk, "decision": decision.pk, "number": 1, "followup": followup.pk}
    return {**ids, "poll": poll.key, "room_token": room_token(meeting), "no_token": "1:falso"}


def person(name: str, company: Company, role: Role, *departments: Department) -> User:
    """A user of the company with the role."""
    user = _user(name)
    membership = Membership.objects.create(user=user, company=company, role=role)
    membership.departments.set(departments)
    return user


def _user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.it", PASSWORD)


def _company(slug: str) -> Company:
    company = Company.objects.create(slug=slug, name=slug.title())
    journey = Journey.objects.create(company=company, name="Percorso")
    Stage.objects.create(journey=journey, slug="consegna", name="Consegna", position=1)
    return company


def _quarter(company: Company) -> Quarter:
    return Quarter.objects.create(company=company, year=2018, number=1, starts=DAYS[0], ends=DAYS[1])


def uploaded(department: Department, quarter: Quarter | None) -> Upload:
    """An accepted upload of the department's only source, with its finished job."""
    company, slug = department.company, f"file-{department.slug}"
    mapping = {"date": "giorno", "values": [{"indicator": "voto", "column": "voto"}]}
    source = Source.objects.create(
        company=company, department=department, slug=slug, name=f"File di {department}", mapping=mapping
    )
    upload = Upload.objects.create(
        company=company,
        source=source,
        filename="voti.csv",
        sha256="ab" * 32,
        size=2048,
        rows_in=120,
        rows_out=118,
        state=Upload.State.ACCEPTED,
        observations=118,
        mapping=mapping,
    )
    Job.objects.create(upload=upload, state=Job.State.DONE, step=Job.Step.FIGURES)
    if quarter:
        Part.objects.create(upload=upload, quarter=quarter, sha256="cd" * 32, observations=118, size=512)
    return upload


def drafted(source: Source) -> Upload:
    """A draft of the source whose check found one row to correct."""
    columns = [
        {"position": i, "name": name, "kind": "text", "examples": [], "filled": 1, "distinct": 1, "answers": {}}
        | {"codes": [], "personal": "", "lowest": "", "highest": ""}
        for i, name in enumerate(("giorno", "voto"))
    ]
    seen = Recognised("csv", "utf-8", False, ",", 1, 1, (), (), (), (), {}).as_json() | {"columns": columns}
    upload = Upload.objects.create(
        company=source.company,
        source=source,
        filename="bozza.csv",
        sha256="ef" * 32,
        size=20,
        rows_in=1,
        state=Upload.State.DRAFT,
        mapping=source.mapping,
        problems=[Problem("not_a_number", 2, "voto", "boh").as_json()],
    )
    outcome = {"revision": 1, "problems_total": 1, "rows_in": 1, "observations": 0, "groups": [], "bad": {}}
    Preparation.objects.create(upload=upload, recognised=seen, matched=True, outcome=outcome)
    Job.objects.create(upload=upload, state=Job.State.DONE)
    return upload


def _report(company: Company, departments: list[Department]) -> Report:
    stage = StageDef("consegna", "Consegna", "", Decimal(1))
    return Report(
        quarter="2018-1",
        starts=DAYS[0].isoformat(),
        ends=DAYS[1].isoformat(),
        previous="",
        company=CompanyDef(company.slug, company.name, False, "", 10, 30, 1, "Percorso", Decimal(1)),
        stages=(stage,),
        departments=tuple(DepartmentDef(row.slug, row.name, ("consegna",)) for row in departments),
        indicators=(),
        units=(),
        figures=(FigureRow("company"), FigureRow("stage", stage="consegna")),
        effects=(),
        bridge=(),
        method=METHOD,
    )
