"""Panels of a department's page: where, how and how much its results reach the customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics import labels, wording
from metrics.figures import Dot, dots, places
from metrics.panels import blocks, contested
from metrics.panels.blocks import Chart, Verdict
from metrics.report import EffectRow, IndicatorDef, Report
from metrics.sentences import stage_impacts, total_impact
from metrics.shown import Shown
from metrics.tables import Cell, Table


@dataclass(frozen=True)
class Head:
    """The department's message, and where, how and how much in one line; ``left_out``: what the sum is made without.

    ``results``: name and key of its own figures. ``contested`` says whether its sum is, ``contest`` what names the sum.
    """

    own: bool
    name: str
    message: str
    where: str
    verdict: Verdict
    interval: str
    base: str
    left_out: str
    results: tuple[tuple[str, str], ...] = ()
    slug: str = ""
    contested: str = ""
    contest: str = ""


def head(shown: Shown, subject: str) -> Head:
    """The answer in one line: where, how, how much, how sure."""
    report, total = shown.report, total_impact(shown.report, subject, "before")
    definition = report.department(subject)
    counted = [row.stage for row in stage_impacts(report, subject, "before")] or list(definition.stages)
    known = total is not None and total.points is not None
    return Head(
        own=subject in shown.mine,
        name=definition.name,
        message=wording.place(report, f"department:{subject}"),
        where=labels.names(labels.stage_name(report, slug) for slug in counted),
        verdict=blocks.impact_verdict(total),
        interval=labels.points_interval(total.low, total.high) if total is not None and known else "",
        base=labels.base(total.n) if total is not None and total.n else "",
        left_out=_left_out(report, subject) if known else "",
        results=tuple(_results(report, subject)),
        slug=subject,
        contested=contested.badge(shown.objections, report, total.key) if total is not None else "",
        contest="|".join(total.key) if total is not None and known and total.verdict != "too_little" else "",
    )


def _results(report: Report, subject: str) -> Iterator[tuple[str, str]]:
    """Name and key of every figure of the department's own that is shown."""
    for row in report.figures:
        if row.level == "indicator" and row.base != "hidden" and report.indicator(row.indicator).department == subject:
            yield report.indicator(row.indicator).name, "|".join((row.level, row.stage, row.indicator, row.unit))


def _left_out(report: Report, subject: str) -> str:
    """Sentences on the results without a number: those the department's sum is made without, those it holds."""
    rows = report.effects_of("impact", department=subject, reference="before")
    apart = [row for row in rows if row.indicator and row.points is None]
    inside = [row for row in apart if row.note == "unstable"]
    outside = [row for row in apart if row.note != "unstable"]
    said = [
        (outside, _("The sum leaves out %(names)s: no number can be given.")),
        (inside, _("The sum holds %(names)s too, whose number alone is unstable.")),
    ]
    return " ".join(words % {"names": _quoted(report, rows, those)} for those, words in said if those)


def _quoted(report: Report, rows: Sequence[EffectRow], those: Sequence[EffectRow]) -> str:
    named = dict.fromkeys(_result_name(report, rows, row) for row in those)
    return labels.names(_("“%(name)s”") % {"name": name} for name in named)


@dataclass(frozen=True)
class Box:
    """A link of the chain from the department's result to health, saying how sure it is."""

    label: str
    name: str
    value: str
    verdict: Verdict | None
    sure: str
    href: str = ""
    quiet: bool = False


def chain(shown: Shown, subject: str) -> list[Box] | None:
    """From the leading result to health in four boxes; None where nothing of the department is measured."""
    report = shown.report
    lead = _lead(report, subject)
    if lead is None:
        return None
    return [_own_box(shown, lead), _touchpoint_box(shown, lead), _stage_box(shown, lead), _health_box(shown, subject)]


def _lead(report: Report, subject: str) -> IndicatorDef | None:
    """The result with the largest demonstrated impact, else the largest share of variance, else the first."""
    impacts = [row for row in _own_impacts(report, subject, "before") if row.verdict in blocks.PROVEN]
    if impacts:
        return report.indicator(max(impacts, key=lambda row: abs(row.points or Decimal(0))).indicator)
    drivers = report.effects_of("driver", department=subject)
    if drivers:
        return report.indicator(max(drivers, key=lambda row: row.share or Decimal(0)).indicator)
    return next((row for row in report.indicators if row.department == subject and row.role != "outcome"), None)


def _own_box(shown: Shown, lead: IndicatorDef) -> Box:
    row = shown.report.indicator_figure(lead.slug)
    now, told = blocks.own_value(row, lead, shown.report).text, row.base == "full" and row.before is not None
    value = f"{labels.measure(row.before, lead)} → {now}" if told else now
    verdict = Verdict(row.verdict, labels.verdict(row.verdict)) if told else None
    label = _("Your result") if lead.department in shown.mine else _("The department's result")
    return Box(label, lead.name, value, verdict, labels.figure_base(row, shown.report), "#dati")


def _touchpoint_box(shown: Shown, lead: IndicatorDef) -> Box:
    report = shown.report
    points = dict(report.stage(lead.stage).touchpoints) if lead.stage else {}
    name = points.get(lead.touchpoint) or labels.stage_name(report, lead.stage)
    rows = report.effects_of("contribution", indicator=lead.slug, unit="")
    label, href = _("The touchpoint"), blocks.stage_link(shown, lead.stage)
    if not rows or rows[0].points is None:
        return Box(label, name, "", None, _("contribution not computed"), href)
    row = rows[0]
    if row.verdict not in blocks.PROVEN:
        return Box(label, name, "", Verdict("unproven", labels.verdict("unproven")), labels.base(row.n), href)
    value = _("leave-out contribution %(points)s") % {"points": labels.points(row.points)}
    sure = f"{labels.points_interval(row.low, row.high)} · {labels.base(row.n)}"
    return Box(label, name, value, Verdict(row.verdict, labels.impact_word(row.verdict)), sure, href)


def _stage_box(shown: Shown, lead: IndicatorDef) -> Box:
    report = shown.report
    name, href = labels.stage_name(report, lead.stage), blocks.stage_link(shown, lead.stage)
    row = report.stage_health(lead.stage)
    if row.note == "no_voice":
        heard = _("heard in the whole journey's vote") if lead.influences else ""
        sure = labels.apart(*filter(None, (labels.figure_base(row, report), heard)))
        return Box(_("The stage"), name, "", None, sure, href)
    level = labels.level(row.value) if row.base != "hidden" else ""
    verdict = blocks.verdict_of(row) if row.base == "full" and row.change is not None else None
    return Box(_("The stage"), name, level, verdict, labels.figure_base(row, report), href)


def _health_box(shown: Shown, subject: str) -> Box:
    total = total_impact(shown.report, subject, "before")
    sure = ""
    if total is not None and total.points is not None:
        sure = f"{labels.points_interval(total.low, total.high)} · {labels.base(total.n)}"
    verdict = blocks.impact_verdict(total)
    return Box(_("Health"), _("of the customer relationship"), "", verdict, sure, "#impatto", bool(verdict.amount))


def _own_impacts(report: Report, subject: str, reference: str) -> list[EffectRow]:
    """Single results on single outcomes, the largest first; those without a number last."""
    rows = [row for row in report.effects_of("impact", department=subject, reference=reference) if row.indicator]
    return sorted(rows, key=lambda row: (row.points is None, -abs(row.points or Decimal(0))))


def impacts(shown: Shown, subject: str) -> Chart | None:
    """Change against the previous quarter: every result of the department on health, in points."""
    report = shown.report
    rows = _own_impacts(report, subject, "before")
    if not rows:
        return None
    known = [row for row in rows if row.points is not None]
    previous = labels.quarter(report.previous) if report.previous else ""
    subtitle = _("Points of health linked to the change of each result since %(quarter)s; bar = 95%% interval")
    slide = _("Points of health linked to the change of each result since %(quarter)s; thin line = 95%% interval")
    empty = "" if known else labels.note(rows[0].note) or labels.impact_word("too_little")
    return Chart(
        f"impatto.{subject}",
        _heading(report, known, _("“%(name)s” weighs %(points)s points since then")),
        subtitle % {"quarter": previous or "–"},
        _table(shown, f"impatto.{subject}", rows),
        blocks.voices(report),
        "impatto",
        _figure(report, rows) if known else None,
        empty,
        _("Association, not proof of cause"),
        lineage=blocks.effect_link(shown, total_impact(report, subject, "before") or rows[0]),
        evidence=_graded(report, rows),
        slide=slide % {"quarter": previous or "–"},
    )


def _graded(report: Report, rows: Sequence[EffectRow]) -> str:
    return blocks.graded(report, (slug for row in rows for slug in (row.indicator, row.outcome)))


def distance(shown: Shown, subject: str) -> Chart | None:
    """What today's level costs or gives, against the target or the best quarter of the units."""
    rows = [row for reference in ("target", "best") for row in _own_impacts(shown.report, subject, reference)]
    if not rows:
        return None
    known = [row for row in rows if row.points is not None]
    return Chart(
        f"distanza.{subject}",
        _heading(shown.report, known, _("“%(name)s”: the distance weighs %(points)s points")),
        _("Points of health that go with today's level instead of the target (or the best quarter of units)")
        + f" · {labels.quarter(shown.quarter)}",
        _table(shown, f"distanza.{subject}", rows),
        blocks.voices(shown.report),
        "impatto",
        _figure(shown.report, rows) if known else None,
        "" if known else labels.note(rows[0].note) or labels.impact_word("too_little"),
        _("Association, not proof of cause"),
        lineage=blocks.effect_link(shown, total_impact(shown.report, subject, "target") or rows[0]),
        evidence=_graded(shown.report, rows),
    )


def _heading(report: Report, rows: Sequence[EffectRow], sentence: str) -> str:
    """What the largest demonstrated impact weighs; that none is demonstrated, or that it cannot be told."""
    if not rows:
        return _("What these results weigh cannot be told yet")
    proven = [row for row in rows if row.verdict in blocks.PROVEN]
    if not proven:
        return _("Of no result is the impact demonstrated")
    points = labels.points(proven[0].points, blocks.fine(rows))
    heading = sentence % {"name": wording.driver(report.indicator(proven[0].indicator)), "points": points}
    return labels.agreed(heading)


def _figure(report: Report, rows: Sequence[EffectRow]) -> dict[str, object]:
    ends = [float(v) for row in rows for v in (row.points, row.low, row.high) if v is not None]
    return dots(
        [_dot(report, rows, row, blocks.fine(rows)) for row in rows],
        blocks.ticks(places([0.0, *ends], 0.08, 0.08, 5), signed=True),
    )


def _result_name(report: Report, rows: Sequence[EffectRow], row: EffectRow) -> str:
    """The result's name, with what it acts on where that is more than one outcome."""
    name = wording.driver(report.indicator(row.indicator))
    several = len({other.outcome for other in rows if other.indicator == row.indicator}) > 1
    return f"{name} → {labels.stage_name(report, row.outcome_stage)}" if several else name


def _dot(report: Report, rows: Sequence[EffectRow], row: EffectRow, decimals: int) -> Dot:
    name = _result_name(report, rows, row)
    if row.points is None:
        return Dot(name, None, None, None, labels.note(row.note) or labels.impact_word("too_little"), "too_little")
    value, low, high = (blocks.points_cell(number, "", decimals).value for number in (row.points, row.low, row.high))
    ends = (None if low is None else float(low), None if high is None else float(high))
    text = labels.points(row.points, decimals) if row.verdict in blocks.PROVEN else labels.verdict("unproven")
    return Dot(name, float(value or 0), *ends, text, row.verdict)


def _table(shown: Shown, slug: str, rows: Sequence[EffectRow]) -> Table:
    heads = blocks.columns(
        _("Where"), _("How"), "<#" + _("How much"), ">#" + _("points"), ">#" + _("from"), ">#" + _("to"),
        _("Our figure"), "<#" + _("then and now"), ">#" + _("then"), ">#" + _("now"), ">" + _("unit"), "#n",
        ">" + _("Note"),
    )  # fmt: skip
    before = any(row.reference == "before" for row in rows)
    caption = (
        _("Points of health, change since the previous quarter")
        if before
        else _("Points of health, distance from the target")
    )
    return Table(slug, caption, heads, tuple(_row(shown, row, blocks.fine(rows)) for row in rows))


def _row(shown: Shown, row: EffectRow, decimals: int) -> tuple[Cell, ...]:
    report, indicator = shown.report, shown.report.indicator(row.indicator)
    name, indicator = wording.driver(indicator), indicator.as_driver
    verdict, why = blocks.impact_verdict(row), labels.note(row.note) if row.points is None else ""
    then, now = (_detail(row, name) for name in ("against", "now"))
    pair = f"{labels.measure(then, indicator)} → {labels.measure(now, indicator)}" if now is not None else "–"
    where = Cell(
        labels.stage_name(report, row.stage),
        href=blocks.stage_link(shown, row.stage),
        note=_("on: %(outcome)s") % {"outcome": report.indicator(row.outcome).name},
    )
    amount = blocks.amount(row, decimals, blocks.effect_link(shown, row))
    return (
        where,
        Cell(labels.impact_word(verdict.code), verdict=verdict.code),
        replace(
            amount, note=" · ".join(filter(None, (amount.note, contested.badge(shown.objections, report, row.key))))
        ),
        *(blocks.points_cell(value, "", decimals) for value in (row.points, row.low, row.high)),
        Cell(name, href=blocks.lineage_link(shown, report.indicator_figure(indicator.slug))),
        Cell(pair),
        blocks.measure_cell(then, indicator),
        blocks.measure_cell(now, indicator),
        Cell(labels.unit(indicator)),
        blocks.count_cell(row.n),
        Cell(why),
    )


def _detail(row: EffectRow, name: str) -> Decimal | None:
    value = row.detail.get(name)
    return None if value is None else Decimal(value)


@dataclass(frozen=True)
class Unknown:
    """A result of the department whose way to the customer is unknown, and what is missing to know."""

    name: str
    value: str
    why: str


def unknown(shown: Shown, subject: str) -> list[Unknown] | None:
    """What is measured and not linked, or declared and not measured; None where nothing is unknown."""
    report = shown.report
    linked = {row.indicator for row in report.effects_of("impact", department=subject)}
    own = [row for row in report.indicators if row.department == subject and row.role != "outcome"]
    found = [_unlinked(report, row) for row in own if row.slug not in linked]
    if not own:
        name = labels.names(labels.stage_name(report, slug) for slug in report.department(subject).stages)
        why = _("No result of this department is measured yet: one file with the case of each customer is enough.")
        found = [Unknown(name or report.department(subject).name, "", why)]
    return found or None


def _unlinked(report: Report, indicator: IndicatorDef) -> Unknown:
    value = blocks.own_value(report.indicator_figure(indicator.slug), indicator, report).text
    votes = [row for row in report.indicators if row.in_health and row.stage in indicator.influences]
    if not indicator.influences:
        why = _("Nobody has declared yet on which vote it acts.")
    elif votes and not any(row.explainable for row in votes):
        why = _("It acts on “%(name)s” (%(kind)s) alone: a regression explains the mean of answers.") % {
            "name": votes[0].name,
            "kind": labels.kind(votes[0]),
        }
    else:
        why = _("Its cases could not be joined to the customers' answers.")
    return Unknown(indicator.name, value, why)


def others(shown: Shown, subject: str) -> list[tuple[str, str, bool]]:
    """Name, address and whether it is this one, of every department in the company's order."""
    rows = shown.report.departments
    return [(row.name, blocks.department_link(shown, row.slug), row.slug == subject) for row in rows]
