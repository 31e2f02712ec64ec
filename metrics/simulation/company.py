"""PURE: a company whose truth is declared: what its results are, how they move, what customers make of them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from metrics.report import CompanyDef, DepartmentDef, IndicatorDef, StageDef
from metrics.stats.exact import FloatArray
from metrics.stats.kinds import Kind

ONE = Decimal(1)
COMPANY = CompanyDef("simulata", "Simulata", True, "negozio", 10, 30, 1, "Percorso", ONE)
OUTCOMES = (Kind.MEAN, Kind.TOP_BOX, Kind.NPS, Kind.SHARE)
FOURTH = (Kind.MEAN, Kind.RATE, Kind.MEDIAN, Kind.TOTAL)
DURATIONS = (Kind.MEAN, Kind.MEDIAN, Kind.TOTAL)


@dataclass(frozen=True)
class World:
    """One truth. ``seed`` draws its parameters; ``cases`` is the expected number of orders of a quarter.

    ``moved`` scales how far results move between the two quarters, ``acts`` how strongly they act on the outcomes,
    ``differing`` how far units lie apart, in standard deviations of a result.
    """

    seed: int
    cases: int
    departments: int = 4
    units: int = 12
    moved: float = 1.0
    acts: float = 1.0
    differing: float = 0.2

    @cached_property
    def stages(self) -> tuple[StageDef, ...]:
        return tuple(StageDef(f"fase-{d}", f"Fase {d}", "", Decimal(1 + d % 3)) for d in range(self.departments))

    @cached_property
    def owners(self) -> tuple[DepartmentDef, ...]:
        return tuple(
            DepartmentDef(f"reparto-{d}", f"Reparto {d}", (f"fase-{d}", self._next(d))) for d in range(self.departments)
        )

    @cached_property
    def outcomes(self) -> tuple[IndicatorDef, ...]:
        """One outcome a stage, the kinds in turn."""
        return tuple(_outcome(d, OUTCOMES[d % len(OUTCOMES)]) for d in range(self.departments))

    @cached_property
    def results(self) -> tuple[IndicatorDef, ...]:
        """Four results a department, each acting on its own stage and the next: two shares, two durations or counts."""
        return tuple(
            _result(d, place, kind, (f"fase-{d}", self._next(d)))
            for d in range(self.departments)
            for place, kind in enumerate((Kind.SHARE, Kind.SHARE, Kind.MEAN, FOURTH[d % len(FOURTH)]))
        )

    @property
    def indicators(self) -> tuple[IndicatorDef, ...]:
        return (*self.outcomes, *self.results)

    @cached_property
    def shops(self) -> tuple[tuple[str, str], ...]:
        return tuple((f"n{u:02}", f"Negozio {u}") for u in range(self.units))

    @cached_property
    def targets(self) -> dict[str, Decimal]:
        """A target for every second result that has a mean: the others are held against their best units."""
        named = [row.slug for row in self.results if row.kind in (Kind.SHARE, Kind.MEAN)]
        return {slug: Decimal("0.05") if slug.endswith(("0", "1")) else Decimal(20) for slug in named[::2]}

    @cached_property
    def truth(self) -> "Truth":
        return _drawn(self)

    def _next(self, department: int) -> str:
        return f"fase-{(department + 1) % self.departments}"


@dataclass(frozen=True, eq=False)
class Truth:
    """Parameters of a world: a normal score per result makes its value; outcomes add what the results make of them.

    ``level`` (r,) is a share's quantile or the log of a duration's median in seconds, ``shift`` (r,) what this quarter
    adds to it; ``loading`` is the weight of each department's common cause; ``weights`` (r, o) are what one standard
    deviation of a result takes from an outcome; ``answers`` (o,) the share of cases that answer; ``unit_share`` (u,)
    and ``unit_effect`` (u,) the size and manner of the units, ``unit_level`` (r, u) how their results
    differ; ``base`` (o,) where the outcomes lie.
    """

    level: FloatArray
    shift: FloatArray
    loading: float
    weights: FloatArray
    answers: FloatArray
    unit_share: FloatArray
    unit_effect: FloatArray
    unit_level: FloatArray
    base: FloatArray


def _drawn(world: World) -> Truth:
    chance = np.random.default_rng([world.seed, 1])
    shares = np.array([row.kind == Kind.SHARE for row in world.results])
    results, outcomes = len(shares), world.departments
    level = np.where(shares, chance.uniform(-1.7, 0.3, results), np.log(chance.uniform(300, 2400, results)))
    reached = np.array([[out.stage in row.influences for out in world.outcomes] for row in world.results])
    strength = chance.choice([0.0, 0.08, 0.2, 0.45], size=(results, outcomes), p=[0.2, 0.3, 0.3, 0.2])
    size = chance.uniform(0.5, 1.5, world.units)
    return Truth(
        level=level,
        shift=chance.normal(0, 0.12, results) * world.moved,
        loading=float(chance.uniform(0.2, 0.6)),
        weights=strength * reached * world.acts,
        answers=chance.uniform(0.5, 0.95, outcomes),
        unit_share=size / size.sum(),
        unit_effect=chance.normal(0, 0.15, world.units),
        unit_level=chance.normal(0, 1, (results, world.units)) * world.differing,
        base=chance.uniform(0.3, 1.0, outcomes),
    )


def _outcome(department: int, kind: Kind) -> IndicatorDef:
    row = replace(indicator(f"esito-{department}", "outcome", kind, department), in_health=True)
    if kind is Kind.MEAN:
        return replace(row, worst=ONE, best=Decimal(10))
    return replace(row, top_from=Decimal(4)) if kind is Kind.TOP_BOX else row


def _result(department: int, place: int, kind: Kind, influences: tuple[str, ...]) -> IndicatorDef:
    row = indicator(f"risultato-{department}{place}", "result", kind, department)
    unit = "minutes" if kind in DURATIONS else ""
    return replace(row, higher_is_better=False, unit=unit, influences=influences)


def indicator(slug: str, role: str, kind: Kind, department: int) -> IndicatorDef:
    """Return an indicator with the least that makes it valid; the rest is changed with ``replace``."""
    return IndicatorDef(
        slug=slug,
        name=slug,
        definition="",
        role=role,
        kind=kind.value,
        unit="",
        higher_is_better=True,
        department=f"reparto-{department}",
        stage=f"fase-{department}",
        touchpoint="",
        essential=False,
        in_health=False,
        weight=ONE,
        evidence="record",
    )
