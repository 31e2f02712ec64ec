"""manage.py verify: recompute editions from the stored files and say whether they are identical."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from metrics.management.commands.refresh import named_quarters
from metrics.models import Edition
from metrics.verify import verify


class Command(BaseCommand):
    help = "Recompute each quarter's latest edition from its files and print «identical» or every difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quarters", nargs="*", metavar="QUARTER", help="2026-3; none: every quarter")
        parser.add_argument("--company", help="slug; needed only where the installation has several companies")

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for quarter in named_quarters(options["quarters"], options["company"]):
            edition = Edition.objects.filter(quarter=quarter).select_related("quarter__company__journey").last()
            if edition is None:
                self.stdout.write(f"{quarter.code}  " + _("no edition yet"))
                continue
            started = time.monotonic()
            differences = verify(edition)
            differing += bool(differences)
            state = _("identical") if not differences else _("DIFFERENT")
            self.stdout.write(f"{quarter.code}  {edition.digest}  {state}  {time.monotonic() - started:.2f} s")
            for item in differences:
                self.stdout.write(f"  {item.where}\n    - {item.stored}\n    + {item.found}")
        if differing:
            raise CommandError(_("%(count)s editions are not what their files give.") % {"count": differing})
