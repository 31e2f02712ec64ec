"""What makes one look twice at a file without a fault: far more rows, means far off, all alike, another quarter.

Each is a question, not an error: a person who stands by the file ticks it. The thresholds are in decision 0031.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from math import sqrt
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from company.formats import number, quarter_short
from company.models import Unit
from journeys.calendar import QuarterCode
from journeys.models import Indicator, Quarter, Upload

MANY_TIMES = 10
ALIKE_FROM = 30
FAR_ERRORS, FAR_SPREADS = 3, 0.5
LIKE = 0.8
NAMED = 5
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True)
class Warning:
    """A question: its code, which the answer is kept under, and its sentence; a text to replace, where there is one."""

    code: str
    text: str
    column: str = ""
    value: str = ""
    like: str = ""
    count: int = 0


def warnings_of(upload: Upload, outcome: Mapping[str, Any]) -> list[Warning]:
    """Every warning about what the last check found."""
    if not outcome.get("observations"):
        return []
    parts = _levels, _quarters, _units, _new_units
    return [*_rows(upload), *(warning for part in parts for warning in part(upload, outcome))]


def _rows(upload: Upload) -> Iterator[Warning]:
    """Ten times the rows of the source's usual files, or a tenth."""
    usual = sorted(
        Upload.objects.filter(source=upload.source_id, state=Upload.State.ACCEPTED)
        .order_by("-received")
        .values_list("rows_in", flat=True)[:8]
    )
    middle = usual[len(usual) // 2] if usual else 0
    if middle and upload.rows_in >= MANY_TIMES * middle:
        text = _("%(rows)s rows; this source's files usually have about %(usual)s. Is it the right file?")
        yield Warning("many_rows", text % {"rows": _whole(upload.rows_in), "usual": _whole(middle)})


def _levels(upload: Upload, outcome: Mapping[str, Any]) -> Iterator[Warning]:
    names = dict(Indicator.objects.filter(company=upload.company_id).values_list("slug", "name"))
    divisors = {row.slug: row.divisor for row in Indicator.objects.filter(company=upload.company_id)}
    for slug, now in outcome.get("levels", {}).items():
        name, shown = names.get(slug, slug), divisors.get(slug, 1)
        if now["n"] >= ALIKE_FROM and now["low"] == now["high"]:
            text = _("“%(name)s”: all %(n)s values are %(value)s.")
            found = {"name": name, "n": _whole(now["n"]), "value": _figure(now["low"] / shown)}
            yield Warning(f"all_alike {slug}", text % found)
        before = outcome.get("before", {}).get(slug)
        if before and _far(now, before):
            text = _("“%(name)s” is %(now)s on average; the quarter before it was %(before)s.")
            found = {"name": name, "now": _figure(now["mean"] / shown), "before": _figure(before["mean"] / shown)}
            yield Warning(f"mean_far {slug}", text % found)


def _far(now: Mapping[str, float], before: Mapping[str, float]) -> bool:
    """Three standard errors and half a standard deviation away."""
    error = sqrt(now["spread"] ** 2 / now["n"] + before["spread"] ** 2 / before["n"])
    spread = before["spread"] or now["spread"]
    return abs(now["mean"] - before["mean"]) > max(FAR_ERRORS * error, FAR_SPREADS * spread) > 0


def _quarters(upload: Upload, outcome: Mapping[str, Any]) -> Iterator[Warning]:
    """Rows of another quarter than the one being collected."""
    today = timezone.localdate(upload.received)
    known = list(Quarter.objects.filter(company=upload.company_id))
    wanted = ([one for one in known if one.ends < today] or known)[-1:]
    counts = outcome.get("quarters", {})
    others = {code: count for code, count in counts.items() if wanted and code != str(wanted[0].code)}
    if not others:
        return
    listed = ", ".join(f"{_quarter(code)} ({_whole(count)})" for code, count in sorted(others.items()))
    found = {"quarter": _quarter(str(wanted[0].code)), "others": listed, "rows": _whole(sum(others.values()))}
    if len(others) == len(counts):
        yield Warning("all_elsewhere", _("No row is of %(quarter)s, the quarter being collected: %(others)s.") % found)
    else:
        text = ngettext(
            "%(rows)s row is outside %(quarter)s: %(others)s.",
            "%(rows)s rows are outside %(quarter)s: %(others)s.",
            sum(others.values()),
        )
        yield Warning("some_elsewhere", text % found)


def _units(upload: Upload, outcome: Mapping[str, Any]) -> Iterator[Warning]:
    """Units not in use any more, or never heard of and one slip of the pen from a known one."""
    column, found = str(upload.mapping.get("unit", "")), outcome.get("units", {})
    known = _known_units(upload, found)
    for unit, count in found.items():
        if known.get(unit):
            text = ngettext(
                "%(rows)s row is of “%(value)s”, which is not in use any more.",
                "%(rows)s rows are of “%(value)s”, which is not in use any more.",
                count,
            ) % {"rows": _whole(count), "value": unit}
            yield Warning(f"retired {unit}", text)
        like = [] if unit in known else _alike(unit, list(known))
        if like:
            text = ngettext(
                "%(rows)s row: “%(value)s” is not among the units known so far. Did you mean “%(like)s”?",
                "%(rows)s rows: “%(value)s” is not among the units known so far. Did you mean “%(like)s”?",
                count,
            ) % {"rows": _whole(count), "value": unit, "like": like[0]}
            yield Warning(f"unit {unit}", text, column, unit, like[0], count)


def _new_units(upload: Upload, outcome: Mapping[str, Any]) -> Iterator[Warning]:
    """Units like none that is known, all in one question; nothing while none is known at all."""
    found = outcome.get("units", {})
    known = _known_units(upload, found)
    new = sorted(unit for unit in found if known and unit not in known and not _alike(unit, list(known)))
    if new:
        text = ngettext(
            "“%(units)s” is not among the units known so far. Is it a new one?",
            "%(count)s units are not among those known so far: %(units)s. Are they new ones?",
            len(new),
        )
        named = ", ".join(new[:NAMED]) + ("…" if len(new) > NAMED else "")
        yield Warning("new_units", text % {"count": _whole(len(new)), "units": named})


def _known_units(upload: Upload, found: Mapping[str, int]) -> dict[str, date | None]:
    """Every unit of the company, and from when on it is retired; not asked for where the file names none."""
    return dict(Unit.objects.filter(company=upload.company_id).values_list("code", "retired")) if found else {}


def _alike(unit: str, known: Sequence[str]) -> list[str]:
    """The known code that differs only by zeros in front of its numbers (N1, N01), else the one most like it."""
    same = [code for code in known if _ZEROS.sub("", code) == _ZEROS.sub("", unit)]
    return same[:1] or get_close_matches(unit, known, 1, LIKE)


def _quarter(code: str) -> str:
    found = QuarterCode.parse(code)
    return quarter_short(found.year, found.number, get_language() or "it")


def _whole(count: float) -> str:
    return number(count, 0, get_language() or "it")


def _figure(value: float) -> str:
    return number(value, 0 if value == int(value) else 2, get_language() or "it")
