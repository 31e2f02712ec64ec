"""How a session becomes a person: one query for user, membership, departments and company."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from company.models import Department, User

FIELDS = ("id", "company_id", "slug", "name", "position")


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Sign-in by e-mail and password; every later request loads the person with all that says what the person may."""

    def get_user(self, user_id: int) -> User | None:
        """The active user, or None: a deactivated person's session is dead at the next request."""
        departments = Department.objects.filter(memberships__user=OuterRef("pk"))
        rows = ArraySubquery(departments.values(row=JSONObject(**{name: name for name in FIELDS})))
        people = User.objects.select_related("membership__company").annotate(departments=rows)
        found: User | None = people.filter(pk=user_id, is_active=True).first()
        if found is not None and hasattr(found, "membership"):
            found.membership.held = [Department(**row) for row in found.departments]  # type: ignore[attr-defined]
        return found
