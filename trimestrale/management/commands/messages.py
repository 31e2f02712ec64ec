from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from trimestrale import catalogue


class Command(BaseCommand):
    help = "Updates the message catalogues from the sources; --check only looks, --compile writes what Django reads."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail on a missing, fuzzy or obsolete string")
        parser.add_argument("--compile", action="store_true", help="write the .mo files")

    def handle(self, *, check: bool, compile: bool, **options: object) -> None:
        if compile:
            catalogue.compile_all()
        elif check:
            self._check()
        else:
            catalogue.update_all()
            self.stdout.write("\n".join(catalogue.problems()) or "every string is translated")

    def _check(self) -> None:
        found = catalogue.problems()
        if found:
            raise CommandError("\n".join(found))
