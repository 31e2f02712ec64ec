"""What a receipt says: from one upload's row, its parts and the mapping it was read with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from company.formats import number
from journeys.derivations import described, read_back
from journeys.models import Indicator, Preparation, Quarter, Upload
from journeys.wording import edit_words

SEPARATORS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("vertical bars"),
}


@dataclass(frozen=True)
class Line:
    """One indicator of the file: how it was made, the observations it gave, the rows that gave none."""

    name: str
    how: str
    observations: int
    missing: int


@dataclass(frozen=True)
class Touched:
    """A quarter the file has observations of, and how many."""

    quarter: Quarter
    observations: int


@dataclass(frozen=True)
class Receipt:
    """An upload as its receipt shows it."""

    upload: Upload
    number: str
    quarters: Sequence[Touched]
    lines: Sequence[Line]
    keys: Sequence[tuple[str, str]]
    edits: Sequence[tuple[int, str]]
    later: Upload | None

    @property
    def diff(self) -> dict[str, int]:
        """Cases new, changed, equal and gone, where the file was laid beside earlier ones."""
        counts: dict[str, int] = self.upload.receipt.get("diff", {})
        return counts

    @property
    def published(self) -> list[Quarter]:
        """Touched quarters whose report is out: while there is one, nothing is undone."""
        return [row.quarter for row in self.quarters if row.quarter.closed]

    @property
    def can_undo(self) -> bool:
        return self.upload.state == Upload.State.ACCEPTED and not self.published and not self.later

    @property
    def why_not(self) -> str:
        """Why the file cannot be undone; empty when it can."""
        if self.upload.state != Upload.State.ACCEPTED:
            return _("Only a file that was taken can be undone.")
        if self.later:
            return _("A later file, “%(file)s”, corrects this one: undo that one first.") % {
                "file": self.later.filename
            }
        if self.published:
            return _("A quarter this file feeds is published: it is corrected only by restating it.")
        return ""

    @property
    def headline(self) -> str:
        """What became of the file, in a sentence."""
        rows_in, rows_out = self.upload.rows_in, self.upload.rows_out
        if self.upload.confirmed:
            return _("Confirmed: the file is being added to the report")
        if self.upload.state == Upload.State.RECEIVED:
            return _("We are checking the file")
        if self.upload.state == Upload.State.REJECTED:
            return _("The file needs correcting: nothing was stored")
        if self.upload.state == Upload.State.DRAFT:
            return _("The file is being prepared: nothing of it counts yet")
        if self.upload.state == Upload.State.DISCARDED:
            return _("Let go before it was confirmed: nothing of it counted")
        if self.upload.state == Upload.State.UNDONE:
            return _("Undone: its observations are no longer in the report")
        if rows_in == rows_out:
            text = ngettext("%(rows)s row taken, none lost", "%(rows)s rows taken, none lost", rows_out)
            return text % {"rows": _whole(rows_out)}
        text = ngettext(
            "%(rows)s row taken, %(rest)s gave no observation",
            "%(rows)s rows taken, %(rest)s gave no observation",
            rows_out,
        )
        return text % {"rows": _whole(rows_out), "rest": _whole(rows_in - rows_out)}


def receipt_of(upload: Upload) -> Receipt:
    """The receipt; three queries: quarters, indicators' names, the place in the company's count."""
    lines, keys = (list(_lines(upload)), list(_keys(upload))) if upload.mapping else ([], [])
    found: Preparation | None = getattr(upload, "preparation", None)
    edits = list(enumerate(map(edit_words, found.edits))) if found else []
    later_id = getattr(upload, "later_id", None)  # ``upload_or_404`` looks for it in its own query
    later = Upload.objects.get(pk=later_id) if later_id else None
    return Receipt(upload, _number(upload), list(_touched(upload)), lines, keys, edits, later)


def _touched(upload: Upload) -> Iterator[Touched]:
    counts = upload.receipt.get("quarters", {})
    years = {int(code[:4]) for code in counts}
    for quarter in Quarter.objects.filter(company=upload.company_id, year__in=years):
        if str(quarter.code) in counts:
            yield Touched(quarter, counts[str(quarter.code)])


def _lines(upload: Upload) -> Iterator[Line]:
    mapping = read_back(upload.mapping)
    slugs = [facts.slug for facts, _derivation in mapping.values]
    names = dict(Indicator.objects.filter(company=upload.company_id, slug__in=slugs).values_list("slug", "name"))
    counts = upload.receipt.get("indicators", {})
    for slug, how in described(mapping):
        found = counts.get(slug, {})
        yield Line(names.get(slug, slug), how, found.get("observations", 0), found.get("missing", 0))


def _keys(upload: Upload) -> Iterator[tuple[str, str]]:
    """The columns that say when, for whom and where, and which row of a case counts."""
    mapping = read_back(upload.mapping)
    yield _("Date of each row"), mapping.date
    if mapping.case:
        yield _("Customer or case (kept only as a pseudonym)"), mapping.case
    if mapping.unit:
        yield _("Unit"), mapping.unit
    if mapping.last_by:
        yield _("One row a case, the last by"), ", ".join(mapping.last_by)
    if upload.receipt.get("encoding"):
        yield _("Read as"), f"{upload.receipt['encoding']}, {SEPARATORS[upload.receipt['separator']]}"
    if upload.receipt.get("ignored"):
        yield _("Columns not used"), ", ".join(upload.receipt["ignored"])
    if upload.receipt.get("empty_rows"):
        yield _("Empty rows left out"), _whole(upload.receipt["empty_rows"])


def _number(upload: Upload) -> str:
    """Year and place among the company's confirmed uploads, which are never deleted: ``2026-0042``."""
    numbered = Upload.objects.exclude(state__in=(Upload.State.DRAFT, Upload.State.DISCARDED))
    place = numbered.filter(company=upload.company_id, received__lte=upload.received).count()
    return f"{upload.received.year}-{place:04d}"


def _whole(count: int) -> str:
    return number(count, 0, get_language() or "it")
