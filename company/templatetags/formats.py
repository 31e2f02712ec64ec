"""Template filters over ``company.formats``, in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from company import formats

register = template.Library()


def _language() -> str:
    return get_language() or "it"


@register.filter
def whole(value: Decimal | float | int | None) -> str:
    """``1.797``; an en dash for None."""
    return "–" if value is None else formats.number(value, 0, _language())


@register.filter
def number(value: Decimal | float | int | None, decimals: int = 1) -> str:
    """``67,2``; an en dash for None."""
    return "–" if value is None else formats.number(value, decimals, _language())


@register.filter
def signed(value: Decimal | float | int | None, decimals: int = 1) -> str:
    """``−2,6``; an en dash for None."""
    return "–" if value is None else formats.signed(value, decimals, _language())


@register.filter
def quarter_short(code: Any) -> str:
    """``T3 2026``, of a code or of a quarter."""
    return formats.quarter_short(code.year, code.number, _language())


@register.filter
def quarter_long(code: Any) -> str:
    """``3º trimestre 2026``, of a code; of a quarter, which knows its days, with its months."""
    text = formats.quarter_long(code.year, code.number, _language())
    if not hasattr(code, "starts"):
        return text
    return f"{text} ({formats.months(code.starts, code.ends, _language())})"


@register.filter
def day_short(day: date | None) -> str:
    """``12/10/2026``, local where it is a moment; an en dash for None."""
    return "–" if day is None else formats.day_short(_local(day), _language())


@register.filter
def agreed(sentence: str) -> str:
    """The sentence with its days in it as the language wants it: ``l’8 ottobre``."""
    return formats.agreed(sentence, _language())


@register.filter
def day_long(day: date | None) -> str:
    """``12 ottobre 2026``; an en dash for None."""
    return "–" if day is None else formats.day_long(_local(day), _language())


@register.filter
def moment(at: datetime | None) -> str:
    """``12/10/2026, 10:42`` in the local time zone; an en dash for None."""
    return "–" if at is None else formats.moment(timezone.localtime(at), _language())


@register.filter
def moment_long(at: datetime) -> str:
    """``12 ottobre 2026, 10:42`` in the local time zone, within a sentence."""
    return formats.moment_long(timezone.localtime(at), _language())


@register.filter
def headed(text: object) -> str:
    """``Consegna:``, before what is said of it."""
    return formats.headed(str(text), _language())


def _local(day: date) -> date:
    return timezone.localtime(day) if isinstance(day, datetime) else day
