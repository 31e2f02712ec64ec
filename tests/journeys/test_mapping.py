"""A mapping is checked whole before it is used: the key at fault is named."""

from decimal import Decimal
from typing import Any

import pytest

from journeys.reading.mapping import (
    Among,
    CountRows,
    Duration,
    Filled,
    IndicatorFacts,
    Later,
    LongerThan,
    MappingError,
    Over,
    Value,
    parse_mapping,
)
from journeys.reading.numbers import NumberFormat
from journeys.reading.personal import names_a_worker

KNOWN = {"it": IndicatorFacts("it"), "other": IndicatorFacts("other")}
VALUE = {"indicator": "it", "column": "v"}
SPAN = {"start": "a", "end": "b", "by": "days"}


def mapping(**keys: Any) -> dict[str, Any]:
    return {"date": "day", "values": [VALUE], **keys}


@pytest.mark.parametrize(
    ("entry", "derivation"),
    [
        ({"column": "v"}, Value("v")),
        ({"column": "v", "n": "k", "sd": "s"}, Value("v", "k", "s")),
        ({"duration": SPAN}, Duration("a", "b", "days")),
        ({"later": {"column": "a", "than": "b"}}, Later("a", "b", "moment")),
        ({"later": {"column": "a", "than": "b", "by": "day"}}, Later("a", "b", "day")),
        ({"in": {"column": "a", "values": ["x", 1]}}, Among("a", ("x", "1"))),
        ({"over": {"column": "a", "threshold": 1}}, Over("a", Decimal(1))),
        ({"over": {**SPAN, "threshold": 24}}, LongerThan(Duration("a", "b", "days"), Decimal(24))),
        ({"filled": "a"}, Filled("a")),
        ({"blank": "a"}, Filled("a", blank=True)),
        ({"count": "rows"}, CountRows()),
    ],
)
def test_every_derivation_of_the_closed_list_is_read(entry: dict[str, Any], derivation: object) -> None:
    parsed = parse_mapping(mapping(case="id", values=[{"indicator": "it", **entry}]), KNOWN)
    assert parsed.values == ((KNOWN["it"], derivation),)


def test_columns_are_listed_once() -> None:
    parsed = parse_mapping(
        mapping(case="id", unit="day", last_by=["at"], values=[{"indicator": "it", "duration": SPAN}]), KNOWN
    )
    assert parsed.columns == ("day", "id", "at", "a", "b")


def test_the_format_says_how_numbers_and_dates_are_written() -> None:
    parsed = parse_mapping(mapping(format={"decimal": ",", "thousands": ".", "dates": "%d/%m/%Y"}), KNOWN)
    assert (parsed.format.numbers, parsed.format.dates) == (NumberFormat(",", "."), ("%d/%m/%Y",))


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"values": [VALUE]}, "date", "missing_key"),
        (mapping(date=3), "date", "not_a_text"),
        (mapping(dates="day"), "dates", "unknown_key"),
        (mapping(values=None), "values", "missing_key"),
        (mapping(values=[]), "values", "not_a_list"),
        (mapping(values=["v"]), "values[0]", "not_a_mapping"),
        (mapping(values=[{"indicator": "no", "column": "v"}]), "values[0].indicator", "unknown_indicator"),
        (mapping(values=[VALUE, VALUE]), "values[1].indicator", "indicator_twice"),
        (mapping(values=[{"indicator": "it"}]), "values[0]", "one_derivation"),
        (mapping(values=[{**VALUE, "filled": "v"}]), "values[0]", "one_derivation"),
        (mapping(values=[{"indicator": "it", "filled": "v", "n": "k"}]), "values[0].n", "only_with_column"),
        (mapping(values=[{"indicator": "it", "count": "rows"}]), "values[0].count", "needs_case"),
        (mapping(last_by=["at"]), "last_by", "needs_case"),
        (
            mapping(values=[{"indicator": "it", "duration": {**SPAN, "by": "weeks"}}]),
            "values[0].duration.by",
            "unknown_choice",
        ),
        (mapping(values=[{"indicator": "it", "over": {"column": "a"}}]), "values[0].over.threshold", "missing_key"),
        (
            mapping(values=[{"indicator": "it", "over": {"column": "a", "threshold": True}}]),
            "values[0].over.threshold",
            "not_a_number",
        ),
        (
            mapping(values=[{"indicator": "it", "over": {"column": "a", "by": "days", "threshold": 1}}]),
            "values[0].over.by",
            "only_without_column",
        ),
        (
            mapping(values=[{"indicator": "it", "in": {"column": "a", "values": []}}]),
            "values[0].in.values",
            "missing_key",
        ),
        (mapping(format={"separator": "#"}), "format.separator", "unknown_choice"),
        (mapping(format={"decimal": ",", "thousands": ","}), "format.thousands", "unknown_choice"),
        (mapping(format={"encoding": "klingon"}), "format.encoding", "unknown_choice"),
        (mapping(format={"dates": ["%d/%m"]}), "format.dates", "unknown_date_format"),
        (mapping(format={"dates": ["%d%m%Y"]}), "format.dates", "unknown_date_format"),
        (mapping(format="csv"), "format", "not_a_mapping"),
        (mapping(case="matricola_operatore"), "case", "worker_column"),
        (mapping(unit="Badge"), "unit", "worker_column"),
        (mapping(null="NA"), "null", "not_a_list"),
    ],
)
def test_a_fault_names_its_key(data: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(MappingError) as error:
        parse_mapping(data, KNOWN)
    assert (error.value.key_path, error.value.message_code) == (path, code)


@pytest.mark.parametrize(
    ("column", "worker"),
    [
        ("operatore", True),
        ("Operator_ID", True),
        ("MATRICOLA", True),
        ("id cassiere", True),
        ("employee-id", True),
        ("agente", True),
        ("operazione", False),
        ("agenzia", False),
        ("staff_courtesy", False),
        ("cashback", False),
    ],
)
def test_columns_that_tell_workers_apart_are_known_by_name(column: str, worker: bool) -> None:
    assert names_a_worker(column) is worker
