"""PURE: what differs between two reports of a quarter, or of two: every figure old → new, with its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from metrics.report import FigureRow, Report

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Changed:
    """One figure in two reports; a side is None where the report has none."""

    key: Key
    old: FigureRow | None
    new: FigureRow | None

    @property
    def moved(self) -> bool:
        """Whether the shown value itself is another, not only its interval or base."""
        return _value(self.old) != _value(self.new)

    @property
    def turned(self) -> bool:
        """Whether the verdict is another."""
        return (self.old.verdict if self.old else "") != (self.new.verdict if self.new else "")


def key_of(row: FigureRow) -> Key:
    """What a figure is of: level, stage, indicator, unit."""
    return row.level, row.stage, row.indicator, row.unit


def changed(old: Report, new: Report) -> list[Changed]:
    """Every figure that is not the same in both, in the new report's order, then what is gone."""
    before = {key_of(row): row for row in old.figures}
    after = {key_of(row): row for row in new.figures}
    rows = [Changed(key, before.get(key), row) for key, row in after.items() if before.get(key) != row]
    return rows + [Changed(key, row, None) for key, row in before.items() if key not in after]


def turned(old: Report, new: Report) -> list[Changed]:
    """Only the figures whose verdict turns: what readers were told and would be told otherwise."""
    return [row for row in changed(old, new) if row.turned]


def definitions_changed(old: Report, new: Report) -> list[str]:
    """Slugs of indicators and stages whose definition, scale or weight is not the same in both."""
    found: list[str] = []
    pairs: Sequence[tuple[dict[str, object], dict[str, object]]] = (
        ({row.slug: row for row in old.stages}, {row.slug: row for row in new.stages}),
        ({row.slug: row for row in old.indicators}, {row.slug: row for row in new.indicators}),
    )
    for before, after in pairs:
        found += [slug for slug in {**before, **after} if before.get(slug) != after.get(slug)]
    return found


def _value(row: FigureRow | None) -> tuple[Decimal | None, str]:
    return (None, "") if row is None else (row.value, row.base)
