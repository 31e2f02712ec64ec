"""Published cases and the moments of raw numbers, for the tests beside it."""

import json
from collections.abc import Sequence
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from metrics.stats.drivers import CrossProducts
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Moments

CASES = Path(__file__).parents[2] / "cases"


def case(name: str) -> dict[str, Any]:
    """Return a published case by its file name; one that shares another's data gets its inputs."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text())
    same = found.get("inputs", {}).get("same_data_as")
    return found if same is None else {**found, "inputs": {**case(same)["inputs"], **found["inputs"]}}


def loose(module: ModuleType) -> list[str]:
    """The values of a module that could be changed after they were made, or be given what they do not have."""
    kinds: list[Any] = [kind for kind in vars(module).values() if isinstance(kind, type) and is_dataclass(kind)]
    own = [kind for kind in kinds if kind.__module__ == module.__name__]
    return [kind.__name__ for kind in own if not kind.__dataclass_params__.frozen or "__slots__" not in vars(kind)]


def millionths(value: float | str) -> int:
    """Return a decimal number as fixed point."""
    return int(Decimal(str(value)) * MILLION)


def moments_of(values: Sequence[float | str], top: float = 9, bottom: float = 6) -> Moments:
    """Return the moments of raw answers; ``hi`` counts those of at least ``top``, ``lo`` of at most ``bottom``."""
    fixed = [millionths(value) for value in values]
    hi, lo = sum(float(v) >= top for v in values), sum(float(v) <= bottom for v in values)
    return Moments(len(fixed), sum(fixed), sum(x * x for x in fixed), hi, lo)


def cross_products(found: dict[str, Any], repeats: IntArray | None = None) -> CrossProducts:
    """Return the cross-products of a case's rows, its outcome first."""
    columns, outcome = found["inputs"]["columns"], found["inputs"]["y"]
    order = [columns.index(outcome), *(k for k, name in enumerate(columns) if name != outcome)]
    left_out = set(found["inputs"].get("left_out_rows", ()))
    rows = [[millionths(row[k]) for k in order] for i, row in enumerate(found["inputs"]["rows"]) if i not in left_out]
    return CrossProducts.of([columns[k] for k in order], np.array(rows, dtype=np.int64), repeats)
