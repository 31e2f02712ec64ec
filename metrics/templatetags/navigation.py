"""What the masthead and the foot of every page need: sections, company, person."""

from dataclasses import dataclass, field

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from company.access import departments_of
from company.models import Membership, Role
from journeys.access import changes_definitions
from metrics.access import alarmed, latest_edition

register = template.Library()


@dataclass(frozen=True)
class Item:
    """A section of the masthead."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Navigation:
    """Empty for who is not signed in or has no membership, and on pages of errors without a request."""

    items: list[Item] = field(default_factory=list)
    company: str = ""
    generated: bool = False
    person: str = ""
    role: str = ""
    defines: bool = False
    alarmed: bool = False
    languages: tuple[tuple[str, str], ...] = tuple(settings.LANGUAGES)


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> Navigation:
    """The reader's sections; at most one query on pages that show no report."""
    request = context.get("request")
    user = getattr(request, "user", None)
    membership = None if user is None or isinstance(user, AnonymousUser) else getattr(user, "membership", None)
    if request is None or membership is None:
        return Navigation()
    quarter = context.get("shown_quarter") or _latest(request)
    return Navigation(
        _items(request, membership, quarter),
        membership.company.name,
        membership.company.generated,
        str(membership.user),
        membership.get_role_display(),
        changes_definitions(membership),
        alarmed(membership),
    )


def _latest(request: HttpRequest) -> str:
    edition = latest_edition(request)
    return str(edition.quarter) if edition else ""


def _items(request: HttpRequest, membership: Membership, quarter: str) -> list[Item]:
    here = request.path
    entries = [(_("Front page"), reverse("front", args=[quarter]) if quarter else reverse("home"), False)]
    if quarter:
        entries.append((_("Journey"), reverse("journey", args=[quarter]), True))
        entries.append((_("Impact"), reverse("impact", args=[quarter]), True))
        if own := own_department(membership):
            entries.append((_("My impact"), reverse("department", args=[quarter, own]), True))
    entries.append((_("Meeting"), reverse("meeting", args=[quarter]) if quarter else reverse("meetings"), True))
    entries += [(_("Data"), reverse("data"), True), (_("Archive"), reverse("archive"), True)]
    entries.append((_("Method"), reverse("method"), True))
    return [Item(label, url, here.startswith(url) if deep else here == url) for label, url, deep in entries]


def own_department(membership: Membership) -> str:
    """Slug of the first department the head answers for; empty for everybody else."""
    if membership.role != Role.HEAD:
        return ""
    departments = departments_of(membership)
    return departments[0].slug if departments else ""
