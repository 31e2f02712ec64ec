"""Contributions of a stage's touchpoints to votes, for reports made up."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from metrics.report import EffectRow, fixed

WITHHELD: dict[str, Any] = {"verdict": "too_little", "note": "everyone"}
NUMBERS = {"points": "-2.1", "low": "-3.4", "high": "-0.8"}


def passing(stage: str, met: Mapping[str, tuple[int, int] | None], votes: Sequence[str]) -> Iterator[EffectRow]:
    """For each vote of a stage and each touchpoint: how many met it and how many did not, None where all did."""
    for vote in votes:
        for touchpoint, cases in met.items():
            given = WITHHELD if cases is None else {"n": cases[0], "detail": {"without": cases[1]}, **_proven()}
            yield EffectRow("contribution", "", "", stage, f"voto_{vote}", vote, touchpoint=touchpoint, **given)


def _proven() -> dict[str, Any]:
    return {"verdict": "worse", **{name: fixed(Decimal(value)) for name, value in NUMBERS.items()}}
