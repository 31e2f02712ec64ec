"""PURE: one quarter's report as a document. What is computed, hashed, stored, read and shown is this one thing.

``Report.content()`` is the canonical JSON whose SHA-256 names the edition; ``Report.parse`` reads it back, so every
page is a view of exactly the text that was hashed. Values are decimals with nine places, in the unit shown to the
reader: shares 0–1, NPS −100–100, durations in the indicator's own unit, scores and health 0–100, impacts in points.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, cached_property
from typing import Any, Self

PLACES = Decimal("0.000000001")
FIRST = 1  # the version of the method of editions that name none
# The version of the method, raised whenever derive, stats, engine or sentences make another report of the same files:
# other rows, other values. Code that is faster or clearer and gives the same report keeps it. With it goes what the
# version brings (``metrics.panels.method.brought``) and a digest in tests/house/test_method_version.py, red without it.
METHOD = 2


def fixed(value: float | Decimal | None) -> Decimal | None:
    """The value rounded half-even to nine decimals, without negative zero; None stays None."""
    if value is None:
        return None
    rounded = value.quantize(PLACES, ROUND_HALF_EVEN) if isinstance(value, Decimal) else Decimal(f"{value:.9f}")
    return rounded if rounded else Decimal(0).quantize(PLACES)


@dataclass(frozen=True)
class CompanyDef:
    slug: str
    name: str
    generated: bool
    unit_name: str
    hidden_under: int
    reduced_under: int
    fiscal_start_month: int
    journey: str
    journey_weight: Decimal


@dataclass(frozen=True)
class StageDef:
    slug: str
    name: str
    question: str
    weight: Decimal
    touchpoints: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DepartmentDef:
    """``stages``: slugs of the stages the department is declared to act on ("" is the whole journey)."""

    slug: str
    name: str
    stages: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndicatorDef:
    """``influences``: stages whose outcome this result is declared to act on ("" is the whole journey)."""

    slug: str
    name: str
    definition: str
    role: str
    kind: str
    unit: str
    higher_is_better: bool
    department: str
    stage: str
    touchpoint: str
    essential: bool
    in_health: bool
    weight: Decimal
    evidence: str
    worst: Decimal | None = None
    best: Decimal | None = None
    top_from: Decimal | None = None
    percentile: Decimal | None = None
    influences: tuple[str, ...] = ()

    @property
    def explainable(self) -> bool:
        """Whether, as an outcome, least squares explain it: the mean of its cases, were they votes, yes or no."""
        return self.kind in ("share", "top_box", "nps", "mean")

    @property
    def averaged(self) -> bool:
        """Whether its level as a driver is not its figure but the mean of the observations, of which slopes speak."""
        return self.kind in ("median", "percentile", "total")

    @property
    def as_driver(self) -> "IndicatorDef":
        """The result as it drives votes: a mean, where its figure is a median, percentile or total."""
        return replace(self, kind="mean") if self.averaged else self


@dataclass(frozen=True)
class FigureRow:
    """One estimate and its change; see ``metrics.models.Figure`` for the words of level, base and verdict."""

    level: str
    stage: str = ""
    indicator: str = ""
    unit: str = ""
    n: int = 0
    base: str = "hidden"
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    score: Decimal | None = None
    score_low: Decimal | None = None
    score_high: Decimal | None = None
    imprecise: bool = False
    before: Decimal | None = None
    before_n: int = 0
    change: Decimal | None = None
    change_low: Decimal | None = None
    change_high: Decimal | None = None
    p_value: Decimal | None = None
    verdict: str = "too_little"
    year_before: Decimal | None = None
    year_change: Decimal | None = None
    year_low: Decimal | None = None
    year_high: Decimal | None = None
    year_verdict: str = "too_little"
    target: Decimal | None = None
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def groups(self) -> int:
        """How many groups a health was recomputed without, one at a time: those with somebody in them."""
        return int(self.detail.get("groups", 64))


EFFECT = ("kind", "reference", "department", "stage", "outcome", "indicator", "unit", "touchpoint")  # what names one


@dataclass(frozen=True)
class EffectRow:
    """How a result, a unit or a touchpoint (of ``stage``) weighs on an outcome; see ``metrics.models.Effect``."""

    kind: str
    reference: str = ""
    department: str = ""
    stage: str = ""
    outcome: str = ""
    outcome_stage: str = ""
    indicator: str = ""
    unit: str = ""
    touchpoint: str = ""
    n: int = 0
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    stage_points: Decimal | None = None
    stage_low: Decimal | None = None
    stage_high: Decimal | None = None
    share: Decimal | None = None
    share_low: Decimal | None = None
    share_high: Decimal | None = None
    verdict: str = "unproven"
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """The words that name it, in the order of ``EFFECT``; the last only where it is of a touchpoint.

        So what was contested before touchpoints had effects keeps its seven words.
        """
        words = tuple(getattr(self, name) for name in EFFECT)
        return words if self.touchpoint else words[:-1]

    @property
    def other(self) -> str:
        """The second of two events that happen to the same customer; nothing for other effects."""
        return str(self.detail.get("other", ""))


@dataclass(frozen=True)
class StepRow:
    """One step of the bridge; see ``metrics.models.BridgeStep``."""

    position: int
    kind: str
    component: str = ""
    stage: str = ""
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    verdict: str = "unproven"


@dataclass(frozen=True)
class Message:
    """A title sentence as code and arguments; the words are in the catalogues. ``place``: front, stage:<slug>, …"""

    place: str
    code: str
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def saying(self) -> dict[str, Any]:
        """Code and arguments as JSON gives them back: what is kept beside a title that replaces the sentence."""
        kept: dict[str, Any] = json.loads(json.dumps({"code": self.code, "args": self.args}))
        return kept


@dataclass(frozen=True)
class Report:
    """The whole report of a quarter. ``previous`` is the code of the quarter compared with, or "" for the first.

    ``method`` is the version of the method that made it; a text of the first has no such word, now as then.
    """

    quarter: str
    starts: str
    ends: str
    previous: str
    company: CompanyDef
    stages: tuple[StageDef, ...]
    departments: tuple[DepartmentDef, ...]
    indicators: tuple[IndicatorDef, ...]
    units: tuple[tuple[str, str], ...]
    figures: tuple[FigureRow, ...]
    effects: tuple[EffectRow, ...]
    bridge: tuple[StepRow, ...]
    messages: tuple[Message, ...] = ()
    targets: tuple[tuple[str, Decimal], ...] = ()
    method: int = FIRST

    def content(self) -> str:
        """Canonical JSON: sorted keys, no blanks, decimals as text with nine places."""
        said = _plain(self)
        if self.method == FIRST:
            del said["method"]
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content().encode()).hexdigest()

    @classmethod
    def parse(cls, content: str) -> Self:
        """The report of a canonical JSON text; ValueError or TypeError when it is not one."""
        data = json.loads(content)
        rows = {
            "stages": StageDef,
            "departments": DepartmentDef,
            "indicators": IndicatorDef,
            "figures": FigureRow,
            "effects": EffectRow,
            "bridge": StepRow,
            "messages": Message,
        }
        for name, row in rows.items():
            data[name] = tuple(_row(row, item) for item in data[name])
        data["company"] = _row(CompanyDef, data["company"])
        data["units"] = tuple(tuple(unit) for unit in data["units"])
        data["targets"] = tuple((slug, Decimal(value)) for slug, value in data.get("targets", ()))
        return cls(**data)

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str, str], FigureRow]:
        return {(row.level, row.stage, row.indicator, row.unit): row for row in self.figures}

    @property
    def health(self) -> FigureRow:
        """The company's health."""
        return self._figures["company", "", "", ""]

    def stage_health(self, stage: str) -> FigureRow:
        """Health of the stage; its note is ``no_voice`` when no customer speaks there."""
        return self._figures["stage", stage, "", ""]

    def indicator_figure(self, slug: str) -> FigureRow:
        """The indicator over the whole company; KeyError when the report has no such indicator."""
        return self._figures["indicator", self.indicator(slug).stage, slug, ""]

    def unit_figures(self, slug: str) -> list[FigureRow]:
        """The indicator in each unit, in the units' order."""
        return [row for row in self.figures if row.level == "unit" and row.indicator == slug]

    @cached_property
    def _indicators(self) -> dict[str, IndicatorDef]:
        return {indicator.slug: indicator for indicator in self.indicators}

    @cached_property
    def _stages(self) -> dict[str, StageDef]:
        return {stage.slug: stage for stage in self.stages}

    @cached_property
    def _departments(self) -> dict[str, DepartmentDef]:
        return {department.slug: department for department in self.departments}

    def indicator(self, slug: str) -> IndicatorDef:
        return self._indicators[slug]

    def stage(self, slug: str) -> StageDef:
        return self._stages[slug]

    def department(self, slug: str) -> DepartmentDef:
        return self._departments[slug]

    def stage_indicators(self, stage: str, *roles: str) -> list[IndicatorDef]:
        """Indicators that land on the stage ("" is the whole journey), of the given roles or of all."""
        return [row for row in self.indicators if row.stage == stage and (not roles or row.role in roles)]

    def effects_of(self, kind: str, **match: str) -> list[EffectRow]:
        """Effects of a kind whose fields equal those given: ``effects_of("impact", department="logistica")``."""
        return [
            row
            for row in self.effects
            if row.kind == kind and all(getattr(row, name) == value for name, value in match.items())
        ]

    def message(self, place: str) -> Message | None:
        """The title sentence of a place, if the report has one."""
        return next((message for message in self.messages if message.place == place), None)


def effect_json(row: EffectRow) -> dict[str, Any]:
    """The row as JSON holds it."""
    kept: dict[str, Any] = json.loads(json.dumps(row, default=_plain))
    return kept


def effect_of(item: dict[str, Any]) -> EffectRow:
    """The row that was kept as JSON."""
    row: EffectRow = _row(EffectRow, dict(item))
    return row


def _plain(value: Any) -> Any:
    """A row as its fields by name, a decimal as its digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if is_dataclass(value):
        return {name: getattr(value, name) for name in _names(value.__class__)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind))


def _row(kind: Any, item: dict[str, Any]) -> Any:
    """The row of its JSON, which is changed in place: a report has thousands of fields and few that are not plain."""
    names, decimals, lists = _shape(kind)
    for name in decimals:
        if (value := item.get(name)) is not None:
            item[name] = Decimal(value)
    for name in lists:
        if name in item:
            item[name] = _frozen(item[name])
    if item.keys() != names:
        return kind(**item)
    row = object.__new__(kind)
    object.__setattr__(row, "__dict__", item)  # every field is there: the frozen class's own way sets them one by one
    return row


@cache
def _shape(kind: Any) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """A row's fields: all of them, those that hold decimals, those that hold tuples."""
    kinds = {entry.name: str(entry.type) for entry in fields(kind)}
    decimals = tuple(name for name, of in kinds.items() if "Decimal" in of)
    return frozenset(kinds), decimals, tuple(name for name, of in kinds.items() if of.startswith("tuple"))


def _frozen(value: Any) -> Any:
    """Lists come back as the tuples they were."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
