"""In the sandboxed child: the file as corrected, written beside the work; and the rows a person must look at.

The copy keeps every row's number, so that what is said of a row is true of the file as it came.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from journeys.converting import converted
from journeys.edits import Edits
from journeys.orders import Order
from journeys.reading import records
from journeys.reading.mapping import parse_mapping
from journeys.reading.problems import Unreadable
from journeys.reading.shape import HEAD, Shape, read_shape
from journeys.reading.survey import Survey, head_encoding, survey

MOST_ROWS = 1000
MOST_TEXT = 1 << 21
SAMPLE = 200


@dataclass(frozen=True)
class Opened:
    """A delimited text whose header and encoding are known."""

    file: BinaryIO
    shape: Shape
    found: Survey

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of every row after the header."""
        return records.records(self.file, self.shape, self.found)


def opened(order: Order, file: BinaryIO) -> Opened:
    """The file of the order, opened; ``Unreadable`` when it cannot be."""
    mapping = parse_mapping(order.mapping, {facts.slug: facts for facts in order.indicators})
    file.seek(0)
    head = file.read(HEAD)
    encoding = head_encoding(head, mapping.format.encoding)
    text = head[: len(head) - len(head) % 2].decode(encoding, "replace")
    shape = read_shape(text, mapping.headings, mapping.format.separator, survey_tool=bool(mapping.format.tool))
    return Opened(file, shape, survey(file, shape.separator, mapping.format.encoding))


def corrected(order: Order) -> Order:
    """The order about the file, plain and corrected; the order itself where there is nothing to do or to read."""
    try:
        order = converted(order)
    except Unreadable:
        return order  # taking the file says why
    edits = Edits.of(order.edits)
    if not edits:
        return order
    copy = order.work / "corrected.csv"
    try:
        with order.file.open("rb") as file:
            source = opened(order, file)
            with copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
                csv.writer(out, delimiter=source.shape.separator).writerows(_lines(source, edits))
    except Unreadable:
        return order  # taking the file says why
    form = {**(order.mapping.get("format") or {}), "encoding": "utf-8", "separator": source.shape.separator}
    return replace(order, file=copy, mapping={**order.mapping, "format": form})


def _lines(source: Opened, edits: Edits) -> Iterator[Iterable[str]]:
    """Every line of the copy; a blank one where a row is left out or was blank."""
    columns, at = source.shape.columns, source.shape.header_row
    yield from ([] for _ in range(at - 1))
    yield columns
    for row, record in source.rows():
        yield from ([] for _ in range(row - at - 1))
        at = row
        yield edits.apply(row, record, columns) or []


def rows_of(order: Order, wanted: Collection[int]) -> dict[str, Any]:
    """Columns, and number and cells of the wanted rows, as far as a workbook of corrections may hold them."""
    kept: list[list[Any]] = []
    room, last = MOST_TEXT, max(wanted, default=0)
    try:
        with order.file.open("rb") as file:
            source = opened(order, file)
            for row, record in source.rows():
                if row in wanted and room > 0 and len(kept) < MOST_ROWS:
                    kept.append([row, *record])
                    room -= sum(map(len, record))
                if row >= last:
                    break
            return {"columns": list(source.shape.columns), "rows": kept}
    except Unreadable:
        return {"columns": [], "rows": []}


def sample(text: str, shape: Shape) -> list[list[str]]:
    """The first records of a text after its header; none past a quotation mark that makes no sense."""
    body = text.split("\n", 1)[1] if text[:5].lower().lstrip('"').startswith("sep=") else text
    skipped = shape.header_row - (body is not text)
    lines = csv.reader(io.StringIO(body.rpartition("\n")[0] or body, newline=""), delimiter=shape.separator)
    found: list[list[str]] = []
    try:
        for number, record in enumerate(lines, 1):
            if number > skipped and record:
                found.append(record)
            if len(found) == SAMPLE:
                break
    except csv.Error:
        return found
    return found
