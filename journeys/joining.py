"""In the sandboxed child: how a file's observations join those its source had sent for the same quarters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from journeys import comparing
from journeys.comparing import Comparison, Connection
from journeys.files import place_of
from journeys.orders import Order, Taken
from journeys.reading.derive import quote

ONE_BY_ONE = ("update", "merge")


class Joining:
    """One file's rows, quarter by quarter, beside the parts named in its order."""

    def __init__(self, order: Order, connection: Connection) -> None:
        self.order, self.connection = order, connection
        self.compared: dict[str, Comparison] = {}

    def look(self, quarter: str, fresh: str) -> None:
        """Compare the quarter's observations, given as a query, with what the source had sent."""
        before = {digest: place_of(self.order.lake, digest) for code, digest in self.order.known if code == quarter}
        sides = ("fresh ", "earlier ") if self.order.how == "merge" else ("", "")
        self.compared[quarter] = comparing.compare(self.connection, quarter, f"({fresh})", before, sides)

    @property
    def adds_nothing(self) -> bool:
        """Every row is there already, in every quarter of the file."""
        return bool(self.compared) and all(one.same for one in self.compared.values())

    def chosen(self, quarter: str, fresh: str) -> str:
        """The query for the observations that are to be written for the quarter."""
        one = self.compared.get(quarter)
        if one is None or not one.before:
            return fresh
        if self.adds_nothing or (self.order.how == "replace" and one.same):
            return f"SELECT * FROM ({fresh}) AS t WHERE false"
        return f"SELECT * FROM ({fresh}) AS t WHERE {one.kept('t')}" if self.order.how in ONE_BY_ONE else fresh

    def supersede(self, taken: Taken, keep: Callable[[Path], tuple[str, int]]) -> None:
        """Note in the taken which earlier parts give way, and write what stays of them."""
        for quarter, one in self.compared.items():
            if self.order.how == "add" or one.same:
                continue
            for digest in one.before:
                if self.order.how == "replace":
                    taken.superseded.append(digest)
                elif one.alters:
                    self._thin(taken, quarter, digest, keep)

    def _thin(self, taken: Taken, quarter: str, digest: str, keep: Callable[[Path], tuple[str, int]]) -> None:
        """Leave of an earlier part the cases the file does not change, if it holds any it does."""
        held, rest = comparing.earlier([place_of(self.order.lake, digest)]), self.order.work / f"{digest}.parquet"
        kept = f"SELECT * FROM {held} AS t WHERE {self.compared[quarter].untouched('t')}"
        before, after = (
            self.connection.execute(f"SELECT count(*) FROM ({sql})").fetchall()[0][0]
            for sql in (f"SELECT * FROM {held} AS t", kept)
        )
        if before == after:
            return
        taken.superseded.append(digest)
        if after:
            weighted = self.connection.execute(f"SELECT count(w) FROM ({kept})").fetchall()[0][0]
            kept = f"SELECT * {'' if weighted else 'EXCLUDE (w)'} FROM ({kept})"
            self.connection.execute(f"COPY ({kept}) TO {quote(str(rest))} (FORMAT parquet, COMPRESSION uncompressed)")
            sha256, size = keep(rest)
            found = {"of": digest, "quarter": quarter, "sha256": sha256, "observations": int(after), "size": size}
            taken.rests.append(found)

    def outcome(self, fresh: str) -> dict[str, Any]:
        """For the person who prepares the file: the comparison, and levels now and the last time."""
        last = self._last()
        return {
            "diff": {quarter: dict(one.counts) for quarter, one in self.compared.items()},
            "known": [quarter for quarter, one in self.compared.items() if one.before],
            "levels": comparing.levels(self.connection, f"({fresh})"),
            "before": comparing.levels(self.connection, comparing.earlier(last)) if last else {},
        }

    def _last(self) -> list[Path]:
        """The source's parts of the last quarter before those of the file."""
        first = min(self.compared, default="")
        earlier = sorted({quarter for quarter, _ in self.order.known if quarter < first})
        return [place_of(self.order.lake, digest) for quarter, digest in self.order.known if quarter in earlier[-1:]]

    def totals(self) -> dict[str, int]:
        """Cases of each sign over all quarters."""
        return {sign: sum(one.counts[sign] for one in self.compared.values()) for sign in comparing.SIGNS}
