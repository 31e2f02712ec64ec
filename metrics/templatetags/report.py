"""Template tags of report pages."""

from typing import Any

from django import template
from django.urls import reverse

from metrics import labels
from metrics.shown import Shown

register = template.Library()


@register.filter
def quarter_of(code: str) -> str:
    """``T3 2026`` of ``2026-3``."""
    return labels.quarter(code)


@register.simple_tag
def table_file(shown: Shown, slug: str) -> str:
    """Address of a table as a file, of the same unit as the page."""
    return reverse("table", args=[shown.quarter, slug]) + shown.narrowing


@register.simple_tag(takes_context=True)
def same_page(context: template.Context, code: str) -> str:
    """Address of this very page in another quarter."""
    match = context["request"].resolver_match
    given: dict[str, Any] = {**match.kwargs, "code": code}
    shown: Shown | None = context.get("shown")
    here = reverse(match.url_name, kwargs=given) if "code" in match.kwargs else reverse("front", args=[code])
    return here + (shown.narrowing if shown else "")
