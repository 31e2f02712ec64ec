"""A company written back as a folder: ``company.yml`` and, under ``files/``, the bytes of every accepted upload."""

import hashlib
import re
import shutil
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from company.models import Company
from journeys.companyfile import store
from journeys.companyfile.definitions import CompanyFile, IndicatorEntry, SourceEntry
from journeys.companyfile.parse import NAME
from journeys.models import Source, Upload
from journeys.naming import WHOLE_JOURNEY


class ExportError(Exception):
    """The folder cannot be written; the text says why."""


@dataclass(frozen=True)
class Written:
    """What was written; ``remapped``: sources with files that were read by an older mapping than today's."""

    path: Path
    files: int
    remapped: tuple[str, ...]


def export_company(company: Company, folder: Path) -> Written:
    """Write the company into the folder, which must be empty or new.

    Importing the folder elsewhere, with the same installation key, gives the same definitions and observations.
    Raises ExportError when the folder is in use or cannot be made, the company has no quarter, or an original file is
    missing or differs from its receipt.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(_("The folder %(path)s is not empty.") % {"path": folder})
    if not company.quarters.exists():
        raise ExportError(_("The company has no quarter yet: there is nothing to export."))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(_("The folder %(path)s cannot be made.") % {"path": folder}) from error
    names: dict[str, list[str]] = {}
    remapped = []
    for source in Source.objects.filter(company=company):
        uploads = list(source.uploads.filter(state=Upload.State.ACCEPTED).order_by("received", "id"))
        names[source.slug] = [_copy(upload, folder) for upload in uploads]
        if any(upload.mapping and upload.mapping != source.mapping for upload in uploads):
            remapped.append(source.slug)
    path = folder / NAME
    path.write_text(to_yaml(store.read(company), names), encoding="utf-8")
    return Written(path, sum(map(len, names.values())), tuple(remapped))


def _copy(upload: Upload, folder: Path) -> str:
    """Copy the upload's bytes; the path written into the file, relative to the folder."""
    safe = re.sub(r"[^\w.-]+", "_", Path(upload.filename).name).lstrip(".") or "file"
    place = folder / "files" / upload.source.slug
    target = place / safe
    if target.exists():
        target = place / f"{upload.sha256[:12]}-{safe}"
    place.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(upload.path, target)
    except OSError as error:
        raise ExportError(_("The original of %(file)s cannot be read.") % {"file": upload.filename}) from error
    with target.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != upload.sha256:
            raise ExportError(_("The original of %(file)s is not what its receipt says.") % {"file": upload.filename})
    return target.relative_to(folder).as_posix()


def to_yaml(entry: CompanyFile, files: dict[str, list[str]]) -> str:
    """The text of a ``company.yml``; ``files`` are paths by source slug. Keys at their default are left out."""
    journey = {"name": entry.journey, "weight": entry.journey_weight}
    stages = [
        _lean(_row(stage, "touchpoints"), {"touchpoints": [_row(point) for point in stage.touchpoints]})
        for stage in entry.stages
    ]
    document = {
        "company": _company(entry),
        "quarters": {"first": str(entry.quarters[0]), "last": str(entry.quarters[1])},
        "departments": [_lean(_row(item, "stages"), {"stages": _places(item.stages)}) for item in entry.departments],
        "journey": {**journey, "stages": stages},
        "units": [_row(item) for item in entry.units],
        "indicators": [_indicator(item) for item in entry.indicators],
        "sources": [_source(item, files.get(item.slug, [])) for item in entry.sources],
        "people": [_lean(_row(item, "departments"), {"departments": list(item.departments)}) for item in entry.people],
    }
    lean = _lean({}, document)
    return yaml.dump(lean, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _company(entry: CompanyFile) -> dict[str, Any]:
    names = ("slug", "name", "generated", "fiscal_start_month", "unit_name", "time_zone")
    values = {name: getattr(entry, name) for name in names}
    thresholds = {"hidden_under": entry.hidden_under, "reduced_under": entry.reduced_under}
    return {**_lean({}, values), "thresholds": thresholds}


def _indicator(entry: IndicatorEntry) -> dict[str, Any]:
    values = _row(entry, "influences", "targets", "percentile")
    if entry.kind == "percentile":
        values["percentile"] = entry.percentile
    targets = [{"from": target.starts, "value": target.value} for target in entry.targets]
    return _lean(values, {"influences": _places(entry.influences), "targets": targets})


def _source(entry: SourceEntry, files: list[str]) -> dict[str, Any]:
    return _lean(_row(entry, "files"), {"files": files})


def _row(entry: Any, *left_out: str) -> dict[str, Any]:
    """The entry's fields by name, without those left out and those at their default."""
    values = {}
    for item in fields(entry):
        value = getattr(entry, item.name)
        if item.name not in left_out and (item.default is MISSING or value != item.default):
            values[item.name] = value
    return values


def _lean(values: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both together, without what is empty in the second."""
    return {**values, **{key: value for key, value in more.items() if value not in ("", [], None)}}


def _places(stages: tuple[str, ...]) -> list[str]:
    return [stage or WHOLE_JOURNEY for stage in stages]


class _Dumper(yaml.SafeDumper):
    """Decimals as plain numbers, days as days, and no anchors for values that stand twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = format(value.normalize(), "f")
    return dumper.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


def _day(dumper: yaml.SafeDumper, value: date) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(date, _day)
