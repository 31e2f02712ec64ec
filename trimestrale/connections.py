"""Where the database and the broker are, as Django and Celery want to be told. Embedded where no address is given."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from trimestrale import embedded, env

COMMON = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
SESSION_LIMITS = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"


APPLICATION = "trimestrale"  # the embedded server's role that owns nothing


def databases() -> dict[str, dict[str, Any]]:
    """The one PostgreSQL under two names: ``default`` is whom the product connects as, ``owner`` owns the tables.

    Only ``manage.py migrate`` is the owner: whoever owns a table can switch off what freezes it (decision 0050).
    Where DATABASE_OWNER_URL is unset beside a DATABASE_URL both are the same role.
    """
    url = env.text("DATABASE_URL")
    if not url:
        return {"default": database(APPLICATION), "owner": database()}
    return {"default": database(), "owner": _given(env.text("DATABASE_OWNER_URL") or url)}


def database(user: str = "postgres") -> dict[str, Any]:
    """Django's settings of DATABASE_URL, or of the embedded server as that user."""
    if url := env.text("DATABASE_URL"):
        return _given(url)
    place = {"NAME": "postgres", "USER": user, "HOST": str(embedded.postgres_socket().parent)}
    return {**COMMON, **place, "OPTIONS": {"options": SESSION_LIMITS}}


def _given(url: str) -> dict[str, Any]:
    """Settings of an address; its query parameters go to libpq (sslmode=verify-full)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        **COMMON,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": SESSION_LIMITS, **options},
    }


def embedded_redis() -> bool:
    """True where the broker is the embedded one."""
    return not env.text("REDIS_URL")


def cache_url() -> str:
    """Address of the cache: never the broker's own database."""
    if embedded_redis():
        return f"unix://{embedded.valkey_socket()}?db=1"
    parts = urlsplit(env.text("REDIS_URL"))
    return urlunsplit(parts._replace(path="/1"))


def broker_url() -> str:
    """Address of the broker: database 0 unless REDIS_URL names another."""
    if embedded_redis():
        return f"redis+socket://{embedded.valkey_socket()}?virtual_host=0"
    return env.text("REDIS_URL")
