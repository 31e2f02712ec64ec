"""Start-up checks: what would make a promise of this installation untrue."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def register_all() -> None:
    """Registers every check of this module."""
    checks.register(durable_database, checks.Tags.database)
    checks.register(separate_keys, checks.Tags.security, deploy=True)
    checks.register(known_address, checks.Tags.urls, deploy=True)


def durable_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """An error for each PostgreSQL setting under which an acknowledged transaction can vanish in a crash."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
            for name, value in cursor.fetchall():
                if value == "off":
                    text = f"PostgreSQL runs with {name}=off: accepted uploads could vanish in a crash."
                    found.append(checks.Error(text, hint=f"Set {name}=on.", id="trimestrale.E001"))
    return found


def separate_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """An error where the pseudonyms hang on Django's own key, which must be free to rotate."""
    if settings.PSEUDONYM_KEY != settings.SECRET_KEY:
        return []
    return [checks.Error("PSEUDONYM_KEY equals SECRET_KEY.", hint="Make two keys.", id="trimestrale.E002")]


def known_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """An error where letters and the code phones vote by would not know where the product is."""
    if settings.SITE_URL.startswith(("http://", "https://")):
        return []
    text, hint = "SITE_URL is not set: links in letters lead nowhere.", "Set SITE_URL=https://…"
    return [checks.Error(text, hint=hint, id="trimestrale.E003")]
