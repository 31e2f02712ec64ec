"""The formula of a figure, an effect or a step of the bridge with its own numbers in it, line by line."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.panels.worked import number, score
from metrics.report import EffectRow, FigureRow, IndicatorDef, Report, StepRow

LEAST = Decimal("0.0005")  # under half of the last shown digit
WHOLE = Decimal("0.0001")  # how far from a whole number a product of nine decimals may be
HUNDRED, THOUSAND = Decimal(100), Decimal(1000)


def of_indicator(row: FigureRow, defined: IndicatorDef) -> Iterator[str]:
    """From counts or sums to the value, and from the value to the score."""
    words = {"n": number(row.n, 0), "value": labels.measure(row.value, defined)}
    yield _value(row, defined, words)
    if row.score is not None:
        yield score(defined, row)


def _value(row: FigureRow, defined: IndicatorDef, words: dict[str, str]) -> str:
    if "worth" in row.detail:
        words["worth"] = number(Decimal(row.detail["worth"]), 1)
        return _("%(n)s weighted answers, worth as much as %(worth)s plain ones = %(value)s") % words
    total = (row.value or Decimal(0)) * row.n
    if defined.kind in labels.SHARES:
        return "%(count)s / %(n)s = %(value)s" % (words | {"count": _sum(total)})
    if defined.kind == "nps" and "promoters" in row.detail:
        words |= {name: number(row.detail[name], 0) for name in ("promoters", "detractors")}
        return _("(%(promoters)s promoters − %(detractors)s detractors) / %(n)s · 100 = %(value)s") % words
    if defined.kind == "mean":
        return _("sum %(sum)s / %(n)s = %(value)s") % (words | {"sum": _sum(total)})
    if defined.kind == "rate":
        return _("%(count)s / %(n)s · 1,000 = %(value)s") % (words | {"count": _sum(total / THOUSAND)})
    if defined.kind == "total":
        return _("sum of %(n)s values = %(value)s") % words
    if defined.kind in ("median", "percentile"):
        share = labels.level(defined.percentile) if defined.percentile else number(50, 0)
        return _("the value that %(share)s%% of %(n)s do not exceed = %(value)s") % (words | {"share": share})
    return words["value"]


def _sum(value: Decimal) -> str:
    whole = abs(value - round(value)) <= WHOLE
    return number(value, 0 if whole else 2)


def of_health(report: Report, row: FigureRow) -> Iterator[str]:
    """The weighted sum a health is: of outcomes in a stage, of stages in the company."""
    weights = {name: Decimal(weight) for name, weight in row.detail.get("weights", {}).items()}
    places = [stage.slug for stage in report.stages] + [item.slug for item in report.indicators] + [""]
    levels = [(name, _level(report, row, name)) for name in sorted(weights, key=places.index)]
    terms = [
        f"{_part_name(report, row, name)} {number(weights[name], 3)} · {labels.level(level)}"
        for name, level in levels
        if level is not None
    ]
    if terms:
        yield " + ".join(terms) + f" = {labels.level(row.value)}"
    missing = [_part_name(report, row, name) for name in row.detail.get("missing", ())]
    if missing:
        yield _("Not counted this quarter: %(names)s") % {"names": labels.names(missing)}


def _level(report: Report, row: FigureRow, name: str) -> Decimal | None:
    """The score of an outcome, or the health of a stage, in the same unit as the row."""
    stages = row.level in ("company", "unit_whole")
    level = {"company": "stage", "unit_whole": "unit_stage", "stage": "indicator", "unit_stage": "unit"}[row.level]
    for found in report.figures:
        own = found.stage == name and not found.indicator if stages else found.indicator == name
        if found.level == level and found.unit == row.unit and own:
            return found.value if stages else found.score
    return None


def _part_name(report: Report, row: FigureRow, name: str) -> str:
    if row.level in ("company", "unit_whole"):
        return labels.stage_name(report, name)
    return report.indicator(name).name


def of_effect(report: Report, row: EffectRow) -> Iterator[str]:
    """From slope and levels to points of the stage and of health; from cases with and without to a contribution."""
    if row.kind == "joint":
        yield from _joint(report, row)
    elif row.points is None:
        yield from filter(None, (labels.withheld(row),))
    elif row.kind == "impact":
        yield from _impact(report, row)
    elif row.kind == "contribution":
        yield _contribution(row)
    elif row.kind == "driver":
        yield from _driver(report, row)


def _joint(report: Report, row: EffectRow) -> Iterator[str]:
    """The four means, each with its answers."""
    outcome = report.indicator(row.outcome)
    first, second = (report.indicator(slug).name for slug in (row.indicator, row.other))
    words = {(0, 0): _("neither"), (1, 0): first, (0, 1): second, (1, 1): f"{first} + {second}"}
    for cell in row.detail["cells"]:
        hidden = cell["mean"] is None
        mean = labels.hidden(report.company.hidden_under) if hidden else labels.measure(Decimal(cell["mean"]), outcome)
        base = "" if hidden else f" · {labels.base(int(cell['n']))}"
        yield f"{labels.headed(words[cell['first'], cell['second']])} {mean}{base}"


def _impact(report: Report, row: EffectRow) -> Iterator[str]:
    if not row.indicator:
        known = [part.points for part in parts(report, row) if part.points is not None]
        terms, rest = [labels.points(points, 3) for points in known], (row.points or Decimal(0)) - sum(known)
        if abs(rest) > LEAST:
            terms.append(
                _("%(points)s from results whose number alone is unstable") % {"points": labels.points(rest, 3)}
            )
        yield " ".join(terms) + f" = {labels.points(row.points, 3)}"
        return
    indicator = report.indicator(row.indicator).as_driver
    levels = [row.detail.get(name) for name in ("now", "against")]
    slope = next((found.points for found in drivers(report, row)), None)
    if slope is not None and None not in levels:
        yield _("%(slope)s points per unit · (%(now)s − %(against)s) = %(points)s points of the vote") % {
            "slope": labels.points(slope, labels.slope_decimals(indicator, 2)),
            "now": labels.measure(Decimal(str(levels[0])), indicator),
            "against": labels.measure(Decimal(str(levels[1])), indicator),
            "points": labels.points(row.stage_points, 2),
        }
        yield from filter(None, (wording.unit_more(indicator),))
    if row.points and row.stage_points:
        yield _("%(vote)s · weight %(weight)s = %(points)s points of health") % {
            "vote": labels.points(row.stage_points, 2),
            "weight": number(row.points / row.stage_points, 3),
            "points": labels.points(row.points, 2),
        }


def drivers(report: Report, row: EffectRow) -> list[EffectRow]:
    """The slope an impact rests on."""
    return report.effects_of("driver", indicator=row.indicator, outcome=row.outcome)


def parts(report: Report, row: EffectRow) -> list[EffectRow]:
    """The single impacts a department's sum is made of."""
    wanted = {"department": row.department, "reference": row.reference}
    rows = [found for found in report.effects_of("impact", **wanted) if found.indicator]
    return [found for found in rows if row.stage in ("", found.stage)]


def _contribution(row: EffectRow) -> str:
    without = int(row.detail.get("without", 0))
    apart = (row.points or Decimal(0)) * without / row.n
    return _("%(n)s cases / %(without)s without · (%(apart)s from the score of all) = %(points)s points") % {
        "n": number(row.n, 0),
        "without": number(without, 0),
        "apart": labels.points(apart, 2),
        "points": labels.points(row.points, 2),
    }


def _driver(report: Report, row: EffectRow) -> Iterator[str]:
    indicator = report.indicator(row.indicator)
    yield _("regression on %(n)s complete cases: %(points)s points of the vote for one unit more") % {
        "n": number(row.n, 0),
        "points": labels.points(row.points, labels.slope_decimals(indicator, 2)),
    }
    yield from filter(None, (wording.unit_more(indicator),))
    if row.share is not None:
        yield _("share of the variance explained (LMG): %(share)s") % {
            "share": formats.percent(row.share, 1, labels.locale())
        }
    if "se" in row.detail:
        yield labels.drawn(row.detail["se"])
    known = [(name, row.detail[key]) for key, name in (("r", "r"), ("vif", "VIF")) if row.detail.get(key) is not None]
    if known:
        yield " · ".join(f"{name} = {number(Decimal(value))}" for name, value in known)
    worth = [Decimal(found) for found in row.detail.get("worth", ())]
    seen = [Decimal(found) for found in row.detail.get("seen", ())]
    if len(worth) == len(seen) == 2:
        indicator = indicator.as_driver
        yield _("weight on health: slope · %(outcome)s · %(health)s · (from %(low)s to %(high)s in eight quarters)") % {
            "outcome": number(worth[0], 3),
            "health": number(worth[1], 3),
            "low": labels.measure(seen[0], indicator),
            "high": labels.measure(seen[1], indicator),
        }


def of_step(report: Report, row: StepRow, inside: Sequence[StepRow]) -> Iterator[str]:
    """A component's step is its mean weight times its change; what is inside adds up to it."""
    points = labels.points(row.points, 2)
    change = report.stage_health(row.component).change if row.kind == "stage" else None
    if change:
        yield _("mean weight %(weight)s · change of its health %(change)s = %(points)s points") % {
            "weight": number((row.points or Decimal(0)) / change, 3),
            "change": labels.points(change, 2),
            "points": points,
        }
    for kinds in (("impact", "unexplained"), ("indicator",), ("rate", "mix")):
        terms = [labels.points(step.points, 3) for step in inside if step.kind in kinds]
        if len(terms) > 1:
            yield " ".join(terms) + f" = {labels.points(row.points, 3)}"
