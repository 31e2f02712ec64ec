"""People of a company: invited by letter, given roles, let go, erased; every change in the audit log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from company import audit, invitations, people, tokens
from company.models import ApiToken, AuditEntry, Company, Invitation, Membership, Role, User
from tests import make

FORM = {"name": "Elena Conti", "role": "head", "chosen": ["logistica"], "language": "fr"}


@pytest.fixture
def admin(company: Company, client: Client) -> User:
    user = make.user(company, "admin")
    client.force_login(user)
    return user


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def link(client: Client) -> str:
    """The address in the letter, once it has left."""
    invitations.deliver(timezone.now())
    return next(line for line in str(mail.outbox[-1].body).splitlines() if "/invito/" in line).partition("/invito")[2]


def test_an_invited_person_chooses_a_password_by_letter_and_signs_in(admin: User, client: Client) -> None:
    answer = client.post("/impostazioni/persone/nuova/", {"email": "Elena@Prova.example", **FORM})
    assert answer.status_code == 303
    address = f"/invito{link(client)}"
    assert mail.outbox[-1].to == ["elena@prova.example"]
    assert "rapport trimestriel" in str(mail.outbox[-1].body)
    guest = Client()
    chosen = {"new_password1": "una frase nuova e lunga", "new_password2": "una frase nuova e lunga"}
    assert guest.post(address, chosen).headers["Location"] == "/accedi/"
    assert guest.get(address).status_code == 404
    signed = guest.post("/accedi/", {"login": "elena@prova.example", "password": "una frase nuova e lunga"})
    assert signed.headers["Location"] == "/"
    found = Membership.objects.get(user__email="elena@prova.example")
    assert (found.role, [row.slug for row in found.departments.all()]) == ("head", ["logistica"])
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"person.invited", "password.chosen"} <= actions


def test_a_letter_is_sent_once_and_its_address_lies_in_no_table(admin: User, company: Company) -> None:
    people.invite(company, admin, "uno@prova.example", people.Person("", Role.READER))
    now = timezone.now()
    invitations.deliver(now)
    invitations.deliver(now + timedelta(hours=1))
    assert len(mail.outbox) == 1
    assert Invitation.objects.get().sent == now


def test_a_letter_that_cannot_leave_waits(admin: User, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_given: object) -> None:
        raise ConnectionRefusedError

    people.invite(company, admin, "uno@prova.example", people.Person("", Role.READER))
    monkeypatch.setattr(invitations, "send_mail", closed)
    invitations.deliver(timezone.now())
    assert (Invitation.objects.get().tries, Invitation.objects.get().sent) == (1, None)


@pytest.mark.parametrize("address", ["/invito/MQ/abc-def/", "/invito/%00/x/", "/invito/eHh4/x/", "/invito/é/à/"])
def test_an_address_that_is_no_invitation_is_not_found(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_known_address_is_not_invited_twice(admin: User, client: Client) -> None:
    assert client.post("/impostazioni/persone/nuova/", {"email": admin.email.upper(), **FORM}).status_code == 422


def test_a_head_without_a_department_is_refused(admin: User, client: Client) -> None:
    fields = {**FORM, "chosen": [], "email": "x@prova.example"}
    assert client.post("/impostazioni/persone/nuova/", fields).status_code == 422


def test_a_changed_role_holds_at_once_and_is_recorded_without_a_name(admin: User, head: User, client: Client) -> None:
    fields = {"name": "Anna Neri", "role": "analyst", "language": "en"}
    assert client.post(f"/impostazioni/persone/{head.pk}/", fields).status_code == 303
    held = membership(head)
    assert (held.role, held.departments.count(), held.user.language) == ("analyst", 0, "en")
    entry = AuditEntry.objects.get(action="person.changed")
    assert (entry.actor, entry.subject) == (f"user {admin.pk}", f"user {head.pk}")
    assert "Anna" not in str(entry.detail)


def test_saving_the_same_records_nothing(admin: User, head: User, client: Client) -> None:
    client.post(f"/impostazioni/persone/{head.pk}/", {"name": "", "role": "head", "chosen": ["logistica"]})
    assert not AuditEntry.objects.exists()


def test_who_is_deactivated_is_out_at_once_with_sessions_and_keys(admin: User, analyst: User, client: Client) -> None:
    theirs = Client()
    theirs.force_login(analyst)
    _token, secret = tokens.make(membership(analyst), "prova", ["report"], [], 30)
    client.post(f"/impostazioni/persone/{analyst.pk}/disattiva/")
    assert theirs.get("/dati/").status_code == 302
    assert tokens.find(secret, timezone.now()) is None
    client.post(f"/impostazioni/persone/{analyst.pk}/riattiva/")
    assert User.objects.get(pk=analyst.pk).is_active


@pytest.mark.parametrize("step", ["disattiva", "cancella"])
def test_the_last_administrator_stays(admin: User, client: Client, step: str) -> None:
    client.post(f"/impostazioni/persone/{admin.pk}/{step}/")
    assert client.post(f"/impostazioni/persone/{admin.pk}/", {"name": "", "role": "reader"}).status_code == 422
    assert (User.objects.get().is_active, membership(admin).role) == (True, "admin")


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_let_each_other_go_at_once_leave_one() -> None:
    company = make.company()
    first, second = make.user(company, "admin"), make.user(company, "admin")

    def let_go(pair: tuple[User, User]) -> None:
        try:
            people.deactivate(membership(pair[1]), pair[0])
        except people.Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(let_go, [(first, second), (second, first)]))
    assert User.objects.filter(is_active=True).count() == 1


def test_an_erased_person_is_a_number_and_the_log_stays_whole(admin: User, analyst: User, company: Company) -> None:
    User.objects.filter(pk=analyst.pk).update(first_name="Bruno", last_name="Sarti")
    tokens.make(membership(analyst), "prova", ["report"], [], 30)
    people.erase(membership(analyst), admin)
    left = User.objects.get(pk=analyst.pk)
    assert str(left) == f"persona n. {analyst.pk}, cancellata"
    assert (left.is_active, left.has_usable_password(), ApiToken.objects.count()) == (False, False, 0)
    assert audit.broken_at(company) is None
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(t::text, '|') FROM {connection.ops.quote_name(table)} t")  # noqa: S608
            text = cursor.fetchone()[0] or ""
            assert [word for word in ("Bruno", "Sarti", analyst.email) if word in text] == [], table


def test_who_was_erased_does_not_come_back(admin: User, analyst: User) -> None:
    people.erase(membership(analyst), admin)
    with pytest.raises(people.Refused):
        people.reactivate(membership(analyst), admin)


def test_a_reference_is_read_as_the_name_of_today(analyst: User) -> None:
    User.objects.filter(pk=analyst.pk).update(first_name="Anna")
    assert people.named(analyst.reference) == "Anna"
    assert [people.named(text) for text in ("user 999999", "sweeper", "")] == ["user 999999", "sweeper", ""]


def test_the_first_administrator_is_invited_from_the_command_line(company: Company, client: Client) -> None:
    out = StringIO()
    call_command("invite", company.slug, "prima@prova.example", stdout=out)
    address = out.getvalue().strip().removeprefix(settings.SITE_URL)
    assert client.get(address).status_code == 200
    assert Membership.objects.get().role == "admin"
