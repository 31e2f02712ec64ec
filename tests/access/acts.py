"""What a person does at every address that changes something, done so that it succeeds."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as changed
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company.invitations import address as invitation
from company.models import ApiToken, Company, Department, User
from journeys.calendar import QuarterCode
from journeys.models import Indicator, Quarter, Source, Stage, Upload
from meetings import figures
from meetings.models import Attendance, Decision, FollowUp, Meeting
from metrics import publish
from metrics.models import Edition
from metrics.report import Report
from metrics.sentences import write
from tests import make_report
from tests.access import world as made
from tests.access.test_matrix import MATRIX, address, client_of
from tests.access.test_programs import body, client_with
from tests.access.world import DAYS, World

NEW = "un'altra frase lunga e tranquilla"
FORM = {"name": "Elena", "role": "reader", "language": ""}


@dataclass(frozen=True)
class Ready:
    """What ``prepare`` found out: the fields to send, and where and by whom they are sent when it is not as usual."""

    data: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    client: Client | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """A way to use an address; ``prepare`` brings the world where it can be used."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[World], Ready] = lambda _world: Ready()

    def ready(self, world: World) -> Callable[[], Any]:
        """Everything is there; what is returned sends it, once."""
        found = self.prepare(world)
        case = MATRIX["addresses"].get(self.name, [{}])[0]
        url = found.url or address(world, self.name, case)
        client = found.client or client_of(world.people["admin"])
        return lambda: client.post(url, **({"data": {**self.data, **found.data}} | found.options))


def _meeting() -> Meeting:
    return Meeting.objects.select_related("quarter__company").get()


def _prepared(_world: World) -> Ready:
    Meeting.objects.update(state=Meeting.State.PREPARED, opened_at=None)
    return Ready()


def _no_meeting(_world: World) -> Ready:
    meeting = _meeting()
    FollowUp.objects.all().delete()
    Decision.objects.all().delete()
    meeting.delete()
    return Ready()


def _figure(_world: World) -> Ready:
    return Ready({"figure": figures.all_figures(_meeting())[0].name})


def _first_figure(world: World) -> Ready:
    found = _figure(world)
    _no_meeting(world)
    return found


def _two_points(_world: World) -> Ready:
    _meeting().items.create(position=2, kind="closing", title="Chiusura", minutes=5)
    return Ready()


def _left_out(_world: World) -> Ready:
    _meeting().items.update(skipped=True, reason="?")
    return Ready()


def _someone(world: World, **fields: Any) -> Ready:
    person = world.people["head_b"]
    assert person is not None
    row = Attendance.objects.create(meeting=_meeting(), person=person, **fields)
    return Ready({"person": [row.pk]})


def _dated(world: World) -> Ready:
    Meeting.objects.update(at=timezone.now())
    return _someone(world, invited=False)


def _followed(_world: World) -> Ready:
    FollowUp.objects.update(done="yes")
    return Ready()


def _only_proposed(_world: World) -> Ready:
    Decision.objects.update(state=Decision.State.PROPOSED, decided_on=None)
    return Ready()


def _signed_in(world: World, who: str) -> Client:
    user = world.people[who]
    assert user is not None
    client = Client(raise_request_exception=False)
    client.post(reverse("login"), {"login": user.email, "password": made.PASSWORD})
    return client


def _code(client: Client) -> str:
    secret = str(client.get(reverse("second_factor_on")).context["form"].secret)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _first_code(world: World) -> Ready:
    client = _signed_in(world, "reader")
    return Ready({"code": _code(client)}, client=client)


def _with_factor(world: World) -> Ready:
    client = _signed_in(world, "reader")
    client.post(reverse("second_factor_on"), {"code": _code(client)})
    return Ready(client=client)


def _invited(world: World) -> Ready:
    person = world.people["reader"]
    assert person is not None
    return Ready(url=invitation(person), client=Client(raise_request_exception=False))


def _forgot(world: World) -> Ready:
    person = world.people["reader"]
    assert person is not None
    return Ready({"email": person.email}, client=Client(raise_request_exception=False))


def _gone(world: World) -> Ready:
    User.objects.filter(pk=world.values["person_a"]).update(is_active=False)
    return Ready(url=reverse("person_step", args=[world.values["person_a"], "riattiva"]))


def _step(name: str) -> Callable[[World], Ready]:
    return lambda world: Ready(url=reverse("person_step", args=[world.values["person_a"], name]))


def _factor_of_another(world: World) -> Ready:
    client = _signed_in(world, "head_a")
    client.post(reverse("second_factor_on"), {"code": _code(client)})
    return _step("secondo-fattore")(world)


def _message(_world: World) -> Ready:
    edition = Edition.objects.get()
    report = Report.parse(edition.content)
    report = changed(report, messages=write(report))
    Edition.objects.filter(pk=edition.pk).update(content=report.content(), digest=report.digest)
    return Ready({"place": report.messages[0].place})


def _shown(_world: World) -> Ready:
    edition = Edition.objects.get()
    report = Report.parse(edition.content)
    figures_shown = tuple(changed(row, base="full", value=Decimal(70)) for row in report.figures)
    report = changed(report, figures=figures_shown)
    Edition.objects.filter(pk=edition.pk).update(content=report.content(), digest=report.digest)
    return Ready()


def _pair(_world: World) -> Ready:
    edition = Edition.objects.get()
    vote = make_report.outcome("voto", "Voto", "logistica", "consegna")
    waiting = make_report.indicator("attesa", "Attesa", ("result", "share"), ("vendite", "consegna"))
    report = changed(Report.parse(edition.content), indicators=(vote, waiting))
    Edition.objects.filter(pk=edition.pk).update(content=report.content(), digest=report.digest)
    return Ready()


def _noted(_world: World) -> Ready:
    quarter = Quarter.objects.get(editions__isnull=False)
    return Ready({"remove": quarter.remarks.create(kind="note", place="", text="?", author="x").pk})


def _quarter(world: World, *steps: str) -> Ready:
    """The quarter brought so far, nothing contested."""
    quarter, admin = Quarter.objects.get(editions__isnull=False), world.people["admin"]
    assert admin is not None
    Edition.objects.get().objections.all().delete()
    for step in steps:
        if step == "review":
            publish.review(quarter, admin)
        elif step == "publish":
            publish.publish(quarter, admin, publish.Order(Edition.objects.get().digest))
        else:
            publish.restate(quarter, admin, "Un file tardivo")
            quarter.refresh_from_db()
            Quarter.objects.filter(pk=quarter.pk).update(stale=False)
            Edition.objects.filter(state=Edition.State.DRAFT).update(revision=quarter.revision)
    return Ready({"digest": Edition.objects.latest("version").digest})


def _at(*steps: str) -> Callable[[World], Ready]:
    return lambda world: _quarter(world, *steps)


def _two_persons(world: World) -> Ready:
    found = _quarter(world, "review")
    Company.objects.update(two_to_publish=True)
    return found


def _form(page: str, out: bool = False, **fields: Any) -> Callable[[World], Ready]:
    """A form of the settings as it stands, with something changed; ``out``: with a quarter that was published."""

    def prepare(world: World) -> Ready:
        if out:
            _quarter(world, "review", "publish")
        case = MATRIX["addresses"][page][0]
        form = client_of(world.people["admin"]).get(address(world, page, case)).context["form"]
        held = {field.html_name: field.value() for field in form}
        return Ready({key: value for key, value in held.items() if value is not None} | fields)

    return prepare


def _beginning(world: World) -> Ready:
    department = Department.objects.get(slug="vendite")
    fields = {"name": "Code", "definition": "In cassa", "higher_is_better": "False", "department": department.pk}
    query = urlencode({"role": "result", "kind": "share", "department": "vendite", "stage": "consegna"})
    return Ready(fields | {"evidence": "record"}, url=f"{reverse('settings_new_indicator')}?{query}")


def _stage_step(world: World, name: str) -> Ready:
    return Ready(url=reverse("settings_element_step", args=["fasi", world.values["element"], name]))


def _second_stage(world: World, step: str = "ritira") -> Ready:
    stage = Stage.objects.get(pk=world.values["element"])
    Stage.objects.create(journey=stage.journey, slug="uso", name="Uso", position=9)
    return _stage_step(world, step)


def _lower(world: World) -> Ready:
    return _second_stage(world, "giu")


def _retired(world: World) -> Ready:
    Stage.objects.filter(pk=world.values["element"]).update(retired=DAYS[0])
    return _stage_step(world, "ripristina")


def _file(world: World) -> Ready:
    source = Source.objects.get(slug=world.values["source_a"])
    return Ready({"source": source.slug, "file": SimpleUploadedFile("voti.csv", b"giorno,voto\n2018-02-01,8\n")})


def _checked(world: World) -> Ready:
    draft = Upload.objects.get(pk=world.values["draft_a"])
    Upload.objects.filter(pk=draft.pk).update(problems=[])
    found = draft.preparation
    found.outcome = {**found.outcome, "revision": found.revision, "observations": 1, "quarters": {"2018-1": 1}}
    found.save()
    return Ready()


def _boxes(_world: World) -> Ready:
    row = Indicator.objects.get()
    row.by_hand = True
    row.save()
    return Ready({"step": "months", f"v-0-{row.pk}": "7", f"n-0-{row.pk}": "40"})


def _batch(world: World) -> Ready:
    content = json.dumps(body(world, {"send": "source_a"}))
    options = {"data": content, "content_type": "application/json", "headers": {"idempotency-key": "chiave-di-prova"}}
    client = client_with(world, "write")
    ApiToken.objects.update(last_used=timezone.now())
    return Ready(url=reverse("api_observations"), client=client, options=options)


def _expected(world: World) -> Ready:
    code = str(QuarterCode.of(timezone.localdate()))
    return Ready({"quarter": code, f"{code}-consegna": "79"}, client=client_of(world.people["head_a"]))


ACTS = [
    Act("password", {"oldpassword": made.PASSWORD, "password1": NEW, "password2": NEW}),
    Act("invited", {"new_password1": NEW, "new_password2": NEW}, _invited),
    Act("forgotten", prepare=_forgot),
    Act("second_factor_on", prepare=_first_code),
    Act("second_factor_off", prepare=_with_factor),
    Act("new_codes", prepare=_with_factor),
    Act("invite", {**FORM, "email": "elena@example.it"}),
    Act("person", FORM),
    *(Act("person_step", prepare=_step(name)) for name in ("lettera", "disattiva", "cancella")),
    Act("person_step", prepare=_gone),
    Act("person_step", prepare=_factor_of_another),
    Act("forecast", prepare=_expected),
    Act("grid", prepare=_boxes),
    Act("keys", {"name": "foglio", "scopes": ["report"], "days": "30"}),
    Act("revoke_key"),
    Act("verification"),
    Act("publish", {"step": "review"}),
    Act("publish", {"step": "reopen"}, _at("review")),
    Act("publish", {"step": "look"}),
    Act("publish", {"step": "publish"}, _at("review")),
    Act("publish", {"step": "publish"}, _two_persons),
    Act("publish", {"step": "restate", "reason": "Un file tardivo"}, _at("review", "publish")),
    Act("publish", {"step": "publish"}, _at("review", "publish", "restate")),
    Act("publish", {"step": "withdraw"}, _at("review", "publish", "restate")),
    Act("pairs", {"risultato": "attesa", "esito": "voto"}, _pair),
    Act("objections", {"figure": "stage|consegna||", "department": "vendite", "reason": "Mancano i corrieri"}, _shown),
    Act("answer_objection", {"state": "dismissed", "answer": "Ci sono"}),
    Act("notes", {"text": "Sciopero dei corrieri"}),
    Act("notes", prepare=_noted),
    Act("titles", {"text": ""}, _message),
    Act("decision-answer", {"state": "started"}),
    Act("meeting", prepare=_no_meeting),
    Act("meeting-when", {"at": "2018-04-12T10:00", "place": "Sala Po"}),
    Act("meeting-renew", prepare=_prepared),
    Act("meeting-item", {"do": "save", "title": "Il percorso", "minutes": "10"}),
    Act("meeting-item", {"do": "down"}, _two_points),
    Act("meeting-item", {"do": "skip", "reason": "Manca il tempo"}),
    Act("meeting-item", {"do": "keep"}, _left_out),
    Act("meeting-notes", {"notes": "Parole: fretta"}),
    Act("meeting-bring", prepare=_figure),
    Act("meeting-bring", prepare=_first_figure),
    Act("meeting-people", {"do": "save"}, lambda world: _someone(world, invited=False)),
    Act("meeting-people", {"do": "present"}, _someone),
    Act("meeting-people", {"do": "invite"}, _dated),
    Act("meeting-screen", {"do": "give"}),
    Act("meeting-screen", {"do": "take"}),
    Act("meeting-open", prepare=_prepared),
    Act("meeting-close", prepare=_followed),
    Act("meeting-decisions"),
    Act("meeting-decision", {"proposal": "Avvisare chi aspetta", "obstacles": "Pochi telefoni"}),
    Act("meeting-decision-state", {"state": "started"}),
    Act("meeting-followup", {"done": "partly", "learned": "Si può", "answer": "closed"}),
    Act("meeting-take-up", prepare=_only_proposed),
    Act("meeting-poll", {"dots": "3", "voters": "5"}),
    Act("meeting-poll", {"do": "stop"}),
    Act("meeting-letters", prepare=lambda world: _someone(world, present=True)),
    Act("settings_indicator", prepare=_form("settings_indicator", definition="Minuti", evidence="record")),
    Act("settings_indicator", {"past": "1"}, _form("settings_indicator", True, definition="Minuti", evidence="record")),
    Act("settings_new_indicator", prepare=_beginning),
    Act("settings_structure", {"name": "Uso", "question": ""}),
    Act("settings_element", {"name": "Consegna a casa", "question": ""}),
    Act("settings_element_step", prepare=_lower),
    Act("settings_element_step", {"from": "2018-01-01"}, _second_stage),
    Act("settings_element_step", prepare=_retired),
    Act("settings_topic", {"hidden_under": "8", "reduced_under": "30"}),
    Act("settings_topic", {"hidden_under": "8", "reduced_under": "30", "past": "1"}, _at("review", "publish")),
    Act("upload", prepare=_file),
    Act("recognise"),
    Act("match", {"c0": "date", "c1": "values[0].column"}),
    Act("define", {"date": "giorno"}),
    Act("check", {"r2": "8"}),
    Act("confirm", {"how": "update"}, _checked),
    Act("discard"),
    Act("undo"),
    Act("api_observations", prepare=_batch),
]
