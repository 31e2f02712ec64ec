"""``manage.py import_company FOLDER``: a company.yml and its data files, through the same ingestion as an upload."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from journeys.companyfile.document import CompanyFileError
from journeys.companyfile.importing import import_folder


class Command(BaseCommand):
    help = "Creates or updates a company from a folder with a company.yml and its data files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _, results = import_folder(options["folder"], self.stdout.write)
        except CompanyFileError as error:
            raise CommandError(str(error)) from error
        refused = sum(not result.accepted for result in results)
        if refused:
            message = ngettext("%(count)d file was refused.", "%(count)d files were refused.", refused)
            raise CommandError(message % {"count": refused})
