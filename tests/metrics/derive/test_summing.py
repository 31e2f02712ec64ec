"""What a department's sum is made of: the unstable results too, never they alone."""

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from metrics.derive.report import derive
from metrics.report import EffectRow, IndicatorDef, Report
from tests.metrics.derive.company import DELIVERY, LATE, facts, inputs
from tests.metrics.observations import Row

NEAR = replace(LATE, slug="quasi_ritardo")
TARGETS = {"ritardo": Decimal("0.1"), "quasi_ritardo": Decimal("0.05")}


def answers() -> list[tuple[int, int, float]]:
    """Late, nearly late, vote: nearly late goes with late and, alone, is worth a little more."""
    chance = random.Random(7)
    found = []
    for _ in range(900):
        late = chance.random() < 0.3
        near = late if chance.random() < 0.9 else not late
        found.append((int(late), int(near), round(min(10, max(0, chance.gauss(7, 1) - 4 * late + near)), 2)))
    return found


def report(folder: Path, owner: str) -> Report:
    rows = []
    for number, (late, near, vote) in enumerate(answers()):
        case, unit = f"c{number}", ("Roma", "Bari")[number % 2]
        rows += [Row("voto_consegna", vote, case, unit)]
        rows += [Row("ritardo", late, case, unit), Row("quasi_ritardo", near, case, unit)]
    indicators: tuple[IndicatorDef, ...] = (DELIVERY, LATE, replace(NEAR, department=owner))
    found = facts(folder, rows, indicators)
    return derive(inputs(found, indicators=indicators, targets=TARGETS))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Both results are Logistica's."""
    return report(tmp_path_factory.mktemp("one"), "logistica")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The unstable one is Assistenza's."""
    return report(tmp_path_factory.mktemp("two"), "assistenza")


def distance(found: Report, department: str, indicator: str = "") -> EffectRow:
    rows = found.effects_of("impact", reference="target", department=department, indicator=indicator)
    return next(row for row in rows if indicator or not row.stage)


def test_an_unstable_result_has_no_number_of_its_own(one: Report) -> None:
    row = distance(one, "logistica", "quasi_ritardo")
    assert (row.note, row.points, row.low, row.verdict) == ("unstable", None, None, "unproven")


def test_the_sum_is_of_every_coefficient_times_its_distance(one: Report) -> None:
    table = np.array(answers())
    design = np.column_stack([np.ones(len(table)), table[:, :2]])
    slopes = np.linalg.lstsq(design, table[:, 2] * 10, rcond=None)[0][1:]
    apart = table[:, :2].mean(axis=0) - [float(TARGETS[slug]) for slug in ("ritardo", "quasi_ritardo")]
    total = distance(one, "logistica")
    assert slopes[1] > 0
    assert float(total.stage_points or 0) == pytest.approx(slopes @ apart, abs=1e-6)
    assert total.points != distance(one, "logistica", "ritardo").points


def test_a_department_with_nothing_but_unstable_results_has_no_number(two: Report) -> None:
    total = distance(two, "assistenza")
    assert (total.note, total.points, total.verdict) == ("unstable", None, "unproven")


def test_the_other_department_s_sum_does_not_change_with_who_owns_it(two: Report) -> None:
    total = distance(two, "logistica")
    assert total.points == distance(two, "logistica", "ritardo").points
