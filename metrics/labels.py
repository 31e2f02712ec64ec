"""The words of single figures in the reader's language: verdicts, bases, measures with their unit, intervals, notes."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import get_language, gettext, pgettext

from company import formats
from journeys.calendar import QuarterCode
from metrics.report import EffectRow, FigureRow, IndicatorDef, Report

SHARES = ("share", "top_box")


def locale() -> str:
    """The language in force, as formats and Babel want it."""
    return get_language() or "it"


def verdict(code: str) -> str:
    """The short word of a verdict."""
    words = {
        "better": gettext("improves"),
        "worse": gettext("gets worse"),
        "unproven": gettext("not demonstrated"),
        "too_little": gettext("not enough data"),
    }
    return words[code]


def impact_word(code: str) -> str:
    """What an impact does to the customer: adds, takes away, not demonstrated, unknown."""
    words = {
        "better": pgettext("impact", "adds"),
        "worse": pgettext("impact", "takes away"),
        "unproven": gettext("not demonstrated"),
        "too_little": gettext("impact unknown"),
    }
    return words[code]


def names(items: Iterable[str]) -> str:
    """``A, B e C``."""
    return formats.listing(items, locale())


def points(value: Decimal | None, decimals: int = 1) -> str:
    """Points with their sign and one decimal; one more where they would read as zero; an en dash for None."""
    return "–" if value is None else formats.signed(value, points_decimals(value, decimals), locale())


def slope_decimals(indicator: IndicatorDef, decimals: int = 1) -> int:
    """The decimals of points per unit: two more for a rate, whose unit is one more per thousand."""
    return decimals + 2 if indicator.kind == "rate" else decimals


def points_decimals(value: Decimal, decimals: int) -> int:
    """The decimals asked for, or one more where they would make a zero of something else."""
    shows = formats.rounded(value, decimals) or not formats.rounded(value, decimals + 1)
    return decimals if shows else decimals + 1


def headed(text: str) -> str:
    """``Consegna:``, before what is said of it."""
    return formats.headed(text, locale())


def apart(*clauses: str) -> str:
    """``A; B``, two things said one after the other."""
    return formats.apart(clauses, locale())


def agreed(sentence: str) -> str:
    """The sentence with its points in the singular where the reader's language wants it."""
    return formats.agreed(sentence, locale())


def level(value: Decimal | None) -> str:
    """A score or health with one decimal."""
    return "–" if value is None else formats.number(value, 1, locale())


def between(low: str, high: str) -> str:
    """``tra 65,4 e 69,0``, of two formatted numbers."""
    return gettext("between %(low)s and %(high)s") % {"low": low, "high": high}


def interval(low: Decimal | None, high: Decimal | None) -> str:
    """An interval of scores in words; nothing where there is none."""
    return "" if low is None or high is None else between(level(low), level(high))


def points_interval(low: Decimal | None, high: Decimal | None, decimals: int = 1) -> str:
    """An interval of points in words; nothing where there is none."""
    return "" if low is None or high is None else between(points(low, decimals), points(high, decimals))


def base(n: int) -> str:
    """``n = 1.797``."""
    return f"n = {formats.number(n, 0, locale())}"


def needed(n: int, least: int) -> str:
    """``n = 12, ne servono almeno 30``."""
    return gettext("n = %(n)s, at least %(least)s are needed") % {
        "n": formats.number(n, 0, locale()),
        "least": formats.number(least, 0, locale()),
    }


def hidden(least: int) -> str:
    """What stands in place of a figure too small to show."""
    return gettext("fewer than %(least)s answers") % {"least": formats.number(least, 0, locale())}


def measure(value: Decimal | None, indicator: IndicatorDef) -> str:
    """A value of an indicator with its unit, as the reader sees it: ``8,4%``, ``7,1 giorni``, ``3,96``."""
    if value is None:
        return "–"
    if indicator.kind in SHARES:
        return formats.percent(value, 1, locale())
    text = formats.number(value, decimals(indicator), locale())
    return _with_unit(text, indicator.unit)


def shown(value: Decimal | None, indicator: IndicatorDef) -> Decimal | None:
    """The number a reader sees, without its unit: shares in percent."""
    return value * 100 if value is not None and indicator.kind in SHARES else value


def decimals(indicator: IndicatorDef) -> int:
    """How many decimals a value of the indicator is shown with."""
    if indicator.kind in ("nps", "total"):
        return 0
    if indicator.kind == "mean" and indicator.unit not in ("seconds", "minutes", "hours", "days"):
        return 2
    return 1


def unit(indicator: IndicatorDef) -> str:
    """The name of the unit, for a column of its own."""
    if indicator.kind in SHARES:
        return "%"
    return _with_unit("", indicator.unit).strip()


def _with_unit(value: str, name: str) -> str:
    known = {
        "seconds": gettext("%(value)s seconds"),
        "minutes": gettext("%(value)s minutes"),
        "hours": gettext("%(value)s hours"),
        "days": gettext("%(value)s days"),
    }
    return known.get(name, f"%(value)s {name}".rstrip() if name else "%(value)s") % {"value": value}


def kind(indicator: IndicatorDef) -> str:
    """What the number is: share, mean, median …"""
    words = {
        "share": gettext("share"),
        "top_box": gettext("share of the top answers"),
        "nps": "NPS",
        "mean": gettext("mean"),
        "rate": gettext("rate per thousand"),
        "median": gettext("median"),
        "percentile": gettext("percentile"),
        "total": gettext("total"),
    }
    return words[indicator.kind]


def evidence(code: str) -> str:
    """How good the evidence is, in words."""
    words = {
        "behaviour": gettext("observed behaviour"),
        "record": gettext("record"),
        "survey": gettext("survey"),
        "opinion": gettext("opinion"),
    }
    return words[code]


def note(code: str) -> str:
    """Why there is no plain number; empty for codes that need no word."""
    words = {
        "unknown": gettext("impact unknown: nobody has linked its data to the journey yet"),
        "few": gettext("too few cases to tell"),
        "few_before": gettext("too few cases in the quarter before"),
        "refused": gettext("too few complete cases to tell"),
        "indicative": gettext("indicative: few cases"),
        "unstable": gettext("unstable: no number"),
        "constant": gettext("it never varies: nothing to compare"),
        "collinear": gettext("it moves together with another result: no number of its own"),
        "no_previous": gettext("first measure"),
        "everyone": gettext("it happened to everybody: nothing to compare"),
        "placebo": gettext("its own future would explain the vote: nothing is claimed"),
        "statistic": gettext("target not of the mean: no distance"),
        "few_units": gettext("fewer than 10 units: no test"),
    }
    return words.get(code, "")


def withheld(row: EffectRow) -> str:
    """The same of an effect: everybody may have met a touchpoint."""
    met = row.touchpoint and row.note == "everyone"
    return gettext("everybody came through it: nothing to compare") if met else note(row.note)


def dominance(level: str) -> str:
    """How strongly a result explains more than the next, ``%(name)s``."""
    words = {
        "complete": gettext("more than “%(name)s” beside any other results (complete dominance)"),
        "conditional": gettext("more than “%(name)s” on average for any number of others (conditional dominance)"),
        "general": gettext("more than “%(name)s” on the whole average only (general dominance)"),
    }
    return words[level]


def drawn(error: str) -> str:
    """That a share comes from random orders, with its standard error."""
    return gettext("share drawn from random orders, standard error %(error)s") % {
        "error": formats.percent(Decimal(error), 2, locale())
    }


def interval_method(code: str) -> str:
    """How an interval was computed; empty for a code that needs no word."""
    words = {
        "t": "Student",
        "wilson": "Wilson",
        "adjusted wald": gettext("adjusted Wald"),
        "garwood": "Garwood",
        "order statistic": gettext("order statistics"),
        "folds": gettext("groups left out in turn"),
    }
    return words.get(code, "")


def correction(code: str) -> str:
    """How the errors of units and weeks were corrected."""
    words = {
        "none": gettext("no test under 10 units"),
        "wild_cluster_bootstrap": gettext("wild bootstrap by unit"),
        "crv1": gettext("errors clustered by unit (CRV1)"),
    }
    return words[code]


def method(report: Report) -> str:
    """The version of the method that made the report."""
    return gettext("method %(n)s") % {"n": report.method}


def quarter(code: str) -> str:
    """``T3 2026`` of ``2026-3``."""
    parsed = QuarterCode.parse(code)
    return formats.quarter_short(parsed.year, parsed.number, locale())


def quarter_tick(code: str) -> str:
    """``T3 26`` of ``2026-3``."""
    parsed = QuarterCode.parse(code)
    return formats.quarter_tick(parsed.year, parsed.number, locale())


def stage_name(report: Report, slug: str) -> str:
    """The stage's name; the whole journey for the empty slug."""
    return report.stage(slug).name if slug else gettext("Whole journey")


def touchpoint(report: Report, row: EffectRow) -> str:
    """The name of the touchpoint an effect is of; nothing for other effects."""
    return dict(report.stage(row.stage).touchpoints)[row.touchpoint] if row.touchpoint else ""


def figure_base(row: FigureRow, report: Report) -> str:
    """The base beside a figure: its n, what is missing to show it, or that it is reduced."""
    if row.note == "no_voice":
        return gettext("no customer voice in this stage")
    if row.note == "dominated":
        return gettext("hidden: one case makes most of it")
    if row.base == "hidden" or row.value is None:
        least = report.company
        return hidden(least.hidden_under) if row.n < least.hidden_under else needed(row.n, least.reduced_under)
    if row.base == "reduced":
        return gettext("%(base)s · reduced base") % {"base": base(row.n)}
    return base(row.n)
