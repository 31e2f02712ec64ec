"""The method page's worked examples: one stage of this quarter, from its counts to points, test, drivers and impact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.panels import blocks
from metrics.report import EffectRow, FigureRow, IndicatorDef, Report
from metrics.shown import Shown
from metrics.tables import Cell, Table

HUNDRED = Decimal(100)
RATE = Decimal("0.05")


@dataclass(frozen=True)
class Example:
    """Steps of a calculation in order, a table where they are many alike, and the address of its figure's lineage."""

    lines: tuple[str, ...]
    table: Table | None = None
    lineage: str = ""


def worked(shown: Shown) -> dict[str, Example]:
    """Examples by the section they belong to; a section without its numbers this quarter has none."""
    report, component = shown.report, _component(shown.report)
    if component is None:
        return {}
    voices = [row for row in report.stage_indicators(component) if row.in_health and _seen(report, row)]
    found = {
        "health": Example(tuple(_health(report, component, voices))),
        "interval": Example(tuple(_interval(report, component, voices[0]))),
        "test": _test(report, component, voices[0]),
        "contribution": Example(tuple(_contribution(report, component))),
        "drivers": _drivers(report, component),
        "impact": Example(tuple(_impact(report, component))),
    }
    sources = _sources(shown, component, voices[0])
    return {name: replace(example, lineage=sources[name]) for name, example in found.items() if example.lines}


def _sources(shown: Shown, component: str, voice: IndicatorDef) -> dict[str, str]:
    """Where each example's figure comes from."""
    report = shown.report
    of_voice = blocks.lineage_link(shown, report.indicator_figure(voice.slug))
    effects = {
        "contribution": _contributed(report, component),
        "drivers": [row for row in report.effects_of("driver", outcome_stage=component) if row.share is not None],
        "impact": _moved(report, component),
    }
    links = {name: blocks.effect_link(shown, rows[0]) if rows else "" for name, rows in effects.items()}
    health = blocks.lineage_link(shown, report.stage_health(component))
    return {"health": health, "interval": of_voice, "test": of_voice, **links}


def _component(report: Report) -> str | None:
    """The part of health that shows most: one with a step and drivers if there is any, the largest step first."""
    steps = {step.component: abs(step.points or Decimal(0)) for step in report.bridge if step.kind == "stage"}
    explained = {row.outcome_stage for row in report.effects_of("driver") if row.points is not None}
    spoken = dict.fromkeys(row.stage for row in report.indicators if row.in_health and _seen(report, row))
    shown = [name for name in spoken if report.stage_health(name).value is not None]
    return max(shown, key=lambda name: (name in explained, steps.get(name, Decimal(-1))), default=None)


def _seen(report: Report, row: IndicatorDef) -> bool:
    figure = report.indicator_figure(row.slug)
    return figure.base != "hidden" and figure.score is not None


def number(value: Decimal | float, decimals: int = 2) -> str:
    """A number in the reader's language."""
    return formats.number(Decimal(value), decimals, labels.locale())


def _chance(p: Decimal, equal: str = "") -> str:
    """A p-value with four decimals; after ``equal`` where it is not too small to be told."""
    least = Decimal("0.0001")
    return f"< {number(least, 4)}" if p < least else f"{equal}{number(p, 4)}"


def _health(report: Report, component: str, voices: Sequence[IndicatorDef]) -> Iterator[str]:
    """Each outcome's score from its counts, then their weighted sum."""
    for row in voices:
        yield score(row, report.indicator_figure(row.slug))
    whole = report.stage_health(component)
    weights = whole.detail.get("weights", {})
    terms = [
        f"{number(Decimal(weights[voice.slug]))} · {labels.level(report.indicator_figure(voice.slug).score)}"
        for voice in voices
        if voice.slug in weights
    ]
    words = {
        "name": labels.stage_name(report, component),
        "sum": " + ".join(terms),
        "health": labels.level(whole.value),
    }
    if terms:
        yield _("Health of %(name)s = %(sum)s = %(health)s") % words


def score(row: IndicatorDef, figure: FigureRow) -> str:
    """An outcome's score from its value and scale."""
    value = figure.value or Decimal(0)
    words = {
        "name": row.name,
        "n": number(figure.n, 0),
        "value": labels.measure(value, row),
        "score": labels.level(figure.score),
    }
    if row.kind in labels.SHARES:
        words["count"] = number(value * figure.n, 0)
        text = (
            _("%(name)s: %(count)s of %(n)s answers = %(value)s, score %(score)s")
            if row.higher_is_better
            else _("%(name)s: %(count)s of %(n)s answers = %(value)s; lower is better, so score 100 − it = %(score)s")
        )
        return text % words
    if row.kind == "nps":
        return _("%(name)s: NPS %(value)s of %(n)s answers, score (%(value)s + 100) / 2 = %(score)s") % words
    words |= {"worst": _end(row.worst), "best": _end(row.best)}
    text = _(
        "%(name)s: %(value)s of %(n)s answers, score 100 · (%(value)s − %(worst)s) / (%(best)s − %(worst)s) = %(score)s"
    )
    return text % words


def _end(value: Decimal | None) -> str:
    """A limit of a scale, without decimals it does not need."""
    whole = value is None or value == value.to_integral_value()
    return number(value or Decimal(0), 0 if whole else 2)


def _interval(report: Report, component: str, voice: IndicatorDef) -> Iterator[str]:
    """The closed form of the outcome's own interval, then the jackknife of the stage."""
    from metrics.stats.distributions import normal_quantile, t_quantile  # scipy, which no other page needs

    figure, row = report.indicator_figure(voice.slug), report.stage_health(component)
    worth = Decimal(figure.detail.get("worth", figure.n))  # of weighted answers, a fraction
    words = {
        "name": voice.name,
        "n": number(worth, int(worth % 1 > 0)),
        "value": labels.measure(figure.value, voice),
        "interval": labels.between(labels.measure(figure.low, voice), labels.measure(figure.high, voice)),
        "z": number(normal_quantile(), 2),
    }
    if voice.kind in labels.SHARES:
        text = _(
            "%(name)s, Wilson: (p + z²/2n ± z·√(p·(1 − p)/n + z²/4n²)) / (1 + z²/n) with p = %(value)s, n = %(n)s, "
            "z = %(z)s: %(interval)s"
        )
        yield text % words
    elif voice.kind == "mean" and "sd" in figure.detail:
        words |= {"sd": number(Decimal(figure.detail["sd"])), "t": number(t_quantile(float(worth - 1)))}
        yield _("%(name)s, Student: %(value)s ± %(t)s · %(sd)s / √%(n)s: %(interval)s") % words
    elif voice.kind == "nps":
        text = _(
            "%(name)s, adjusted Wald: %(n)s + 3 answers, ¾ more promoters and ¾ more detractors, ± %(z)s · √variance: "
            "%(interval)s"
        )
        yield text % words
    yield from _without_each(row, labels.stage_name(report, component))


def _without_each(row: FigureRow, name: str) -> Iterator[str]:
    """The jackknife of a stage; nothing where it has no interval."""
    from metrics.stats.distributions import t_quantile  # scipy, which no other page needs

    if row.value is None or row.low is None or row.high is None:
        return
    t = Decimal(t_quantile(row.groups - 1))
    yield _(
        "Health of %(name)s: recomputed %(groups)s times, each time without one group, it moves with a standard error "
        "of %(se)s; %(health)s ± %(t)s · %(se)s: %(interval)s"
    ) % {
        "name": name,
        "groups": number(row.groups, 0),
        "se": number(max(row.high - row.value, row.value - row.low) / t),
        "health": labels.level(row.value),
        "t": number(t),
        "interval": labels.interval(row.low, row.high),
    }


def _test(report: Report, component: str, voice: IndicatorDef) -> Example:
    """The difference of one outcome, then every p of its stage in the order of Benjamini and Hochberg."""
    figure = report.indicator_figure(voice.slug)
    if figure.change is None or figure.p_value is None:
        return Example(())
    words = {
        "name": voice.name,
        "before": labels.measure(figure.before, voice),
        "now": labels.measure(figure.value, voice),
        "p": _chance(figure.p_value, "= "),
        "since": labels.quarter(report.previous),
    }
    told = _("%(name)s: from %(before)s (%(since)s) to %(now)s, p %(p)s: how often chance alone shows as much")
    rows = [(row, report.indicator_figure(row.slug)) for row in report.stage_indicators(component)]
    tested = [(row, one) for row, one in rows if one.p_value is not None]
    tested.sort(key=lambda pair: Decimal(0) if pair[1].p_value is None else pair[1].p_value)
    rule = _(
        "The %(n)s differences tested in %(stage)s, the smallest p first: they are demonstrated up to the last that "
        "lies under its threshold 5%% · place / %(n)s; a verdict must hold likewise among all measures of the quarter"
    )
    second = rule % {"n": len(tested), "stage": labels.stage_name(report, component)}
    return Example((told % words, second), _thresholds(tested))


def _thresholds(tested: Sequence[tuple[IndicatorDef, FigureRow]]) -> Table:
    heads = blocks.columns(_("Measure"), "#p", "#" + _("place"), "#" + _("threshold"), _("Verdict"))
    rows = []
    for place, (row, figure) in enumerate(tested, start=1):
        p, threshold = figure.p_value or Decimal(0), RATE * place / len(tested)
        rows.append(
            (
                Cell(row.name),
                Cell(_chance(p), formats.rounded(p, 4), 4),
                Cell(str(place), Decimal(place), 0),
                Cell(number(threshold, 4), formats.rounded(threshold, 4), 4),
                Cell(labels.verdict(figure.verdict), verdict=figure.verdict),
            )
        )
    return Table("soglie", _("False alarms kept under 5% (Benjamini–Hochberg)"), heads, tuple(rows))


def _contributed(report: Report, component: str) -> list[EffectRow]:
    """One contribution of an event and one of a touchpoint: the component's own, demonstrated and largest of each."""
    found = sorted(
        (row for row in report.effects_of("contribution", unit="") if row.points is not None),
        key=lambda row: (row.outcome_stage != component, row.verdict not in blocks.PROVEN, -_size(row)),
    )
    return [row for _, row in sorted({bool(row.touchpoint): row for row in reversed(found)}.items())]


def _contribution(report: Report, component: str) -> Iterator[str]:
    for row in _contributed(report, component):
        without = int(row.detail.get("without", 0))
        apart = (row.points or Decimal(0)) * without / row.n
        text = (
            _(
                "%(what)s: %(n)s cases came through it, whose score of “%(outcome)s” differs from that of all by "
                "%(apart)s; %(n)s / %(without)s · (%(apart)s) = %(points)s points, %(interval)s"
            )
            if row.touchpoint
            else _(
                "%(what)s: it happened in %(n)s cases, whose score of “%(outcome)s” differs from that of all by "
                "%(apart)s; %(n)s / %(without)s · (%(apart)s) = %(points)s points, %(interval)s"
            )
        )
        yield text % {
            "what": labels.touchpoint(report, row) or report.indicator(row.indicator).name,
            "outcome": report.indicator(row.outcome).name,
            "n": number(row.n, 0),
            "without": number(without, 0),
            "apart": labels.points(apart),
            "points": labels.points(row.points),
            "interval": labels.points_interval(row.low, row.high),
        }


def _size(row: EffectRow) -> Decimal:
    return abs(row.points or Decimal(0))


def _drivers(report: Report, component: str) -> Example:
    """All drivers of an outcome with what makes their table, and the sum of their shares."""
    rows = [row for row in report.effects_of("driver", outcome_stage=component) if row.share is not None]
    if not rows:
        return Example(())
    rows = sorted((row for row in rows if row.outcome == rows[0].outcome), key=lambda row: -(row.share or 0))
    total = sum((row.share or Decimal(0) for row in rows), Decimal(0))
    line = _("“%(outcome)s”, %(base)s: %(sum)s = %(total)s of the variance explained (R²)") % {
        "outcome": report.indicator(rows[0].outcome).name,
        "base": labels.base(rows[0].n),
        "sum": " + ".join(_share(row) for row in rows),
        "total": formats.percent(total, 1, labels.locale()),
    }
    heads = blocks.columns(
        _("Result"), "#" + _("points per unit"), "#" + _("share of variance, %"), "#" + _("simple correlation"),
        "#VIF", _("Note"),
    )  # fmt: skip
    caption = _("Drivers of “%(outcome)s”") % {"outcome": report.indicator(rows[0].outcome).name}
    return Example((line,), Table("esempio-fattori", caption, heads, tuple(_driver(report, row) for row in rows)))


def _share(row: EffectRow) -> str:
    return formats.number((row.share or Decimal(0)) * HUNDRED, 2, labels.locale())


def _driver(report: Report, row: EffectRow) -> tuple[Cell, ...]:
    def plain(name: str) -> Cell:
        value = row.detail.get(name)
        return Cell("–") if value is None else Cell(number(Decimal(value)), formats.rounded(Decimal(value), 2), 2)

    note = labels.note(row.note)
    if not note and "dominance" in row.detail:
        over = wording.driver(report.indicator(row.detail["over"]))
        note = labels.dominance(row.detail["dominance"]) % {"name": over}
    share = formats.rounded((row.share or Decimal(0)) * HUNDRED, 2)
    return (
        Cell(wording.driver(report.indicator(row.indicator))),
        blocks.points_cell(row.points, "", labels.slope_decimals(report.indicator(row.indicator))),
        Cell(_share(row), share, 2),
        plain("r"),
        plain("vif"),
        Cell(note),
    )


def _moved(report: Report, component: str) -> list[EffectRow]:
    """What results moved on the component since the quarter before."""
    return [
        row
        for row in report.effects_of("impact", reference="before", outcome_stage=component)
        if row.indicator and row.points is not None and row.stage_points is not None
    ]


def _impact(report: Report, component: str) -> Iterator[str]:
    """Each impact on the component from slope, levels and weight, and how they close on its step."""
    rows = _moved(report, component)
    slopes = {(row.indicator, row.outcome): row.points for row in report.effects_of("driver")}
    for row in rows:
        indicator, slope = report.indicator(row.indicator), slopes.get((row.indicator, row.outcome))
        weight = abs(row.points / row.stage_points) if row.points and row.stage_points else Decimal(0)
        levels = [Decimal(row.detail[name]) for name in ("now", "against") if row.detail.get(name) is not None]
        if slope is not None and len(levels) == 2:
            yield _(
                "%(name)s: %(slope)s points per unit · (%(now)s − %(before)s) · weight %(weight)s = %(points)s points"
            ) % {
                "name": wording.driver(indicator),
                "slope": labels.points(slope, labels.slope_decimals(indicator)),
                "now": labels.measure(levels[0], indicator.as_driver),
                "before": labels.measure(levels[1], indicator.as_driver),
                "weight": number(weight),
                "points": labels.points(row.points, 2),
            }
            yield from filter(None, (wording.unit_more(indicator),))
    yield from _apart(report, component)
    yield from _closing(report, component)


def _apart(report: Report, component: str) -> Iterator[str]:
    """The results whose slope alone is unstable: no line of their own, yet part of the sum."""
    rows = report.effects_of("impact", reference="before", outcome_stage=component)
    names = dict.fromkeys(report.indicator(row.indicator).name for row in rows if row.note == "unstable")
    if names:
        text = _("%(names)s: alone unstable, without a number of their own; the sum of their department holds them")
        yield text % {"names": labels.names(names)}


def _closing(report: Report, component: str) -> Iterator[str]:
    parts = [step for step in report.bridge if step.component == component]
    rest = [step.points for step in parts if step.kind == "unexplained" and step.points is not None]
    whole = [step.points for step in parts if step.kind == "stage" and step.points is not None]
    linked = sum((step.points or Decimal(0) for step in parts if step.kind == "impact"), Decimal(0))
    if rest and whole:
        words = {
            "linked": labels.points(linked, 2),
            "rest": labels.points(rest[0], 2),
            "step": labels.points(whole[0], 2),
            "name": labels.stage_name(report, component),
        }
        yield _("%(linked)s linked to results, %(rest)s not explained: together %(step)s, the step of %(name)s") % words
