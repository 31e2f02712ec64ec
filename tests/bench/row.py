"""One measure of the bench: ours, what it is held against, and the bar."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """``ratio`` is compared with ``bar``: at least it, at most it, or no bar at all (0, ``info``)."""

    name: str
    ours: float
    reference: float
    ratio: float
    bar: float
    unit: str
    sense: Literal["at_least", "at_most", "info"] = "at_most"

    @property
    def holds(self) -> bool:
        """True when the promise is kept."""
        if self.sense == "info":
            return True
        return self.ratio >= self.bar if self.sense == "at_least" else self.ratio <= self.bar

    def as_json(self) -> dict[str, Any]:
        """The row of ``var/bench.json``."""
        fields = {key: value for key, value in asdict(self).items() if key != "sense"}
        return {**fields, "holds": self.holds}
