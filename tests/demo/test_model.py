"""Catena Aurora's model: the truth it is made of can be found again in what it draws."""

import numpy as np
import pytest

from demo import model
from demo.model import BEFORE, LAST, OUTCOMES, PLANTED, RESULTS, Quarter


@pytest.fixture(scope="module")
def quarters() -> list[Quarter]:
    return model.generate()


def scores(quarter: Quarter, outcome: str) -> model.Numbers:
    """What each answer is worth, 0–100, such that the mean is the outcome's score."""
    votes = quarter.votes[outcome]
    scale = OUTCOMES[outcome].scale
    if scale == "votes":
        return votes * 10
    if scale == "top_box":
        return np.where(np.isnan(votes), np.nan, 100.0 * (votes >= 4))
    return np.where(np.isnan(votes), np.nan, 50 + 50.0 * (votes >= 9) - 50.0 * (votes <= 6))


def health(quarter: Quarter) -> float:
    return float(np.mean([np.nanmean(scores(quarter, outcome)) for outcome in OUTCOMES]))


def test_the_same_seed_draws_the_same_quarters(quarters: list[Quarter]) -> None:
    again = model.generate()[LAST]
    assert all(np.array_equal(again.votes[name], quarters[LAST].votes[name], equal_nan=True) for name in OUTCOMES)


def test_no_department_is_in_the_truth_without_a_result() -> None:
    assert {link.result for link in PLANTED} == set(RESULTS)
    assert {link.outcome for link in PLANTED} == set(OUTCOMES)


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_the_planted_points_are_found_by_least_squares(quarters: list[Quarter], outcome: str) -> None:
    links = [link for link in PLANTED if link.outcome == outcome]
    columns, answers = [], []
    for place, quarter in enumerate(quarters):
        score = scores(quarter, outcome)
        known = ~np.isnan(score)
        season = np.zeros((known.sum(), len(quarters)))
        season[:, place] = 1
        columns.append(np.column_stack([*(quarter.results[link.result][known] for link in links), season]))
        answers.append(score[known])
    x, y = np.vstack(columns), np.concatenate(answers)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    residual = y - x @ beta
    error = np.sqrt(np.diag(inverse) * (residual @ residual) / (len(y) - x.shape[1]))
    for place, link in enumerate(links):
        assert abs(beta[place] - link.points) < 4 * error[place], link


def test_delivery_and_help_fall_and_the_purchase_improves_in_the_last_quarter() -> None:
    assert model.true_change("voto_consegna") == pytest.approx(-7.8)
    assert model.true_change("voto_assistenza", "assistenza-clienti") == pytest.approx(-9.16)
    assert model.true_change("voto_acquisto", "e-commerce") == pytest.approx(3.32)
    assert model.true_change("voto_scoperta") == model.true_change("csat_uso") == 0


def test_health_falls_in_the_last_quarter_about_as_much_as_the_truth_says(quarters: list[Quarter]) -> None:
    fall = health(quarters[LAST]) - health(quarters[BEFORE])
    assert model.true_health_change() == pytest.approx(-2.28, abs=0.01)
    assert fall == pytest.approx(model.true_health_change(), abs=1)


def test_every_stage_has_its_votes_in_every_quarter(quarters: list[Quarter]) -> None:
    for quarter in quarters:
        for name, outcome in OUTCOMES.items():
            assert np.count_nonzero(~np.isnan(quarter.votes[name])) == outcome.answers
