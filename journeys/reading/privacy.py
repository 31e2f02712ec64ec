"""PURE: what of a file's beginning must not come in: workers, people's identifiers; and what is only warned of."""

from collections.abc import Iterator, Sequence

from journeys.reading import personal
from journeys.reading.mapping import SourceMapping
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.shape import plain

Rows = Sequence[tuple[int, Sequence[str]]]
LONG = 12


def refuse_persons(columns: Sequence[str], rows: Rows, mapping: SourceMapping) -> None:
    """Unreadable for a heading that tells workers apart, and for people's identifiers as cases or units."""
    for column in columns:
        if personal.names_a_worker(column):
            raise Unreadable(Problem("worker_column", column=plain(column)))
    for name in (mapping.case, mapping.unit):
        answers = mapping.answers.get(name)
        if not name or (name == mapping.case and answers and answers.pseudonymise):
            continue
        place = next(
            (i for i, column in enumerate(columns) if plain(column).casefold() == plain(name).casefold()), None
        )
        if place is not None:
            _refuse_column(name, [(row, cells[place].strip()) for row, cells in rows if place < len(cells)])


def refuse_names(name: str, codes: Sequence[str]) -> None:
    """Unreadable when codes look like names of people; three of them are shown, masked."""
    if found := personal.names(codes):
        some = ", ".join(personal.initials(text) for text in found[:3])
        raise Unreadable(Problem("personal_names", column=name, value=some))


def _refuse_column(name: str, cells: Sequence[tuple[int, str]]) -> None:
    if kind := personal.identifiers([text for _, text in cells], name):
        row = next(row for row, text in cells if personal.identifier(text))
        raise Unreadable(Problem("personal_identifier", row, name, KINDS.get(kind, kind)))
    refuse_names(name, list(dict.fromkeys(text for _, text in cells)))


KINDS = {"email": "e-mail", "phone": "tel.", "iban": "IBAN", "fiscal_code": "codice fiscale"}


def warnings(columns: Sequence[str], rows: Rows, mapping: SourceMapping) -> Iterator[Problem]:
    """Columns with personal data among their texts: the first row of each."""
    for place, column in enumerate(columns):
        if column in (mapping.case, mapping.unit):
            continue
        for row, cells in rows:
            cell = cells[place] if place < len(cells) else ""
            if len(cell) >= LONG and not cell.isdigit() and personal.masked(cell) != cell:
                yield Problem("masked", row, plain(column))
                break
