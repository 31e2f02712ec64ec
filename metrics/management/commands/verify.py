"""manage.py verify: recompute editions from the stored files and say whether they are identical."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from company.models import Company
from metrics.management.commands.refresh import named_quarters
from metrics.models import Edition, Verification
from metrics.panels.verified import findings
from metrics.verify import verify
from metrics.verifying import ask, run

POLL = 0.5


class Command(BaseCommand):
    help = "Recompute each quarter's latest edition from its files and print «identical» or every difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quarters", nargs="*", metavar="QUARTER", help="T3-2026 or 2026-3; none: every quarter")
        parser.add_argument("--all", action="store_true", help="all that is published, and what guards it")
        parser.add_argument("--company", help="slug; needed only where the installation has several companies")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            return self._all(options["company"])
        differing = 0
        for quarter in named_quarters(options["quarters"], options["company"]):
            editions = Edition.objects.filter(quarter=quarter).select_related("quarter__company__journey")
            edition = editions.order_by("-state", "-version").first()  # the last published, else the draft
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

    def _all(self, slug: str | None) -> None:
        """Each company's published editions and what guards them; the run is stored for the page."""
        companies = Company.objects.filter(slug=slug) if slug else Company.objects.all()
        runs = [_run(company) for company in companies]
        for found in runs:
            for row in found.results:
                state = _("DIFFERENT") if row["differences"] else _("identical")
                self.stdout.write(f"{row['quarter']} v{row['version']}  {row['digest']}  {state}")
                for item in row["differences"]:
                    self.stdout.write(f"  {item['where']}\n    - {item['stored']}\n    + {item['found']}")
            for line in findings(found.findings):
                self.stdout.write(f"  {line}")
            self.stdout.write(f"{found.company.slug}  {found.seconds:.2f} s")
        if not all(found.identical for found in runs):
            raise CommandError(_("Not everything published is what its files give, or what guards it is broken."))


def _run(company: Company) -> Verification:
    """The company's verification done, here or by a worker that was quicker."""
    found = run(ask(company).pk)
    while found.under_way:
        time.sleep(POLL)
        found = run(found.pk)
    return found
