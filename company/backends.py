"""How a session becomes a person: one query for user, membership and company."""

from allauth.account.auth_backends import AuthenticationBackend

from company.models import User


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Sign-in by e-mail and password; every later request loads the person with membership and company at once."""

    def get_user(self, user_id: int) -> User | None:
        """The active user, or None: a deactivated person's session is dead at the next request."""
        return User.objects.select_related("membership__company").filter(pk=user_id, is_active=True).first()
