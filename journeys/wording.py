"""What is wrong with a file or a mapping, in the reader's language: where, what, and what to do."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from journeys.edits import Edit
from journeys.reading.mapping import MappingError
from journeys.reading.problems import Problem

_DATE_PARTS = {
    "%Y": gettext_noop("YYYY"),
    "%m": gettext_noop("MM"),
    "%d": gettext_noop("DD"),
    "%H": gettext_noop("hh"),
    "%M": gettext_noop("mm"),
    "%S": gettext_noop("ss"),
}
_KINDS = {
    "xlsx": gettext_noop("an Excel workbook: save it as “CSV UTF-8” and send that"),
    "xls": gettext_noop("an old or password-protected Excel file: save it as .xlsx without a password and send that"),
    "ods": gettext_noop("an OpenDocument sheet: save it as CSV and send that"),
    "zip": gettext_noop("a compressed archive: send the CSV file that is inside"),
    "gzip": gettext_noop("a compressed archive: send the CSV file that is inside"),
    "pdf": gettext_noop("a PDF: send the data it was made of, as CSV"),
    "image": gettext_noop("a picture: send the data as CSV"),
    "html": gettext_noop("a web page (HTML), whatever its name says: save the data as CSV"),
    "parquet": gettext_noop("a Parquet file: send the data as CSV"),
    "database": gettext_noop("a database: send the data as CSV"),
    "rtf": gettext_noop("a word processor's document: send the data as CSV"),
}


def sentence(problem: Problem) -> str:
    """The problem in words, beginning with its row and column where it has them."""
    text = _WORDS.get(problem.code, _unknown)(problem)
    return _place(problem) % {"text": text} if problem.row is not None else _capital(text)


def mapping_sentence(error: MappingError) -> str:
    """What is wrong with a mapping, beginning with the key."""
    return mapping_words(error.key_path, error.message_code, error.arguments)


def mapping_words(key: str, code: str, arguments: Mapping[str, Any]) -> str:
    """The same, from the error's parts."""
    words = {
        "not_a_mapping": _("here keys and values are expected"),
        "unknown_key": _("this key is not known; known are: %(known)s"),
        "missing_key": _("this key is missing"),
        "not_a_text": _("here a text is expected"),
        "not_a_list": _("here a list of texts is expected"),
        "not_a_number": _("here a number is expected"),
        "unknown_choice": _("“%(value)s” is not one of: %(known)s"),
        "unknown_date_format": _("“%(value)s” is not a date format; write for example %%d/%%m/%%Y"),
        "unknown_indicator": _("there is no indicator “%(indicator)s”"),
        "indicator_twice": _("the indicator “%(indicator)s” is fed twice"),
        "one_derivation": _("exactly one of these is expected: %(known)s"),
        "only_with_column": _("this goes only with “column”"),
        "only_without_column": _("this does not go with “column”"),
        "only_without_date": _("this does not go with “date”"),
        "two_ends": _("here the two ends of the scale are expected: [1, 5]"),
        "not_a_boolean": _("here true or false is expected"),
        "weight_of_median": _("medians and percentiles of weighted answers are not computed: “%(indicator)s”"),
        "needs_case": _("this needs the key “case”"),
        "worker_column": _(
            "the column “%(column)s” tells single workers apart, which is not allowed (art. 4, L. 300/1970)"
        ),
    }
    return f"{key}: {words.get(code, code) % arguments}" if key else words.get(code, code) % arguments


def edit_words(edit: Edit) -> str:
    """A correction as its list shows it."""
    words = {"row": edit.get("row"), "column": edit.get("column"), "old": edit.get("from"), "new": edit.get("to")}
    if "code" in edit:
        return _("Left out: rows with this problem in “%(column)s”: %(code)s") % {
            **words,
            "code": sentence(Problem(edit["code"], value="…", expected="…")),
        }
    if edit.get("out"):
        text = _("Left out: rows with “%(old)s” in “%(column)s”") if "from" in edit else _("Left out: row %(row)s")
        return text % words
    if "cells" in edit:
        return _("Row %(row)s: written anew") % words
    if "from" in edit:
        return _("“%(column)s”: “%(old)s” → “%(new)s”") % words
    return _("Row %(row)s, “%(column)s”: “%(new)s”") % words


def _place(problem: Problem) -> str:
    if problem.column:
        place = _("Row %(row)s, “%(column)s”: %(text)s") % {"row": problem.row, "column": problem.column, "text": "\0"}
    else:
        place = _("Row %(row)s: %(text)s") % {"row": problem.row, "text": "\0"}
    return place.replace("%", "%%").replace("\0", "%(text)s")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unknown(problem: Problem) -> str:
    return _("the file cannot be read (%(code)s)") % {"code": problem.code}


def date_words(text: str) -> str:
    """A date format as a person writes it: GG/MM/AAAA."""
    for part, words in _DATE_PARTS.items():
        text = text.replace(part, _(words))
    return text


def _with(text: str, problem: Problem, **more: object) -> str:
    return text % {"value": problem.value, "expected": problem.expected, "column": problem.column, **more}


def _missing_column(problem: Problem) -> str:
    like = str(problem.extra.get("like", ""))
    if like:
        return _with(_("the column “%(column)s” is missing; is it “%(like)s”?"), problem, like=like)
    found = ", ".join(map(str, problem.extra.get("columns", [])))
    return _with(_("the column “%(column)s” is missing; the file has: %(found)s"), problem, found=found)


def _ragged(problem: Problem) -> str:
    fields, expected = problem.extra.get("fields"), problem.extra.get("expected")
    text = _("%(fields)s fields instead of %(wanted)s; is there a separator inside a text, or a decimal comma?")
    if problem.extra.get("separator") == ",":
        text += " " + _("Separate the columns with semicolons, or put such cells in quotation marks")
    return _with(text, problem, fields=fields, wanted=expected)


def _range(problem: Problem) -> str:
    return _with(_("%(value)s is outside %(expected)s"), problem)


def _other_kind(problem: Problem) -> str:
    kind = _(_KINDS[problem.value]) if problem.value in _KINDS else problem.value
    return _("this is not a text of rows and columns but %(kind)s") % {"kind": kind}


def _bad_mapping(problem: Problem) -> str:
    extra = problem.extra
    why = mapping_words(str(extra.get("key", "")), str(extra.get("reason", "")), extra)
    return _("the source's columns no longer fit its indicators, an analyst must look at them: %(why)s") % {"why": why}


def _bad_date(problem: Problem) -> str:
    text = _("“%(value)s” is not a date; it should look like %(format)s")
    return _with(text, problem, format=date_words(problem.expected))


def _separator(problem: Problem) -> str:
    names = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}
    text = _("the columns are separated by %(found)s, but the source expects %(wanted)s")
    wanted = names.get(problem.expected, problem.expected)
    return _with(text, problem, found=names.get(problem.value, problem.value), wanted=wanted)


def _decoded(problem: Problem) -> str:
    names = {"cp1252": "Windows-1252", "latin-1": "ISO 8859-1"}
    text = _("“%(value)s”, read as %(encoding)s because the file is not UTF-8: check the accents")
    return _with(text, problem, encoding=names.get(problem.expected, problem.expected))


def _too_large(problem: Problem) -> str:
    text = _("the file is larger than %(limit)s: take out the columns that are not needed, or send it in parts")
    limit = problem.expected
    return text % {"limit": filesizeformat(int(limit)) if limit.isdecimal() else limit}


def _rows(problem: Problem) -> str:
    rows = int(problem.value) if problem.value.isdecimal() else 0
    text = {
        "repeated_rows": lambda: ngettext(
            "%(value)s row is the same as another; each counts",
            "%(value)s rows are the same as others; each counts",
            rows,
        ),
        "counted_once": lambda: ngettext(
            "%(value)s row is the same as another; counted once",
            "%(value)s rows are the same as others; counted once",
            rows,
        ),
        "hidden_rows": lambda: ngettext(
            "%(value)s hidden row was read too", "%(value)s hidden rows were read too", rows
        ),
    }[problem.code]()
    return _with(text, problem)


def _simple(text: str) -> Callable[[Problem], str]:
    return lambda problem: _with(_(text), problem)


_WORDS: dict[str, Callable[[Problem], str]] = {
    "missing_column": _missing_column,
    "ragged_row": _ragged,
    "out_of_range": _range,
    "other_kind": _other_kind,
    "bad_mapping": _bad_mapping,
    "not_a_date": _bad_date,
    "wrong_separator": _separator,
    "decoded_as": _decoded,
    **dict.fromkeys(("repeated_rows", "counted_once", "hidden_rows"), _rows),
    "file_too_large": _too_large,
    "header_twice": lambda problem: _with(
        _("the heading “%(column)s” is there twice (columns %(first)s and %(second)s)"), problem, **problem.extra
    ),
    "bad_byte": lambda problem: _with(
        _("a character that is not UTF-8 (byte %(byte)s) in “%(value)s”"), problem, **problem.extra
    ),
}
_WORDS |= {
    code: _simple(text)
    for code, text in {
        "empty": gettext_noop("the file is empty"),
        "no_rows": gettext_noop("there are headings but no row of data"),
        "same_bytes": gettext_noop("this very file was sent before, as “%(value)s”: nothing was added"),
        "unknown_encoding": gettext_noop("the characters cannot be read; save the file as “CSV UTF-8”"),
        "too_many_columns": gettext_noop("%(value)s columns, at most %(expected)s are allowed"),
        "too_many_rows": gettext_noop("%(value)s rows, at most %(expected)s are allowed: send the file in parts"),
        "too_many_units": gettext_noop(
            "“%(column)s” holds more than %(expected)s different units: is it the right column?"
        ),
        "header_elsewhere": gettext_noop("the headings are here, under other lines: delete the lines above"),
        "header_too_long": gettext_noop("the heading “%(value)s” is longer than %(expected)s characters"),
        "unclosed_quote": gettext_noop("quotation marks are opened and never closed: %(value)s"),
        "text_after_quote": gettext_noop("text follows a closing quotation mark: %(value)s"),
        "null_character": gettext_noop("a null character in “%(value)s”"),
        "cell_too_long": gettext_noop("%(value)s characters, at most %(expected)s are allowed"),
        "code_too_long": gettext_noop("“%(value)s” is longer than %(expected)s characters"),
        "bad_code": gettext_noop("“%(value)s” holds characters that cannot be seen"),
        "missing_date": gettext_noop("the date is missing"),
        "total_row": gettext_noop("“%(value)s” is not a date; if this is a line of totals, leave it out"),
        "clock_change": gettext_noop(
            "%(value)s is in the hour in which the clocks change: there is no such time, or it comes twice. "
            "Times are taken as they are written (rows concerned: %(expected)s)"
        ),
        "no_such_day": gettext_noop("%(value)s does not exist in the calendar"),
        "date_too_old": gettext_noop("%(value)s is before %(expected)s"),
        "date_in_future": gettext_noop("%(value)s is in the future"),
        "date_out_of_range": gettext_noop("%(value)s is outside the years %(expected)s"),
        "unknown_quarter": gettext_noop("%(value)s falls in no quarter of the company"),
        "published_quarter": gettext_noop("%(value)s falls in a published quarter: propose a restatement"),
        "quarter_closed": gettext_noop("the quarter %(value)s is published: propose a restatement"),
        "quarter_busy": gettext_noop(
            "the quarter %(value)s is being published this very moment: try again in a minute"
        ),
        "not_a_number": gettext_noop("“%(value)s” is not a number"),
        "other_number_format": gettext_noop("“%(value)s” is written in another format; expected: %(expected)s"),
        "too_many_digits": gettext_noop("%(value)s has more than 15 digits"),
        "too_large": gettext_noop("%(value)s is too large"),
        "too_large_together": gettext_noop(
            "%(value)s is too large together with “%(expected)s”: such numbers cannot be added up exactly"
        ),
        "not_whole": gettext_noop("%(value)s is not a whole number"),
        "bad_count": gettext_noop("%(value)s is not a number of cases"),
        "negative_sd": gettext_noop("a standard deviation cannot be negative: %(value)s"),
        "not_of_source": gettext_noop("“%(value)s” is no indicator of the source “%(expected)s”"),
        "case_said_twice": gettext_noop("the case “%(value)s” is said twice for the same indicator"),
        "not_summed": gettext_noop("of %(expected)s single answers are needed, not several together (n = %(value)s)"),
        "sd_of_one": gettext_noop("a standard deviation goes with the mean of several cases: %(value)s"),
        "personal_code": gettext_noop(
            "an e-mail address, a bank account or a tax code says who a person is: send the order's or ticket's number"
        ),
        "no_header": gettext_noop("these look like data, not headings: add a first line with the names of the columns"),
        "worker_column": gettext_noop(
            "the column “%(column)s” tells single workers apart (art. 4, L. 300/1970): remove it; the file was not kept"
        ),
        "personal_column": gettext_noop(
            "the column “%(column)s” holds personal data (%(value)s): they are not needed and not taken in"
        ),
        "personal_identifier": gettext_noop(
            "%(value)s identifies a person: send a code, or let the source make pseudonyms of such texts"
        ),
        "personal_names": gettext_noop("%(value)s look like names of people: a code is expected here"),
        "masked": gettext_noop("personal data: texts are not stored, and are masked wherever one is shown"),
        "leading_zeros": gettext_noop("codes with leading zeros (%(value)s) are kept as text"),
        "hidden_sheet": gettext_noop("there is a hidden sheet, “%(value)s”: it is not read"),
        "other_sheets": gettext_noop("read the sheet “%(expected)s”; the others are not read: %(value)s"),
        "no_such_sheet": gettext_noop("there is no sheet “%(expected)s”; the workbook has: %(value)s"),
        "no_sheet": gettext_noop("the workbook has no sheet that can be seen"),
        "broken_workbook": gettext_noop(
            "this is not a workbook that can be read: open it in Excel and save it again as .xlsx"
        ),
        "old_workbook": gettext_noop(
            "this is an old or password-protected Excel file: save it as .xlsx without a password"
        ),
        "macros": gettext_noop("the workbook contains macros: save it as .xlsx without macros"),
        "embedded": gettext_noop("the workbook contains other files (%(value)s): remove them"),
        "external_links": gettext_noop("links to other files (%(value)s) are ignored and never followed"),
        "workbook_too_large": gettext_noop(
            "unpacked, the workbook is larger than %(expected)s: split it, or send it as CSV"
        ),
        "workbook_parts": gettext_noop("the parts of this workbook are not what Excel writes (%(value)s)"),
        "document_type": gettext_noop("the workbook contains a DTD, which Excel never writes: it is not opened"),
        "far_cells": gettext_noop("there are cells beyond column %(expected)s (%(value)s): delete what lies there"),
        "formula_without_value": gettext_noop("a formula without a value: paste the values and send the file again"),
        "formula_error": gettext_noop("the formula gives %(value)s: correct it in Excel"),
        "merged_cells": gettext_noop("cells merged here (%(value)s): split them, and write the value in each row"),
        "text_numbers": gettext_noop(
            "some numbers of “%(column)s” are text in the workbook: they were read as numbers"
        ),
        "text_dates": gettext_noop("some dates of “%(column)s” are text in the workbook: they were read as dates"),
        "ambiguous_number": gettext_noop("“%(value)s” could be two different numbers; expected: %(expected)s"),
        "unknown_name": gettext_noop("“%(value)s” is not known here; perhaps “%(expected)s”?"),
        "period_needed": gettext_noop("the file has no dates: say which quarter it is about"),
        "period_missing": gettext_noop("neither the file's name nor its title says which period it is about"),
        "periods_many": gettext_noop("the file's name and title speak of several periods: %(value)s"),
        "no_periods": gettext_noop("no heading is a month, a quarter or a day"),
        "bad_weight": gettext_noop("“%(value)s” is not a weight: a number from 0 to a million is expected"),
        "footer_rows": gettext_noop("the table ends at “%(value)s”: %(expected)s rows below it were left out"),
        "ignored_column": gettext_noop("the column “%(column)s” is not used"),
        "invisible_header": gettext_noop("invisible characters in the heading “%(column)s” were removed"),
        "case_twice": gettext_noop("this case stands in row %(value)s too, with other values: keep one of the two"),
        "over_another": gettext_noop("%(value)s is more than “%(expected)s” in the same row"),
        "unreadable": gettext_noop(
            "reading this file failed three times; it is kept safe and somebody will look at it"
        ),
        "not_accepted": gettext_noop("only an accepted file can be undone"),
        "built_upon": gettext_noop("“%(value)s” came later and corrects this file: undo that one first"),
        "not_a_draft": gettext_noop("this file is no longer being prepared"),
        "not_checked": gettext_noop("the check of this file has not ended yet"),
        "not_ready": gettext_noop("there is something left to correct before the file can be confirmed"),
        "too_many_edits": gettext_noop(
            "one file carries at most %(expected)s corrections: correct it and send it again"
        ),
        "patch_without_rows": gettext_noop(
            "this is not the sheet of rows to correct: it needs the column with the row's number, as downloaded here"
        ),
        "patch_too_large": gettext_noop("this sheet is too large: send the whole corrected file instead"),
    }.items()
}
