"""PURE: survey tools known by the layout of their exports, and which of their columns say when and who.

A tool is a row of ``TOOLS``: the headings that betray it, where its headings are, and what they mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from journeys.reading.answers import Header
from journeys.reading.shape import plain

_IMPORT_ID = '{"ImportId"'
_LEGACY = re.compile(r"V[0-9]+")


@dataclass(frozen=True)
class Tool:
    """``marks``: headings of which ``least`` must be there; ``date`` and ``case``: its columns, the best first.

    ``own``: the columns the tool adds to the answers, beside those.
    """

    name: str
    marks: tuple[str, ...]
    least: int
    date: tuple[str, ...]
    case: tuple[str, ...]
    own: tuple[str, ...] = ()
    first: bool = False


_QUALTRICS = ("startdate", "enddate", "recordeddate", "responseid", "status", "progress", "finished", "ipaddress")
TOOLS = (
    Tool("qualtrics", _QUALTRICS, 4, ("recordeddate", "enddate", "startdate"), ("responseid",),
         ("duration (in seconds)", "recipientlastname", "recipientfirstname", "recipientemail", "externalreference",
          "locationlatitude", "locationlongitude", "locationaccuracy", "distributionchannel", "userlanguage",
          "responseset", "name", "externaldatareference", "emailaddress")),
    Tool("surveymonkey", ("respondentid", "respondent id", "id rispondente", "id intervistato"), 1,
         ("date created", "startdate", "start date", "datecreated", "data creazione", "date modified", "enddate"),
         ("respondentid", "respondent id", "id rispondente", "id intervistato"),
         ("collectorid", "collector id", "ip address", "email address", "first name", "last name", "custom data 1")),
    Tool("limesurvey", ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
                        "response id", "date submitted", "last page", "start language", "id risposta",
                        "data di invio", "ultima pagina", "lingua iniziale"), 3,
         ("submitdate", "date submitted", "data di invio", "datestamp", "startdate"),
         ("id", "response id", "id risposta"), ("token", "ipaddr", "refurl")),
    Tool("typeform", ("#", "network id", "start date (utc)", "submit date (utc)", "response type", "stage date (utc)"),
         2, ("submit date (utc)", "start date (utc)"), ("#", "network id", "token"), ("tags", "ending")),
    Tool("formbricks", ("no.", "response id", "timestamp", "finished", "survey id", "user id"), 4,
         ("timestamp",), ("response id",), ("notes", "tags", "person id", "url", "source", "country")),
    Tool("google_forms", ("timestamp", "informazioni cronologiche", "horodateur"), 1,
         ("timestamp", "informazioni cronologiche", "horodateur"), (),
         ("username", "nome utente", "email address", "indirizzo email", "score", "punteggio"), first=True),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A tool's export: its tool, its headings, its columns of date and case as written (empty: none)."""

    tool: Tool
    header: Header
    date: str
    case: str


def recognised(rows: Sequence[Sequence[str]], first_row: int = 1) -> Found | None:
    """The tool whose export begins with these rows; the first of them stands at ``first_row``."""
    if not rows:
        return None
    keys = [_key(cell) for cell in rows[0]]
    second = [_key(cell) for cell in rows[1]] if len(rows) > 1 else []
    legacy = sum(bool(_LEGACY.fullmatch(cell.strip())) for cell in rows[0]) >= 5
    for tool in TOOLS:
        names = second if legacy and tool.name == "qualtrics" else keys
        marks = set(tool.marks) & set(names)
        if len(marks) >= tool.least and (not tool.first or names[0] in tool.marks):
            header = _header(tool, rows, first_row, legacy=legacy)
            return Found(tool, header, _named(tool.date, names, rows[0]), _named(tool.case, names, rows[0]))
    return None


def _header(tool: Tool, rows: Sequence[Sequence[str]], first_row: int, *, legacy: bool) -> Header:
    if tool.name == "qualtrics":
        if len(rows) > 2 and sum(cell.startswith(_IMPORT_ID) for cell in rows[2]) * 2 > len(rows[2]):
            return Header(first_row, 3, "first")
        dated = len(rows) > 1 and any(character.isdigit() for character in rows[1][0])
        return Header(first_row, 2 if legacy or not dated else 1, "first")
    if tool.name == "surveymonkey" and _is_a_heading(rows):
        return Header(first_row, 2, "joined")
    return Header(first_row, 1, "first")


def _is_a_heading(rows: Sequence[Sequence[str]]) -> bool:
    """True when the second row goes on with the headings: nothing under the respondent's number, texts elsewhere."""
    if len(rows) < 2:
        return False
    second = [cell.strip() for cell in rows[1]]
    return not any(cell.isdigit() for cell in second) and not second[0]


def _named(wanted: Sequence[str], keys: Sequence[str], headings: Sequence[str]) -> str:
    return next((headings[keys.index(name)] for name in wanted if name in keys), "")


def _key(text: str) -> str:
    return plain(text).casefold()
