"""The rows to correct as a workbook: the row's number first, the file's columns, what is wrong last and highlighted.

Every cell is a text, never a formula; what a person writes into it comes back through ``journeys.patches``.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from journeys.models import Upload
from journeys.reading.problems import Problem
from journeys.wording import sentence

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH, ERROR_WIDTH = 18, 60


def error_sheet(upload: Upload, bad: Mapping[str, Any]) -> bytes:
    """The workbook; rows as corrected so far."""
    columns: Sequence[str] = bad.get("columns", ())
    faults: dict[int, list[Problem]] = {}
    for item in upload.problems:
        if item["row"] is not None:
            faults.setdefault(item["row"], []).append(Problem.of_json(item))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("To correct"))
    bold, wrong = book.add_format({"bold": True}), book.add_format({"bg_color": "#FCEBDF", "border": 1})
    for place, heading in enumerate([_("Row"), *columns, _("Error")]):
        sheet.write_string(0, place, heading, bold)
    for line, (row, *cells) in enumerate(bad.get("rows", ()), 1):
        at_fault = {problem.column for problem in faults.get(row, ())}
        sheet.write_number(line, 0, row)
        for place, cell in enumerate(cells, 1):
            marked = place <= len(columns) and (columns[place - 1] in at_fault)
            sheet.write_string(line, place, cell[:32_000], wrong if marked else None)
        said = " · ".join(_apart(problem) for problem in faults.get(row, ()))
        sheet.write_string(line, len(columns) + 1, said, wrong)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns), WIDTH)
    sheet.set_column(len(columns) + 1, len(columns) + 1, ERROR_WIDTH)
    book.close()
    return out.getvalue()


def response(upload: Upload, bad: Mapping[str, Any]) -> HttpResponse:
    """The workbook as a download under a plain name."""
    answer = HttpResponse(error_sheet(upload, bad), content_type=KIND)
    answer["Content-Disposition"] = f'attachment; filename="righe-da-correggere-{upload.pk}.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _apart(problem: Problem) -> str:
    """The problem without its place, which the cell shows."""
    return sentence(Problem(problem.code, None, problem.column, problem.value, problem.expected, 1, problem.extra))
