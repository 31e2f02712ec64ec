"""PURE: what a quarter's report says, as codes and arguments; ``metrics.wording`` has the words of each language.

Rules (ux 2.0): a verb of change only for a demonstrated change, at most two names and two numbers a sentence, never a
cause: results weigh, accompany, are linked. Arguments are slugs and decimals as text, so the document stays canonical.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from metrics.report import EffectRow, FigureRow, IndicatorDef, Message, Report, StepRow
from metrics.stats.rounding import largest_remainder, rounded
from metrics.weighing import alone, weighed

PROVEN = ("better", "worse")
NAMES = 2
ZERO = Decimal(0)


def write(report: Report) -> tuple[Message, ...]:
    """The sentences of every place: front, front_second, front_third, strip, trend, bridge, journey, stage:<slug>,
    drivers:<outcome's stage>, department:<slug>."""
    return (
        front(report),
        *_numbered(("front_second", "front_third"), _support(report)),
        strip(report, "strip"),
        trend(report),
        bridge(report),
        strip(report, "journey"),
        *(stage(report, definition.slug) for definition in report.stages),
        *_drivers(report),
        *(department(report, definition.slug) for definition in report.departments),
    )


def front(report: Report) -> Message:
    """The headline: how health moved and, where demonstrated, in which stages."""
    health = report.health
    if health.base == "hidden" and health.n < report.company.hidden_under:
        return _message("front", "front.hidden", least=report.company.hidden_under)
    if health.base == "hidden" or health.value is None:
        return _message("front", "front.too_little", n=health.n, needed=report.company.reduced_under)
    if health.base == "reduced" and health.n >= report.company.reduced_under:
        return _message("front", "front.reduced_stages", needed=report.company.reduced_under)
    if health.base == "reduced":
        return _message("front", "front.reduced", n=health.n, needed=report.company.reduced_under)
    ends = {"low": health.low, "high": health.high}
    if health.verdict == "too_little" and report.previous and _heard_before(health):
        return _message("front", "front.too_little_before", needed=report.company.reduced_under)
    if health.verdict == "too_little":
        return _message("front", "front.first", **ends)
    if health.verdict not in PROVEN:
        return _message("front", "front.unproven", **ends)
    names = [step.stage or step.component for step in moving_steps(report, health.verdict)[:NAMES]]
    return _message("front", f"front.{health.verdict}", points=_size(health.change), stages=names)


def _heard_before(row: FigureRow) -> bool:
    """Whether customers answered in the previous quarter, were they even too few to be shown."""
    return bool(row.before_n or row.detail.get("few_before"))


def steps_shown(report: Report) -> list[StepRow]:
    """The bridge's steps a reader sees, without start and end: one a component; inside the only one, its parts.

    Their points are at one decimal and add up to the difference of the two healths as shown, in titles and charts.
    """
    components = [step for step in report.bridge if step.kind == "stage"]
    parts = [step for step in report.bridge if step.kind in ("impact", "unexplained")]
    weights = [step for step in report.bridge if step.kind == "weights"]
    rows = [*(parts if len(components) == 1 and parts else components), *weights]
    ends = {step.kind: rounded(step.points or ZERO, 1) for step in report.bridge if step.kind in ("start", "end")}
    if not rows or len(ends) < 2:
        return []
    points = largest_remainder([row.points or ZERO for row in rows], 1, ends["end"] - ends["start"])
    return [replace(row, points=value) for row, value in zip(rows, points, strict=True)]


def moving_steps(report: Report, verdict: str) -> list[StepRow]:
    """Demonstrated steps in the direction of the verdict, the largest first; the unexplained rest is never named."""
    named = [
        step for step in steps_shown(report) if step.kind in ("stage", "impact") and (step.stage or step.component)
    ]
    seen = (step for step in named if step.verdict == verdict and step.points)
    return sorted(seen, key=lambda step: -abs(step.points or ZERO))


def strip(report: Report, place: str) -> Message:
    """Which stages moved; how many cannot be told."""
    rows = [report.stage_health(definition.slug) for definition in report.stages]
    heard = [row for row in rows if row.note != "no_voice"]
    worse, better = ([row.stage for row in heard if row.verdict == verdict] for verdict in ("worse", "better"))
    total = len(rows)
    if not heard:
        return _message(place, "strip.silent", total=total)
    if worse and better:
        return _message(place, "strip.both", worse=worse, better=better, total=total)
    if worse or better:
        moved, code = (worse, "strip.worse") if worse else (better, "strip.better")
        return _message(place, code, stages=moved, rest=len(heard) - len(moved), total=total)
    if all(row.base != "full" for row in heard):
        return _message(place, "strip.too_little", total=total)
    known = [row for row in heard if row.verdict == "unproven"]
    return _message(place, "strip.unproven" if known else "strip.first", total=len(heard))


def trend(report: Report) -> Message:
    """Health against the same quarter a year before."""
    health = report.health
    if health.base != "full":
        return _message("trend", "trend.too_little", needed=report.company.reduced_under)
    if health.year_verdict in PROVEN:
        return _message("trend", f"trend.{health.year_verdict}", points=_size(health.year_change))
    return _message("trend", "trend.unproven" if health.year_change is not None else "trend.no_year")


def bridge(report: Report) -> Message:
    """The demonstrated steps from the previous quarter to this one."""
    if not report.bridge:
        return _message("bridge", "bridge.none")
    verdict = report.health.verdict
    moving = moving_steps(report, verdict) if verdict in PROVEN else []
    code = f"bridge.{verdict}"
    if not moving:
        either = [*moving_steps(report, "worse"), *moving_steps(report, "better")]
        moving, code = sorted(either, key=lambda step: -abs(step.points or ZERO)), "bridge.steps"
    if not moving:
        return _message("bridge", "bridge.unproven")
    if moving[0].kind == "impact" and code != "bridge.steps":
        code = "bridge.linked"
    steps = [[step.stage or step.component, _text(step.points)] for step in moving[:NAMES]]
    return _message("bridge", code, steps=steps)


def stage(report: Report, slug: str) -> Message:
    """What became of a stage; where no customer speaks, what its results weigh on health."""
    place, row = f"stage:{slug}", report.stage_health(slug)
    if row.note == "no_voice":
        return _silent_stage(report, place, slug)
    if row.n < report.company.hidden_under:
        return _message(place, "stage.hidden", stage=slug, least=report.company.hidden_under)
    if row.base != "full" or row.value is None:
        return _message(place, "stage.too_little", stage=slug, n=row.n, needed=report.company.reduced_under)
    ends = {"low": row.low, "high": row.high}
    if row.verdict == "too_little":
        code = "stage.too_little_before" if _heard_before(row) else "stage.first"
        return _message(place, code, stage=slug, **ends)
    if row.verdict not in PROVEN:
        return _message(place, "stage.unproven", stage=slug, **ends)
    along = [indicator.slug for indicator in _moved(report, slug, row.verdict)]
    return _message(place, f"stage.{row.verdict}", stage=slug, points=_size(row.change), along=along[:1])


def _silent_stage(report: Report, place: str, slug: str) -> Message:
    parts = [step for step in steps_shown(report) if step.kind == "impact" and step.stage == slug]
    if len(parts) == 1 and parts[0].verdict in PROVEN and parts[0].points:
        return _message(place, "stage.silent_weighs", stage=slug, points=_text(parts[0].points))
    return _message(place, "stage.silent_unproven" if parts else "stage.silent", stage=slug)


def department(report: Report, slug: str) -> Message:
    """What the department's results did to health: demonstrated, not demonstrated, or unknown and why."""
    place = f"department:{slug}"
    total = total_impact(report, slug, "before")
    if total is None or total.note in ("unknown", "few") or total.n == 0:
        return _message(place, "department.unknown", department=slug)
    if total.points is not None and total.verdict in PROVEN:
        stages = [row.stage for row in stage_impacts(report, slug, "before") if row.verdict == total.verdict]
        where = {"stages": stages[:1], "only": len(stage_impacts(report, slug, "before")) == 1}
        return _message(place, f"department.{total.verdict}", department=slug, points=_size(total.points), **where)
    if total.note == "refused":
        needed = max(50, 10 * len(_own_drivers(report, slug)))
        return _message(place, "department.refused", department=slug, n=total.n, needed=needed)
    distance = total_impact(report, slug, "target") or total_impact(report, slug, "best")
    proven = distance is not None and distance.points is not None and distance.verdict in PROVEN
    if distance is not None and proven:
        given = {"department": slug, "points": _text(distance.points), "reference": distance.reference}
        return _message(place, "department.distance", first=total.note == "no_previous", n=total.n, **given)
    if total.note == "no_previous":
        return _message(place, "department.first", department=slug)
    return _message(place, "department.unproven", department=slug, n=total.n)


def total_impact(report: Report, department: str, reference: str) -> EffectRow | None:
    """The department's sum on company health against a reference, if it has one."""
    rows = report.effects_of("impact", department=department, reference=reference, stage="", indicator="", outcome="")
    return rows[0] if rows else None


def stage_impacts(report: Report, department: str, reference: str) -> list[EffectRow]:
    """The department's sums by landing stage, the largest first."""
    rows = report.effects_of("impact", department=department, reference=reference, indicator="", outcome="")
    return sorted((row for row in rows if row.stage), key=lambda row: -abs(row.points or ZERO))


def _own_drivers(report: Report, department: str) -> set[str]:
    """All drivers of the outcomes the department's results are tested on: what the minimum base is counted from."""
    outcomes = {row.outcome for row in report.effects_of("driver", department=department)}
    return {row.indicator for row in report.effects_of("driver") if row.outcome in outcomes}


def _moved(report: Report, stage_slug: str, verdict: str) -> Iterator[IndicatorDef]:
    """Results of the stage that moved, demonstrably, the same way."""
    for indicator in report.stage_indicators(stage_slug, "result", "time"):
        if report.indicator_figure(indicator.slug).verdict == verdict:
            yield indicator


def _drivers(report: Report) -> Iterator[Message]:
    outcomes = dict.fromkeys((row.outcome, row.outcome_stage) for row in report.effects_of("driver"))
    for outcome, landing in outcomes:
        rows = report.effects_of("driver", outcome=outcome)
        yield _drivers_of(f"drivers:{landing}", rows)


def _drivers_of(place: str, rows: Sequence[EffectRow]) -> Message:
    if all(row.note == "refused" for row in rows):
        return _message(place, "drivers.refused", n=rows[0].n, needed=max(50, 10 * len(rows)))
    ranked = sorted((row for row in rows if row.share is not None), key=lambda row: -(row.share or 0))
    proven = [row for row in ranked if row.verdict in PROVEN]
    proven += [row for row in rows if row.share is None and row.verdict in PROVEN]
    if not proven:
        return _message(place, "drivers.none")
    first = [row.indicator for row in proven if row.detail.get("first")]
    if first:
        return _message(place, "drivers.first", indicators=first)
    return _message(
        place, "drivers.some", indicators=[row.indicator for row in proven[:NAMES]], more=len(proven) - NAMES
    )


def factors(report: Report) -> Message:
    """On which results it pays to act first: the heaviest on health, over all outcomes."""
    rows = report.effects_of("driver")
    if not rows:
        return _message("factors", "factors.none")
    if all(row.note == "refused" for row in rows):
        return _drivers_of("factors", rows)
    items = weighed(report)
    proven = [item.row.indicator for item in items if item.proven]
    if not proven:
        return _message("factors", "drivers.none")
    if alone(items):
        return _message("factors", "drivers.first", indicators=proven[:1])
    return _message("factors", "drivers.some", indicators=list(dict.fromkeys(proven))[:NAMES], more=len(proven) - NAMES)


def _support(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    """Up to two more sentences under the headline, the most telling first."""
    health = report.health
    if health.base != "full":
        return
    if health.verdict in PROVEN:
        other = moving_steps(report, "better" if health.verdict == "worse" else "worse")
        if other:
            step = other[0]
            yield "second.opposite", {"stage": step.stage or step.component, "points": _text(step.points)}
        rest = [step for step in steps_shown(report) if step.kind == "unexplained" and step.verdict in PROVEN]
        if rest:
            yield "second.unexplained", {"points": _text(rest[0].points)}
    rows = [report.stage_health(definition.slug) for definition in report.stages]
    untold = [row.stage for row in rows if row.verdict == "unproven"]
    if untold and len(untold) < len(rows):
        yield "second.untold", {"stages": untold}
    silent = [row.stage for row in rows if row.note == "no_voice"]
    if silent:
        yield "second.silent", {"stages": silent, "total": len(rows)}
    unknown = [row.department for row in report.effects_of("impact", note="unknown")]
    if unknown:
        yield "second.unknown", {"departments": unknown}


def _numbered(places: Sequence[str], found: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Message]:
    for place, (code, args) in zip(places, found, strict=False):
        yield Message(place, code, args)


def _message(place: str, code: str, **args: Any) -> Message:
    return Message(
        place, code, {name: _text(value) if isinstance(value, Decimal) else value for name, value in args.items()}
    )


def _size(value: Decimal | None) -> str:
    """How large a change is, its sign being in the verb."""
    return _text(abs(value or ZERO))


def _text(value: Decimal | None) -> str:
    return format(value or ZERO, "f")
