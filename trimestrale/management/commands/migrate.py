from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from trimestrale import roles


class Command(migrate.Command):
    """Django's own, as the tables' owner; afterwards the product's role may use what is new."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["database"] == "owner" and roles.APPEND_ONLY in connections["owner"].introspection.table_names():
            roles.grant()
