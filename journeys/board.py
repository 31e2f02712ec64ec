"""Who is missing: what each source has sent for a quarter, and by when it was due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journeys.models import Part, Quarter, Source, Upload

TITLE_LIMIT = 90
NAMED = 2


class Standing(TextChoices):
    ARRIVED = "arrived", gettext_lazy("arrived")
    CHECKING = "checking", gettext_lazy("being checked")
    PREPARED = "prepared", gettext_lazy("to be confirmed")
    CONFIRMED = "confirmed", gettext_lazy("confirmed")
    REJECTED = "rejected", gettext_lazy("to be corrected")
    LATE = "late", gettext_lazy("missing")
    AWAITED = "awaited", gettext_lazy("awaited")


@dataclass(frozen=True)
class SourceRow:
    """One source in one quarter: when it last sent observations of the quarter that count, and how many there are.

    ``draft``: its last file, where that waits to be confirmed.
    """

    source: Source
    last: datetime | None
    observations: int
    standing: Standing
    due: date
    draft: UUID | None = None

    @property
    def arrived(self) -> bool:
        return self.last is not None


def source_rows(quarter: Quarter, sources: QuerySet[Source], today: date) -> list[SourceRow]:
    """One row a source in use, as its department is, in the sources' order; two queries whatever their number."""
    latest = Upload.objects.filter(source=OuterRef("pk")).exclude(state=Upload.State.DISCARDED).order_by("-received")
    accepted = {
        source: (last, observations)
        for source, last, observations in Part.objects.counted()
        .filter(quarter=quarter)
        .values("upload__source")
        .annotate(last=Max("upload__received"), total=Sum("observations"))
        .values_list("upload__source", "last", "total")
    }
    rows = []
    state, last_id, preparation = (Subquery(latest.values(name)[:1]) for name in ("state", "pk", "preparation"))
    awaited = sources.exclude(Q(retired__lte=quarter.starts) | Q(department__retired__lte=quarter.starts))
    for source in awaited.annotate(latest=state, latest_id=last_id, preparation=preparation):
        last, observations = accepted.get(source.pk, (None, 0))
        due = quarter.ends + timedelta(days=source.due_day)
        standing = _standing(last is not None, source.latest, today > due, prepared=source.preparation is not None)
        draft = source.latest_id if standing == Standing.PREPARED else None
        rows.append(SourceRow(source, last, observations, standing, due, draft))
    return rows


def _standing(arrived: bool, latest: str | None, late: bool, *, prepared: bool) -> Standing:
    if latest == Upload.State.RECEIVED:
        return Standing.CONFIRMED if prepared else Standing.CHECKING
    if latest == Upload.State.DRAFT:
        return Standing.PREPARED
    if arrived:
        return Standing.ARRIVED
    if latest == Upload.State.REJECTED:
        return Standing.REJECTED
    return Standing.LATE if late else Standing.AWAITED


def headline(rows: Sequence[SourceRow]) -> str:
    """The board's title: how many sources are missing and, where they fit in 90 characters, which."""
    total, missing = len(rows), [row.source.name for row in rows if not row.arrived]
    if not rows:
        return _("No source has been described yet.")
    if not missing:
        sentence = ngettext("The only source has arrived.", "All %(total)s sources have arrived.", total)
        return sentence % {"total": total}
    counts = {"missing": len(missing), "total": total}
    sentence = ngettext(
        "%(missing)s source of %(total)s is missing: %(names)s.",
        "%(missing)s sources of %(total)s are missing: %(names)s.",
        len(missing),
    ) % {**counts, "names": _named(missing)}
    if len(sentence) <= TITLE_LIMIT:
        return sentence
    short = ngettext(
        "%(missing)s source of %(total)s is missing.", "%(missing)s sources of %(total)s are missing.", len(missing)
    )
    return short % counts


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) == NAMED:
        return _("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    others = ngettext(
        "%(first)s, %(second)s and %(rest)s other", "%(first)s, %(second)s and %(rest)s others", len(names) - NAMED
    )
    return others % {"first": names[0], "second": names[1], "rest": len(names) - NAMED}


def quarter_to_collect(quarters: Sequence[Quarter], today: date) -> Quarter | None:
    """The last quarter that has ended, for that is the one being collected; else the latest; None when none."""
    ended = [quarter for quarter in quarters if quarter.ends < today] or quarters
    return ended[-1] if ended else None
