"""What only the owner of the tables can do, and the product cannot: switch the triggers off, empty and fill tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import psycopg2
from django.db import connections

KEPT = ("django_migrations", "django_content_type", "auth_permission")

Rows = dict[str, bytes]


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor of the owner in the test database; what it does is committed at the end."""
    connection = psycopg2.connect(**connections["owner"].get_connection_params())
    try:
        with connection, connection.cursor() as found:
            yield found
    finally:
        connection.close()


def empty() -> None:
    """Every table without its rows, frozen ones too."""
    with cursor() as run:
        run.execute("SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger WHERE tgname LIKE 'frozen%'")
        triggers = run.fetchall()
        tables = _tables(run)
        for table, name in triggers:
            run.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        run.execute(f"TRUNCATE {', '.join(tables)}")
        for table, name in triggers:
            run.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def rows() -> Rows:
    """The rows of every table, for ``put_back``."""
    with cursor() as run:
        return {table: _copied(run, table) for table in _tables(run)}


def put_back(held: Rows) -> None:
    """Rows that ``rows`` gave, in tables that were emptied since."""
    with cursor() as run:
        for table, content in held.items():
            run.copy_expert(f"COPY {table} FROM STDIN", BytesIO(content))


def _tables(run: Any) -> list[str]:
    run.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in run.fetchall() if name not in KEPT]


def _copied(run: Any, table: str) -> bytes:
    out = BytesIO()
    run.copy_expert(f"COPY {table} TO STDOUT", out)
    return out.getvalue()
