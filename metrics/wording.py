"""Message codes → sentences in the reader's language. Every sentence a report says is written here, once."""

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company import formats
from metrics import labels
from metrics.report import IndicatorDef, Message, Report

LONGEST = 90
NAMES = 2


def driver(indicator: IndicatorDef) -> str:
    """A result's name where it drives votes: with it that its level is the mean, where its figure is another."""
    words = {
        "median": _("%(name)s (the mean, not the median)"),
        "percentile": _("%(name)s (the mean, not the percentile)"),
        "total": _("%(name)s (the mean, not the total)"),
    }
    return words.get(indicator.kind, "%(name)s") % {"name": indicator.name}


def unit_more(indicator: IndicatorDef) -> str:
    """What one unit more of a driver is, where its figure's own unit does not say it."""
    return _("one unit: 1 more per thousand") if indicator.kind == "rate" else ""


class Voice:
    """The arguments of a message as words: names of stages, points, numbers."""

    def __init__(self, report: Report, args: dict[str, Any]) -> None:
        self.report, self.args = report, args

    @cached_property
    def words(self) -> dict[str, str]:
        """Every scalar argument formatted for its name."""
        return {
            name: self._word(name, value) for name, value in self.args.items() if not isinstance(value, list | tuple)
        }

    def _word(self, name: str, value: Any) -> str:
        if name == "stage":
            return self.stage(value)
        if name == "department":
            return self.report.department(value).name
        if name == "points":
            return labels.points(Decimal(value)).lstrip("+")
        if name in ("low", "high"):
            return labels.level(Decimal(value))
        whole = isinstance(value, int) and not isinstance(value, bool)
        return formats.number(value, 0, labels.locale()) if whole else str(value)

    def stage(self, slug: str) -> str:
        return labels.stage_name(self.report, slug)

    def stages(self, name: str = "stages") -> str:
        """Names of the stages; only how many where they are more than two."""
        slugs = self.args[name]
        if len(slugs) <= NAMES:
            return labels.names(self.stage(slug) for slug in slugs)
        return _("%(n)s stages of %(total)s") % {"n": len(slugs), "total": self.args["total"]}

    def signed(self) -> str:
        return labels.points(Decimal(self.args["points"]))

    def count(self, name: str) -> int:
        return len(self.args[name])

    def indicators(self, name: str) -> str:
        return labels.names(_("“%(name)s”") % {"name": self.report.indicator(slug).name} for slug in self.args[name])

    def drivers(self) -> str:
        named = (driver(self.report.indicator(slug)) for slug in self.args["indicators"])
        return labels.names(_("“%(name)s”") % {"name": name} for name in named)

    def steps(self) -> str:
        """``Consegna (−2,4) e Assistenza (−1,5)``."""
        return labels.names(
            f"{self.stage(slug)} ({labels.points(Decimal(value))})" for slug, value in self.args["steps"]
        )


def say(message: Message | None, report: Report) -> str:
    """The sentence of a message; empty for none."""
    if message is None:
        return ""
    return labels.agreed(SENTENCES[message.code](Voice(report, message.args)))


def place(report: Report, name: str) -> str:
    """The sentence the report says at a place; empty where it says none."""
    return say(report.message(name), report)


def _fit(*sentences: str) -> str:
    """The first that is short enough for a title, else the last."""
    return next((sentence for sentence in sentences if len(sentence) <= LONGEST), sentences[-1])


def _front_worse(v: Voice) -> str:
    plain = _("Health falls by %(points)s points.") % v.words
    if not v.args["stages"] and not v.report.bridge:
        return plain
    if not v.args["stages"]:
        return _("Health falls by %(points)s points: no single stage stands out.") % v.words
    long = ngettext(
        "Health falls by %(points)s points: %(names)s weighs most.",
        "Health falls by %(points)s points: %(names)s weigh most.",
        v.count("stages"),
    )
    return _fit(long % {**v.words, "names": v.stages()}, plain)


def _front_better(v: Voice) -> str:
    plain = _("Health rises by %(points)s points.") % v.words
    if not v.args["stages"] and not v.report.bridge:
        return plain
    if not v.args["stages"]:
        return _("Health rises by %(points)s points: no single stage stands out.") % v.words
    long = ngettext(
        "Health rises by %(points)s points: %(names)s weighs most.",
        "Health rises by %(points)s points: %(names)s weigh most.",
        v.count("stages"),
    )
    return _fit(long % {**v.words, "names": v.stages()}, plain)


def _worse(v: Voice, name: str = "stages") -> str:
    return ngettext("%(names)s gets worse", "%(names)s get worse", v.count(name)) % {"names": v.stages(name)}


def _better(v: Voice, name: str = "stages") -> str:
    return ngettext("%(names)s improves", "%(names)s improve", v.count(name)) % {"names": v.stages(name)}


def _both(v: Voice) -> str:
    text = ngettext("%(first)s; %(names)s improves", "%(first)s; %(names)s improve", v.count("better"))
    return text % {"first": _worse(v, "worse"), "names": v.stages("better")}


def _with_rest(v: Voice, moved: str) -> str:
    if not v.args["rest"]:
        return moved
    return _fit(_("%(moved)s; no demonstrable change in the others") % {"moved": moved}, moved)


def _stage_moved(v: Voice, alone: str, along: str) -> str:
    plain = alone % v.words
    return _fit(along % {"moved": plain, "what": v.indicators("along")}, plain) if v.args["along"] else plain


def _stage_worse(v: Voice) -> str:
    return _stage_moved(
        v, _("%(stage)s gets worse by %(points)s points"), _("%(moved)s; %(what)s gets worse along with it")
    )


def _stage_better(v: Voice) -> str:
    return _stage_moved(
        v, _("%(stage)s improves by %(points)s points"), _("%(moved)s; %(what)s improves along with it")
    )


def _department_moved(v: Voice, plain: str) -> str:
    if not v.args["stages"]:
        return _("%(moved)s.") % {"moved": plain}
    text = _("%(moved)s, all in %(stage)s.") if v.args["only"] else _("%(moved)s, mostly in %(stage)s.")
    return _fit(text % {"moved": plain, "stage": v.stages()}, _("%(moved)s.") % {"moved": plain})


def _distance(v: Voice) -> str:
    given = {**v.words, "points": v.signed()}
    if v.args["reference"] == "target":
        long = _("%(department)s: change not demonstrated (n = %(n)s); against the target it weighs %(points)s points.")
        first = _("First measure of %(department)s: against the target it weighs %(points)s points.")
    else:
        long = _("%(department)s: change not demonstrated (n = %(n)s); against the best it weighs %(points)s points.")
        first = _("First measure of %(department)s: against the best it weighs %(points)s points.")
    short = _("Impact of %(department)s on health not demonstrated (n = %(n)s).")
    return first % given if v.args["first"] else _fit(long % given, short % given)


def _untold(v: Voice) -> str:
    slugs = v.args["stages"]
    if len(slugs) > NAMES + 1:
        return _("For another %(n)s stages the data cannot tell whether anything changed.") % {"n": len(slugs)}
    named = {"names": labels.names(v.stage(slug) for slug in slugs)}
    return _("For %(names)s the data cannot tell whether anything changed.") % named


def _silent(v: Voice) -> str:
    if v.count("stages") == v.args["total"]:
        return _("No stage has a customer voice of its own: health comes from the journey as a whole.")
    if v.count("stages") <= NAMES:
        named = {"names": labels.names(v.stage(slug) for slug in v.args["stages"])}
        return _("In %(names)s no customer voice is heard yet.") % named
    given = {"n": v.count("stages"), "total": v.args["total"]}
    return _("In %(n)s stages of %(total)s no customer voice is heard yet.") % given


def _unknown(v: Voice) -> str:
    slugs = v.args["departments"]
    if len(slugs) > NAMES:
        return _("For %(n)s departments the impact is unknown: what is missing stands on their pages.") % {
            "n": len(slugs)
        }
    given = {"names": labels.names(v.report.department(slug).name for slug in slugs)}
    return _("The impact of %(names)s is unknown: the data that would tell are missing.") % given


def _some(v: Voice) -> str:
    linked = ngettext("%(names)s is linked to the vote", "%(names)s are linked to the vote", v.count("indicators"))
    return _fit(linked % {"names": v.drivers()}, _("Some results are linked to the vote"))


SENTENCES: dict[str, Callable[[Voice], str]] = {
    "edited": lambda v: str(v.args["text"]),
    "front.too_little": lambda v: _("Not enough data: n = %(n)s, at least %(needed)s are needed.") % v.words,
    "front.hidden": lambda v: _("Not enough data: fewer than %(least)s answers.") % v.words,
    "front.reduced": lambda v: _("Few answers: n = %(n)s, for a verdict at least %(needed)s are needed.") % v.words,
    "front.reduced_stages": lambda v: (
        _("Few answers in each stage: for a verdict at least %(needed)s are needed in every one.") % v.words
    ),
    "front.too_little_before": lambda v: (
        _("Not enough data to compare: at least %(needed)s answers are needed in both quarters.") % v.words
    ),
    "front.first": lambda v: _("First measure: health is between %(low)s and %(high)s.") % v.words,
    "front.unproven": lambda v: _("No demonstrable change in health: between %(low)s and %(high)s.") % v.words,
    "front.worse": _front_worse,
    "front.better": _front_better,
    "second.opposite": lambda v: (
        _("%(stage)s goes the other way: %(signed)s points.") % {**v.words, "signed": v.signed()}
    ),
    "second.unexplained": lambda v: (
        _("Departments' results leave %(signed)s points unexplained.") % {"signed": v.signed()}
    ),
    "second.untold": _untold,
    "second.silent": _silent,
    "second.unknown": _unknown,
    "strip.silent": lambda v: _("No stage has a customer voice of its own yet"),
    "strip.both": _both,
    "strip.worse": lambda v: _with_rest(v, _worse(v)),
    "strip.better": lambda v: _with_rest(v, _better(v)),
    "strip.too_little": lambda v: _("Not enough data in any stage"),
    "strip.unproven": lambda v: _("In no stage is a change demonstrable"),
    "strip.first": lambda v: _("First measure of the stages"),
    "trend.too_little": lambda v: _("To compare, at least %(needed)s answers a quarter are needed") % v.words,
    "trend.better": lambda v: _("In a year health rises by %(points)s points") % v.words,
    "trend.worse": lambda v: _("In a year health falls by %(points)s points") % v.words,
    "trend.unproven": lambda v: _("In a year no demonstrable change in health"),
    "trend.no_year": lambda v: _("A year of measures is still missing for the comparison"),
    "bridge.none": lambda v: _("No previous quarter to start from"),
    "bridge.worse": lambda v: (
        ngettext("%(steps)s explains the fall", "%(steps)s explain the fall", v.count("steps")) % {"steps": v.steps()}
    ),
    "bridge.better": lambda v: (
        ngettext("%(steps)s explains the rise", "%(steps)s explain the rise", v.count("steps")) % {"steps": v.steps()}
    ),
    "bridge.linked": lambda v: _("The change goes along with %(steps)s") % {"steps": v.steps()},
    "bridge.steps": lambda v: _("Demonstrated steps: %(steps)s") % {"steps": v.steps()},
    "bridge.unproven": lambda v: _("No single step is demonstrable"),
    "stage.silent": lambda v: _("No customer voice in %(stage)s yet") % v.words,
    "stage.silent_unproven": lambda v: _("No customer voice in %(stage)s; its weight is not demonstrated") % v.words,
    "stage.silent_weighs": lambda v: (
        _("What happens in %(stage)s weighs %(signed)s points on health") % {**v.words, "signed": v.signed()}
    ),
    "stage.hidden": lambda v: _("%(stage)s: not enough data, fewer than %(least)s answers") % v.words,
    "stage.too_little_before": lambda v: (
        _("%(stage)s is between %(low)s and %(high)s: nothing to compare it with") % v.words
    ),
    "stage.too_little": lambda v: _("%(stage)s: n = %(n)s, at least %(needed)s are needed") % v.words,
    "stage.first": lambda v: _("First measure of %(stage)s: between %(low)s and %(high)s") % v.words,
    "stage.unproven": lambda v: _("No demonstrable change in %(stage)s: between %(low)s and %(high)s") % v.words,
    "stage.worse": _stage_worse,
    "stage.better": _stage_better,
    "drivers.refused": lambda v: _("At least %(needed)s complete answers are needed; we have %(n)s") % v.words,
    "drivers.none": lambda v: _("For no result is a link with the vote demonstrated"),
    "drivers.first": lambda v: _fit(
        _("%(names)s weighs more than anything else") % {"names": v.drivers()}, _("One result outweighs the others")
    ),
    "drivers.some": _some,
    "factors.none": lambda v: _("No department's result is tested on the vote yet"),
    "department.unknown": lambda v: _("We do not know yet how %(department)s reaches the customer.") % v.words,
    "department.refused": lambda v: _fit(
        _("We cannot tell yet how much %(department)s weighs: at least %(needed)s answers needed, we have %(n)s.")
        % v.words,
        _("Impact of %(department)s not demonstrated: %(n)s answers of %(needed)s.") % v.words,
    ),
    "department.worse": lambda v: _department_moved(
        v, _("%(department)s takes %(points)s points off health") % v.words
    ),
    "department.better": lambda v: _department_moved(v, _("%(department)s adds %(points)s points to health") % v.words),
    "department.unproven": lambda v: _("Impact of %(department)s on health not demonstrated (n = %(n)s).") % v.words,
    "department.first": lambda v: (
        _("First measure of %(department)s: its impact shows from next quarter on.") % v.words
    ),
    "department.distance": _distance,
}
