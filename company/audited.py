"""What entries of the audit log mean: each room names its own actions, in words, and where their subject is seen.

``settings.AUDITED`` lists the rooms' glossaries; a test holds that every action recorded anywhere has its words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Action:
    """What was done, in words. ``view``: name of the address where its subject is seen.

    ``takes``: which words of the subject that address wants, none when None; ``name``: the subject in words.
    """

    words: Any
    view: str = ""
    takes: int | tuple[int, ...] | None = None
    name: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Glossary:
    """The actions a room records and the words for the details it adds."""

    actions: dict[str, Action]
    details: dict[str, Any] = field(default_factory=dict)


GLOSSARY = Glossary(
    {
        "password.changed": Action(_("Password changed")),
        "key.made": Action(_("Key for a program made"), "keys"),
        "key.revoked": Action(_("Key for a program revoked"), "keys"),
        "key.exposed": Action(_("Key for a program seen in an address"), "keys"),
    },
    {"key": _("key"), "name": _("name"), "scopes": _("allows"), "days": _("days"), "departments": _("departments")},
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


def known() -> set[str]:
    """The codes of every action that has words."""
    return {code for room in _glossaries() for code in room.actions}
