"""People of a company: invited, given a role, let go, erased. Each change is one transaction with its audit entry.

``Refused`` says why a change cannot be made; its message is shown as it is. The last active administrator stays one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from company.audit import record
from company.audited import Action, Glossary
from company.models import Company, Department, Invitation, Membership, Role, User

LISTS = {"person.invited": frozenset({"departments"})}
GLOSSARY = Glossary(
    {
        code: Action(words, name=lambda subject: named(subject), lists=LISTS.get(code, frozenset()))
        for code, words in {
            "person.invited": gettext_lazy("Person invited"),
            "person.written": gettext_lazy("Link to choose a password sent"),
            "person.changed": gettext_lazy("Person's role or data changed"),
            "person.deactivated": gettext_lazy("Person deactivated"),
            "person.reactivated": gettext_lazy("Person reactivated"),
            "person.erased": gettext_lazy("Person erased"),
            "password.forgotten": gettext_lazy("Link to choose a password asked for at the sign-in page"),
            "password.chosen": gettext_lazy("Password chosen"),
            "second_factor.on": gettext_lazy("Second factor turned on"),
            "second_factor.off": gettext_lazy("Second factor turned off"),
            "second_factor.codes": gettext_lazy("New codes for the second factor made"),
            "second_factor.removed": gettext_lazy("Second factor removed by an administrator"),
        }.items()
    },
    {"role": gettext_lazy("role")},
)
REFERENCE = re.compile(r"user (\d{1,18})")


class Refused(Exception):
    """A change that cannot be made; the message is for the person who asked."""


@dataclass(frozen=True)
class Person:
    """What is said of a person: name, role, departments, and the language of pages and letters ("": the browser's)."""

    name: str
    role: str
    departments: tuple[Department, ...] = field(default=())
    language: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """For the audit log, which outlives people: no name, no address."""
        return {"role": self.role, "departments": sorted(row.slug for row in self.departments)}


def invite(company: Company, actor: User | None, email: str, person: Person) -> Membership:
    """A new person, who is sent a letter to choose a password; ``Refused`` for an address that is known already."""
    with transaction.atomic():
        if User.objects.filter(email=email.strip().lower()).exists():
            raise Refused(_("This address is already known. Look for it in the list."))
        user = User.objects.create_user(email, None, first_name=person.name, language=person.language)
        membership = Membership.objects.create(user=user, company=company, role=person.role)
        membership.departments.set(person.departments)
        Invitation.objects.create(person=user)
        record(company, actor, "person.invited", user.reference, person.detail)
    return membership


def write_again(membership: Membership, actor: User) -> None:
    """Another letter with an address to choose a password; the one before opens nothing once a password is chosen."""
    with transaction.atomic():
        if not membership.user.is_active:
            raise Refused(_("Reactivate the person first."))
        Invitation.objects.filter(person=membership.user, sent=None).delete()
        Invitation.objects.create(person=membership.user)
        record(membership.company, actor, "person.written", membership.user.reference)


def forgot(email: str) -> None:
    """A letter to who forgot the password, if an active person of a company has the address; one waits at a time."""
    with transaction.atomic():
        people = Membership.objects.select_for_update(of=("self",)).select_related("user", "company")
        membership = people.filter(user__email=email.strip().lower(), user__is_active=True).first()
        if membership is None or Invitation.objects.filter(person=membership.user, sent=None).exists():
            return
        Invitation.objects.create(person=membership.user)
        record(membership.company, None, "password.forgotten", membership.user.reference)


def change(membership: Membership, actor: User, person: Person) -> bool:
    """Name, role, departments, language; False where nothing differs."""
    with transaction.atomic():
        held = _locked(membership)
        if person.role != Role.ADMIN:
            _keep_an_administrator(held)
        before = Person(held.user.get_full_name(), held.role, tuple(held.departments.all()), held.user.language)
        if before == person:
            return False
        held.role = person.role
        held.save(update_fields=["role"])
        held.departments.set(person.departments)
        held.user.first_name, held.user.last_name, held.user.language = person.name, "", person.language
        held.user.save(update_fields=["first_name", "last_name", "language"])
        detail = {key: [_said(before.detail[key]), _said(value)] for key, value in person.detail.items()}
        record(held.company, actor, "person.changed", held.user.reference, detail)
        renamed(held.company)
    return True


def _said(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def deactivate(membership: Membership, actor: User) -> None:
    """From the next request on the person is nobody here, and so are the programs with keys of the person's."""
    with transaction.atomic():
        held = _locked(membership)
        _keep_an_administrator(held)
        if User.objects.filter(pk=held.user_id, is_active=True).update(is_active=False):
            record(held.company, actor, "person.deactivated", held.user.reference)


def reactivate(membership: Membership, actor: User) -> None:
    """The person is back, as before."""
    with transaction.atomic():
        held = _locked(membership)
        if held.user.erased:
            raise Refused(_("An erased person cannot come back: send a new invitation."))
        if User.objects.filter(pk=held.user_id, is_active=False).update(is_active=True):
            record(held.company, actor, "person.reactivated", held.user.reference)


def forget_second_factor(membership: Membership, actor: User | None) -> None:
    """For who lost the telephone and the codes: the next sign-in asks to set it up anew where it is required."""
    with transaction.atomic():
        held = _locked(membership)
        if Authenticator.objects.filter(user=held.user).delete()[0]:
            User.objects.filter(pk=held.user_id).update(second_factor=None)
            record(held.company, actor, "second_factor.removed", held.user.reference)


def erase(membership: Membership, actor: User) -> None:
    """Name, address, password and keys are taken away for good. What the person did stays, done by a number.

    The audit log and published editions name people by that number, so that both chains stay whole.
    """
    with transaction.atomic():
        held = _locked(membership)
        _keep_an_administrator(held)
        user = held.user
        user.email, user.first_name, user.last_name, user.language = f"erased-{user.pk}@invalid.invalid", "", "", ""
        user.is_active, user.last_login, user.second_factor, user.erased = False, None, None, timezone.now()
        user.set_unusable_password()
        user.save()
        for rows in (Authenticator.objects.filter(user=user), user.invitations.all(), user.tokens.all()):
            rows.delete()
        record(held.company, actor, "person.erased", user.reference)
        renamed(held.company)


def speak(user: User, language: str) -> None:
    """The person's pages, letters and files are in this language from now on."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)


def named(text: str) -> str:
    """Who a reference of an unchanging row is; any other text as it is."""
    return names([text])[text]


def names(texts: Iterable[str]) -> dict[str, str]:
    """The same of many, with one query or none."""
    asked = dict.fromkeys(texts)
    found = {text: int(match[1]) for text in asked if (match := REFERENCE.fullmatch(text))}
    people = User.objects.in_bulk(found.values()) if found else {}
    return {text: str(people.get(found.get(text, 0), text)) for text in asked}


def _locked(membership: Membership) -> Membership:
    """The membership read anew under its company's lock, so that two administrators do not let each other go."""
    Company.objects.select_for_update(no_key=True).get(pk=membership.company_id)
    return Membership.objects.select_related("user", "company").get(pk=membership.pk)


def renamed(company: Company) -> None:
    """Every page of the company is drawn again: it may name the person."""
    Company.objects.filter(pk=company.pk).update(renamed=F("renamed") + 1)


def _keep_an_administrator(held: Membership) -> None:
    others = Membership.objects.filter(company=held.company_id, role=Role.ADMIN, user__is_active=True)
    if held.role == Role.ADMIN and held.user.is_active and not others.exclude(pk=held.pk).exists():
        raise Refused(_("This is the last administrator: appoint another one first."))
