"""Building blocks of panels: a chart with its table, a verdict with its words, cells shown by the rule of bases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from company import formats
from metrics import labels
from metrics.figures import Figure, Tick
from metrics.models import Remark
from metrics.panels import lineage
from metrics.report import EffectRow, FigureRow, IndicatorDef, Report
from metrics.shown import VERSION, Shown
from metrics.tables import Cell, Column, Table

PROVEN = ("better", "worse")


@dataclass(frozen=True)
class Verdict:
    """A mark, its word and the signed change beside it; ``amount`` is empty where no number may stand."""

    code: str
    word: str
    amount: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure with everything that must stand around it; without ``figure`` its place says why.

    ``more`` is the address of the page that takes it apart; ``lineage`` of the page that says where it comes from,
    empty where one unit is shown; ``evidence`` how good its evidence is; ``slide`` the subtitle where it is drawn
    natively with other marks.
    """

    slug: str
    heading: str
    subtitle: str
    table: Table
    source: str
    method: str
    figure: Figure | None = None
    empty: str = ""
    caveat: str = ""
    notes: tuple[Remark, ...] = ()
    more: str = ""
    lineage: str = ""
    evidence: str = ""
    slide: str = ""

    @property
    def json_id(self) -> str:
        """Id of the figure's data in the page."""
        return f"fig-{self.slug}"

    @property
    def height(self) -> int:
        """Room to keep for the figure until it is drawn."""
        return int(self.figure["layout"]["height"]) if self.figure else 0


def verdict_of(row: FigureRow, decimals: int = 1) -> Verdict:
    """The verdict of a score's change with its points; no number without a verdict."""
    if row.base != "full" or row.verdict == "too_little" or row.change is None:
        return Verdict("too_little", labels.verdict("too_little"))
    unseen = row.verdict == "unproven" and not formats.rounded(row.change, decimals)  # no change is never written as 0
    amount = "" if unseen else formats.signed(row.change, decimals, labels.locale())
    return Verdict(row.verdict, labels.verdict(row.verdict), amount)


def first_measure(row: FigureRow) -> bool:
    """Whether the figure is shown in full and has nothing to be compared with yet."""
    return row.base == "full" and row.value is not None and row.before is None


def impact_verdict(row: EffectRow | None) -> Verdict:
    """What a department's impact does, with its points where demonstrated."""
    if row is None or row.note in ("unknown", "few") or (row.points is None and row.verdict == "too_little"):
        code = "too_little"
        word = labels.impact_word(code) if row is None or row.note == "unknown" else labels.note(row.note)
        return Verdict(code, word or labels.impact_word(code))
    if row.verdict in PROVEN:
        return Verdict(row.verdict, labels.impact_word(row.verdict), labels.points(row.points))
    return Verdict("unproven", labels.impact_word("unproven"))


def fine(rows: Sequence[EffectRow]) -> int:
    """Decimals of points for a set of impacts: two where none of them, nor its interval, reaches one point."""
    ends = [value for row in rows for value in (row.points, row.low, row.high) if value is not None]
    return 1 if any(abs(value) >= 1 for value in ends) else 2


def amount(row: EffectRow, decimals: int, href: str = "") -> Cell:
    """How much: the points where demonstrated, else that they are not and on how many cases, or why none; never 0.

    ``href`` leads to where they come from.
    """
    interval = labels.points_interval(row.low, row.high, decimals)
    if row.points is None:
        return Cell(labels.note(row.note) or "–", quiet=True, href=href)
    if row.verdict not in PROVEN:
        words = {"word": labels.verdict("unproven"), "base": labels.base(row.n)}
        return Cell(_("%(word)s (%(base)s)") % words, note=interval, quiet=True, href=href)
    return replace(points_cell(row.points, interval, decimals), href=href)


def points_cell(value: Decimal | None, note: str = "", decimals: int = 1) -> Cell:
    """Points with sign, as the page and the file show them; one decimal more where they would read as zero."""
    if value is None:
        return Cell("–")
    decimals = labels.points_decimals(value, decimals)
    return Cell(labels.points(value, decimals), formats.rounded(value, decimals), decimals, note=note)


def score_cell(value: Decimal | None) -> Cell:
    """A score or health with one decimal."""
    return Cell("–") if value is None else Cell(labels.level(value), formats.rounded(value, 1), 1)


def share_cell(value: Decimal | None) -> Cell:
    """A percentage with one decimal; two where one would read as zero."""
    if value is None:
        return Cell("–")
    decimals = labels.points_decimals(value, 1)
    return Cell(formats.number(value, decimals, labels.locale()), formats.rounded(value, decimals), decimals)


def count_cell(n: int) -> Cell:
    """A number of cases."""
    return Cell(formats.number(n, 0, labels.locale()), Decimal(n), 0)


def answers_cell(row: FigureRow, report: Report) -> Cell:
    """How many answered, or that they are too few to be counted out."""
    hidden = row.base == "hidden" and row.n < report.company.hidden_under
    return Cell(labels.figure_base(row, report)) if hidden else count_cell(row.n)


def measure_cell(value: Decimal | None, indicator: IndicatorDef, quiet: bool = False) -> Cell:
    """A value of an indicator with its unit; the file gets the bare number."""
    shown, decimals = labels.shown(value, indicator), labels.decimals(indicator)
    if indicator.kind in labels.SHARES:
        decimals = 1
    if shown is None:
        return Cell("–")
    return Cell(labels.measure(value, indicator), formats.rounded(shown, decimals), decimals, quiet=quiet)


def own_value(row: FigureRow, indicator: IndicatorDef, report: Report) -> Cell:
    """The indicator's value now, by the rule of bases: hidden, grey with a reduced base, or in full."""
    if row.base == "hidden" or row.value is None:
        return Cell(labels.figure_base(row, report), quiet=True)
    note = _("reduced base") if row.base == "reduced" else ""
    cell = measure_cell(row.value, indicator, quiet=row.base == "reduced")
    return Cell(cell.text, cell.value, cell.decimals, note=note, quiet=cell.quiet)


def verdict_cell(verdict: Verdict) -> Cell:
    """The verdict in words, after its mark."""
    return Cell(f"{verdict.word} {verdict.amount}".strip(), verdict=verdict.code)


def ticks(places: Sequence[float], signed: bool = False) -> list[Tick]:
    """Places of an axis written in the reader's language, with as many decimals as they need."""
    decimals = max((len(f"{place:g}".partition(".")[2]) for place in places), default=0)
    write = formats.signed if signed else formats.number
    return [Tick(place, write(Decimal(str(place)), decimals, labels.locale())) for place in places]


def columns(*labelled: str) -> tuple[Column, ...]:
    """Columns from labels: ``#`` before a label makes it numeric, ``>`` for the file only, ``<`` for the page only."""
    return tuple(_column(label) for label in labelled)


def _column(label: str) -> Column:
    where = {">": "file", "<": "page"}.get(label[:1], "both")
    bare = label.lstrip("<>")
    return Column(bare.lstrip("#"), bare.startswith("#"), where)


def stage_link(shown: Shown, slug: str) -> str:
    """Address of a stage's page, narrowed as this one is; none for the whole journey."""
    return reverse("stage", args=[shown.quarter, slug]) + shown.narrowing if slug else ""


def department_link(shown: Shown, slug: str) -> str:
    """Address of a department's page."""
    return reverse("department", args=[shown.quarter, slug])


def lineage_link(shown: Shown, row: FigureRow) -> str:
    """Address of the page that says where a figure of the whole company comes from; none where a unit is shown."""
    if shown.unit:
        return ""
    which = {"level": row.level, "stage": row.stage, "indicator": row.indicator, VERSION: str(shown.version or "")}
    return lineage.address(shown.quarter, **which)


def effect_link(shown: Shown, row: EffectRow) -> str:
    """Address of the page that says where an effect comes from."""
    return lineage.effect_address(shown.quarter, row, str(shown.version or ""))


def graded(report: Report, slugs: Iterable[str]) -> str:
    """``Prova: sondaggio e registrazione``: how good the evidence of the indicators is."""
    grades = lineage.graded(report.indicator(slug) for slug in dict.fromkeys(slugs) if slug)
    return _("Evidence: %(grades)s") % {"grades": grades} if grades else ""


def heard(report: Report, stage: str | None = None) -> str:
    """How good the evidence of health is, of a stage's or of the whole company's."""
    return graded(report, (row.slug for row in report.indicators if row.in_health and stage in (None, row.stage)))


def voices(report: Report, stage: str | None = None) -> str:
    """``Fonte: Voto del cliente · n = 1.797``: what customers were asked, of a stage or of the whole company."""
    outcomes = [row for row in report.indicators if row.in_health and stage in (None, row.stage)]
    figure = report.health if stage is None else report.stage_health(stage)
    names = labels.names(row.name for row in outcomes[:2])
    if len(outcomes) > 2:
        names = _("%(n)s questions to customers") % {"n": len(outcomes)}
    return _("Source: %(names)s") % {"names": names} + f" · {labels.figure_base(figure, report)}"
