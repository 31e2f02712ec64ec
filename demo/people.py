"""The demo's people and their password: from the settings, else made once, kept in a file only its owner reads."""

import os
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from company.models import Company, Membership, Role, User

NAME = "demo-password"


def password() -> str:
    """``DEMO_PASSWORD``, else the one generated earlier on this machine, else a new one, kept."""
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    file = settings.SECRETS_DIR / NAME
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return str(file.read_text().strip())
    made = secrets.token_urlsafe(12)
    with os.fdopen(handle, "w") as new:
        new.write(made)
    return made


def answer_for(company: Company) -> None:
    """Every source gets somebody who answers for it: its department's head, else the analyst of the whole company."""
    people = company.memberships.filter(user__is_active=True).select_related("user").order_by("pk")
    analyst = people.filter(role=Role.ANALYST, departments=None).first()
    for source in company.sources.filter(owner=None).select_related("department"):
        found = people.filter(role=Role.HEAD, departments=source.department).first() or analyst
        if found is not None:
            source.owner = found.user
            source.save(update_fields=["owner"])


def let_in(company: Company, word: str) -> Iterable[Membership]:
    """Give everybody of the company the password, one hash for all; the memberships, heads first."""
    members = list(company.memberships.select_related("user").order_by("pk"))
    if not all(check_password(word, known) for known in {member.user.password for member in members}):
        User.objects.filter(membership__company=company).update(password=make_password(word))
    return members
