"""What programs send: the numbers of the catalogue of bad inputs (83–89), batches all or nothing, no batch twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from company import tokens
from company.bearer import CALLS_A_MINUTE
from company.models import ApiToken, Company, Role, Scope, User
from journeys import ingest, ledger
from journeys.models import Call, Indicator, Part, Source, Upload
from metrics import facts
from metrics.engine.duckdb import Session
from tests import dati, make

URL = "/api/observations"
GOOD = {"indicator": "voto", "date": "2026-07-15", "value": 8}


@dataclass
class Program:
    """A program with a key for everything, and the answers it gets."""

    source: Source
    token: ApiToken
    secret: str

    def post(self, body: Any, key: str = "prova-01", **headers: str) -> Any:
        """The answer to a body, sent as it is when it is bytes."""
        client = Client(raise_request_exception=False)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"authorization": f"Bearer {self.secret}", "idempotency-key": key, **headers}
        return client.post(URL, content, content_type="application/json", headers=said)

    def send(self, *observations: dict[str, Any], key: str = "prova-01") -> Any:
        return self.post({"source": self.source.slug, "observations": list(observations)}, key)

    def taken(self, *observations: dict[str, Any], key: str = "prova-01") -> Upload:
        """The upload after its job is done."""
        answer = self.send(*observations, key=key)
        assert answer.status_code == 202, answer.content
        upload = Upload.objects.get(pk=answer.json()["upload"])
        ledger.run(upload.job.pk)
        upload.refresh_from_db()
        return upload

    def facts(self) -> list[tuple[Any, ...]]:
        """Indicator, value and n of every observation in the report."""
        files = [facts.path_of(part.sha256) for part in Part.objects.counted()]
        if not files:
            return []
        with Session(files, facts.spill()) as session:
            return sorted(session.rows("SELECT indicator::VARCHAR, value::DOUBLE, n::INTEGER FROM facts"))


def program_of(company: Company, user: User) -> Program:
    make.quarter(company, "2026-2", state="published")
    make.quarter(company, "2026-3")
    department = company.departments.all()[0]
    source = dati.source(department, {"date": "giorno", "values": [{"indicator": "voto", "column": "voto"}]})
    Indicator.objects.filter(slug="voto").update(lowest=0, highest=10, whole=True)
    for slug, kind in (("quota", "share"), ("minuti", "mean"), ("nps", "nps")):
        Indicator.objects.create(company=company, department=department, slug=slug, name=slug, kind=kind)
    token, secret = tokens.make(user.membership, "magazzino", list(Scope.values), (), 30)
    return Program(source, token, secret)


@pytest.fixture
def program(company: Company, analyst: User) -> Program:
    return program_of(company, analyst)


def places(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
        (b'{"source":"x","source":"y"}', 400),
        (b'{"source":"x","observations":[{"indicator":"voto","date":"2026-07-15","value":NaN}]}', 400),
        (b"\xff\xfe", 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'{"source":"a\\u0000"}', 422),
        (b'{"source":"\\ud800"}', 422),
        (b"9" * 5000, 422),
        (b'"' + b"a" * 2_700_000 + b'"', 413),
    ],
)
def test_83_what_is_no_sound_json_is_refused_and_breaks_nothing(program: Program, body: bytes, status: int) -> None:
    answer = program.post(body)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, "application/json")


def test_83_the_place_of_a_text_that_cannot_be_stored_is_named(program: Program) -> None:
    answer = program.send(GOOD, {**GOOD, "case": "a\0b"})
    assert (answer.status_code, places(answer)) == (422, [("/observations/1/case", "bad_text")])


@pytest.mark.parametrize(
    "value", ['"9"', "true", "9.0", "9.5", "1e1", "null", "[9]", "1_0", "11", "-1", "1234567890123456"]
)
def test_84_a_vote_is_a_whole_number_written_as_one(program: Program, value: str) -> None:
    body = f'{{"source":"{program.source.slug}","observations":[{json.dumps(GOOD)[:-2]}{value}}}]}}'.encode()
    answer = program.post(body)
    if value == "1_0":
        assert answer.status_code == 400
    else:
        assert (answer.status_code, places(answer)[0][0]) == (422, "/observations/0/value")


@pytest.mark.parametrize(
    ("extra", "pointer"),
    [
        ({"score": 9}, "/observations/0/score"),
        ({"state": "published"}, "/observations/0/state"),
        ({"n": 0}, "/observations/0/n"),
    ],
)
def test_85_an_unknown_field_is_refused(program: Program, extra: dict[str, Any], pointer: str) -> None:
    answer = program.send({**GOOD, **extra})
    assert (answer.status_code, places(answer)[0][0]) == (422, pointer)


@pytest.mark.parametrize("extra", [{"department_id": 2}, {"quarter": "2026-3"}])
def test_85_nothing_is_said_of_the_batch_but_its_source(program: Program, extra: dict[str, Any]) -> None:
    answer = program.post({"source": program.source.slug, "observations": [GOOD], **extra})
    assert (answer.status_code, places(answer)[0][0]) == (422, f"/{next(iter(extra))}")


def test_86_a_thousand_are_taken_and_one_more_is_not(program: Program) -> None:
    assert program.send(*[GOOD] * 1001).status_code == 413
    assert program.taken(*[GOOD] * 1000).observations == 1000


def test_86_one_bad_among_many_and_none_is_stored(program: Program) -> None:
    batch = [GOOD] * 99
    answer = program.send(*batch[:40], {**GOOD, "value": 11, "date": "2026-05-01"}, *batch[40:])
    assert places(answer) == [
        ("/observations/40/date", "published_quarter"),
        ("/observations/40/value", "out_of_range"),
    ]
    assert (Upload.objects.count(), Call.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"indicator": "altro"}, "indicator", "not_of_source"),
        ({"date": "2031-01-01"}, "date", "date_in_future"),
        ({"date": "2019-01-01"}, "date", "unknown_quarter"),
        ({"date": "1999-12-31"}, "date", "date_too_old"),
        ({"indicator": "quota", "value": 1.2}, "value", "out_of_range"),
        ({"indicator": "minuti", "value": 999999999999}, "value", "too_large"),
        ({"indicator": "minuti", "value": 900_000_000, "n": 20_000}, "n", "too_large_together"),
        ({"indicator": "nps", "n": 12}, "n", "not_summed"),
        ({"indicator": "minuti", "sd": 1}, "sd", "sd_of_one"),
        ({"indicator": "minuti", "n": 5, "sd": -1}, "sd", "negative_sd"),
        ({"case": "a\u202eb"}, "case", "bad_code"),
        ({"case": "x" * 129}, "case", "code_too_long"),
        ({"unit": " MI"}, "unit", "bad_code"),
        ({"case": "mario.rossi@example.it"}, "case", "personal_code"),
        ({"date": "2026-02-30"}, "date", "day"),
        ({"date": "20260715"}, "date", "day"),
        ({"date": "2026-W29-3"}, "date", "day"),
    ],
)
def test_what_is_wrong_with_an_observation_is_said_at_its_place(
    program: Program, change: dict[str, Any], field: str, code: str
) -> None:
    assert places(program.send(GOOD, {**GOOD, **change})) == [(f"/observations/1/{field}", code)]


@pytest.mark.parametrize("address", [f"{URL}?token=x", f"{URL}?access_token=x", f"{URL}?a="])
def test_87_a_key_in_the_address_is_refused_whatever_the_header_says(program: Program, address: str) -> None:
    client = Client(headers={"authorization": f"Bearer {program.secret}"})
    address = f"{address}{program.secret}" if address.endswith("a=") else address
    assert client.post(address, {}, content_type="application/json").status_code == 401
    program.token.refresh_from_db()
    assert (program.token.exposed is not None) == (program.secret in address)


def test_88_the_same_request_again_gets_the_same_answer_and_adds_nothing(program: Program) -> None:
    first, second = program.send(GOOD), program.send(GOOD)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Upload.objects.count() == 1


def test_88_the_same_key_with_another_body_is_refused(program: Program) -> None:
    program.send(GOOD)
    assert program.send({**GOOD, "value": 9}).status_code == 422


def test_88_a_request_without_a_key_or_with_a_broken_one_is_refused(program: Program) -> None:
    assert [program.send(GOOD, key=key).status_code for key in ("", "corta", "x" * 101, "con spazi dentro")] == [
        422
    ] * 4


def test_a_request_that_was_refused_may_be_mended_under_the_same_key(program: Program) -> None:
    assert program.send({**GOOD, "value": 11}).status_code == 422
    assert program.send(GOOD).status_code == 202


def test_equal_batches_under_two_keys_are_two_batches(program: Program) -> None:
    program.taken(GOOD)
    program.taken(GOOD, key="prova-02")
    assert program.facts() == [("voto", 8.0, 1), ("voto", 8.0, 1)]


@pytest.mark.django_db(transaction=True)
def test_88_a_request_that_is_being_answered_is_refused_for_now() -> None:
    company = make.company()
    make.department(company)
    program = program_of(company, make.user(company, Role.ANALYST))
    assert program.send(GOOD, key="un-altra-chiave").status_code == 202

    def other() -> int:
        try:
            return int(program.send(GOOD).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert program.send(GOOD).status_code == 202
        answer = pool.submit(other).result()
    assert answer == 409
    assert program.send(GOOD).status_code == 202
    assert Upload.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    [
        "/api/uploads?page=%00",
        "/api/uploads?page=1&page=2",
        "/api/uploads?page=99999999999999999999",
        "/api/uploads?page_size=1e9",
        "/api/uploads?order=;drop",
        "/api/uploads/99999999999999999999",
        "/api/quarters/2026-3/figures/%00",
        "/api/quarters/99999-1/edition",
        "/api/quarters/2026-3/figure?level=altro",
        "/api/quarters/2026-3/tables/%00?segmento=x",
    ],
)
def test_89_odd_addresses_are_refused_and_break_nothing(program: Program, address: str) -> None:
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {program.secret}"})
    assert client.get(address).status_code in (400, 404, 422)


def test_what_was_sent_is_a_fact_with_a_receipt(program: Program) -> None:
    upload = program.taken(
        {**GOOD, "case": "A1", "unit": "MI"},
        {"indicator": "quota", "date": "2026-07-15", "value": 0.25, "n": 40},
        {"indicator": "minuti", "date": "2026-08-02", "value": 7.5, "n": 12, "sd": 2.25},
    )
    assert (upload.state, upload.way, upload.observations, upload.rows_out) == ("accepted", "api", 3, 3)
    assert program.facts() == [("minuti", 7.5, 12), ("quota", 0.25, 40), ("voto", 8.0, 1)]
    client = Client(headers={"authorization": f"Bearer {program.secret}"})
    receipt = client.get(f"/api/uploads/{upload.pk}").json()
    assert (receipt["state"], receipt["quarters"]) == ("accepted", {"2026-3": 3})
    assert receipt["indicators"]["voto"] == {"observations": 1, "missing": 2}


def test_a_case_sent_again_takes_the_place_of_what_was_said_of_that_indicator(program: Program) -> None:
    program.taken(
        {**GOOD, "case": "A1"}, {**GOOD, "case": "A2"}, {**GOOD, "indicator": "quota", "value": 1, "case": "A1"}
    )
    program.taken({**GOOD, "value": 3, "case": "A1"}, key="prova-02")
    assert program.facts() == [("quota", 1.0, 1), ("voto", 3.0, 1), ("voto", 8.0, 1)]


def test_undoing_what_was_sent_brings_back_what_was_there(program: Program) -> None:
    program.taken({**GOOD, "case": "A1"})
    ingest.undo(program.taken({**GOOD, "value": 3, "case": "A1"}, key="prova-02"), None)
    assert program.facts() == [("voto", 8.0, 1)]


def test_a_key_that_asks_too_much_in_a_minute_must_wait(program: Program) -> None:
    cache.clear()
    client = Client(headers={"authorization": f"Bearer {program.secret}"})
    answers = [client.get("/api/quarters") for _ in range(2 * CALLS_A_MINUTE + 2)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 0 < int(refused[0].headers["Retry-After"]) <= 60


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
observation = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("indicator", "date", "value", "n", "sd", "case", "unit"), anything)
    | {"indicator": st.sampled_from(["voto", "quota"]), "date": st.just("2026-07-15"), "value": st.integers(0, 10)},
)


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything | st.fixed_dictionaries({"source": st.just("file-0"), "observations": st.lists(observation)}))
def test_whatever_is_sent_gets_an_answer_and_what_is_accepted_is_taken(program: Program, body: Any) -> None:
    cache.clear()
    with transaction.atomic():
        answer = program.post(body)
        assert answer.status_code in (202, 400, 413, 422, 404)
        if answer.status_code == 202:
            upload = Upload.objects.get(pk=answer.json()["upload"])
            ledger.run(upload.job.pk)
            upload.refresh_from_db()
            assert upload.state == "accepted", upload.problems
        transaction.set_rollback(True)
