"""Where a figure, an effect or a step comes from: definition, formula with its numbers, rows left out, files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from company import formats
from journeys.models import Upload
from metrics import labels, origins, wording
from metrics.models import Edition
from metrics.origins import Held, Tally
from metrics.panels import formulas
from metrics.report import EFFECT, EffectRow, FigureRow, IndicatorDef, Report, StepRow

FIGURE = ("level", "stage", "indicator", "unit")


@dataclass(frozen=True)
class Count:
    """Of a file, the observations it gave to one indicator and the rows without a value for it."""

    name: str
    taken: int
    without: int


@dataclass(frozen=True)
class File:
    """A file behind the figure; ``sender``, ``name`` and ``upload`` are empty for who may not see its receipt.

    ``counts`` are of the quarter's rows and leave out indicators that are hidden: they would say how few people there
    are. ``notes`` say what was left out of the file as a whole.
    """

    source: str
    received: datetime
    sha256: str
    quarter: str
    counts: tuple[Count, ...]
    notes: tuple[str, ...]
    upload: str = ""
    name: str = ""
    sender: str = ""


@dataclass(frozen=True)
class Lineage:
    """A figure with all that it rests on; ``parts`` are the names and addresses of what it is made of.

    ``left_out`` are the reasons why rows do not count, with how many; ``rows`` is the address of the rows themselves,
    ``contest`` what names the figure where it may be contested.
    """

    title: str
    definition: str
    kind: str
    method: str
    evidence: str
    formula: tuple[str, ...] = ()
    interval: str = ""
    base: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    rows: str = ""
    contest: str = ""


def address(quarter: str, **which: str) -> str:
    """Address of a lineage: of a figure (as the API names it), an effect (by ``kind``) or a step (by ``step``)."""
    named = {name: value for name, value in which.items() if value}
    return reverse("lineage", args=[quarter]) + (f"?{urlencode(named)}" if named else "")


def find(report: Report, **which: str) -> FigureRow | None:
    """The figure with this level, stage, indicator and unit; None where the report has none."""
    wanted = tuple(which[name] for name in FIGURE)
    rows = (row for row in report.figures if tuple(getattr(row, name) for name in FIGURE) == wanted)
    return next(rows, None)


def find_effect(report: Report, **which: str) -> EffectRow | None:
    """The effect with these words, and the ``other`` event of two; None where the report has none."""
    named = {**which, "other": which.get("other", "")}
    rows = (row for row in report.effects if all(getattr(row, name) == named[name] for name in (*EFFECT, "other")))
    return next(rows, None)


def find_step(report: Report, position: str) -> StepRow | None:
    """The step of the bridge at this place, counted as in the report; None for its ends and for changed weights."""
    steps = (row for row in report.bridge if row.kind not in ("start", "end", "weights"))
    return next((row for row in steps if str(row.position) == position), None)


def effect_address(quarter: str, row: EffectRow, version: str = "") -> str:
    """Address of an effect's lineage, in the version of the report that is not the last."""
    return address(quarter, **{name: getattr(row, name) for name in (*EFFECT, "other")}, versione=version)


def of_figure(edition: Edition, report: Report, row: FigureRow, readable: QuerySet[Upload]) -> Lineage:
    """All that stands behind a figure; ``readable`` are the uploads whose receipts the reader may see."""
    defined = report.indicator(row.indicator) if row.indicator else None
    made_of = [defined] if defined else _outcomes(report, row)
    visible = row.base != "hidden" and row.value is not None
    lines = formulas.of_indicator(row, defined) if defined else formulas.of_health(report, row)
    found = Lineage(
        title=defined.name if defined else _title(report, row),
        definition=defined.definition if defined else _("Mean of the outcomes' scores, each with its declared weight."),
        kind=labels.kind(defined) if defined else _("score from 0 to 100"),
        method="intervalli" if defined else "salute",
        evidence=graded(made_of),
        formula=tuple(lines) if visible else (),
        interval=_interval(row, defined) if visible else "",
        base=labels.figure_base(row, report),
        parts=() if defined else tuple((item.name, _part(report, item, row.unit)) for item in made_of),
        contest="|".join(getattr(row, name) for name in FIGURE) if visible and not row.unit else "",
    )
    found = _filled(found, (edition, report, readable), made_of, [report.quarter], row.unit)
    if gives_rows(report, row) and any(file.upload for file in found.files):
        which = {name: getattr(row, name) for name in FIGURE if getattr(row, name)}
        return replace(found, rows=reverse("lineage_rows", args=[report.quarter]) + f"?{urlencode(which)}")
    return found


def _title(report: Report, row: FigureRow) -> str:
    """The name of a health."""
    return _("Health") if row.level in ("company", "unit_whole") else labels.stage_name(report, row.stage)


def of_effect(edition: Edition, report: Report, row: EffectRow, readable: QuerySet[Upload]) -> Lineage:
    """All that stands behind what a result or a department weighs."""
    parts = formulas.parts(report, row) if row.kind == "impact" and not row.indicator else []
    slugs = dict.fromkeys(slug for part in (row, *parts) for slug in (part.indicator, part.other, part.outcome) if slug)
    made_of = [*_met(report, row), *(report.indicator(slug) for slug in slugs)]
    names = [(effect_name(report, part), effect_address(report.quarter, part)) for part in parts]
    if row.kind == "impact" and row.indicator:
        slope = formulas.drivers(report, row)
        names += [(_("the slope: what goes along with it"), effect_address(report.quarter, one)) for one in slope]
    names += [(item.name, _part(report, item, "")) for item in made_of if not parts]
    known = row.points is not None and row.verdict != "too_little"
    found = Lineage(
        title=effect_name(report, row),
        definition=_meaning(row),
        kind=_("association, not proof of cause"),
        method={"contribution": "contributo", "driver": "fattori"}.get(row.kind, "impatto"),
        evidence=graded(made_of),
        formula=tuple(map(labels.agreed, formulas.of_effect(report, row))) if known or row.note or row.other else (),
        interval=labels.points_interval(row.low, row.high, 2) if known else "",
        base=labels.base(row.n) if row.n >= report.company.hidden_under else "",
        parts=tuple(names),
        contest="|".join(row.key) if known and not row.unit else "",
    )
    earlier = report.previous if row.kind in ("impact", "driver") else ""
    quarters = [code for code in (report.quarter, earlier) if code]
    return _filled(found, (edition, report, readable), made_of, quarters, "")


def of_step(edition: Edition, report: Report, row: StepRow, readable: QuerySet[Upload]) -> Lineage:
    """All that stands behind a step of the bridge."""
    stage = report.stage_health(row.component)
    made_of = _outcomes(report, stage)
    inside = [step for step in report.bridge if step.component == row.component and step.kind not in ("stage", "end")]
    linked = report.effects_of("impact", reference="before", outcome_stage=row.component)
    names = [(labels.stage_name(report, row.component), _address_of(report, stage))]
    names += [(effect_name(report, one), effect_address(report.quarter, one)) for one in linked if one.indicator]
    found = Lineage(
        title=_("Step of the bridge: %(name)s") % {"name": labels.stage_name(report, row.component)},
        definition=_("What the change of one part of health moved in the whole, in points; all steps add up exactly."),
        kind=_("points of health"),
        method="ponte",
        evidence=graded(made_of),
        formula=tuple(map(labels.agreed, formulas.of_step(report, row, inside if row.kind == "stage" else ()))),
        interval=labels.points_interval(row.low, row.high, 2),
        base=labels.figure_base(stage, report),
        parts=tuple(names),
    )
    quarters = [code for code in (report.quarter, report.previous) if code]
    return _filled(found, (edition, report, readable), made_of, quarters, "")


def of_version(found: Lineage, version: int) -> Lineage:
    """The lineage whose links stay on a version that is not the last; 0 for the last."""
    if not version:
        return found
    parts = tuple((name, url and f"{url}&versione={version}") for name, url in found.parts)
    return replace(found, parts=parts, rows=found.rows and f"{found.rows}&versione={version}")


def gives_rows(report: Report, row: FigureRow) -> bool:
    """Whether the rows behind the figure may be seen: of a shown indicator, and never what employees answered."""
    defined = report.indicator(row.indicator) if row.indicator else None
    return defined is not None and defined.role != "employee" and row.base != "hidden" and row.value is not None


def graded(made_of: Iterable[IndicatorDef]) -> str:
    """How good the evidence is of the indicators, each grade once."""
    return labels.names(dict.fromkeys(labels.evidence(item.evidence) for item in made_of))


def _outcomes(report: Report, row: FigureRow) -> list[IndicatorDef]:
    whole = row.level in ("company", "unit_whole")
    return [item for item in report.indicators if item.in_health and (whole or item.stage == row.stage)]


def _met(report: Report, row: EffectRow) -> list[IndicatorDef]:
    """The indicators that say who met the effect's touchpoint, but for its own outcome."""
    found = report.stage_indicators(row.stage) if row.touchpoint else []
    return [item for item in found if item.touchpoint == row.touchpoint and item.slug != row.outcome]


def _part(report: Report, item: IndicatorDef, unit: str) -> str:
    level = "unit" if unit else "indicator"
    rows = (row for row in report.figures if (row.level, row.indicator, row.unit) == (level, item.slug, unit))
    found = next(rows, None)
    return _address_of(report, found) if found else ""


def _address_of(report: Report, row: FigureRow) -> str:
    return address(report.quarter, **{name: getattr(row, name) for name in FIGURE})


def effect_name(report: Report, row: EffectRow) -> str:
    """``Logistica · Consegne in ritardo → Voto alla consegna``, as far as the effect names them."""
    stage = labels.stage_name(report, row.stage) if row.stage else _("Health")
    ends = [wording.driver(report.indicator(row.indicator))] if row.indicator else []
    ends += [report.indicator(slug).name for slug in (row.other, row.outcome) if slug]
    whose = report.department(row.department).name if row.department else labels.touchpoint(report, row) or row.unit
    return " · ".join(filter(None, (whose, " → ".join(ends) or stage)))


def _meaning(row: EffectRow) -> str:
    if row.touchpoint:
        return _("Points the vote's score has with those who came through the touchpoint, minus without them.")
    words = {
        ("impact", "before"): _("Points of health linked to the change of the result since the previous quarter."),
        ("impact", "target"): _("Points of health that go with today's level instead of the target."),
        ("impact", "best"): _("Points of health that go with today's level instead of the best quarter of the units."),
        ("contribution", ""): _("Points the vote's score has because of these cases: with them minus without them."),
        ("joint", ""): _("Mean of the answers by what happened to the same customer, and how many answers"),
        ("driver", ""): _("How many points of the vote go along with one unit more of the result, the others equal."),
    }
    return words.get((row.kind, row.reference), _("What goes along with the customers' vote."))


def _interval(row: FigureRow, defined: IndicatorDef | None) -> str:
    if row.low is None or row.high is None:
        return ""
    if defined is None:
        return _("%(interval)s, recomputed %(groups)s times without one group") % {
            "interval": labels.interval(row.low, row.high),
            "groups": row.groups,
        }
    between = labels.between(labels.measure(row.low, defined), labels.measure(row.high, defined))
    return f"{between} · {labels.interval_method(row.detail.get('method', ''))}".rstrip(" ·")


def _filled(
    found: Lineage,
    known: tuple[Edition, Report, QuerySet[Upload]],
    made_of: Iterable[IndicatorDef],
    quarters: list[str],
    unit: str,
) -> Lineage:
    """The lineage with its files and with the rows that do not count."""
    edition, report, readable = known
    made_of = list(made_of)
    shown = {item.slug: item.name for item in made_of if _counted(report, item, unit)}
    uploads = origins.held(edition, quarters)
    tally = origins.counted(uploads, shown, unit)
    slugs = {item.slug for item in made_of}
    feeding = [row for row in uploads if slugs & row.upload.receipt.get("indicators", {}).keys()]
    allowed = set(readable.filter(pk__in=[row.upload.pk for row in feeding]).values_list("pk", flat=True))
    files = tuple(_file(row, _counts(row, tally, shown, unit), row.upload.pk in allowed) for row in feeding)
    return replace(found, files=files, left_out=tuple(_left_out(files, tally, shown)))


def _counted(report: Report, item: IndicatorDef, unit: str) -> bool:
    """Whether the indicator's figure is shown, and so its counts may be."""
    level = "unit" if unit else "indicator"
    rows = (row for row in report.figures if (row.level, row.indicator, row.unit) == (level, item.slug, unit))
    return any(row.base != "hidden" and row.value is not None for row in rows)


def _counts(row: Held, tally: Tally, shown: dict[str, str], unit: str) -> Iterator[Count]:
    """Observations and rows without a value; the receipt knows the latter best where the file is of one quarter."""
    known = row.upload.receipt.get("indicators", {})
    whole = not unit and len(row.upload.receipt.get("quarters", {})) == 1
    for slug, name in shown.items():
        taken, lines = (sum(found.get((part, slug), 0) for part in row.parts) for found in (tally.taken, tally.lines))
        if taken:
            rest = sum(tally.rows.get(part, 0) for part in row.parts) - lines
            yield Count(name, taken, known.get(slug, {}).get("missing", rest) if whole else rest)


def _file(row: Held, found: Iterable[Count], own: bool) -> File:
    upload, counts = row.upload, tuple(found)
    return File(
        source=upload.source.name,
        received=upload.received,
        sha256=upload.sha256,
        quarter=row.quarter,
        counts=counts,
        notes=tuple(_notes(upload)) if counts else (),
        upload=str(upload.pk) if own else "",
        name=upload.filename if own else "",
        sender=(str(upload.sender) if upload.sender else _("import from a folder")) if own else "",
    )


def _notes(upload: Upload) -> Iterator[str]:
    """What was left out of the whole file before anything was counted, and why."""
    receipt = upload.receipt
    once = sum(int(item["value"]) for item in receipt.get("warnings", []) if item.get("code") == "counted_once")
    for count, said in (
        (receipt.get("empty_rows", 0), _("%(n)s empty rows")),
        (receipt.get("left_out", 0), _("%(n)s rows left out by who prepared the file")),
        (once, _("%(n)s repeated rows counted once")),
    ):
        if count:
            yield said % {"n": _whole(count)}


def _left_out(files: Iterable[File], tally: Tally, shown: dict[str, str]) -> Iterator[str]:
    """Why rows do not count in the figure, with how many."""
    without = sum(count.without for file in files for count in file.counts)
    once = sum(tally.once.get(slug, 0) for slug in shown)
    for count, said in (
        (without, _("%(n)s without a value: not answered, or not asked")),
        (once, _("%(n)s further rows of a case that counts once")),
    ):
        if count:
            yield said % {"n": _whole(count)}
    yield from dict.fromkeys(note for file in files for note in file.notes)


def _whole(number: int) -> str:
    return formats.number(number, 0, labels.locale())
