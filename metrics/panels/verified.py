"""What a verification found, in words: each edition with its differences, and what guards them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company import formats
from metrics import labels
from metrics.models import Verification


@dataclass(frozen=True)
class Unlike:
    """Something that differs: where, what was published, what the files give."""

    where: str
    stored: str
    found: str


@dataclass(frozen=True)
class Across:
    """An untouched edition of another version of the method: what it is, what is the same, what is otherwise or new."""

    said: str
    same: str
    otherwise: tuple[Unlike, ...]
    differing: str
    new: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """An edition looked at: its quarter as written, its version where it restates, and what differs."""

    quarter: str
    restates: int
    digest: str
    differences: tuple[Unlike, ...]
    across: Across | None


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

    @property
    def across(self) -> int:
        """How many untouched editions another version of the method made."""
        return sum(row.across is not None for row in self.editions)


def run(found: Verification) -> Run:
    """The run in words."""
    return Run(found, tuple(map(_edition, found.results)), tuple(findings(found.findings)))


def _edition(row: dict[str, Any]) -> Verified:
    found = row.get("across")  # runs from before the method had versions know none
    restates, quarter = row["version"] - 1, labels.quarter(row["quarter"])
    return Verified(quarter, restates, row["digest"], _unlike(row["differences"]), across(found) if found else None)


def _unlike(rows: Iterable[dict[str, str]]) -> tuple[Unlike, ...]:
    return tuple(Unlike(where(item["where"]), item["stored"], item["found"]) for item in rows)


def across(found: dict[str, Any]) -> Across:
    """How an edition of another version of the method compares, in words."""
    same, otherwise, new = found["same"], _unlike(found["otherwise"]), [*found["rows"], *found["values"]]
    versions = {"made": found["made"], "now": found["now"]}
    return Across(
        said=_("Made with version %(made)s of the method, today's is %(now)s; nothing was touched.") % versions,
        same=ngettext(
            "%(n)s figure, effect, step or sentence is the same to the last digit.",
            "%(n)s figures, effects, steps and sentences are the same to the last digit.",
            same,
        )
        % {"n": _whole(same)},
        otherwise=otherwise,
        differing=ngettext(
            "%(n)s value is another by today's method, though no file and no text was touched:",
            "%(n)s values are others by today's method, though no file and no text was touched:",
            len(otherwise),
        )
        % {"n": _whole(len(otherwise))},
        new=_("New in version %(now)s: %(n)s.") % (versions | {"n": _new(found)}) if new else "",
        names=tuple(map(where, new)),
    )


def _new(found: dict[str, Any]) -> str:
    """How many rows and values only today's version has."""
    rows, values = len(found["rows"]), len(found["values"])
    said = [
        ngettext("%(n)s row", "%(n)s rows", rows) % {"n": _whole(rows)} if rows else "",
        ngettext("%(n)s value in rows of both", "%(n)s values in rows of both", values) % {"n": _whole(values)}
        if values
        else "",
    ]
    return ", ".join(filter(None, said))


def _whole(number: int) -> str:
    return formats.number(number, 0, labels.locale())


def where(place: str) -> str:
    """``figures stage/consegna value`` → «cifra stage/consegna: value»."""
    kind, _space, rest = place.partition(" ")
    kinds = {
        "file": _("file of observations %(name)s"),
        "digest": _("imprint of the text"),
        "seal": _("seal of the publication"),
        "link": _("link to the publication before"),
        "log": _("what the log says was published"),
        "computing": _("it cannot be computed again"),
        "figures": _("figure %(name)s"),
        "effects": _("effect %(name)s"),
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
