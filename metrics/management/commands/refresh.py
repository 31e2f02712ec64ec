"""manage.py refresh: compute draft editions now, in this process."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from company.management.companies import called
from journeys.calendar import QuarterCode
from journeys.models import Quarter
from metrics.refresh import refresh


class Command(BaseCommand):
    help = "Compute the draft editions of stale quarters (or of those named, or of all)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "quarters", nargs="*", metavar="QUARTER", help="T3-2026 or 2026-3; none: every stale quarter"
        )
        parser.add_argument("--all", action="store_true", help="every quarter, stale or not")
        parser.add_argument("--company", help="slug; needed only where the installation has several companies")

    def handle(self, *args: Any, **options: Any) -> None:
        quarters = named_quarters(options["quarters"], options["company"])
        if not options["quarters"] and not options["all"]:
            quarters = [quarter for quarter in quarters if quarter.stale]
        for quarter in quarters:
            started = time.monotonic()
            edition = refresh(quarter.pk)
            state = edition.digest[:12] if edition else _("already being computed")
            self.stdout.write(f"{quarter.code}  {state}  {time.monotonic() - started:.2f} s")


def named_quarters(names: list[str], company: str | None) -> list[Quarter]:
    """The quarters of those names, or all; CommandError in a plain sentence for a name or company that is none."""
    rows = Quarter.objects.order_by("company", "year", "number")
    if company:
        rows = rows.filter(company=called(company))
    if not names:
        return list(rows)
    try:
        codes = [QuarterCode.typed(name) for name in names]
    except ValueError as error:
        said = _("“%(names)s”: a quarter is written as T3-2026 or 2026-3") % {"names": " ".join(names)}
        raise CommandError(said) from error
    found = [quarter for quarter in rows if quarter.code in codes]
    missing = [str(code) for code in codes if code not in {quarter.code for quarter in found}]
    if missing:
        raise CommandError(_("No such quarter: %(quarters)s") % {"quarters": ", ".join(missing)})
    return found
