"""Sources and small files for tests of Dati."""

from typing import Any

from company.models import Department
from journeys.models import Evidence, Indicator, IndicatorRole, Job, Part, Quarter, Source, Upload
from journeys.models.sources import IndicatorKind


def votes_source(department: Department, name: str = "Voti di consegna", **fields: object) -> Source:
    """A saved source of votes from 0 to 10, one a row, dated by the column ``giorno``."""
    slug = f"{department.slug}-voti-{department.sources.count()}"
    Indicator.objects.create(
        company=department.company,
        department=department,
        slug=slug,
        name=f"Voto {department}",
        definition="Voto da 0 a 10 dato alla consegna.",
        role=IndicatorRole.OUTCOME,
        kind=IndicatorKind.MEAN,
        lowest=0,
        highest=10,
        evidence=Evidence.SURVEY,
    )
    mapping = {"date": "giorno", "values": [{"indicator": slug, "column": "voto"}]}
    made: Source = Source.objects.create(
        company=department.company,
        department=department,
        slug=slug,
        name=name,
        mapping=mapping,
        **fields,
    )
    return made


def source(department: Department, mapping: dict[str, Any], **fields: object) -> Source:
    """A saved source with this mapping, and an indicator for each of its values."""
    number = department.company.sources.count()
    for entry in mapping["values"]:
        Indicator.objects.get_or_create(
            company=department.company,
            slug=entry["indicator"],
            defaults={
                "department": department,
                "name": entry["indicator"],
                "definition": "Per prova.",
                "role": IndicatorRole.RESULT,
                "kind": IndicatorKind.MEAN,
                "evidence": Evidence.RECORD,
            },
        )
    made: Source = Source.objects.create(
        company=department.company,
        department=department,
        slug=f"file-{number}",
        name=f"File {number}",
        mapping=mapping,
        **fields,
    )
    return made


def votes(*values: object, day: str = "2026-07-15") -> bytes:
    """A file of such votes, all of one day."""
    return "\n".join(["giorno,voto", *(f"{day},{value}" for value in values), ""]).encode()


def upload(source: Source, state: str = Upload.State.ACCEPTED, quarter: Quarter | None = None) -> Upload:
    """An upload with its job and, for a quarter, its part: rows only, no files behind them."""
    number = Upload.objects.count()
    made: Upload = Upload.objects.create(
        company=source.company,
        source=source,
        filename=f"voti-{number}.csv",
        sha256=f"{number:064x}",
        size=100,
        state=state,
        rows_in=12,
        rows_out=12,
        observations=12,
        mapping=source.mapping,
        receipt={"quarters": {str(quarter.code): 12}} if quarter else {},
    )
    done = state != Upload.State.RECEIVED
    Job.objects.create(upload=made, state=Job.State.DONE if done else Job.State.QUEUED)
    if quarter:
        Part.objects.create(upload=made, quarter=quarter, sha256=f"{number:064x}", observations=12, size=100)
    return made
