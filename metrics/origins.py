"""From an edition to the observations behind its figures: the very files it was made of, whatever came since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from journeys.models import Upload
from metrics.derive.inputs import divisor
from metrics.engine import origins
from metrics.engine.origins import Tally as Tally
from metrics.facts import path_of, spill
from metrics.models import Edition
from metrics.report import IndicatorDef


@dataclass(frozen=True)
class Held:
    """An upload of the edition with the parts of it that belong to a quarter."""

    upload: Upload
    quarter: str
    parts: tuple[str, ...]


def held(edition: Edition, quarters: Iterable[str]) -> list[Held]:
    """The uploads that an edition rests on for some quarters, the latest first."""
    wanted = frozenset(quarters)
    parts: dict[tuple[str, str], list[str]] = {}
    for item in edition.provenance:
        if item["quarter"] in wanted:
            parts.setdefault((item["upload"], item["quarter"]), []).append(item["part"])
    uploads = edition.quarter.company.uploads.filter(pk__in={upload for upload, _quarter in parts})
    known = {str(row.pk): row for row in uploads.select_related("source", "sender")}
    rows = [Held(known[pk], code, tuple(found)) for (pk, code), found in parts.items() if pk in known]
    return sorted(rows, key=lambda row: (row.upload.received, row.quarter), reverse=True)


def counted(files: Iterable[Held], slugs: Iterable[str], unit: str = "") -> Tally:
    """How many rows of the files gave observations of the indicators; of files that are gone, nothing is said."""
    paths = [path for row in files for part in row.parts if (path := path_of(part)).exists()]
    return origins.tally(paths, spill(), sorted(slugs), unit)


def observations(
    files: Iterable[Held], readable: QuerySet[Upload], of: IndicatorDef, unit: str = ""
) -> Iterator[tuple[Any, ...]]:
    """The rows behind an indicator, of the uploads the reader may see, each after the name of its file."""
    by = divisor(of)
    allowed = set(readable.values_list("pk", flat=True))
    for row in files:
        paths = [path_of(part) for part in row.parts if row.upload.pk in allowed]
        for path in filter(Path.exists, paths):
            for day, place, whose, case, value, n, sd, line, counts in origins.rows(path, spill(), of.slug, unit):
                shown = [None if found is None else Decimal(found) / by for found in (value, sd)]
                yield row.upload.filename, day, place, whose, case, shown[0], n, shown[1], line, counts
