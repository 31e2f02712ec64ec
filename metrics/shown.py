"""What a page shows: one edition's report, the quarters around it, and whom it is shown to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from company.access import departments_of, member
from company.models import Membership, Role
from journeys.calendar import QuarterCode
from metrics.access import editions_of
from metrics.models import Edition, Figure
from metrics.report import FigureRow, Report

QUARTERS = 8
HELD = 64
DRAWN = ("value", "low", "high", "n", "base", "note")

_held: dict[str, Report] = {}


@dataclass(frozen=True)
class Past:
    """A quarter on a line: its code and the figures of company and stages, "" being the whole journey's outcomes."""

    quarter: str
    company: FigureRow | None
    stages: dict[str, FigureRow]


@dataclass(frozen=True)
class Shown:
    """An edition as one reader gets it; ``mine`` are the slugs of the departments the reader answers for."""

    report: Report
    digest: str
    draft: bool
    computed: datetime
    history: tuple[Past, ...]
    before: str
    after: str
    mine: tuple[str, ...]

    @property
    def quarter(self) -> str:
        return self.report.quarter


@dataclass(frozen=True)
class Asked:
    """What a request asks for before anything heavy is read: the edition, those before it, and its neighbours."""

    edition: Edition
    past: tuple[Edition, ...]
    before: str
    after: str
    membership: Membership

    @property
    def tag(self) -> str:
        """What the answer depends on: the figures of all quarters drawn, language, reader, and the program itself."""
        departments = departments_of(self.membership)
        parts = [
            *(f"{edition.pk}:{edition.digest}:{edition.state}" for edition in self.past),
            self.before,
            self.after,
            get_language(),
            str(self.membership.user_id),
            self.membership.role,
            self.membership.company.name,
            *("*" if departments is None else sorted(department.slug for department in departments)),
            _program(),
        ]
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def ask(request: HttpRequest, code: str) -> Asked:
    """The quarter's latest edition; 404 where the company has none, or for what is not a quarter's code."""
    try:
        wanted = QuarterCode.parse(code)
    except ValueError as error:
        raise Http404 from error
    membership = member(request)
    editions = {edition.quarter.code: edition for edition in editions_of(membership)}
    if wanted not in editions:
        raise Http404
    codes = sorted(editions)
    place = codes.index(wanted)
    past = tuple(editions[known] for known in codes[: place + 1] if known > wanted.plus(-QUARTERS))
    before = str(codes[place - 1]) if place else ""
    after = str(codes[place + 1]) if place + 1 < len(codes) else ""
    return Asked(editions[wanted], past, before, after, membership)


def read(asked: Asked) -> Shown:
    """The report and the last eight quarters, for the panels."""
    edition = asked.edition
    departments = departments_of(asked.membership) if asked.membership.role == Role.HEAD else []
    return Shown(
        report=report_of(edition.digest, edition.pk),
        digest=edition.digest,
        draft=edition.state == Edition.State.DRAFT,
        computed=edition.computed,
        history=history(asked.past),
        before=asked.before,
        after=asked.after,
        mine=tuple(department.slug for department in departments or []),
    )


def report_of(digest: str, edition: int) -> Report:
    """The edition's report; kept by its digest, which names this very content and no other."""
    return reports_of({digest: edition})[digest]


def reports_of(editions: dict[str, int]) -> dict[str, Report]:
    """The reports of the editions, digest → key; one query for all that are not held already."""
    missing = [pk for digest, pk in editions.items() if digest not in _held]
    if missing:
        rows = Edition.objects.filter(pk__in=missing, digest__in=editions)
        found = {digest: Report.parse(content) for digest, content in rows.values_list("digest", "content")}
        for digest in list(_held)[: max(0, len(_held) + len(found) - HELD)]:
            _held.pop(digest, None)
        _held.update(found)
    if not all(digest in _held for digest in editions):
        raise Http404
    return {digest: _held[digest] for digest in editions}


def history(editions: Sequence[Edition]) -> tuple[Past, ...]:
    """Health of company and stages in each edition's quarter, oldest first; quarters without edition are gaps."""
    known = {edition.pk: edition.quarter.code for edition in editions}
    rows = Figure.objects.filter(edition__in=known, level__in=[Figure.Level.COMPANY, Figure.Level.STAGE])
    company: dict[QuarterCode, FigureRow] = {}
    stages: dict[QuarterCode, dict[str, FigureRow]] = {}
    for row in rows.values("edition_id", "level", "stage", *DRAWN):
        code = known[row.pop("edition_id")]
        figure = FigureRow(**row)
        if figure.level == Figure.Level.COMPANY:
            company[code] = figure
        else:
            stages.setdefault(code, {})[figure.stage] = figure
    codes = sorted(known.values())
    between = [codes[0].plus(step) for step in range(QUARTERS)] if codes else []
    return tuple(
        Past(str(code), company.get(code), stages.get(code, {})) for code in between if codes and code <= codes[-1]
    )


@lru_cache(maxsize=1)
def _program() -> str:
    """Changes with every new version of what is shown: code, templates, words."""
    files = [*settings.BASE_DIR.glob("metrics/**/*.py"), *settings.BASE_DIR.glob("templates/**/*.html")]
    files += [*settings.BASE_DIR.glob("locale/**/*.mo"), *settings.BASE_DIR.glob("static/**/*.*")]
    stamps = sorted(f"{file.name}:{file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256("|".join(stamps).encode()).hexdigest()[:16]
