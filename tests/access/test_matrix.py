"""Every address × every method × every kind of person, as written in matrix.yml."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from company.models import User
from tests.access.world import World

MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yml").read_text())
PROGRAMS = yaml.safe_load(Path(__file__).with_name("programs.yml").read_text())["programs"]
PEOPLE: list[str] = MATRIX["people"]
METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST")  # the one that may change something comes last
OUTSIDERS = {"anonymous", "deactivated"}
CASES = [
    pytest.param(name, case, id="-".join([name, *case.get("with", {}).values()]))
    for name, cases in MATRIX["addresses"].items()
    for case in cases
]


def url_names() -> set[str]:
    """Names of every address the resolver knows."""

    def walk(patterns: list[URLPattern | URLResolver]) -> set[str]:
        found: set[str] = set()
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                found |= walk(pattern.url_patterns)
            else:
                assert pattern.name, f"{pattern.pattern} has no name"
                found.add(pattern.name)
        return found

    return walk(get_resolver().url_patterns)


def address(world: World, name: str, case: dict[str, Any]) -> str:
    return reverse(name, kwargs={key: world.values[value] for key, value in case.get("with", {}).items()})


def client_of(user: User | None, **options: Any) -> Client:
    """A browser in which the person signed in when the account was still active."""
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        User.objects.filter(pk=user.pk).update(is_active=True)
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(is_active=not user.email.startswith("deactivated"))
    return client


def expected(case: dict[str, Any], method: str, who: str) -> Any:
    """The written status; a method without a line is 405 for those signed in, the sign-in page for others."""
    if method in case:
        return case[method][PEOPLE.index(who)]
    return "login" if who in OUTSIDERS and not case.get("open") else 405


def test_every_address_has_a_line_in_the_matrix() -> None:
    assert url_names() - set(MATRIX["addresses"]) - set(MATRIX["same_as"]) - set(PROGRAMS) == set()


def test_the_matrix_names_no_address_that_is_gone() -> None:
    assert (set(MATRIX["addresses"]) | set(MATRIX["same_as"]) | set(PROGRAMS)) - url_names() == set()


def test_second_names_lead_to_the_same_address() -> None:
    assert all(reverse(name) == reverse(other) for name, other in MATRIX["same_as"].items())


def answer(response: Any) -> Any:
    """The status, or "login" for a redirect to the sign-in page."""
    to_sign_in = response.status_code == 302 and response.headers["Location"].split("?")[0] == reverse("login")
    return "login" if to_sign_in else response.status_code


@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_exactly_what_the_matrix_says(world: World, name: str, case: dict[str, Any], who: str) -> None:
    url = address(world, name, case)
    got = {method: answer(client_of(world.people[who]).generic(method, url)) for method in METHODS}
    assert got == {method: expected(case, method, who) for method in METHODS}


@pytest.mark.parametrize("name", sorted(name for name, cases in MATRIX["addresses"].items() if "POST" in cases[0]))
def test_post_without_a_token_is_refused(world: World, name: str) -> None:
    client = client_of(world.people["admin"], enforce_csrf_checks=True)
    assert client.post(address(world, name, MATRIX["addresses"][name][0])).status_code == 403


def test_no_get_writes_anything(world: World) -> None:
    client = client_of(world.people["admin"])
    client.get(reverse("data"))
    before = fingerprint()
    for name, cases in MATRIX["addresses"].items():
        for case in cases:
            client.get(address(world, name, case))
    assert fingerprint() == before


def fingerprint() -> dict[str, Any]:
    """A hash of every table's rows; sessions may note the minute in which the person was seen."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - {"django_session"}):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {quoted} t")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found
