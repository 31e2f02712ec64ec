"""Figures are plain data Plotly knows, draw what the table says, and hold no markup that the content policy blocks."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.figures import Dot, Point, Step, Tick, base, bridge, dots, line, places, validate

POINTS = [Point("T1", 64.1, 62.0, 66.0, "64,1"), Point("T2", None, None, None), Point("T3", 67.2, 65.4, 69.0, "67,2")]
STEPS = [
    Step("T2 2026", 69.8, 69.8, "69,8", "", "before"),
    Step("Consegna", 69.8, 67.4, "−2,4", "worse"),
    Step("Uso", 67.4, 67.2, "−0,2", "unproven"),
    Step("T3 2026", 67.2, 67.2, "67,2", "", "now"),
]
DOTS = [
    Dot("Consegne oltre due giorni di ritardo", -1.9, -2.8, -1.0, "−1,9", "worse"),
    Dot("Colli danneggiati", 0.2, -0.7, 1.1, "non dimostrato", "unproven"),
    Dot("Attesa", None, None, None, "impatto ignoto", "too_little"),
]
TICKS = [Tick(-4, "−4"), Tick(0, "0"), Tick(80, "80")]
FIGURES = [line(POINTS, TICKS), bridge(STEPS, TICKS), dots(DOTS, TICKS)]


@pytest.mark.parametrize("figure", FIGURES)
def test_plotly_knows_every_name_and_value(figure: dict[str, object]) -> None:
    validate(figure)


def test_plotly_would_refuse_a_name_it_does_not_know() -> None:
    figure = line(POINTS, TICKS)
    figure["layout"]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        validate(figure)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_json_without_anything_lost(figure: dict[str, object]) -> None:
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


@pytest.mark.parametrize("figure", FIGURES)
def test_texts_hold_no_tag_that_needs_a_style(figure: dict[str, object]) -> None:
    assert [part for part in ("<b>", "<i>", "<span", "style=") if part in json.dumps(figure)] == []


def test_nothing_of_a_figure_is_sent_to_a_cloud() -> None:
    config = base(",.")["config"]
    assert (config["displayModeBar"], config["showSendToCloud"], config["plotlyServerURL"]) == (False, False, "")


def test_a_quarter_without_a_value_is_a_gap() -> None:
    drawn = line(POINTS, TICKS)["data"][-1]
    assert drawn["y"] == [64.1, None, 67.2]
    assert drawn["connectgaps"] is False


def test_totals_of_a_bridge_are_dots_and_steps_start_where_the_last_ended() -> None:
    bars, totals = bridge(STEPS, TICKS)["data"]
    assert totals["x"] == [69.8, 67.2]
    assert bars["base"] == [69.8, 67.4]


def test_a_step_that_is_not_demonstrated_is_white() -> None:
    assert bridge(STEPS, TICKS)["data"][0]["marker"]["color"][1] == "#FFFFFF"


def test_an_unknown_impact_has_words_and_no_dot() -> None:
    figure = dots(DOTS, TICKS)
    assert len(figure["data"][1]["x"]) == 2
    assert figure["layout"]["annotations"][2]["text"] == "impatto<br>ignoto"


@given(st.lists(st.decimals(-1000, 1000, places=1), min_size=1, max_size=20))
def test_an_axis_holds_every_value_and_few_places(values: list[Decimal]) -> None:
    axis = places([float(value) for value in values])
    assert axis[0] <= min(values)
    assert axis[-1] >= max(values)
    assert 2 <= len(axis) <= 9
