"""What a verification found, in words: each edition with its differences, and what guards them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from metrics import labels
from metrics.models import Verification

SHORT = 16


@dataclass(frozen=True)
class Unlike:
    """Something that differs: where, what was published, what the files give."""

    where: str
    stored: str
    found: str


@dataclass(frozen=True)
class Verified:
    """An edition looked at: its quarter as written, its version where it restates, and what differs."""

    quarter: str
    restates: int
    digest: str
    differences: tuple[Unlike, ...]


@dataclass(frozen=True)
class Run:
    """A verification that is done."""

    run: Verification
    editions: tuple[Verified, ...]
    findings: tuple[str, ...]

    @property
    def differing(self) -> int:
        """How many editions are not what their files give."""
        return sum(bool(row.differences) for row in self.editions)


def run(found: Verification) -> Run:
    """The run in words."""
    return Run(found, tuple(map(_edition, found.results)), tuple(findings(found.findings)))


def _edition(row: dict[str, Any]) -> Verified:
    differences = tuple(Unlike(where(item["where"]), item["stored"], item["found"]) for item in row["differences"])
    restates = row["version"] - 1
    return Verified(labels.quarter(row["quarter"]), restates, row["digest"], differences)


def where(place: str) -> str:
    """``figures stage/consegna value`` → «cifra stage/consegna: value»."""
    kind, _space, rest = place.partition(" ")
    kinds = {
        "file": _("file of observations %(name)s"),
        "digest": _("imprint of the text"),
        "computing": _("it cannot be computed again"),
        "figures": _("figure %(name)s"),
        "effects": _("impact %(name)s"),
        "bridge": _("step of the bridge %(name)s"),
        "messages": _("sentence %(name)s"),
        "targets": _("target %(name)s"),
    }
    return kinds[kind] % {"name": rest} if kind in kinds else place


def findings(rows: Iterable[dict[str, str]]) -> Iterable[str]:
    """Each guard that does not hold, in words."""
    words = {
        "number": _("%(about)s, version %(more)s: its number in the chain of publications is not the one due."),
        "link": _("%(about)s, version %(more)s: does not follow the seal before it."),
        "seal": _("%(about)s, version %(more)s: its seal is not that of what it says."),
        "trigger": _("The trigger %(more)s of %(about)s is missing or switched off."),
        "owner": _("The product connects to the database as the owner of its tables: it could switch the guards off."),
        "copy": _("Log: line %(about)s is not the one written down apart on %(more)s."),
        "log": _("Log: the chain breaks at line %(about)s."),
    }
    for row in rows:
        about = labels.quarter(row["about"]) if row["code"] in ("number", "link", "seal") else row["about"]
        yield words[row["code"]] % {"about": about, "more": row["more"]}
