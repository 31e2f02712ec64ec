"""``manage.py demo``: Catena Aurora, generated and then imported like any other company's folder."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from company.models import Company
from demo.expectations import foretell
from demo.folder import complete, write_folder
from demo.history import publish_past, whole
from demo.meetings import meet
from demo.notebooks import write_up
from demo.people import answer_for, let_in, password
from demo.reset import forget
from journeys.companyfile.importing import Say, import_folder

SLUG = "aurora"


class Command(BaseCommand):
    help = "Creates the generated demo company Catena Aurora and prints its sign-ins; does nothing when it is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="take the demo company away and make it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say: Say = self.stdout.write if options["verbosity"] else _silence
        company = Company.objects.filter(slug=SLUG).first()
        folder = Path(settings.DEMO_DIR)
        if company is not None and not company.generated:
            raise CommandError(_("“%(slug)s” is a real company here: the demo leaves it alone.") % {"slug": SLUG})
        done = company is not None and whole(company, folder)
        if company is not None and (options["reset"] or not (done or complete(folder))):
            forget(company)
            company, done = None, False
        if company is None:
            shutil.rmtree(folder, ignore_errors=True)
        if company is None or not done:
            company = self._build(folder)
        answer_for(company)
        write_up(company)
        publish_past(company, folder, self.say)
        foretell(company)
        meet(company)
        self._sign_ins(company)

    def _build(self, folder: Path) -> Company:
        """The company imported from the folder, generated where it is not there yet; an import cut short goes on."""
        if not complete(folder):
            self.say(_("Generating nine quarters of Catena Aurora …"))
            write_folder(folder, timezone.localdate())
        company, results = import_folder(folder, self.say)
        if not all(result.accepted for result in results):
            raise CommandError(_("The demo company could not be imported."))
        return company

    def _sign_ins(self, company: Company) -> None:
        word = password()
        self.say(_("Sign-ins of %(name)s, password “%(word)s”:") % {"name": company.name, "word": word})
        for member in let_in(company, word):
            self.say(f"  {member.user.email:32} {member.get_role_display()}")


def _silence(_line: str) -> None:
    """Nothing is said."""
