"""What the files' own statistics say of their rows, so that what they rule out need not be read or reckoned with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from journeys.written import Sums

ROOM, ROOM_OF_WHOLES = 10**25, 10**18  # a tenth of what a decimal of twelve places, and a whole number, holds


@dataclass(frozen=True)
class Footer:
    """Whether some file has ``weights``, every n is 1 (``single``), every rule ``each``, and plain sums ``fit``."""

    weights: bool
    single: bool
    each: bool
    fit: bool


def footer(ask: Callable[[str], list[tuple[Any, ...]]], files: str, brought: Iterable[Sums]) -> Footer:
    """Of the files listed, and of those that bring their sums: their rows are single answers and all count.

    Sums fit when no sum of values or squares can be too large for a plain decimal; those with weights never do.
    """
    sums = list(brought)
    rows, value = sum(one.rows for one in sums), max((one.most for one in sums), default=0)
    if not files:
        return Footer(weights=False, single=True, each=True, fit=_fit(rows, value, 1, 0))
    ends = (f"abs(try_cast(stats_{end}_value AS DOUBLE))" for end in ("min", "max"))
    biggest = f"max(greatest({', '.join(ends)})) FILTER (path_in_schema = "
    most = ", ".join(f"{biggest}'{name}')" for name in ("value", "n", "sd"))
    same = "bool_and(coalesce(stats_min_value = {0} AND stats_max_value = {0}, false)) FILTER (path_in_schema = {1})"
    ((weights, single, each, others, *greatest),) = ask(
        f"""SELECT bool_or(path_in_schema = 'w'), {same.format("'1'", "'n'")}, {same.format("'each'", "'rule'")},
        coalesce(sum(num_values) FILTER (path_in_schema = 'value'), 0), {most}
        FROM parquet_metadata([{files}])"""
    )
    known = not others or None not in greatest[:2]
    largest, n, sd = (number or 0 for number in greatest)
    fit = known and not weights and _fit(rows + others, max(value, largest), max(n, 1), sd)
    return Footer(bool(weights), bool(single), bool(each), fit)


def _fit(rows: int, value: float, n: float, sd: float) -> bool:
    return rows * n * (value**2 + sd**2) < ROOM and rows * n * max(value, 1) < ROOM_OF_WHOLES
