"""``manage.py export_company SLUG FOLDER``: definitions and original files, ready for import_company elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from company.management.companies import called
from journeys.company_export import ExportError, export_company


class Command(BaseCommand):
    help = "Writes a company.yml and the original bytes of the accepted files to an empty or new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        company = called(options["slug"])
        try:
            written = export_company(company, options["folder"])
        except ExportError as error:
            raise CommandError(str(error)) from error
        for slug in written.remapped:
            self.stderr.write(
                _("Source “%(slug)s”: some files were read by an older mapping; an import reads them by today's.")
                % {"slug": slug}
            )
        words = {"path": written.path, "count": written.files}
        self.stdout.write(_("%(path)s written, with %(count)d original files.") % words)
