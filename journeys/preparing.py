"""In the sandboxed child: a file looked at, matched, corrected and checked, for a person to see before it counts."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from journeys import correcting, patches
from journeys.orders import Order, Taken
from journeys.reading.mapping import MappingError, parse_mapping
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.shape import HEAD, locate, other_kind, plain, read_shape
from journeys.reading.survey import head_encoding
from journeys.taking import Tell, take

EXAMPLES = 5
EXAMPLE_LENGTH = 60


def taken_in(order: Order, tell: Tell) -> Taken:
    """The file, as corrected, in the lake."""
    return take(correcting.corrected(order), tell)


def prepare(order: Order, tell: Tell) -> Taken:
    """What a person must know of the file: what it is, which mapping fits, what is wrong, what it would change."""
    tell("reading", 0, None)
    try:
        seen = look(order)
    except Unreadable as error:
        return Taken().refuse([error.problem])
    fitting = _fitting(order, seen["columns"])
    outcome: dict[str, Any] = {"recognised": seen, "mapping": fitting}
    if fitting is None:
        return Taken(outcome=outcome)
    order = replace(order, mapping=fitting)
    if order.patch:
        try:
            found = patches.edits_of(order)
        except patches.NotAPatch as error:
            found, outcome["patch_problem"] = [], str(error)
        outcome["patched"] = len({edit["row"] for edit in found})
        order = replace(order, edits=(*order.edits, *found))
        outcome["edits"] = list(order.edits)
    taken = take(correcting.corrected(order), tell)
    if taken.problems:
        wanted = {problem["row"] for problem in taken.problems if problem["row"] is not None}
        outcome["bad"] = correcting.rows_of(replace(order, file=_file(order)), wanted)
    taken.outcome |= outcome
    return taken


def _file(order: Order) -> Any:
    copy = order.work / "corrected.csv"
    return copy if copy.exists() else order.file


def look(order: Order) -> dict[str, Any]:
    """Encoding, separator, header row, and every column with its first different values."""
    with order.file.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\r\n \t"):
        raise Unreadable(Problem("empty"))
    if kind := other_kind(head):
        raise Unreadable(Problem("other_kind", value=kind))
    encoding = head_encoding(head, None)
    text = head[: len(head) - len(head) % 2].decode(encoding, "replace")
    if "\ufffd" in text.rstrip("\ufffd"):
        encoding, text = "cp1252", head.decode("cp1252", "replace")
    shape = read_shape(text, _wanted(order))
    rows = correcting.sample(text, shape)
    return {
        "encoding": codecs.lookup(encoding).name.removesuffix("-sig"),
        "separator": shape.separator,
        "header_row": shape.header_row,
        "columns": list(shape.columns),
        "examples": [_examples([row[i] for row in rows if len(row) > i]) for i in range(len(shape.columns))],
    }


def _wanted(order: Order) -> tuple[str, ...]:
    return tuple(name for mapping in order.mappings[:1] for name in _columns(order, mapping))


def _columns(order: Order, mapping: Mapping[str, Any]) -> tuple[str, ...]:
    return parse_mapping(mapping, {facts.slug: facts for facts in order.indicators}).columns


def _fitting(order: Order, columns: Sequence[str]) -> Mapping[str, Any] | None:
    for mapping in order.mappings:
        try:
            locate(columns, _columns(order, mapping))
        except (Unreadable, MappingError):
            continue
        return mapping
    return None


def _examples(values: Sequence[str]) -> list[str]:
    """The first different values, cut to what a cell of a page holds."""
    said = dict.fromkeys(plain(value)[:EXAMPLE_LENGTH] for value in values)
    return [value for value in said if value][:EXAMPLES]
