"""The catalogue of bad inputs, one after another: what each file is answered, in the very words. Numbers are its own.

Files are held here. What is about requests and pages is in ``test_ninety_requests`` (9, 27, 28, 47, 48, 51, 56–62,
77–81) and ``tests/metrics/test_ninetieth`` (90); in ``test_plausibility`` (54), ``test_equal_uploads`` (82) and
``test_api_inputs`` (83–89). Done better than the catalogue asks, see decision 0063: 5 (UTF-16 without a mark is asked
about), 21 (twenty million rows), 24 and 23 (recognised, then asked), 45 (rows of another open quarter are asked about),
61 (a text is read whatever its name), 62 (ODS is read), 68 (2,000 columns).
"""

import io
import warnings
import zipfile
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from journeys import taking
from journeys.calendar import clock_changes
from journeys.orders import Taken
from journeys.questions import asked
from journeys.reading.mapping import IndicatorFacts
from journeys.reading.problems import Problem
from journeys.reading.recognise import recognise
from journeys.wording import sentence
from tests.journeys.taking import VOTES, Lake, calendar
from tests.journeys.workbooks import HEADINGS, ROW, SHEET, altered, line, saved, sheet, workbook

HEAD = "id,day,shop,vote\n"
GOOD = HEAD + "1,2026-07-15,x,7\n"
COMMENT = {**VOTES, "values": [*VOTES["values"], {"indicator": "said", "filled": "note"}]}
ITALIAN = {**VOTES, "format": {"separator": ";", "decimal": ",", "thousands": "."}}
FACTS = (IndicatorFacts("vote", lowest=0, highest=10, whole=True),)  # type: ignore[arg-type]
ANY = "Colonna «c0» ignorata"
NAMED = {
    "date": "day",
    "unit": "shop",
    "values": [{"indicator": "vote", "column": "vote", "where": {"column": "where", "values": ["negozio"]}}],
}
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
    made.epoch = about.get("epoch", made.epoch)
    return saved(made)


def known(taken: Taken) -> list[str]:
    """What is said of an accepted file."""
    found = [Problem.of_json(one) for one in taken.receipt["warnings"]]
    found += [Problem("ignored_column", column=name) for name in taken.receipt["ignored"]]
    return [sentence(one) for one in found]


def sheets() -> bytes:
    made = openpyxl.Workbook()
    for row in (HEADINGS, ROW):
        made.active.append(row)
    made.create_sheet("Altro").append(["x"])
    made.create_sheet("Nascosto").sheet_state = "hidden"
    return saved(made)


def doubled() -> bytes:
    """A workbook with one of its parts twice."""
    made = io.BytesIO(workbook())
    with warnings.catch_warnings(), zipfile.ZipFile(made, "a") as book:
        warnings.simplefilter("ignore")
        book.writestr(SHEET, b"<worksheet/>")
    return made.getvalue()


def linked() -> bytes:
    """A workbook with a symbolic link among its parts."""
    made, entry = io.BytesIO(workbook()), zipfile.ZipInfo("xl/link.xml")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(made, "a") as book:
        book.writestr(entry, b"/etc/passwd")
    return made.getvalue()


ACCEPTED: list[tuple[int, bytes | str, dict[str, Any], str]] = [
    (1, GOOD, VOTES, ""),
    (1, GOOD.replace(",", ";").replace("\n", "\r\n"), VOTES, ""),
    (2, b"\xef\xbb\xbf" + GOOD.encode(), VOTES, ""),
    (3, HEAD.encode() + "1,2026-07-15,Forlì,7\n".encode("cp1252"), VOTES,
     "Riga 2: «Forlì», letto come Windows-1252 perché il file non è UTF-8: controlla gli accenti"),
    (4, GOOD.replace(",", "\t").encode("utf-16"), VOTES, ""),
    (8, GOOD.replace("\n", "\r"), VOTES, ""),
    (12, GOOD.replace("vote\n", "vote,note2\n").replace("7\n", "7,a\n"), VOTES, "Colonna «note2» ignorata"),
    (14, GOOD.replace("vote", "\u00a0VOTE  "), VOTES, ""),
    (14, GOOD.replace("vote", "\u00a0VOTE \u200b"), VOTES, "tolti caratteri invisibili dall’intestazione «VOTE»"),
    (19, said('"two\nlines"'), COMMENT, ""),
    (21, HEAD.strip() + "".join(f",c{i}" for i in range(96)) + "\n1,2026-07-15,x,7" + "," * 96 + "\n", VOTES, ANY),
    (22, GOOD + "\n\n\n", VOTES, ""),
    (24, "a\nb\nc\n" + GOOD, {**VOTES, "format": {"header": {"row": 4}}}, ""),
    (26, "sep=;\n" + GOOD.replace(",", ";"), VOTES, ""),
    *((29, said(text), COMMENT, "") for text in ('"=HYPERLINK(""http://x"")"', "-ottimo", "@cmd", "\t=1")),
    (29, said("+39 333 1234567"), COMMENT, "dato personale mascherato"),
    *((30, said(text), COMMENT, "")
      for text in ("<script>", '"""><img onerror>"', "{{7*7}}", "${7*7}", "javascript:alert(1)")),
    (31, said("ok 😀 e\u0301 \u202ex"), COMMENT, ""),
    (32, GOOD.replace(",x,", ",Forli\u0300,"), VOTES, ""),
    (34, GOOD.replace("vote\n", "vote,note\n").replace("7\n", "7,bene\n")
     + "2,2026-07-15,x,7,scrivere a m.rossi@example.it\n",
     VOTES, "Riga 3, «note»: dato personale mascherato"),
    (36, vote("9,0"), ITALIAN, ""),
    (40, vote("1.234,56"), ITALIAN, ""),
    *((41, vote(text), VOTES, "") for text in ("", "-", "N/A", "#N/D", "null")),
    (43, day("03/04/2026"), {**VOTES, "columns": {"day": {"dates": "%d/%m/%Y"}}}, ""),
    (46, day("2026-03-29 02:30"), VOTES, "Riga 2: 29/03/2026 02:30 cade nell’ora in cui cambia l’orologio"),
    (46, day("2025-10-26 02:30:00"), VOTES, "Le ore si prendono come sono scritte (righe interessate: 1)"),
    (46, day("2026-03-29 03:00"), VOTES, ""),
    (49, GOOD.replace("\n1,", "\na@b.it,"), {**VOTES, "columns": {"id": {"pseudonymise": True}}}, ""),
    (52, GOOD + "1,2026-07-15,x,7\n" * 37, VOTES, "37 righe sono identiche ad altre; contano tutte"),
    (52, GOOD + "1,2026-07-15,x,7\n" * 37, {**VOTES, "once": True}, "37 righe identiche contate una volta"),
    (64, altered({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}), VOTES, "(1) sono ignorati e mai seguiti"),
    (71, sheet(line(1, *HEADINGS) + line(2, *ROW), b'<dimension ref="A1:XFD1048576"/>'), VOTES, ""),
    (74, sheets(), VOTES, "Letto il foglio «Sheet»; gli altri non vengono letti: Altro"),
    (74, sheets(), VOTES, "C’è un foglio nascosto, «Nascosto»"),
    (75, book([HEADINGS, ROW, ["B", *ROW[1:]]], hidden=[3]), VOTES, "1 riga nascosta inclusa"),
    (76, book([HEADINGS, ["A", date(2026, 7, 15), "x", 7]]), VOTES, ""),
    (76, book([HEADINGS, ["A", date(2026, 7, 15), "x", 7]], epoch=CALENDAR_MAC_1904), VOTES, ""),
    (76, book([HEADINGS, ROW, ["B", date(2026, 7, 16), "x", 8]]), VOTES, "Alcune date di «day» nel foglio"),
    (76, book([HEADINGS, ROW, ["B", "2026-07-16", "x", "8"]]), VOTES, "Alcuni numeri di «vote» nella"),
]  # fmt: skip

REFUSED: list[Case] = [
    (5, GOOD.encode("utf-16-le"), VOTES, "salva il file come «CSV UTF-8»", None),
    (5, bytes(range(256)) * 40, VOTES, "salva il file come «CSV UTF-8»", None),
    (6, said("è").encode() + b"1,2026-07-15,x,7,bene\n" * 4998 + b"1,2026-07-15,x,7,cos\xe8\n", COMMENT,
     "Riga 5001, «note»: un carattere che non è UTF-8 (byte 0xE8)", 5001),
    (7, HEAD + "1,2026-07-15,aaaaaaaaaaaaaaaaaaaaaaaaa\0,7\n", VOTES, "Riga 2, «shop»: un carattere nullo", 2),
    (9, b"", VOTES, "Il file è vuoto", None),
    (10, HEAD, VOTES, "nessuna riga di dati", None),
    (11, GOOD.replace("vote", "Votte"), VOTES, "Manca la colonna «vote»: è forse «Votte»?", None),
    (13, "id,day,vote,a,b,c,vote\n1,2026-07-15,1,,,,1\n", VOTES, "«vote» c’è due volte (colonne 3 e 7)", 1),
    (15, HEAD + "1,2026-07-15,x,7,\n", VOTES, "Riga 2: 5 campi invece di 4: c’è un separatore dentro un testo", 2),
    (16, HEAD + "1,2026-07-15,x\n", VOTES, "Riga 2: 3 campi invece di 4: c’è un separatore dentro un testo", 2),
    (17, HEAD + '1,2026-07-15,"x,7\n2,2026-07-15,x,7\n', VOTES, "Riga 2: le virgolette si aprono e non si chiudono", 2),
    (18, HEAD + '1,2026-07-15,"1"x,7\n', VOTES, "Riga 2, «shop»: c’è del testo dopo le virgolette di chiusura", 2),
    (19, said('"two\nlines"') + "1,2026-07-15,x,boh,a\n", COMMENT, "Riga 3, «vote»: «boh» non è un numero", 3),
    (20, said("a" * 200_000), COMMENT, "Riga 2, «note»: 200000 caratteri, massimo 4000", 2),
    (21, HEAD.strip() + "".join(f",c{i}" for i in range(97)) + "\n", VOTES, "101 colonne, massimo 100", None),
    (23, "day,id,shop,vote\n2026-07-15,1,x,7\nTotale,,,7\n", VOTES,
     "Riga 3, «day»: «Totale» non è una data; se è una riga di totali", 3),
    (24, "a\nb\nc\n" + GOOD, VOTES, "Riga 4: le intestazioni sono qui", 4),
    (25, HEAD + "1,2026-07-15,x,7,5\n", VOTES, "una virgola decimale? Usa il punto e virgola tra le colonne", 2),
    (27, "<!DOCTYPE html><table><tr><td>1</td></tr></table>", VOTES, "una pagina web (HTML)", None),
    (28, b"%PDF-1.7 ...", VOTES, "un PDF", None),
    (28, b"PK\x03\x04 letter", VOTES, "un archivio compresso", None),
    (28, b"\xff\xd8\xff\xe0 JFIF", VOTES, "un’immagine", None),
    (31, HEAD + "1,2026-07-15,a\u202eb,7\n", VOTES, "Riga 2, «shop»: «a\u202eb» contiene caratteri invisibili", 2),
    (33, (HEAD + "1,2026-07-15,è,7\n1,2026-07-15,").encode() + b"\xed\xa0\x80,7\n", VOTES,
     "Riga 3, «shop»: un carattere che non", 3),
    (35, vote("11"), VOTES, "Riga 2, «vote»: 11 è fuori da 0–10", 2),
    (35, vote("-1"), VOTES, "Riga 2, «vote»: -1 è fuori da 0–10", 2),
    (36, vote("9.5"), VOTES, "9.5 non è un numero intero", 2),
    *((37, vote(text), VOTES, f"«{text}» non è un numero", 2) for text in ("NaN", "inf", "1e400")),
    *((38, vote(text), VOTES, f"«{text}» non è un numero", 2) for text in ("1_000", "１２", "٣")),
    (39, vote("1" * 3900), VOTES, "ha più di 15 cifre", 2),
    (39, vote("1" * 5000), VOTES, "5000 caratteri, massimo 4000", 2),
    (39, vote("1E+1000000"), VOTES, "«1E+1000000» non è un numero", 2),
    (40, vote("1,234.56"), ITALIAN, "formato numerico ambiguo: «1,234.56»", 2),
    (41, vote("n.d."), VOTES, "«n.d.» non è un numero", 2),
    *((42, day(text), VOTES, f"{text} non esiste nel calendario", 2) 
      for text in ("2025-02-29", "2026-04-31", "2026-13-01")),
    *((44, day(text), VOTES, f"«{text}» non è una data", 2) for text in ("2026-W01-1", "20260101")),
    (44, day("0001-01-01"), VOTES, "0001-01-01 è prima di 2000-01-01", 2),
    (44, day("9999-01-01"), VOTES, "9999-01-01 è nel futuro", 2),
    (45, day("2026-09-02"), VOTES, "Riga 2, «day»: 2026-09-02 è nel futuro", 2),
    (45, day("2024-01-01"), VOTES, "2024-01-01 non cade in nessun trimestre", 2),
    *((47, GOOD.replace("vote\n", f"vote,{name}\n").replace("7\n", "7,a\n"), VOTES,
       "i dati per singolo lavoratore non sono ammessi (art. 4 L. 300/1970)", None)
      for name in ("operatore", "Agente", "matricola", "badge", "interno", "cassiere")),
    (48, HEAD + "".join(f"1,2026-07-15,{name},7\n" for name in ("Mario Rossi", "Anna Bianchi", "Luca Verdi")), VOTES,
     "M••• R•••, A••• B•••, L••• V••• sembrano nomi di persone", None),
    *((49, GOOD.replace("\n1,", f"\n{text},"), VOTES, "identifica una persona: mandare un codice", 2)
      for text in ("a@b.it", "+39 333 1234567", "RSSMRA80A01H501U", "IT60X0542811101000000123456")),
    (50, GOOD.replace("id,", "where,").replace("\n1,", "\nnegozio,") + "negozo,2026-07-15,x,7\n", NAMED,
     "Riga 3, «where»: «negozo» sconosciuto; forse «negozio»?", 3),
    (53, GOOD + "1,2026-07-15,x,9\n", {**VOTES, "once": True}, "Riga 2, «id»: lo stesso caso è anche alla riga 3", 2),
    (55, "day,sent,got\n2026-07-15,5,9\n", {"date": "day", "at_most": [{"column": "got", "than": "sent"}],
     "values": [{"indicator": "vote", "column": "got"}]}, "incoerenza tra colonne: 9 supera «sent»", 2),
    (61, workbook()[:900], VOTES, "Il file non è un Excel leggibile", None),
    (62, b"\xd0\xcf\x11\xe0 old", VOTES, "salvalo come .xlsx senza password", None),
    (62, altered({"xl/workbook.bin": b"x"}), VOTES, "salvarlo come .xlsx senza password", None),
    (63, altered({"xl/vbaProject.bin": b"x"}), VOTES, "contiene macro", None),
    (64, altered({"xl/embeddings/oleObject1.bin": b"x"}), VOTES, "contiene altri file", None),
    (65, altered({"xl/theme/theme2.xml": b" " * (201 << 20)}), VOTES, "supera 200 MB", None),
    (66, altered({"xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * (30 << 20)}), VOTES, "supera 200 MB", None),
    (67, sheet(b"".join(f'<row r="{i}"><c r="A{i}"/></row>'.encode() for i in range(1, 200_003))), VOTES,
     "righe, massimo 200000", None),
    (68, sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), VOTES, "celle oltre la colonna 2000", None),
    (69, altered({SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}), VOTES, "contiene una DTD", None),
    (69, altered({SHEET: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet/>'}), VOTES,
     "contiene una DTD", None),
    (70, altered({"../../x": b"x"}), VOTES, "Le parti di questa cartella non sono come le scrive Excel", None),
    (70, doubled(), VOTES, "Le parti di questa cartella non sono come le scrive Excel", None),
    (70, linked(), VOTES, "Le parti di questa cartella non sono come le scrive Excel", None),
    (70, altered({f"xl/x{i}.xml": b"" for i in range(10_000)}), VOTES, "Le parti di questa cartella", None),
    (72, sheet(line(1, *HEADINGS) + line(2, *ROW[:3])[:-6] + b'<c r="D2"><f>1+1</f></c></row>'), VOTES,
     "Riga 2, «vote»: formula senza valore; incollare come valori", 2),
    *((73, sheet(line(1, *HEADINGS) + line(2, *ROW[:3])[:-6] + f'<c r="D2" t="e"><v>{text}</v></c></row>'.encode()),
       VOTES,       f"Riga 2, «vote»: la formula dà {text}", 2) for text in ("#DIV/0!", "#N/A")),
    (75, book([HEADINGS, ROW, ROW], merged="D2:D3"), VOTES, "Riga 2, «vote»: qui ci sono celle unite (D2:D3)", 2),
]  # fmt: skip

STORED: list[tuple[int, str, dict[str, Any], str, list[Any]]] = [
    (32, GOOD.replace(",x,", ",Forli\u0300,"), VOTES, "unit", ["Forlì"]),
    (36, vote("9,0"), ITALIAN, "value::DOUBLE", [9.0]),
    (40, vote("1.234,56"), ITALIAN, "value::DOUBLE", [1234.56]),
    (41, vote("#N/D"), VOTES, "value", []),
    (43, day("03/04/2026"), {**VOTES, "columns": {"day": {"dates": "%d/%m/%Y"}}}, "day::VARCHAR", ["2026-04-03"]),
    (46, day("2026-03-29 02:30"), VOTES, "day::VARCHAR", ["2026-03-29"]),
    (52, GOOD * 1 + "1,2026-07-15,x,7\n", VOTES, "value::DOUBLE", [7.0, 7.0]),
    (52, GOOD + "1,2026-07-15,x,7\n", {**VOTES, "once": True}, "value::DOUBLE", [7.0]),
]  # fmt: skip


def lake_of(folder: Path, mapping: dict[str, Any]) -> Lake:
    facts = FACTS if mapping is VOTES else tuple(IndicatorFacts(entry["indicator"]) for entry in mapping["values"])
    made = Lake(folder, mapping, *facts)
    made.calendar = replace(
        calendar(["2025-4", "2026-1", "2026-2", "2026-3"]),
        odd=tuple(clock_changes(ZoneInfo("Europe/Rome"), date(2025, 10, 1), date(2026, 9, 1))),
    )
    return made


@pytest.mark.parametrize(("number", "content", "mapping", "warning"), ACCEPTED)
def test_the_input_is_accepted(
    tmp_path: Path, number: int, content: bytes | str, mapping: dict[str, Any], warning: str
) -> None:
    taken = lake_of(tmp_path, mapping).take(content)
    assert taken.problems == []
    said = known(taken)
    assert any(warning in text for text in said) if warning else said == []


@pytest.mark.parametrize(("number", "content", "mapping", "words", "row"), REFUSED)
def test_the_input_is_refused(
    tmp_path: Path, number: int, content: bytes | str, mapping: dict[str, Any], words: str, row: int | None
) -> None:
    made = lake_of(tmp_path, mapping)
    taken = made.take(content)
    first = Problem.of_json(taken.problems[0])
    assert words in sentence(first)
    assert (first.row, taken.parts, list((tmp_path / "lake").rglob("*.parquet"))) == (row, [], [])


@pytest.mark.parametrize(("number", "content", "mapping", "column", "values"), STORED)
def test_the_input_is_stored_as_it_is_meant(
    tmp_path: Path, number: int, content: str, mapping: dict[str, Any], column: str, values: list[Any]
) -> None:
    made = lake_of(tmp_path, mapping)
    made.take(content)
    assert [row[0] for row in made.rows(column)] == values


def test_21_a_row_beyond_the_limit_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MOST_ROWS", 2)
    assert lake_of(tmp_path, VOTES).take(GOOD + "2,2026-07-15,x,7\n").problems == []
    refused = lake_of(tmp_path, VOTES).take(GOOD + "2,2026-07-15,x,7\n3,2026-07-15,x,7\n").problems
    assert sentence(Problem.of_json(refused[0])) == "3 righe, massimo 2: dividi il file"


def test_43_an_ambiguous_day_is_shown_in_words(tmp_path: Path) -> None:
    seen = recognise(io.BytesIO(day("03/04/2026").encode()), "x.csv")
    [question] = [asdict(one) for one in seen.questions]
    [shown] = asked([question])
    assert shown.text == "In «day» 03/04/2026 è il 3 aprile 2026. Giusto?"
    assert shown.no == "No, è il 4 marzo 2026"
