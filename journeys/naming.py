"""PURE: what stages, touchpoints, departments and units may be called: the same in ``company.yml`` and in the settings.

Each ``…_fault`` gives the sentence that says what is wrong, or nothing.
"""

import re

from django.utils.text import capfirst
from django.utils.translation import gettext as _

NAME_LENGTH, STAGE_NAME_LENGTH, QUESTION_LENGTH = 120, 60, 200
SLUG_LENGTH, CODE_LENGTH = 50, 128
WHOLE_JOURNEY = "journey"
MOST_STAGES = 9
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def slug_fault(value: str) -> str:
    """Of a short name, which stands in addresses and files."""
    fits = SLUG.fullmatch(value)
    return "" if fits else _("“%(value)s”: write small letters, digits, “-” and “_” only") % {"value": value}


def stage_slug_fault(value: str) -> str:
    """Of a stage's short name that is one."""
    return _("“journey” means the whole journey: choose another word") if value == WHOLE_JOURNEY else ""


def length_fault(value: str, limit: int) -> str:
    """Of a text's length."""
    return _("this text has more than %(limit)d characters") % {"limit": limit} if len(value) > limit else ""


def stages_fault(count: int) -> str:
    """Of the number of stages in use."""
    return "" if 1 <= count <= MOST_STAGES else _("a journey has from 1 to 9 stages")


def sentence(fault: str) -> str:
    """A fault as the file's reader says it, made a sentence of its own."""
    return f"{capfirst(fault)}." if fault else ""
