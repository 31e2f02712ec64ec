"""The simulation draws what it says it draws, counts what an engine would, and writes down what it finds."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from metrics.derive.inputs import measures, questions
from metrics.derive.report import derive
from metrics.engine.duckdb import Session
from metrics.engine.moments import Facts
from metrics.simulation import runs
from metrics.simulation.cases import Cases, draw
from metrics.simulation.company import World
from metrics.simulation.coverage import Tally, Trial, inputs, population, statements, tally, trial
from metrics.simulation.pages import Drawn, Falsehood, Sort, _answers, false_verdicts, power
from metrics.simulation.paper import Results, paper
from metrics.simulation.sums import facts
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Kind, Moments
from tests.metrics.observations import Row, told, write

SMALL = World(7, 250, departments=4, units=3, differing=0.0)


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def rows(cases: Cases) -> list[Row]:
    """One row an order and indicator; the fold of the file is its own, so folds are compared together."""
    found = []
    for slug, values in cases.values.items():
        known = cases.answered.get(slug, np.ones(len(values), dtype=np.bool_))
        found += [
            Row(slug, f"{int(value) / MILLION:.6f}", f"ordine-{k}", f"n{cases.unit[k]:02}")
            for k, value in enumerate(values)
            if known[k]
        ]
    return found


def merged(found: Facts) -> dict[str, object]:
    """Everything of the facts that does not depend on how orders fall into folds."""
    slugs = sorted(found.folds)
    return {
        "totals": {slug: found.total(slug) for slug in slugs},
        "units": found.units,
        "drivers": {slug: sum_of(folds.values()) for slug, folds in found.joined.drivers.items()},
        "events": {
            key: [Moments.merged(side) for side in zip(*folds.values(), strict=True)]
            for key, folds in found.joined.events.items()
        },
        "by unit": {
            slug: {u: sum_of([part]) for u, part in units.items()} for slug, units in found.joined.driver_units.items()
        },
        "cells": found.joined.cells,
        "ordered": {slug: row.values.tolist() for slug, row in found.ordered.items()},
    }


def sum_of(folds: Iterable[CrossProducts]) -> tuple[object, ...]:
    parts = list(folds)
    return (
        parts[0].names,
        sum(part.n for part in parts),
        [sum(column) for column in zip(*(part.s for part in parts), strict=True)],
        [[sum(c) for c in zip(*lines, strict=True)] for lines in zip(*(part.ss for part in parts), strict=True)],
    )


def test_the_sums_of_drawn_cases_are_the_engines(tmp_path: Path) -> None:
    cases = draw(SMALL, chance(), now=True)
    with Session(write(tmp_path, rows(cases)), tmp_path) as session:
        engine = told(session, measures(SMALL.indicators), questions(SMALL.indicators))
    assert merged(facts(SMALL, cases)) == merged(engine)


def test_a_share_is_as_frequent_as_its_quantile_says() -> None:
    cases = draw(SMALL, chance(2), now=False, exactly=200_000)
    for place, row in enumerate(SMALL.results):
        if row.kind == Kind.SHARE:
            expected = NormalDist().cdf(float(SMALL.truth.level[place]))
            assert cases.values[row.slug].mean() / MILLION == pytest.approx(expected, abs=0.005)


def test_the_median_of_a_duration_is_its_level() -> None:
    (row,) = [row for row in SMALL.results if row.kind == Kind.MEDIAN]
    place = SMALL.results.index(row)
    cases = draw(SMALL, chance(3), now=True, exactly=200_000)
    expected = np.exp(SMALL.truth.level[place] + SMALL.truth.shift[place])
    assert float(np.median(cases.values[row.slug])) / MILLION == pytest.approx(float(expected), rel=0.01)


def test_a_quarter_has_about_as_many_cases_as_expected() -> None:
    sizes = [len(draw(SMALL, chance(seed), now=True).fold) for seed in range(40)]
    assert np.mean(sizes) == pytest.approx(250, abs=10)
    assert len(set(sizes)) > 10


def test_every_interval_of_a_report_is_a_statement_of_its_own() -> None:
    now, before = (facts(SMALL, draw(SMALL, chance(4), now=late)) for late in (True, False))
    found = derive(inputs(SMALL, now, before))
    said = list(statements(SMALL, found))
    assert len({key for _, key, _, _ in said}) == len(said)
    assert {"health", "LMG", "contribution", "impact against before", "share", "nps", "mean"} <= {
        row[0] for row in said
    }


def test_a_truth_that_is_the_sample_is_always_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.simulation.coverage.POPULATION", 4000)
    truth = population(SMALL)
    one = trial(SMALL, truth, 5)
    fates = sum(one.fates.values(), Counter[str]())
    assert fates["held"] > 0.8 * fates.total()
    assert sum(one.seen.values(), Counter[str]()).total() > 0


def test_intervals_are_counted_by_statistic() -> None:
    trials = [Trial({"mean": Counter(held=3, under=1, withheld=2)}, {}), Trial({"mean": Counter(over=1)}, {})]
    assert tally(trials) == {"mean": Tally(5, 3, 1, 1, 2)}


def test_a_page_where_nothing_moved_has_few_false_verdicts() -> None:
    assert false_verdicts(Sort(8), 12, 3).wrong_pages <= 2


@pytest.mark.parametrize("together", [0.0, 0.6])
def test_two_figures_of_the_same_customers_are_as_correlated_as_said(together: float) -> None:
    drawing = chance(5)
    common = drawing.normal(size=100_000) * np.sqrt(together)
    first, second = (_answers(Kind.MEAN, 0.0, Drawn(100_000, drawing, common, together)) for _ in range(2))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(together, abs=0.01)
    assert float(first.std()) / MILLION == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("together", [0.0, 0.6])
def test_a_rate_has_its_mean_whoever_answers(together: float) -> None:
    drawing = chance(6)
    common = drawing.normal(size=200_000) * np.sqrt(together)
    events = _answers(Kind.RATE, 0.25, Drawn(200_000, drawing, common, together)) / MILLION
    assert events.mean() == pytest.approx(0.10, abs=0.003)
    assert events.var() == pytest.approx(0.10, abs=0.005)


def test_a_large_planted_change_is_found_and_never_the_wrong_way() -> None:
    row = power(Kind.SHARE, 0.1, 3000, 5, 1)
    assert (row.found, row.wrong_way) == (1.0, 0.0)
    assert row.alone > row.strictest > 0.99


def test_a_broken_promise_is_told() -> None:
    coverage = {"mean": Tally(1000, 900, 60, 40, 0), "LMG share under 0.05": Tally(100, 91, 9, 0, 0)}
    results = Results(1, 10, coverage=coverage)
    results.false = {"quiet": Falsehood(1000, 90, 90.0, 90.0), "loud": Falsehood(1000, 500, 40.0, 12.0)}
    assert results.broken() == ["mean", "quiet"]
    assert "| mean | 1,000 | 90.0 % | 6.0 % | 4.0 % | 0 | 93–97 %: BROKEN |" in paper(results)
    assert "| quiet | 1,000 | 9.0 % | 9.0 % | 7.2–10.8 % |" in paper(results)


def test_the_command_prints_its_seed_and_the_same_figures_for_any_number_of_hands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("metrics.simulation.coverage.POPULATION", 2000)
    monkeypatch.setattr(runs, "worlds", lambda seed: [SMALL])
    monkeypatch.setattr(runs, "PAGES", {"one stage, nothing moved": Sort(1)})
    monkeypatch.setattr(runs, "PLANTED", ())
    printed = []
    for jobs in (1, 2):
        # three quarters are too few for any promise
        with suppress(CommandError):
            call_command("simulate", quarters=3, pages=3, seed=5, jobs=jobs, audit=True, tables=3, print_only=True)
        printed.append(capsys.readouterr().out)
    assert printed[0].startswith("seed 5\n")
    assert printed[0] == printed[1]


def test_no_quarter_at_all_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("simulate", quarters=0, print_only=True)
