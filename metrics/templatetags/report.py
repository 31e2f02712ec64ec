"""Template tags of report pages."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from journeys.models import Quarter
from metrics import labels
from metrics.access import publishes
from metrics.shown import Shown

register = template.Library()


@register.filter
def quarter_of(code: str) -> str:
    """``T3 2026`` of ``2026-3``."""
    return labels.quarter(code)


@register.filter
def tenth(value: Decimal) -> str:
    """A health with one decimal."""
    return labels.level(value)


@register.simple_tag
def table_file(shown: Shown, slug: str) -> str:
    """Address of a table as a file, of the same unit as the page."""
    return reverse("table", args=[shown.quarter, slug]) + shown.narrowing


@register.simple_tag(takes_context=True)
def to_publish(context: template.Context, quarter: Quarter | None) -> str:
    """Address of the quarter's way out, for who takes it there; none once it is published."""
    membership = context["request"].user.membership
    open_one = quarter is not None and not quarter.closed and publishes(membership)
    return reverse("publish", args=[str(quarter.code)]) if quarter and open_one else ""


@register.simple_tag(takes_context=True)
def same_page(context: template.Context, code: str) -> str:
    """Address of this very page in another quarter."""
    match = context["request"].resolver_match
    given: dict[str, Any] = {**match.kwargs, "code": code}
    shown: Shown | None = context.get("shown")
    here = reverse(match.url_name, kwargs=given) if "code" in match.kwargs else reverse("front", args=[code])
    return here + (shown.of_unit if shown else "")
