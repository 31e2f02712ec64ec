"""The catalogue of bad inputs: what each file is answered. Numbers are the catalogue's.

Those about uploads, requests and pages are held where these are tested: 46 is a question of the recognition and a
rule of ``docs/reading.md``; 50 ``test_drafts`` (a unit one slip away); 51 ``test_upload_page`` (another department's
source); 54 ``test_plausibility``; 56 ``test_ingest`` and ``test_upload_page`` (the same bytes); 57 and 58
``test_drafts`` (the same rows; version two); 59 ``test_taking`` (a published quarter); 60 ``test_ingest`` (published
while the file was read); 77 and 80 ``test_upload_page``; 78 ``test_upload_page`` (the limit) and ``test_ingest``; 79
``test_ingest`` (breaks off); 81 ``tests/access/test_matrix`` and ``test_upload_page`` (another host); 82
``test_equal_uploads``; 83–88 ``test_api_inputs``; 89 ``test_api_inputs`` and ``test_board``; 90
``tests/metrics/stats/test_disclosure``.
"""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from journeys.reading.mapping import IndicatorFacts
from tests.journeys.taking import VOTES, Lake, calendar
from tests.journeys.workbooks import HEADINGS, ROW, SHEET, altered, line, saved, sheet, workbook

HEAD = "id,day,shop,vote\n"
GOOD = HEAD + "1,2026-07-15,x,7\n"
COMMENT = {**VOTES, "values": [*VOTES["values"], {"indicator": "said", "filled": "note"}]}
ITALIAN = {**VOTES, "format": {"separator": ";", "decimal": ",", "thousands": "."}}
FACTS = (IndicatorFacts("vote", lowest=0, highest=10, whole=True),)  # type: ignore[arg-type]
Case = tuple[int, bytes | str, dict[str, Any], str, int | None]


def said(text: str) -> str:
    return "id,day,shop,vote,note\n1,2026-07-15,x,7," + text + "\n"


def day(text: str) -> str:
    return HEAD + f"1,{text},x,7\n"


def vote(text: str) -> str:
    return HEAD.replace(",", ";") + f"1;2026-07-15;x;{text}\n"


def book(rows: list[list[Any]], **about: Any) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if merged := about.get("merged"):
        made.active.merge_cells(merged)
    for number in about.get("hidden", ()):
        made.active.row_dimensions[number].hidden = True
    return saved(made)


ACCEPTED: list[tuple[int, bytes | str, dict[str, Any], str]] = [
    (1, GOOD, VOTES, ""),
    (1, GOOD.replace(",", ";").replace("\n", "\r\n"), VOTES, ""),
    (2, b"\xef\xbb\xbf" + GOOD.encode(), VOTES, ""),
    (3, HEAD.encode() + "1,2026-07-15,Forlì,7\n".encode("cp1252"), VOTES, "decoded_as"),
    (4, GOOD.replace(",", "\t").encode("utf-16"), VOTES, ""),
    (8, GOOD.replace("\n", "\r"), VOTES, ""),
    (12, GOOD.replace("vote\n", "vote,note2\n").replace("7\n", "7,a\n"), VOTES, ""),
    (14, GOOD.replace("vote", "\u00a0VOTE \u200b"), VOTES, "invisible_header"),
    (19, said('"two\nlines"'), COMMENT, ""),
    (22, GOOD + "\n\n\n", VOTES, ""),
    (24, "a\nb\nc\n" + GOOD, {**VOTES, "format": {"header": {"row": 4}}}, ""),
    (26, "sep=;\n" + GOOD.replace(",", ";"), VOTES, ""),
    *((29, said(text), COMMENT, "") for text in ('"=HYPERLINK(""http://x"")"', "-ottimo", "@cmd", "\t=1")),
    *((30, said(text), COMMENT, "") for text in ("<script>", '"""><img onerror>"', "{{7*7}}", "${7*7}")),
    (31, said("ok 😀 e\u0301 \u202ex"), COMMENT, ""),
    (32, GOOD.replace(",x,", ",Forli\u0300,"), VOTES, ""),
    (34, said("scrivere a mario.rossi@example.it"), COMMENT, "masked"),
    (36, vote("9,0"), ITALIAN, ""),
    (40, vote("1.234,56"), ITALIAN, ""),
    *((41, vote(text), VOTES, "") for text in ("", "-", "N/A", "#N/D", "null")),
    (43, day("03/04/2026"), {**VOTES, "columns": {"day": {"dates": "%d/%m/%Y"}}}, ""),
    (49, GOOD.replace("\n1,", "\na@b.it,"), {**VOTES, "columns": {"id": {"pseudonymise": True}}}, ""),
    (52, GOOD + "1,2026-07-15,x,7\n", VOTES, ""),
    (52, GOOD + "1,2026-07-15,x,7\n", {**VOTES, "once": True}, "counted_once"),
    (64, altered({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}), VOTES, "external_links"),
    (71, sheet(line(1, *HEADINGS) + line(2, *ROW), b'<dimension ref="A1:XFD1048576"/>'), VOTES, ""),
    (75, book([HEADINGS, ROW, ROW], hidden=[3]), VOTES, "hidden_rows"),
    (76, book([HEADINGS, ROW, ["B", "2026-07-16", "x", "8"]]), VOTES, "text_numbers"),
]  # fmt: skip

REFUSED: list[Case] = [
    (5, GOOD.encode("utf-16-le"), VOTES, "unknown_encoding", None),
    (5, bytes(range(256)) * 40, VOTES, "unknown_encoding", None),
    (6, (HEAD + "1,2026-07-15,è,7\n").encode() + b"2,2026-07-15,\xe8,7\n", VOTES, "bad_byte", 3),
    (7, HEAD + "1,2026-07-15,aaaaaaaaaaaaaaaaaaaaaaaaa\0,7\n", VOTES, "null_character", 2),
    (9, b"", VOTES, "empty", None),
    (10, HEAD, VOTES, "no_rows", None),
    (11, GOOD.replace("vote", "Votte"), VOTES, "missing_column", None),
    (13, "id,day,shop,vote,vote\n1,2026-07-15,x,1,1\n", VOTES, "header_twice", 1),
    (15, HEAD + "1,2026-07-15,x,7,\n", VOTES, "ragged_row", 2),
    (16, HEAD + "1,2026-07-15,x\n", VOTES, "ragged_row", 2),
    (17, HEAD + '1,2026-07-15,"x,7\n2,2026-07-15,x,7\n', VOTES, "unclosed_quote", 2),
    (18, HEAD + '1,2026-07-15,"1"x,7\n', VOTES, "text_after_quote", 2),
    (20, said("a" * 200_000), COMMENT, "cell_too_long", 2),
    (21, HEAD.strip() + "".join(f",c{i}" for i in range(97)) + "\n", VOTES, "too_many_columns", None),
    (23, GOOD + "Totale,,,7\n", VOTES, "missing_date", 3),
    (24, "a\nb\nc\n" + GOOD, VOTES, "header_elsewhere", 4),
    (25, HEAD + "1,2026-07-15,x,7,5\n", VOTES, "ragged_row", 2),
    (27, "<!DOCTYPE html><table><tr><td>1</td></tr></table>", VOTES, "other_kind", None),
    (28, b"%PDF-1.7 ...", VOTES, "other_kind", None),
    (28, b"PK\x03\x04 letter", VOTES, "other_kind", None),
    (28, b"\xff\xd8\xff\xe0 JFIF", VOTES, "other_kind", None),
    (31, HEAD + "1,2026-07-15,a\u202eb,7\n", VOTES, "bad_code", 2),
    (33, (HEAD + "1,2026-07-15,è,7\n1,2026-07-15,").encode() + b"\xed\xa0\x80,7\n", VOTES, "bad_byte", 3),
    *((35, vote(text), VOTES, "out_of_range", 2) for text in ("11", "-1")),
    (36, vote("9.5"), VOTES, "not_whole", 2),
    *((37, vote(text), VOTES, "not_a_number", 2) for text in ("NaN", "inf", "1e400")),
    *((38, vote(text), VOTES, "not_a_number", 2) for text in ("1_000", "１２", "٣")),
    (39, vote("1" * 3900), VOTES, "too_many_digits", 2),
    (39, vote("1E+1000000"), VOTES, "not_a_number", 2),
    (40, vote("1,234.56"), ITALIAN, "ambiguous_number", 2),
    (41, vote("n.d."), VOTES, "not_a_number", 2),
    *((42, day(text), VOTES, "no_such_day", 2) for text in ("2025-02-29", "2026-04-31", "2026-13-01")),
    *((44, day(text), VOTES, "not_a_date", 2) for text in ("2026-W01-1", "20260101")),
    (44, day("0001-01-01"), VOTES, "date_too_old", 2),
    (44, day("9999-01-01"), VOTES, "date_in_future", 2),
    (45, day("2026-09-02"), VOTES, "date_in_future", 2),
    (45, day("2024-01-01"), VOTES, "unknown_quarter", 2),
    *((47, GOOD.replace("vote\n", f"vote,{name}\n").replace("7\n", "7,a\n"), VOTES, "worker_column", None)
      for name in ("operatore", "Agente", "matricola", "badge", "interno", "cassiere")),
    (48, HEAD + "".join(f"1,2026-07-15,{name},7\n" for name in ("Mario Rossi", "Anna Bianchi", "Luca Verdi")), VOTES,
     "personal_names", None),
    *((49, GOOD.replace("\n1,", f"\n{text},"), VOTES, "personal_identifier", 2)
      for text in ("a@b.it", "+39 333 1234567", "RSSMRA80A01H501U", "IT60X0542811101000000123456")),
    (53, GOOD + "1,2026-07-15,x,9\n", {**VOTES, "once": True}, "case_twice", 2),
    (55, "day,sent,got\n2026-07-15,5,9\n", {"date": "day", "at_most": [{"column": "got", "than": "sent"}],
     "values": [{"indicator": "vote", "column": "got"}]}, "over_another", 2),
    (61, workbook()[:900], VOTES, "broken_workbook", None),
    (62, b"\xd0\xcf\x11\xe0 old", VOTES, "other_kind", None),
    (62, altered({"xl/workbook.bin": b"x"}), VOTES, "old_workbook", None),
    (63, altered({"xl/vbaProject.bin": b"x"}), VOTES, "macros", None),
    (64, altered({"xl/embeddings/oleObject1.bin": b"x"}), VOTES, "embedded", None),
    (65, altered({"xl/theme/theme2.xml": b" " * (201 << 20)}), VOTES, "workbook_too_large", None),
    (66, altered({"xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * (30 << 20)}), VOTES, "workbook_too_large", None),
    (67, sheet(b"".join(f'<row r="{i}"><c r="A{i}"/></row>'.encode() for i in range(1, 200_003))), VOTES,
     "too_many_rows", None),
    (68, sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), VOTES, "far_cells", None),
    (69, altered({SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}), VOTES, "document_type", None),
    (70, altered({"../../x": b"x"}), VOTES, "workbook_parts", None),
    (70, altered({f"xl/x{i}.xml": b"" for i in range(300)}), VOTES, "workbook_parts", None),
    (72, sheet(line(1, *HEADINGS) + line(2, *ROW[:3])[:-6] + b'<c r="D2"><f>1+1</f></c></row>'), VOTES,
     "formula_without_value", 2),
    (73, sheet(line(1, *HEADINGS) + line(2, *ROW[:3])[:-6] + b'<c r="D2" t="e"><v>#DIV/0!</v></c></row>'), VOTES,
     "formula_error", 2),
    (75, book([HEADINGS, ROW, ROW], merged="D2:D3"), VOTES, "merged_cells", 2),
]  # fmt: skip


def lake_of(folder: Path, mapping: dict[str, Any]) -> Lake:
    facts = FACTS if mapping is VOTES else tuple(IndicatorFacts(entry["indicator"]) for entry in mapping["values"])
    made = Lake(folder, mapping, *facts)
    made.calendar = calendar(["2026-2", "2026-3"])
    return made


@pytest.mark.parametrize(("number", "content", "mapping", "warning"), ACCEPTED)
def test_the_input_is_accepted(
    tmp_path: Path, number: int, content: bytes | str, mapping: dict[str, Any], warning: str
) -> None:
    taken = lake_of(tmp_path, mapping).take(content)
    assert taken.problems == []
    codes = [one["code"] for one in taken.receipt["warnings"]]
    assert codes == ([warning] if warning else [])


@pytest.mark.parametrize(("number", "content", "mapping", "code", "row"), REFUSED)
def test_the_input_is_refused(
    tmp_path: Path, number: int, content: bytes | str, mapping: dict[str, Any], code: str, row: int | None
) -> None:
    made = lake_of(tmp_path, mapping)
    first = made.problems(content)[0]
    assert first[:2] == (code, row)


def test_74_the_first_visible_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (HEADINGS, ROW):
        made.active.append(row)
    made.create_sheet("Altro").append(["x"])
    made.create_sheet("Nascosto").sheet_state = "hidden"
    taken = lake_of(tmp_path, VOTES).take(saved(made))
    assert sorted(one["code"] for one in taken.receipt["warnings"]) == ["hidden_sheet", "other_sheets"]
