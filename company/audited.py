"""What entries of the audit log mean: each room names its own actions, in words, and where their subject is seen.

``settings.AUDITED`` lists the rooms' glossaries; a test holds that every action recorded anywhere has its words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from company.models import Company, Role, Scope


@dataclass(frozen=True)
class Action:
    """What was done, in words. ``view``: name of the address where its subject is seen.

    ``takes``: which words of the subject that address wants, none when None; ``name``: the subject in words, or
    ``among``: the detail whose names hold the subject's last word. ``lists``: the details that are lists of things; any
    other pair of texts is a value before and after.
    """

    words: Any
    view: str = ""
    takes: int | tuple[int, ...] | None = None
    name: Callable[[str], str] | None = None
    among: str = ""
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Glossary:
    """The actions a room records and the words for the details it adds.

    ``values``: for a detail that holds codes, what gives the company's names of them, by code.
    """

    actions: dict[str, Action]
    details: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Callable[[Company], Mapping[str, Any]]] = field(default_factory=dict)


GLOSSARY = Glossary(
    {
        "password.changed": Action(_("Password changed")),
        "key.made": Action(_("Key for a program made"), "keys", lists=frozenset({"scopes", "departments"})),
        "key.revoked": Action(_("Key for a program revoked"), "keys"),
        "key.exposed": Action(_("Key for a program seen in an address"), "keys"),
    },
    {"key": _("key"), "name": _("name"), "scopes": _("allows"), "days": _("days"), "departments": _("departments")},
    {
        "company": lambda company: {company.slug: company.name},
        "departments": lambda company: dict(company.departments.values_list("slug", "name")),
        "scopes": lambda _company: dict(Scope.choices),
        "role": lambda _company: dict(Role.choices),
    },
)


@lru_cache
def _glossaries() -> tuple[Glossary, ...]:
    return tuple(import_string(path) for path in settings.AUDITED)


def action(code: str) -> Action:
    """The action of that code; one that nobody names keeps its code for words."""
    return next((room.actions[code] for room in _glossaries() if code in room.actions), Action(code))


def detail(key: str) -> str:
    """What a detail is called: its words, or what is already a label."""
    return str(next((room.details[key] for room in _glossaries() if key in room.details), key))


def names(company: Company, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names of the company's things, by detail and code, for the details that hold codes."""
    found: dict[str, dict[str, str]] = {}
    for key in set(keys):
        for room in _glossaries():
            if key in room.values:
                more = {code: str(name) for code, name in room.values[key](company).items()}
                found[key] = found.get(key, {}) | more
    return found


def known() -> set[str]:
    """The codes of every action that has words."""
    return {code for room in _glossaries() for code in room.actions}
