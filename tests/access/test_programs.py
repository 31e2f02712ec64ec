"""Every address of the API × every method × every kind of key, as written in programs.yml."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company import tokens
from company.models import ApiToken, Department, Membership, Role, Scope, User
from journeys.models import Indicator, Quarter, Source
from tests.access.test_matrix import client_of
from tests.access.world import World

MATRIX = yaml.safe_load(Path(__file__).with_name("programs.yml").read_text())
KEYS: list[str] = MATRIX["keys"]
METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST")
CASES = [
    pytest.param(name, case, id="-".join([name, *case.get("with", {}).values(), case.get("send", "")]).strip("-"))
    for name, cases in MATRIX["programs"].items()
    for case in cases
]


def key(user: User | None, *scopes: str, departments: tuple[Department, ...] = ()) -> str:
    """A new key of the person; every scope where none is named."""
    membership = Membership.objects.get(user=user)
    _token, secret = tokens.make(membership, "prova", scopes or list(Scope.values), departments, 30)
    return secret


def secret_of(world: World, who: str) -> str:
    """The key of that kind, made while its person could still make it."""
    people = world.people
    if who in ("report", "facts", "write"):
        return key(people["analyst"], who)
    if who == "narrow_b":
        return key(people["analyst"], departments=(Department.objects.get(slug="logistica"),))
    owner = {"all_a": "analyst_a", "foreign": "stranger", "gone": "deactivated", "demoted": "analyst"}.get(
        who, "analyst"
    )
    secret = key(people[owner])
    if who == "demoted":
        Membership.objects.filter(user=people["analyst"]).update(role=Role.READER)
    if who == "expired":
        ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    if who == "revoked":
        tokens.revoke(ApiToken.objects.get(prefix=secret.split("_")[1]), people["admin"])  # type: ignore[arg-type]
    return secret


def client_with(world: World, who: str) -> Client:
    if who in ("none", "session"):
        return client_of(world.people["admin"] if who == "session" else None)
    secret = f"{tokens.MARK}0123456789_{'x' * 43}" if who == "wrong" else secret_of(world, who)
    return Client(raise_request_exception=False, headers={"authorization": f"Bearer {secret}"})


def body(world: World, case: dict[str, Any]) -> dict[str, Any]:
    """A batch of one observation, for whatever may be sent."""
    source = Source.objects.select_related("department__company").get(slug=world.values[case["send"]])
    company = source.company
    Indicator.objects.get_or_create(
        company=company, slug="voto", defaults={"name": "Voto", "kind": "mean", "department": source.department}
    )
    Quarter.objects.get_or_create(
        company=company, year=2018, number=1, defaults={"starts": "2018-01-01", "ends": "2018-03-31"}
    )
    return {"source": source.slug, "observations": [{"indicator": "voto", "date": "2018-02-01", "value": 8}]}


@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("who", KEYS)
def test_every_program_gets_exactly_what_the_matrix_says(
    world: World, name: str, case: dict[str, Any], who: str
) -> None:
    url = reverse(name, kwargs={part: world.values[value] for part, value in case.get("with", {}).items()})
    content = body(world, case) if "send" in case else {}
    client, got = client_with(world, who), {}
    for method in METHODS:
        options: Any = {"headers": {"idempotency-key": "chiave-di-prova"}} if method == "POST" else {}
        send = getattr(client, method.lower())
        arguments = () if method == "GET" else (content,)
        options |= {} if method == "GET" else {"content_type": "application/json"}
        got[method] = send(url, *arguments, **options).status_code
    assert got == {method: case[method][KEYS.index(who)] if method in case else 405 for method in METHODS}


def test_a_key_is_dead_at_once_when_its_person_goes(world: World) -> None:
    client = client_with(world, "report")
    assert client.get(reverse("api_quarters")).status_code == 200
    User.objects.filter(pk=world.people["analyst"].pk).update(is_active=False)  # type: ignore[union-attr]
    assert client.get(reverse("api_quarters")).status_code == 401


def test_no_table_holds_a_key_that_could_be_used(world: World) -> None:
    secret = secret_of(world, "report")
    token = ApiToken.objects.get(prefix=secret.split("_")[1])
    kept = " ".join(str(value) for value in vars(token).values())
    assert secret not in kept
    assert secret.rpartition("_")[2] not in kept
