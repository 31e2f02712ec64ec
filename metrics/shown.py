"""What a page shows: one edition's report, the quarters around it, and whom it is shown to."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from company.access import departments_of, member
from company.models import Membership, Role
from journeys.calendar import QuarterCode
from journeys.forecasting import told
from journeys.models import Forecast, Quarter
from metrics.access import alarmed, contests, editions_of, publishes, version_or_404, visible
from metrics.models import Edition, Figure, Objection, Remark
from metrics.report import FigureRow, Message, Report
from metrics.segments import segment, segments
from metrics.sentences import write

QUARTERS = 8
LINKED = 3  # quarters before whose bridges chain to this one's
HELD = 64
SEGMENT = "segmento"  # the filter's name in addresses
VERSION = "versione"  # a published version that was corrected since, in addresses
DRAWN = ("value", "low", "high", "n", "base", "note")

_held: dict[str, Report] = {}


class NotOut(Http404):
    """A quarter the company has and the reader may read nothing of: not out yet, or without figures."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__()
        self.quarter = quarter

    @classmethod
    def of(cls, membership: Membership, code: QuarterCode) -> Http404:
        """The exception for a quarter, or plain 404 where the company has none of that code."""
        found = membership.company.quarters.filter(year=code.year, number=code.number).first()
        return Http404() if found is None else cls(found)


@dataclass(frozen=True)
class Past:
    """A quarter on a line: its code and the figures of company and stages, "" being the whole journey's outcomes."""

    quarter: str
    company: FigureRow | None
    stages: dict[str, FigureRow]


@dataclass(frozen=True)
class Version:
    """A published version of a quarter that has more than one: its health, None where hidden, and why it was made."""

    number: int
    level: Decimal | None
    published: datetime | None
    reason: str


@dataclass(frozen=True)
class Shown:
    """An edition as one reader gets it; ``mine`` are the slugs of the departments the reader answers for.

    ``unit`` is the code of the one unit it is narrowed to, out of ``units``; ``remarks`` what people wrote on the
    quarters drawn, their titles being in the report's messages already.
    ``brings``: whether the reader may put a figure on the agenda of the meeting; ``publishes``: take it to the next
    state; ``contests``: say that one of its figures is wrong, as the ``objections`` do. ``earlier``: digests and keys
    of the editions of the three quarters before, the earliest first. ``versions``: of a restated quarter, all that came
    out; ``version`` is the one shown where it is not the last, else 0. ``forecasts``: what departments expected.
    """

    report: Report
    digest: str
    draft: bool
    computed: datetime
    history: tuple[Past, ...]
    before: str
    after: str
    mine: tuple[str, ...]
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    analyst: bool = False
    brings: bool = False
    publishes: bool = False
    published: datetime | None = None
    contests: bool = False
    objections: tuple[Objection, ...] = ()
    earlier: Mapping[str, int] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    version: int = 0
    forecasts: Iterable[Forecast] = ()

    @property
    def year(self) -> list[Report]:
        """The reports of the quarters before that have one and of this one: what chains to a year."""
        return [*reports_of(dict(self.earlier)).values(), self.report]

    @property
    def settled(self) -> int:
        """How many objections were answered before it was published."""
        return sum(row.state != Objection.State.OPEN for row in self.objections) if self.published else 0

    @property
    def corrected(self) -> tuple[Version, Version] | None:
        """What was published first and what counts now, of a restated quarter."""
        return (self.versions[0], self.versions[-1]) if len(self.versions) > 1 else None

    @property
    def quarter(self) -> str:
        return self.report.quarter

    @property
    def unit_name(self) -> str:
        return self.units.get(self.unit, "")

    @property
    def of_unit(self) -> str:
        """What the address of another quarter ends with to stay on the same unit."""
        return f"?{urlencode({SEGMENT: self.unit})}" if self.unit else ""

    @property
    def narrowing(self) -> str:
        """What an address ends with to stay on the same unit and version."""
        kept = {name: value for name, value in ((SEGMENT, self.unit), (VERSION, self.version)) if value}
        return f"?{urlencode(kept)}" if kept else ""

    def notes(self, place: str = "") -> list[Remark]:
        """The notes on the quarters drawn, of the quarter itself or of a stage, the earliest first."""
        return [row for row in self.remarks if row.kind == Remark.Kind.NOTE and row.place == place]

    def title(self, place: str) -> Remark | None:
        """The title a person wrote for a place, in the reader's language."""
        wanted = (Remark.Kind.TITLE, place, get_language(), self.quarter)
        rows = ((row.kind, row.place, row.language, str(row.quarter.code)) for row in self.remarks)
        return next((row for row, known in zip(self.remarks, rows, strict=True) if known == wanted), None)


@dataclass(frozen=True)
class Asked:
    """What a request asks for before anything heavy is read: the edition, those before it, and its neighbours."""

    edition: Edition
    past: tuple[Edition, ...]
    before: str
    after: str
    membership: Membership
    unit: str
    remarks: tuple[Remark, ...]
    also: str = ""
    objections: tuple[Objection, ...] = ()
    alarmed: bool = False
    versions: tuple[Version, ...] = ()
    version: int = 0
    forecast: datetime | None = None

    @cached_property
    def content(self) -> str:
        """What the words and figures depend on, whoever reads: all quarters drawn, language, and the program itself."""
        parts = [
            *(f"{edition.pk}:{edition.digest}:{edition.state}" for edition in self.past),
            *(f"{remark.pk}:{remark.written.isoformat()}" for remark in self.remarks),
            *(f"{objection.pk}:{objection.state}" for objection in self.objections),
            self.forecast,
            *(version.number for version in self.versions),
            self.before,
            self.after,
            self.unit,
            get_language(),
            self.membership.company.name,
            self.membership.company.generated,
            self.membership.company.renamed,
            self.also,
            _program(),
        ]
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()

    @cached_property
    def tag(self) -> str:
        """What the answer depends on: the content, and who reads it."""
        departments = departments_of(self.membership)
        reader = [str(self.membership.user_id), str(self.membership.user), self.membership.role, str(self.alarmed)]
        reader += ["*"] if departments is None else sorted(department.slug for department in departments)
        return hashlib.sha256("|".join([self.content, *reader]).encode()).hexdigest()[:32]


def ask(request: HttpRequest, code: str) -> Asked:
    """What the signed-in person asks for; 404 where there is no such quarter."""
    return ask_for(member(request), code, request.GET.get(SEGMENT, ""), request.GET.get(VERSION, ""))


def ask_for(membership: Membership, code: str, unit: str = "", version: str = "") -> Asked:
    """The quarter's latest edition, or one of its published versions by number.

    404 where the company has none, or for what is not a quarter's code.
    """
    try:
        wanted = QuarterCode.parse(code)
    except ValueError as error:
        raise Http404 from error
    editions = {edition.quarter.code: edition for edition in editions_of(membership)}
    if wanted not in editions:
        raise NotOut.of(membership, wanted)
    last = editions[wanted]
    if version:
        editions[wanted] = version_or_404(membership, last.quarter, version)
    codes = sorted(editions)
    place = codes.index(wanted)
    past = tuple(editions[known] for known in codes[: place + 1] if known > wanted.plus(-QUARTERS))
    before = str(codes[place - 1]) if place else ""
    after = str(codes[place + 1]) if place + 1 < len(codes) else ""
    remarks = Remark.objects.filter(quarter__in=[edition.quarter_id for edition in past]).select_related("quarter")
    edition = editions[wanted]
    contested = tuple(edition.objections.all()) if getattr(edition, "contested", True) else ()
    return Asked(
        edition,
        past,
        before,
        after,
        membership,
        unit,
        tuple(remarks),
        objections=contested,
        alarmed=alarmed(membership),
        versions=versions_of(membership, last.quarter) if last.restates else (),
        version=edition.version if edition.pk != last.pk else 0,
        forecast=getattr(last, "forecast", None),
    )


def versions_of(membership: Membership, quarter: Quarter) -> tuple[Version, ...]:
    """The published versions of a quarter that the member may read, the first first."""
    health = Figure.objects.filter(edition=OuterRef("pk"), level=Figure.Level.COMPANY).exclude(base="hidden")
    rows = visible(membership).filter(quarter=quarter, state=Edition.State.PUBLISHED).order_by("version")
    found = rows.annotate(level=Subquery(health.values("value"))).values_list("version", "level", "published", "reason")
    return tuple(Version(*row) for row in found)


def read(asked: Asked) -> Shown:
    """The report and the last eight quarters, for the panels."""
    edition, role = asked.edition, asked.membership.role
    departments = departments_of(asked.membership) if role == Role.HEAD else []
    whole = report_of(edition.digest, edition.pk)
    shown = Shown(
        report=_narrowed(whole, asked.unit),
        digest=edition.digest,
        draft=edition.state == Edition.State.DRAFT,
        computed=edition.computed,
        history=history(asked.past, asked.unit),
        before=asked.before,
        after=asked.after,
        mine=tuple(department.slug for department in departments or []),
        unit=asked.unit,
        units=segments(whole),
        remarks=asked.remarks,
        analyst=role in (Role.ANALYST, Role.ADMIN),
        brings=asked.membership.role != Role.READER,
        earlier={row.digest: row.pk for row in asked.past[-LINKED - 1 : -1]},
        publishes=publishes(asked.membership),
        published=edition.published,
        contests=contests(asked.membership) and not edition.published,
        objections=asked.objections,
        versions=asked.versions,
        version=asked.version,
        forecasts=told(asked.membership.company, edition.quarter.code) if asked.forecast else (),
    )
    return replace(shown, report=titled(shown))


def _narrowed(report: Report, unit: str) -> Report:
    """The report of one unit with its own sentences; 404 for a unit that no filter offers."""
    if not unit:
        return report
    found = segment(report, unit) if unit in segments(report) else None
    if found is None:
        raise Http404
    return replace(found, messages=write(found))


def titled(shown: Shown) -> Report:
    """The report with the titles people wrote in the place of its own sentences; a unit's report has none."""
    titles = {} if shown.unit else {message.place: shown.title(message.place) for message in shown.report.messages}
    if not any(titles.values()):
        return shown.report
    messages = tuple(
        _edited(message, title) if (title := titles[message.place]) else message for message in shown.report.messages
    )
    return replace(shown.report, messages=messages)


def _edited(message: Message, title: Remark) -> Message:
    """A person's title in the message's place; ``stale`` where the data said something else when it was written."""
    args = {"text": title.text, "author": title.author, "stale": title.said != message.saying}
    return Message(message.place, "edited", args)


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


def history(editions: Sequence[Edition], unit: str = "") -> tuple[Past, ...]:
    """Health of company and stages in each edition's quarter, oldest first; quarters without edition are gaps."""
    known = {edition.pk: edition.quarter.code for edition in editions}
    whole = Figure.Level.UNIT_WHOLE if unit else Figure.Level.COMPANY
    levels = [whole, Figure.Level.UNIT_STAGE if unit else Figure.Level.STAGE]
    rows = Figure.objects.filter(edition__in=known, unit=unit, level__in=levels)
    company: dict[QuarterCode, FigureRow] = {}
    stages: dict[QuarterCode, dict[str, FigureRow]] = {}
    for row in rows.values("edition_id", "level", "stage", *DRAWN):
        code = known[row.pop("edition_id")]
        figure = FigureRow(**row)
        if figure.level == whole:
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
    """Changes with every new version of what is shown: code, templates, words, and the policies sent with them."""
    files = [*settings.BASE_DIR.glob("metrics/**/*.py"), *settings.BASE_DIR.glob("templates/**/*.html")]
    files += [*settings.BASE_DIR.glob("locale/**/*.mo"), *settings.BASE_DIR.glob("static/**/*.*")]
    files += settings.BASE_DIR.glob("trimestrale/*.py")
    stamps = sorted(f"{file.name}:{file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256("|".join(stamps).encode()).hexdigest()[:16]
