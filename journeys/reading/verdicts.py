"""PURE: what is said of a file: the circumstances on its receipt, and the problem of a row that fails a check."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from journeys.reading import dates, personal
from journeys.reading.derive import Plan
from journeys.reading.layout import TOTAL
from journeys.reading.mapping import SourceMapping
from journeys.reading.numbers import NotANumber, fitting
from journeys.reading.problems import Problem, shown
from journeys.reading.shape import INVISIBLE, Shape, locate, plain
from journeys.reading.survey import Survey
from journeys.reading.widening import Widened

_SEVERAL = re.compile(r"[.,'].*[.,']")
_FORMULA_ERROR = re.compile(r"#[^\W\d_][\w/]*[!?]?")


def circumstances(
    shape: Shape, found: Survey, mapping: SourceMapping, notes: Mapping[str, Any], warned: Sequence[Problem]
) -> dict[str, Any]:
    """What the receipt says of the file as a whole; ``notes`` are those of its conversion."""
    used = set(locate(shape.columns, mapping.headings).values())
    warnings = [
        Problem("invisible_header", shape.header_row, plain(shape.columns[place]))
        for place in sorted(used)
        if INVISIBLE.search(shape.columns[place])
    ]
    return {
        "encoding": found.encoding,
        "separator": shape.separator,
        "header_row": shape.header_row,
        "ignored": [plain(column) for i, column in enumerate(shape.columns) if i not in used],
        **notes,
        "warnings": [*notes.get("warnings", []), *(problem.as_json() for problem in (*warnings, *warned))],
    }


def cell_problem(plan: Plan, wide: Widened, found: tuple[int, int, str | None, int | None]) -> Problem:
    """The problem of a row that fails a check: its code is made precise by reading the cell again, slowly.

    ``found``: the row, the check's number, the text at fault and, of a value under a period's heading, its position.
    """
    row, bad, wrong, place = found
    check = plan.checks[bad - 1]
    code, expected, text = check.code, check.expected, (wrong or "").strip()
    column = wide.name(check.position, place)
    mapped = next((name for name, position in plan.positions.items() if position == check.position), column)
    if code == "not_a_number":
        style = plan.mapping.numbers(mapped)
        try:
            style.parse(text)
        except NotANumber as error:
            code = "ambiguous_number" if _SEVERAL.search(text) and fitting([text]) else error.code
        expected = f"1{style.thousands}234{style.decimal}5"
    elif code == "not_a_date":
        expected = plan.mapping.dates(mapped)[0]
        code = "no_such_day" if dates.names_no_day(text, plan.mapping.dates(mapped)) else code
        code = "total_row" if TOTAL.match(text) else code
    if check.code in ("not_a_number", "not_a_date") and _FORMULA_ERROR.fullmatch(text):
        code = "formula_error"
    elif code == "unknown_name":
        known = expected.split("\n")
        expected = next(iter(difflib.get_close_matches(text, known, 1, 0)), known[0])
    dated = dates.parse(text, plan.mapping.dates(mapped)) is not None  # such digits are nobody's telephone
    return Problem(code, row, column, shown(text if dated else personal.masked(text)), expected)
