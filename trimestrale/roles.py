"""The role the product connects as: it reads and writes rows and owns nothing (decision 0050).

Whoever owns a table may switch off the triggers that freeze published editions, so the tables belong to the role of
``manage.py migrate`` and to no other. The audit log is only ever added to:
a trigger keeps its entries.
"""

from django.db import connections, transaction
from psycopg2 import sql

APPEND_ONLY = "company_auditentry"


def separate() -> bool:
    """True where the product does not connect as the owner of its tables."""
    product, owner = (connections[alias].settings_dict["USER"] for alias in ("default", "owner"))
    return bool(product != owner)


def grant() -> None:
    """Makes the product's role if it is missing and gives it what it needs of the tables there are; idempotent."""
    if not separate():
        return
    given = connections["default"].settings_dict
    role = sql.Identifier(given["USER"])
    password = sql.SQL("PASSWORD {}").format(sql.Literal(given["PASSWORD"])) if given.get("PASSWORD") else sql.SQL("")
    create = sql.SQL(
        "DO $do$ BEGIN CREATE ROLE {} LOGIN {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $do$"
    )
    statements = [
        create.format(role, password),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(role),
        sql.SQL("REVOKE UPDATE ON {} FROM {}").format(sql.Identifier(APPEND_ONLY), role),
    ]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
