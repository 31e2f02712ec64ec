"""In the sandboxed child: a file recognised, matched, corrected and checked, for a person to see before it counts."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from journeys import correcting, patches
from journeys.converting import converted
from journeys.orders import Order, Taken
from journeys.reading.described import Piece, Question, Recognised, merged
from journeys.reading.mapping import MappingError, parse_mapping
from journeys.reading.matching import Match, fields_of, suggest
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.recognise import recognise
from journeys.reading.shape import HEAD, WORKBOOKS, other_kind
from journeys.reading.workbook import recognise_book
from journeys.taking import Tell, take

TOLD_BY_FILE = ("separator", "encoding")


def taken_in(order: Order, tell: Tell) -> Taken:
    """The file, as corrected, in the lake."""
    return take(correcting.corrected(order), tell)


def prepare(order: Order, tell: Tell) -> Taken:
    """What a person must know of the file: what it is, which mapping fits, what is wrong, what it would change."""
    tell("reading", 0, None)
    try:
        seen = _look(order)
    except Unreadable as error:
        return Taken().refuse([error.problem])
    if worker := next((column.name for column in seen.columns if column.personal == "worker"), ""):
        return Taken().refuse([Problem("worker_column", column=worker)])
    outcome: dict[str, Any] = {"recognised": seen.as_json(), "mapping": None, "questions": [], "matches": []}
    held = next((base for mapping in order.mappings if _fits(base := _base(mapping, seen, order), seen, order)), None)
    fitting = merged(seen.answers, held) if held else None
    if fitting is None:
        outcome["matches"] = _suggested(seen, order)
    used = _used(fitting) if fitting else {match["column"] for match in outcome["matches"]}
    outcome["questions"] = [
        asdict(one) for one in seen.questions if one.column in ("", *used) and not _answered(one, held or _asked(order))
    ]
    if fitting is None or (outcome["questions"] and not order.settled):
        outcome["mapping"] = fitting
        return Taken(outcome=outcome)
    return _checked(replace(order, mapping=fitting), outcome, tell)


def _look(order: Order) -> Recognised:
    """The file recognised: a text, or a sheet of a workbook."""
    with order.file.open("rb") as file:
        if other_kind(file.read(HEAD)) not in WORKBOOKS:
            return recognise(file, order.name, order.answers)
    sheets = (mapping.get("format", {}).get("sheet", "") for mapping in (order.answers, *order.mappings[:1]))
    return recognise_book(order.file, order.name, order.answers, next(filter(None, sheets), ""))


def _checked(order: Order, outcome: dict[str, Any], tell: Tell) -> Taken:
    """The check of a file that is understood, with the corrections there are."""
    outcome["mapping"] = order.mapping
    with suppress(Unreadable):  # taking the file says why
        order = converted(order)
    if order.patch:
        found: list[dict[str, Any]] = []
        try:
            found = patches.edits_of(order)
        except patches.NotAPatch as error:
            outcome["patch_problem"] = str(error)
        outcome["patched"] = len({edit["row"] for edit in found})
        order = replace(order, edits=(*order.edits, *found))
        outcome["edits"] = list(order.edits)
    read = correcting.corrected(order)
    taken = take(read, tell)
    wanted = {problem["row"] for problem in taken.problems if problem["row"] is not None}
    outcome["bad"] = correcting.rows_of(read, wanted) if wanted else {}
    taken.outcome |= outcome
    return taken


def _used(mapping: Mapping[str, Any]) -> set[str]:
    return {field.names[0] for field in fields_of(mapping)}


def _asked(order: Order) -> Mapping[str, Any]:
    return merged(order.mappings[0] if order.mappings else {}, order.answers)


def _answered(question: Question, mapping: Mapping[str, Any]) -> bool:
    """True when the mapping already holds one of the question's answers."""
    pieces = [piece for piece in (question.yes, question.no) if piece]
    return any(merged(mapping, piece) == dict(mapping) for piece in pieces)


def _fits(mapping: Mapping[str, Any], seen: Recognised, order: Order) -> bool:
    """True when every column the mapping names is there and it holds."""
    try:
        parse_mapping(merged(seen.answers, mapping), {facts.slug: facts for facts in order.indicators})
    except MappingError:
        return False
    return all(match.how == "exact" for match in suggest(seen, fields_of(mapping)))


def _base(mapping: Mapping[str, Any], seen: Recognised, order: Order) -> dict[str, Any]:
    """A mapping with what was answered about such columns before, and what is answered now."""
    last = order.mappings[1] if len(order.mappings) > 1 else {}
    here = {column.name for column in seen.columns}
    known = {"columns": {name: said for name, said in last.get("columns", {}).items() if name in here}}
    form = {"format": dict(_without_told(last, order).get("format", {}))}
    pieces = [piece for piece in (known, form) if any(piece.values())]
    return merged({}, *pieces, _without_told(mapping, order), order.answers)


def _without_told(mapping: Mapping[str, Any], order: Order) -> Piece:
    """A remembered mapping without what each file tells of itself; the source's own keeps all it declares."""
    if mapping == order.mapping or "format" not in mapping:
        return mapping
    return {**mapping, "format": {key: value for key, value in mapping["format"].items() if key not in TOLD_BY_FILE}}


def _suggested(seen: Recognised, order: Order) -> list[dict[str, Any]]:
    """A match for each column the source needs, by what was chosen before: newest first."""
    if not order.mappings:
        return []
    first, *earlier = order.mappings
    names = {field.key: field.names[0] for field in fields_of(first)}
    chosen = [
        {names[field.key]: field.names[0] for field in fields_of(mapping) if field.key in names} for mapping in earlier
    ]
    mine, company = chosen[: order.mine], chosen[order.mine :]
    return [_as_json(match) for match in suggest(seen, fields_of(first), mine, company)]


def _as_json(match: Match) -> dict[str, Any]:
    return {"key": match.field.key, "name": match.field.names[0], "column": match.column, "how": match.how}
