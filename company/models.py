"""Who: the company and its settings, departments, units, people and roles, and what was done by whom."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address, stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user; ValueError without an address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """A person who signs in. What the person may do stands in the membership."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(max_length=5, blank=True, help_text="Of pages, letters, files; empty: the browser's.")
    second_factor = models.DateTimeField(null=True, help_text="Since when a code is asked besides the password.")
    erased = models.DateTimeField(null=True, help_text="When name and address were taken away, for good.")
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    def __str__(self) -> str:
        if self.erased:
            return gettext("person no. %(number)s, erased") % {"number": self.pk}
        return self.get_full_name() or self.email

    @property
    def speaks(self) -> str:
        """The language of the person's letters."""
        return self.language or settings.LANGUAGE_CODE

    @property
    def reference(self) -> str:
        """How rows that are never changed name the person, so that they stay whole when the person is erased."""
        return f"user {self.pk}"


class Company(models.Model):
    """The company whose customers are heard, with the settings every figure depends on."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    generated = models.BooleanField(default=False, help_text="The data are generated, not real: every page says so.")
    fiscal_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    hidden_under = models.PositiveIntegerField(default=10, validators=[MinValueValidator(5)])
    reduced_under = models.PositiveIntegerField(default=30, validators=[MinValueValidator(10)])
    unit_name = models.CharField(max_length=60, blank=True, help_text="What a unit is: shop, region, channel.")
    two_to_publish = models.BooleanField(default=False, help_text="A second person confirms what the first publishes.")
    dark_room = models.BooleanField(default=False, help_text="The room screen opens in the theme for dark rooms.")
    time_zone = models.CharField(max_length=60, default="Europe/Rome")
    renamed = models.PositiveIntegerField(default=0, help_text="How often a person in it got another name.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_start_month__gte=1, fiscal_start_month__lte=12), name="fiscal_month_exists"
            ),
            models.CheckConstraint(condition=models.Q(hidden_under__gte=5), name="hidden_base_has_a_floor"),
            models.CheckConstraint(
                condition=models.Q(reduced_under__gte=models.F("hidden_under")), name="reduced_base_above_hidden"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RetirableQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Those in use on that day."""
        return self.filter(models.Q(retired=None) | models.Q(retired__gt=day))


class Retirable(models.Model):
    """What may be retired and is never deleted: its past keeps it."""

    retired = models.DateField(null=True, blank=True, help_text="The first day on which it is not in use any more.")
    objects = RetirableQuerySet.as_manager()

    class Meta:
        abstract = True

    def used_on(self, day: date) -> bool:
        """Whether it is in use on that day."""
        return self.retired is None or self.retired > day


class Department(Retirable):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="departments")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        constraints = [models.UniqueConstraint(fields=["company", "slug"], name="department_slug_once")]

    def __str__(self) -> str:
        return self.name


class Unit(Retirable):
    """A shop, channel or region in which observations are made."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="units")
    code = models.CharField(max_length=128)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="unit_code_once")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    HEAD = "head", _("department head")
    ANALYST = "analyst", _("analyst")
    FACILITATOR = "facilitator", _("facilitator")
    READER = "reader", _("reader")
    ADMIN = "admin", _("administrator")


class Membership(models.Model):
    """A person's place in the company: one role, and the departments the role is about."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role, default=Role.READER)
    departments = models.ManyToManyField(Department, blank=True, related_name="memberships")
    token: "ApiToken | None" = None  # the key by which the member is here, when it is a program
    held: "list[Department] | None" = None  # its departments, where they came with the person
    alarmed: bool | None = None  # whether something published was found changed; None: not asked yet

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(models.Model):
    """A letter with the address at which a person chooses a password; the sweeper sends it, and tries again."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    asked = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} · {self.sent or '–'}"


class Scope(models.TextChoices):
    REPORT = "report", _("read the report")
    FACTS = "facts", _("read files and receipts")
    WRITE = "write", _("send observations")


class ApiToken(models.Model):
    """A program's key: of a person, for some of what the person may do, until a day. Only its hash is kept.

    ``departments`` narrows what the person handles; none named is all of it.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tokens")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    departments = models.ManyToManyField(Department, blank=True, related_name="tokens")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    exposed = models.DateTimeField(null=True, help_text="When it was last seen in an address, where it may be read.")

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} · {self.prefix}"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    def alive(self, now: datetime) -> bool:
        """Whether the key opens anything at that moment."""
        return self.revoked is None and now < self.expires


class AuditHead(models.Model):
    """The one row that writers of the audit log lock: last sequence number and hash."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="audit_head", primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.company} · {self.sequence}"


class AuditEntry(models.Model):
    """One state-changing action: who, what, on what; chained by hash to the entry before."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="audit_entries")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        constraints = [models.UniqueConstraint(fields=["company", "sequence"], name="audit_sequence_once")]

    def __str__(self) -> str:
        return f"{self.sequence} · {self.action} · {self.subject}"
