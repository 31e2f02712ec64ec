"""Exports of the survey tools are known by their layout: the tool, its headings, its columns of day and case."""

import io
from pathlib import Path

import pytest

from journeys.reading.recognise import recognise
from tests.journeys.taking import Lake

QUALTRICS = "StartDate,EndDate,Status,IPAddress,Progress,Finished,RecordedDate,ResponseId,Q1\n"
ANSWER = "2026-07-01 10:00:00,2026-07-01 10:05:00,0,,100,1,2026-07-01 10:05:01,R_1,9\n"
IMPORT = ",".join(f'"{{""ImportId"":""q{i}""}}"' for i in range(9)) + "\n"
LEGACY = ",".join(f"V{i}" for i in range(1, 9)) + ",Q1\n"
OLD = "ResponseID,ResponseSet,Name,Status,IPAddress,StartDate,EndDate,Finished,Quanto ci consiglia?\n"

EXPORTS = {
    "qualtrics with three headings": (
        QUALTRICS + "Start Date,End Date,Response Type,IP Address,Progress,Finished,Recorded Date,Response ID,Voto\n"
        + IMPORT + ANSWER,
        ("qualtrics", 1, 3, "RecordedDate", "ResponseId", 1),
    ),
    "qualtrics with the headings of its first years": (
        LEGACY + OLD + "R_1,Default,Rossi,0,,2026-07-01 10:00:00,2026-07-01 10:05:00,1,9\n",
        ("qualtrics", 1, 2, "V7", "V1", 1),
    ),
    "surveymonkey with two headings": (
        "Respondent ID,Collector ID,Start Date,End Date,Voto,,\n"
        ",,,,Response,Altro,Perché\n"
        "118,77,07/13/2026 10:00:00,07/13/2026 10:05:00,9,,bene\n",
        ("surveymonkey", 1, 2, "Start Date", "Respondent ID", 1),
    ),
    "surveymonkey with one heading": (
        "RespondentID,CollectorID,StartDate,EndDate,Voto\n118,77,07/13/2026,07/13/2026,9\n",
        ("surveymonkey", 1, 1, "StartDate", "RespondentID", 1),
    ),
    "limesurvey with codes": (
        '"id","submitdate","lastpage","startlanguage","seed","Q1"\n"1","2026-07-13 10:00:00","4","it","99","9"\n',
        ("limesurvey", 1, 1, "submitdate", "id", 1),
    ),
    "limesurvey with the questions in full": (
        '"ID risposta","Data di invio","Ultima pagina","Lingua iniziale","Quanto?"\n'
        '"1","2026-07-13 10:00:00","4","it","9"\n',
        ("limesurvey", 1, 1, "Data di invio", "ID risposta", 1),
    ),
    "google forms": (
        "Informazioni cronologiche,Quanto ci consiglia?\n13/07/2026 10.00.00,9\n14/07/2026 9.30.00,7\n",
        ("google_forms", 1, 1, "Informazioni cronologiche", "", 2),
    ),
    "typeform": (
        "#,Quanto ci consiglia?,Start Date (UTC),Submit Date (UTC),Network ID\n"
        "abc1,9,2026-07-13 10:00:00,2026-07-13 10:01:00,n1\n",
        ("typeform", 1, 1, "Submit Date (UTC)", "#", 1),
    ),
    "formbricks": (
        "No.,Response ID,Timestamp,Finished,Survey ID,User ID,Quanto?\n"
        "1,clx1,2026-07-13 10:00:00,true,s1,u1,9\n",
        ("formbricks", 1, 1, "Timestamp", "Response ID", 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_the_export_is_known_by_its_layout(name: str) -> None:
    content, wanted = EXPORTS[name]
    seen = recognise(io.BytesIO(content.encode()), "esportazione.csv")
    first = seen.header_row - seen.header_rows + 1
    assert (seen.tool, first, seen.header_rows, seen.date, seen.case, seen.rows) == wanted


def test_an_export_of_three_headings_is_taken_as_it_is(tmp_path: Path) -> None:
    content, _ = EXPORTS["qualtrics with three headings"]
    mapping = {"date": "RecordedDate", "case": "ResponseId", "values": [{"indicator": "vote", "column": "Q1"}]}
    lake = Lake(tmp_path, mapping)
    assert lake.take(content).problems == []
    assert lake.values("vote") == [9.0]


@pytest.mark.parametrize(
    "headings", ["id,data,voto", "timestamp_server,voto", "voto,timestamp", "status,finished,voto"]
)
def test_a_departments_own_table_is_no_export(headings: str) -> None:
    content = headings + "\n" + ",".join("9" for _ in headings.split(",")) + "\n"
    assert recognise(io.BytesIO(content.encode()), "voti.csv").tool == ""
