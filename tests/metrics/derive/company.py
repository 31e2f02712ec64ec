"""A small company whose truth is known: two stages, a whole-journey outcome if wanted, results that act or do not."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from metrics.derive.inputs import Inputs, measures, questions
from metrics.engine.duckdb import Session
from metrics.engine.moments import Facts
from metrics.report import CompanyDef, DepartmentDef, IndicatorDef, StageDef
from tests.metrics.observations import Row, told, write

ONE = Decimal(1)
COMPANY = CompanyDef("prova", "Prova", True, "negozio", 10, 30, 1, "Percorso", ONE)
STAGES = (StageDef("acquisto", "Acquisto", "", ONE), StageDef("consegna", "Consegna", "", ONE))
DEPARTMENTS = (
    DepartmentDef("logistica", "Logistica", ("consegna",)),
    DepartmentDef("cassa", "Cassa", ("acquisto",)),
    DepartmentDef("assistenza", "Assistenza", ("consegna",)),
)
UNITS = (("Bari", "Bari"), ("Roma", "Roma"))


def indicator(slug: str, role: str, kind: str, department: str, stage: str) -> IndicatorDef:
    """An indicator with the least that makes it valid; change the rest with ``replace``."""
    return IndicatorDef(
        slug, slug, "", role, kind, "", True, department, stage, "", False, role == "outcome", ONE, "record"
    )


BUYING = replace(indicator("voto_acquisto", "outcome", "mean", "cassa", "acquisto"), worst=Decimal(0), best=Decimal(10))
DELIVERY = replace(
    indicator("voto_consegna", "outcome", "mean", "logistica", "consegna"), worst=Decimal(0), best=Decimal(10)
)
LATE = replace(
    indicator("ritardo", "result", "share", "logistica", "consegna"), higher_is_better=False, influences=("consegna",)
)
QUEUE = replace(
    indicator("coda", "result", "mean", "cassa", "acquisto"),
    higher_is_better=False,
    unit="minutes",
    influences=("consegna",),
)
INDICATORS = (BUYING, DELIVERY, LATE, QUEUE)


@dataclass(frozen=True)
class Truth:
    """How a quarter's cases are drawn: how many, how often late, what lateness costs in votes."""

    cases: int = 600
    late: float = 0.1
    cost: float = 4.0
    buying: float = 7.5
    seed: int = 1


def observations(truth: Truth, name: str) -> list[Row]:
    """One order a case: a late flag, minutes in the queue that change nothing, and two votes."""
    chance = random.Random(truth.seed)
    rows: list[Row] = []
    for number in range(truth.cases):
        case, unit = f"{name}-{number}", chance.choice(["Roma", "Bari"])
        late = chance.random() < truth.late
        vote = min(10, max(0, round(chance.gauss(8.5, 1.2) - truth.cost * late)))
        rows += [
            Row("voto_consegna", vote, case, unit),
            Row("voto_acquisto", min(10, max(0, round(chance.gauss(truth.buying, 1.2)))), case, unit),
            Row("ritardo", int(late), case, unit),
            Row("coda", round(chance.uniform(60, 600)), case, unit),
        ]
    return rows


def facts(folder: Path, rows: Sequence[Row], indicators: Sequence[IndicatorDef] = INDICATORS) -> Facts:
    """The sums of these observations, through the engine."""
    with Session(write(folder, rows) if rows else [], folder) as session:
        return told(session, measures(indicators), questions(indicators))


def inputs(now: Facts, before: Facts | None = None, **changed: object) -> Inputs:
    """The quarter 2026-3 of the small company."""
    made = Inputs(
        quarter="2026-3",
        starts="2026-07-01",
        ends="2026-09-30",
        previous="2026-2" if before is not None else "",
        company=COMPANY,
        stages=STAGES,
        departments=DEPARTMENTS,
        indicators=INDICATORS,
        units=UNITS,
        targets={},
        now=now,
        before=before,
        year=None,
    )
    return replace(made, **changed)  # type: ignore[arg-type]
