"""The sources of a ``company.yml``: their mapping checked, their files found."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from journeys.calendar import SECONDS
from journeys.companyfile.definitions import DepartmentEntry, IndicatorEntry, SourceEntry
from journeys.companyfile.document import Keys, Record, nodes, plain, suggestion
from journeys.reading.mapping import IndicatorFacts, MappingError, parse_mapping

SOURCE = Keys(("slug", "name", "department", "mapping"), ("due_day", "files", "retired"))
Known = tuple[tuple[DepartmentEntry, ...], tuple[IndicatorEntry, ...]]
LATEST_DUE = 90

SENTENCES: Mapping[str, Callable[[], str]] = {
    "not_a_mapping": lambda: _("here a list of “key: value” is expected"),
    "unknown_key": lambda: _("unknown key. It may be: %(known)s."),
    "missing_key": lambda: _("this key is missing"),
    "not_a_text": lambda: _("here a text is expected"),
    "not_a_number": lambda: _("here a number is expected"),
    "not_a_list": lambda: _("here a list is expected, each item on a line that starts with “- ”"),
    "unknown_choice": lambda: _("“%(value)s” is not known here. It may be: %(known)s."),
    "worker_column": lambda: _("column “%(column)s” identifies single workers: data about them are not taken in"),
    "only_without_date": lambda: _("this does not go with “date”"),
    "two_ends": lambda: _("here the two ends of the scale are expected: [1, 5]"),
    "not_a_boolean": lambda: _("here true or false is expected"),
    "weight_of_median": lambda: _("medians and percentiles of weighted answers are not computed: “%(indicator)s”"),
    "needs_case": lambda: _("this works only where the mapping names the column of the case"),
    "unknown_date_format": lambda: _("“%(value)s” is not a date format: write %%d/%%m/%%Y"),
    "indicator_twice": lambda: _("indicator “%(indicator)s” stands in this mapping twice"),
    "one_derivation": lambda: _("exactly one of these keys is expected: %(known)s"),
    "only_with_column": lambda: _("n and sd go together with “column” only"),
    "only_without_column": lambda: _("this key does not go together with “column”"),
}


def read(top: Record, folder: Path, known: Known) -> tuple[SourceEntry, ...]:
    """The sources; a mapping that cannot be followed and a file that is not there are noted."""
    departments = [department.slug for department in known[0]]
    return tuple(_source(record, folder, departments, known[1]) for record in top.records("sources", SOURCE))


def _source(
    record: Record, folder: Path, departments: list[str], indicators: tuple[IndicatorEntry, ...]
) -> SourceEntry:
    department = record.one_of("department", departments)
    return SourceEntry(
        slug=record.slug(),
        name=record.text("name"),
        department=department,
        mapping=_mapping(record, department, indicators),
        due_day=record.whole("due_day", 10, 0, LATEST_DUE),
        files=_files(record, folder),
        retired=record.day("retired"),
    )


def _mapping(record: Record, department: str, indicators: tuple[IndicatorEntry, ...]) -> dict[str, Any]:
    node = record.values.get("mapping")
    if node is None:
        return {}
    mapping = plain(node)
    owned = {entry.slug: facts(entry) for entry in indicators if not department or entry.department in ("", department)}
    try:
        parse_mapping(mapping, owned)
    except MappingError as error:
        found = nodes(node)
        path = error.key_path
        while path not in found:
            path = path.rpartition(".")[0]
        key = f"{record.at('mapping')}.{error.key_path}" if error.key_path else record.at("mapping")
        record.notes.add(found[path], key, _explained(error, indicators))
    return mapping if isinstance(mapping, dict) else {}


def facts(entry: IndicatorEntry) -> IndicatorFacts:
    """What reading a file must know of the indicator."""
    ordered = entry.kind in ("median", "percentile")
    return IndicatorFacts(entry.slug, SECONDS.get(entry.unit, 1), entry.lowest, entry.highest, entry.whole, ordered)


def _explained(error: MappingError, indicators: tuple[IndicatorEntry, ...]) -> str:
    if error.message_code != "unknown_indicator":
        return SENTENCES[error.message_code]() % error.arguments
    slug = error.arguments["indicator"]
    owner = next((entry.department for entry in indicators if entry.slug == slug), "")
    if owner:
        words = {"indicator": slug, "department": owner}
        return _("indicator “%(indicator)s” belongs to department “%(department)s”, the source does not") % words
    hint = suggestion(slug, [entry.slug for entry in indicators])
    return _("there is no indicator “%(indicator)s”.") % {"indicator": slug} + hint


def _files(record: Record, folder: Path) -> tuple[str, ...]:
    names: list[str] = []
    for path, name, node in record.texts("files"):
        if name in names:
            record.notes.add(node, path, _("“%(value)s” stands here twice") % {"value": name})
        elif not (folder / name).is_file():
            record.notes.add(node, path, _("there is no file “%(value)s” in the folder") % {"value": name})
        names.append(name)
    return tuple(names)
