"""manage.py verify: recompute editions from the stored files and say whether they are identical.

Exit code 0: nothing was touched. Each edition is identical, or another version of the method made it; then what is the
same, what comes out otherwise and what is new are printed. 1: a file, a text, a seal, the log or a figure is not as it
was published, what guards it is broken, or a quarter was not understood. 2: an option was not understood.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from company.management.companies import called
from company.models import Company
from metrics.management.commands.refresh import named_quarters
from metrics.models import Edition, Verification
from metrics.panels.verified import across, findings
from metrics.verifying import ask, result, run

POLL = 0.5


class Command(BaseCommand):
    help = (
        "Recompute each quarter's latest edition from its files and print «identical», every difference, or how it"
        " compares across versions of the method. Exit code 0: nothing was touched; 1: something was."
    )

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
            row = result(edition, {})
            differing += bool(row["differences"])
            self._tell(row, str(quarter.code), f"  {time.monotonic() - started:.2f} s")
        if differing:
            raise CommandError(_("%(count)s editions are not what their files give.") % {"count": differing})

    def _all(self, slug: str | None) -> None:
        """Each company's published editions and what guards them; the run is stored for the page."""
        companies = [called(slug)] if slug else list(Company.objects.all())
        runs = [_run(company) for company in companies]
        for found in runs:
            for row in found.results:
                self._tell(row, f"{row['quarter']} v{row['version']}")
            for line in findings(found.findings):
                self.stdout.write(f"  {line}")
            self.stdout.write(f"{found.company.slug}  {found.seconds:.2f} s")
        if not all(found.identical for found in runs):
            raise CommandError(_("Not everything published is what its files give, or what guards it is broken."))

    def _tell(self, row: dict[str, Any], name: str, took: str = "") -> None:
        """A line for the edition, and under it everything that is not as published or not as today's method has it."""
        found = row.get("across")
        untouched = _("another version of the method") if found else _("identical")
        state = _("DIFFERENT") if row["differences"] else untouched
        self.stdout.write(f"{name}  {row['digest']}  {state}{took}")
        for item in row["differences"]:
            self._unlike(item)
        if found:
            said = across(found)
            self.stdout.write(f"  {said.said}\n  {said.same}")
            if found["otherwise"]:
                self.stdout.write(f"  {said.differing}")
            for item in found["otherwise"]:
                self._unlike(item)
            if said.new:
                self.stdout.write(f"  {said.new}")
            for name in (*found["rows"], *found["values"]):
                self.stdout.write(f"  * {name}")

    def _unlike(self, item: dict[str, str]) -> None:
        self.stdout.write(f"  {item['where']}\n    - {item['stored']}\n    + {item['found']}")


def _run(company: Company) -> Verification:
    """The company's verification done, here or by a worker that was quicker."""
    found = run(ask(company).pk)
    while found.under_way:
        time.sleep(POLL)
        found = run(found.pk)
    return found
