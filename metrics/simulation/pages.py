"""PURE: verdicts on pages whose truth is known — how often an unchanged figure is said to move, a moved one found."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from scipy import special

from metrics.derive.estimates import indicator_figures
from metrics.derive.inputs import measures
from metrics.engine.moments import Facts, Ordered
from metrics.report import FigureRow, IndicatorDef
from metrics.simulation.cases import FOLDS
from metrics.simulation.company import World, indicator
from metrics.simulation.coverage import inputs
from metrics.simulation.sums import grouped
from metrics.stats.distributions import normal_p, normal_quantile
from metrics.stats.exact import MILLION, FloatArray, IntArray
from metrics.stats.kinds import ORDERED, Kind, Moments

FIGURES = 40
MOST_EVENTS = 12
KINDS = (Kind.SHARE, Kind.MEAN, Kind.NPS, Kind.TOP_BOX, Kind.SHARE, Kind.RATE, Kind.MEDIAN, Kind.MEAN)
MOVED = frozenset({"better", "worse"})


@dataclass(frozen=True)
class Sort:
    """Pages of 40 figures: of how many stages, how many figures moved, about how many answers each has.

    ``together`` is how much of an answer's variance is its customer's, who gives the answers of every figure.
    """

    stages: int
    moved: int = 0
    sizes: tuple[int, int] = (40, 900)
    together: float = 0.0


@dataclass(frozen=True)
class Falsehood:
    """Pages of 40 figures: how many had a false verdict, and Σx and Σx² of the share of verdicts that were false."""

    pages: int = 0
    wrong_pages: int = 0
    shares: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Falsehood") -> "Falsehood":
        return Falsehood(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def false_share(self) -> float:
        """The mean over pages of the share of verdicts that were false."""
        return self.shares / self.pages

    @property
    def error(self) -> float:
        """The standard error of :attr:`false_share`."""
        return math.sqrt(max(0.0, self.squares / self.pages - self.false_share**2) / self.pages)


def page(stages: int) -> tuple[IndicatorDef, ...]:
    """Return 40 figures of all kinds: touchpoints of one stage, or the essentials of several."""
    rows = [indicator(f"figura-{k}", "result", KINDS[k % len(KINDS)], k % stages) for k in range(FIGURES)]
    return tuple(
        replace(row, essential=stages > 1, top_from=Decimal(4) if row.kind == Kind.TOP_BOX else None) for row in rows
    )


def false_verdicts(sort: Sort, pages: int, seed: int) -> Falsehood:
    """Return how often figures that did not move are said to; the first ``moved`` figures of a page really did."""
    rows, chance = page(sort.stages), np.random.default_rng([seed, sort.stages, sort.moved])
    effects = [0.25 if k < sort.moved else 0.0 for k in range(FIGURES)]
    wrong_pages, shares = 0, []
    for _ in range(pages):
        answering = Answering(int(chance.integers(*sort.sizes)), together=sort.together)
        said = _verdicts(rows, effects, answering, chance)
        wrong = sum(row.verdict in MOVED for row in said[sort.moved :])
        given = wrong + sum(row.verdict in MOVED for row in said[: sort.moved])
        wrong_pages += wrong > 0
        shares.append(wrong / given if given else 0.0)
    return Falsehood(pages, wrong_pages, math.fsum(shares), math.fsum(share**2 for share in shares))


@dataclass(frozen=True)
class Power:
    """How often a planted change was found on a page of ten figures, and how often it would be by itself and by ten."""

    name: str
    n: int
    effect: float
    found: float
    wrong_way: float
    alone: float
    strictest: float


PLANTED = (
    (Kind.SHARE, (0.02, 0.05, 0.10)),
    (Kind.MEAN, (0.1, 0.2, 0.4)),
    (Kind.NPS, (5.0, 10.0, 20.0)),
)
SIZES = (100, 300, 1000, 3000)


def power(kind: Kind, effect: float, n: int, pages: int, seed: int) -> Power:
    """Return the power for one figure of ten moved by ``effect``: points of share, standard deviations, NPS points.

    ``alone`` is what a single two-sided test at 5 % would find, ``strictest`` one at 0.5 %: the truth lies between.
    """
    chance = np.random.default_rng([seed, n, round(effect * 1000)])
    rows = tuple(indicator(f"figura-{k}", "result", kind, 0) for k in range(10))
    found = wrong = 0
    for _ in range(pages):
        verdict = _verdicts(rows, [effect] + [0.0] * 9, Answering(n, planted=True), chance)[0].verdict
        found += verdict == "better"
        wrong += verdict == "worse"
    distance = effect / _error(kind, effect, n)
    single = [_normal_power(distance, level) for level in (0.95, 0.995)]
    return Power(kind.value, n, effect, found / pages, wrong / pages, *single)


def _error(kind: Kind, effect: float, n: int) -> float:
    """The standard error of the difference that :func:`_answers` makes."""
    if kind is Kind.SHARE:
        return math.sqrt((0.8 * 0.2 + (0.8 + effect) * (0.2 - effect)) / n)
    if kind is Kind.MEAN:
        return math.sqrt(2 / n)
    moved = effect / 200
    return 100 * math.sqrt((0.75 - 0.15**2 + 0.75 - (0.15 + 2 * moved) ** 2) / n)


def _normal_power(distance: float, level: float) -> float:
    beyond = normal_quantile(level) - distance
    upper = normal_p(abs(beyond)) / 2
    return upper if beyond > 0 else 1 - upper


@dataclass(frozen=True)
class Answering:
    """About n answers a figure, or n in each where an effect is ``planted``; ``together`` is what customers share."""

    n: int
    planted: bool = False
    together: float = 0.0


def _verdicts(
    rows: Sequence[IndicatorDef], effects: Sequence[float], answering: Answering, chance: np.random.Generator
) -> list[FigureRow]:
    n, planted, together = answering.n, answering.planted, answering.together
    now, before = Facts(), Facts()
    customers = [chance.normal(size=2 * n) if together else np.zeros(0) for _ in range(2)]
    for row, effect in zip(rows, effects, strict=True):
        kind = Kind(row.kind)
        size = n if planted else int(n * chance.uniform(0.5, 2))
        for facts, moved, common in ((now, effect, customers[0]), (before, 0.0, customers[1])):
            step = moved if planted else moved * STEPS.get(kind, 1.0)
            drawn = Drawn(size, chance, common[:size] * math.sqrt(together), together)
            _answer(facts, row, _answers(kind, step, drawn), chance)
    world = World(0, n, departments=max(int(row.stage[5:]) for row in rows) + 1)
    return indicator_figures(replace(inputs(world, now, before), indicators=tuple(rows)))


STEPS = {Kind.SHARE: 0.4, Kind.NPS: 60.0, Kind.TOP_BOX: 1.0, Kind.RATE: 1.0}


@dataclass(frozen=True, eq=False)
class Drawn:
    """What chance gives the n answers of a figure, ``common`` being what their customers bring to all figures."""

    n: int
    chance: np.random.Generator
    common: FloatArray
    together: float

    def normal(self) -> FloatArray:
        """Standard normal, (n,)."""
        own = self.chance.normal(size=self.n)
        return own * math.sqrt(1 - self.together) + self.common if self.together else own

    def uniform(self) -> FloatArray:
        """Uniform on 0 … 1, (n,)."""
        return np.asarray(special.ndtr(self.normal())) if self.together else self.chance.random(self.n)


def _answers(kind: Kind, moved: float, drawn: Drawn) -> IntArray:
    """Answers in millionths, ``moved`` in points of share, standard deviations, points of NPS, or in proportion."""
    if kind is Kind.SHARE:
        return (drawn.uniform() < 0.8 + moved).astype(np.int64) * MILLION
    if kind is Kind.NPS:
        split = drawn.uniform() - moved / 200
        votes: IntArray = (3 * (split > 0.70) + 8 * ((split <= 0.70) & (split >= 0.45)) + 10 * (split < 0.45)) * MILLION
        return votes
    if kind is Kind.RATE:
        upto = special.pdtr(np.arange(MOST_EVENTS), 0.05 * (1 + 4 * moved))
        return np.searchsorted(upto, drawn.uniform()).astype(np.int64) * MILLION
    score = drawn.normal()
    if kind is Kind.TOP_BOX:
        return np.clip(np.rint(3.6 + score + moved), 1, 5).astype(np.int64) * MILLION
    score = 7 + score + moved if kind is Kind.MEAN else np.exp(3 + 0.7 * (score + moved))
    return np.asarray(np.rint(score * MILLION), dtype=np.int64)


def _answer(facts: Facts, row: IndicatorDef, values: IntArray, chance: np.random.Generator) -> None:
    fold = chance.integers(0, FOLDS, len(values))
    (measure,) = measures([row])
    groups = grouped(measure, values, fold, FOLDS)
    facts.folds[row.slug] = {g: moments for g, moments in enumerate(groups) if moments != Moments()}
    if measure.kind in ORDERED:
        order = np.argsort(values, kind="stable")
        facts.ordered[row.slug] = Ordered(values[order], fold[order].astype(np.uint8))
