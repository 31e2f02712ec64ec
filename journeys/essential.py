"""PURE: few and essential — at most twelve indicators for the company and three a stage; to add one, retire one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

IN_COMPANY, IN_STAGE = 12, 3


@dataclass(frozen=True)
class Crowd:
    """Essential indicators: how many, and the stages that have more than their share."""

    total: int
    stages: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.total <= IN_COMPANY and not self.stages


def crowd(places: Iterable[str]) -> Crowd:
    """Of the stages of the essential indicators, one entry each; "" is the whole journey, which has no share."""
    counted = Counter(places)
    return Crowd(counted.total(), tuple(place for place, n in counted.items() if place and n > IN_STAGE))
