"""Whole reports for tests: a chain with six stages that all have a voice, and a marketplace with one vote for all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from company.models import Company
from journeys.calendar import QuarterCode
from journeys.models import Quarter
from metrics.models import Edition
from metrics.refresh import store
from metrics.report import (
    METHOD,
    CompanyDef,
    DepartmentDef,
    EffectRow,
    FigureRow,
    IndicatorDef,
    Report,
    StageDef,
    StepRow,
)
from metrics.sentences import write
from tests import make
from tests.passing import passing

DEFINITION = CompanyDef(
    "aurora", "Catena Aurora", True, "negozio", 10, 30, 1, "Dalla scoperta all'assistenza", Decimal(1)
)


def d(value: float | str) -> Decimal:
    """A decimal of a text or float."""
    return Decimal(str(value))


def row(level: str, stage: str = "", indicator: str = "", **fields: Any) -> FigureRow:
    """A figure in full, with its numbers given as floats."""
    numbers: dict[str, Any] = {name: d(value) if isinstance(value, float) else value for name, value in fields.items()}
    given: dict[str, Any] = {"base": "full", "n": 400, **numbers}
    return FigureRow(level, stage, indicator, **given)


def score(stage: str, value: float, change: float | None, verdict: str, n: int = 400) -> FigureRow:
    """Health of a stage (of the company where it is "*") with symmetric intervals."""
    half = 1.8 if stage == "*" else 2.0
    level = "company" if stage == "*" else "stage"
    moved: dict[str, Any] = {}
    if change is not None:
        moved = {"before": value - change, "before_n": n, "change": change}
        moved |= {"change_low": change - half, "change_high": change + half}
    return row(
        level,
        "" if stage == "*" else stage,
        value=value,
        low=value - half,
        high=value + half,
        n=n,
        verdict=verdict,
        **moved,
    )


def indicator(slug: str, name: str, what: tuple[str, str], where: tuple[str, str], **fields: Any) -> IndicatorDef:
    """An indicator of a role and kind, of a department and stage; lower is better unless said otherwise."""
    given: dict[str, Any] = {
        "definition": f"{name}, come la registra il reparto.",
        "unit": "",
        "higher_is_better": False,
    }
    given |= {"touchpoint": "", "essential": False, "in_health": False, "weight": Decimal(1), "evidence": "record"}
    given |= {"role": what[0], "kind": what[1], "department": where[0], "stage": where[1]}
    return IndicatorDef(slug, name, **{**given, **fields})


def outcome(slug: str, name: str, department: str, stage: str) -> IndicatorDef:
    """A vote from 0 to 10 that makes health."""
    scale = {
        "worst": Decimal(0),
        "best": Decimal(10),
        "higher_is_better": True,
        "in_health": True,
        "evidence": "survey",
    }
    return indicator(slug, name, ("outcome", "mean"), (department, stage), essential=True, **scale)


STAGES = (
    ("scoperta", "Scoperta", "Vengo a sapere di ciò che mi serve?", 71.0, 0.8, "unproven", 312),
    ("scelta", "Scelta", "Trovo quello che cerco?", 68.0, -0.6, "unproven", 298),
    ("acquisto", "Acquisto", "Compro senza perdere tempo?", 74.0, 1.4, "better", 405),
    ("consegna", "Consegna", "Arriva intero, nel giorno promesso?", 61.0, -3.4, "worse", 377),
    ("uso", "Uso", "Funziona come mi aspettavo?", 77.0, 0.7, "unproven", 221),
    ("assistenza", "Assistenza", "Qualcuno risolve il mio problema?", 59.0, -3.1, "worse", 184),
)
DEPARTMENTS = (
    ("marketing", "Marketing", ("scoperta",)),
    ("vendite", "Vendite", ("scelta", "acquisto")),
    ("logistica", "Logistica", ("consegna",)),
    ("assistenza-clienti", "Assistenza clienti", ("assistenza",)),
    ("amministrazione", "Amministrazione", ("uso", "assistenza")),
    ("risorse-umane", "Risorse umane", ("acquisto",)),
)


@cache
def aurora(quarter: str = "2026-3", previous: str = "2026-2") -> Report:
    """The report of ``look-page.png``: health 67.2, down 2.6, Consegna and Assistenza worse."""
    outcomes = [outcome(f"voto_{slug}", f"Voto a {name}", "marketing", slug) for slug, name, *_ in STAGES]
    results = _results(AURORA)
    touch = {
        "consegna": (("a-casa", "Consegna a casa"), ("ritiro", "Ritiro in negozio")),
        "acquisto": (("cassa", "Cassa"),),
    }
    report = Report(
        quarter=quarter,
        starts=QuarterCode.parse(quarter).days()[0].isoformat(),
        ends=QuarterCode.parse(quarter).days()[1].isoformat(),
        previous=previous,
        company=DEFINITION,
        stages=tuple(StageDef(slug, name, ask, Decimal(1), touch.get(slug, ())) for slug, name, ask, *_ in STAGES),
        departments=tuple(DepartmentDef(*given) for given in DEPARTMENTS),
        indicators=(*outcomes, *(definition for definition, _ in results)),
        units=(),
        figures=(
            _aurora_health(),
            *(score(slug, value, change, verdict, n) for slug, _n, _a, value, change, verdict, n in STAGES),
            *(
                _vote(definition, value, verdict, n)
                for definition, (_s, _n, _a, value, _c, verdict, n) in zip(outcomes, STAGES, strict=True)
            ),
            *(figure for _, figure in results),
        ),
        effects=tuple(_aurora_effects()),
        bridge=tuple(_aurora_bridge()),
        method=METHOD,
    )
    return replace(report, messages=write(report))


def _aurora_health() -> FigureRow:
    health = score("*", 67.2, -2.6, "worse", 1797)
    weights = {slug: "0.166666667" for slug, *_ in STAGES}
    year: dict[str, Any] = {"year_before": d(66.8), "year_change": d(0.4), "year_low": d(-1.9), "year_high": d(2.7)}
    return replace(health, detail={"missing": [], "coverage": "1", "weights": weights}, year_verdict="unproven", **year)


def _vote(definition: IndicatorDef, level: float, verdict: str, n: int) -> FigureRow:
    value = level / 10
    moved = {"before": value + 0.1, "before_n": n, "change": -0.1, "change_low": -0.3, "change_high": 0.1}
    return row(
        "indicator", definition.stage, definition.slug, value=value, low=value - 0.2, high=value + 0.2, n=n,
        score=level, score_low=level - 2, score_high=level + 2, verdict=verdict, **moved,
    )  # fmt: skip


# slug | name | kind | department | stage | touchpoint | unit | now, before, target | verdict
AURORA = """
ritardi | Consegne oltre due giorni di ritardo | share | logistica | consegna | a-casa | | 0.159 0.084 0.05 | worse
danneggiati | Colli danneggiati | share | logistica | consegna | a-casa | | 0.021 0.024 0.02 | unproven
attesa_ritiro | Attesa al ritiro | mean | logistica | consegna | ritiro | minutes | 11.4 10.9 | unproven
primo_contatto | Problemi non risolti subito | share | assistenza-clienti | assistenza | | | 0.39 0.31 0.25 | worse
coda_cassa | Attesa alla cassa | mean | vendite | acquisto | cassa | minutes | 3.1 4.4 4.0 | better
fatture | Fatture corrette dopo l'invio | share | amministrazione | uso | | | 0.031 0.029 | unproven
rimborsi | Giorni per il rimborso | median | amministrazione | assistenza | | days | 9 8 7 | unproven
"""
OLIST = """
late_delivery | Consegne in ritardo | share | logistica | consegna | | | 0.137 0.089 0.04 | worse
late_handover | Pacchi affidati in ritardo | share | negozi | preparazione | | | 0.101 0.088 0.05 | unproven
approval_over_24h | Pagamenti approvati tardi | share | amministrazione | pagamento | | | 0.151 0.142 0.1 | unproven
cancelled | Ordini annullati o non disponibili | share | vendite | ordine | | | 0.011 0.014 0.01 | unproven
"""


def _results(text: str, acts_on: str | None = None) -> list[tuple[IndicatorDef, FigureRow]]:
    return [_result([part.strip() for part in line.split("|")], acts_on) for line in text.strip().splitlines()]


def _result(given: Sequence[str], acts_on: str | None) -> tuple[IndicatorDef, FigureRow]:
    slug, name, kind, department, stage, touchpoint, unit, levels, verdict = given
    influences = (stage if acts_on is None else acts_on,)
    fields = {"touchpoint": touchpoint, "unit": unit, "influences": influences}
    now, before, target = (*(float(level) for level in levels.split()), None)[:3]
    assert now is not None
    assert before is not None
    moved: dict[str, Any] = {"before": before, "before_n": 350, "change": now - before, "target": target}
    figure = row("indicator", stage, slug, value=now, low=now * 0.9, high=now * 1.1, n=377, verdict=verdict, **moved)
    return indicator(slug, name, ("result", kind), (department, stage), **fields), figure


def impact(department: str, stage: str, result: str, points: float | None, verdict: str, **fields: Any) -> EffectRow:
    """An impact on health against last quarter; without result the department's sum, without stage its total."""
    numbers: dict[str, Any] = (
        {} if points is None else {"points": d(points), "low": d(points - 0.9), "high": d(points + 0.9)}
    )
    landed = {"outcome": f"voto_{stage}", "outcome_stage": stage} if result else {}
    given = {"reference": "before", "n": 377, **landed, **fields}
    return EffectRow(
        "impact", department=department, stage=stage, indicator=result, verdict=verdict, **numbers, **given
    )


def _sums(department: str, stage: str, points: float | None, verdict: str, **fields: Any) -> Iterable[EffectRow]:
    yield impact(department, stage, "", points, verdict, **fields)
    yield impact(department, "", "", points, verdict, **fields)


def _aurora_effects() -> Iterable[EffectRow]:
    detail = {"detail": {"now": "0.159000000", "against": "0.084000000"}}
    yield impact("logistica", "consegna", "ritardi", -1.9, "worse", **detail)
    yield impact("logistica", "consegna", "danneggiati", 0.2, "unproven", detail={"now": "0.021", "against": "0.024"})
    yield from _sums("logistica", "consegna", -1.7, "worse")
    yield impact(
        "logistica",
        "consegna",
        "ritardi",
        -2.6,
        "worse",
        reference="target",
        detail={"now": "0.159", "against": "0.05"},
    )
    yield from _sums("logistica", "consegna", -2.6, "worse", reference="target")
    yield impact(
        "assistenza-clienti", "assistenza", "primo_contatto", -1.4, "worse", detail={"now": "0.39", "against": "0.31"}
    )
    yield from _sums("assistenza-clienti", "assistenza", -1.4, "worse")
    yield impact("vendite", "acquisto", "coda_cassa", 0.95, "better", detail={"now": "3.1", "against": "4.4"})
    yield from _sums("vendite", "acquisto", 0.95, "better")
    yield impact("amministrazione", "uso", "fatture", -0.02, "unproven", detail={"now": "0.031", "against": "0.029"})
    yield from _sums("amministrazione", "uso", -0.02, "unproven")
    yield EffectRow("impact", "before", "marketing", note="unknown", verdict="too_little")
    yield EffectRow("impact", "before", "risorse-umane", note="unknown", verdict="too_little")
    yield from drivers(
        "consegna",
        "voto_consegna",
        (("ritardi", "logistica", -31.0, 0.19, "worse"), ("danneggiati", "logistica", -12.0, 0.03, "unproven")),
    )
    yield EffectRow(
        "contribution", department="logistica", stage="consegna", outcome="voto_consegna", outcome_stage="consegna",
        indicator="ritardi", n=60, points=d(-4.9), low=d(-6.6), high=d(-3.2), verdict="worse", detail={"without": 317},
    )  # fmt: skip
    yield from passing("consegna", {"a-casa": (228, 149), "ritiro": None}, ("consegna", "uso", "assistenza"))


def drivers(stage: str, voice: str, given: Sequence[tuple[str, str, float, float, str]]) -> Iterable[EffectRow]:
    """Drivers of an outcome: result, its department, points per unit, share of variance, verdict."""
    for result, department, beta, share, verdict in given:
        level = {"now": "0.159", "seen": ["0.05", "0.18"], "worth": ["1", "0.166"]}
        yield EffectRow(
            "driver", department=department, stage=stage, outcome=voice, outcome_stage=stage, indicator=result, n=702,
            points=d(beta), low=d(beta - 8), high=d(beta + 8), share=d(share), share_low=d(max(0.0, share - 0.05)),
            share_high=d(share + 0.05), verdict=verdict, detail={"r2": "0.22", "vif": "1.1", "r": "-0.4", **level},
        )  # fmt: skip
    for department in dict.fromkeys(row[1] for row in given):
        whole = d(sum(row[3] for row in given if row[1] == department))
        yield EffectRow("share", department=department, outcome=voice, outcome_stage=stage, n=702, share=whole)


def _aurora_bridge() -> Iterable[StepRow]:
    yield StepRow(0, "start", points=d(69.8))
    steps = [("scoperta", 0.2, "unproven"), ("scelta", 0.3, "unproven"), ("acquisto", 0.9, "better")]
    steps += [("consegna", -2.4, "worse"), ("uso", 0.1, "unproven"), ("assistenza", -1.5, "worse")]
    for place, (stage, points, verdict) in enumerate(steps, start=1):
        yield StepRow(place, "stage", stage, "", d(points), d(points - 0.7), d(points + 0.7), verdict)
    yield StepRow(7, "weights", points=d(-0.2))
    yield StepRow(8, "end", points=d(67.2))


def olist(quarter: str = "2018-1", previous: str = "2017-4") -> Report:
    """One vote on the whole journey; stages without a voice; a department unproven, two unknown."""
    stages = {"ordine": "Ordine", "pagamento": "Pagamento", "preparazione": "Preparazione"}
    stages |= {"consegna": "Consegna", "assistenza": "Assistenza"}
    owners = {"vendite": "ordine", "amministrazione": "pagamento", "negozi": "preparazione"}
    owners |= {"logistica": "consegna", "assistenza": "assistenza"}
    voice = replace(outcome("voto", "Voto del cliente", "vendite", ""), worst=Decimal(1), best=Decimal(5))
    results = _results(OLIST, "")
    health = row(
        "company",
        value=69.6,
        low=68.4,
        high=70.8,
        n=3110,
        before=73.0,
        before_n=2790,
        change=-3.4,
        change_low=-5.1,
        change_high=-1.7,
        verdict="worse",
    )
    report = Report(
        quarter=quarter, starts="2018-01-01", ends="2018-03-31", previous=previous, method=METHOD,
        company=replace(DEFINITION, slug="olist", name="Olist", generated=False, journey="Dall'ordine al voto"),
        stages=tuple(StageDef(slug, name, "", Decimal(1)) for slug, name in stages.items()),
        departments=tuple(DepartmentDef(slug, slug.title(), (stage,)) for slug, stage in owners.items()),
        indicators=(voice, *(definition for definition, _ in results)),
        units=(),
        figures=(
            replace(health, detail={"weights": {"": "1.000000000"}, "missing": []}),
            *(FigureRow("stage", slug, note="no_voice") for slug in stages),
            replace(health, level="stage"),
            _vote(replace(voice, stage=""), 37.8, "worse", 3110),
            *(figure for _, figure in results),
        ),
        effects=tuple(_olist_effects()),
        bridge=tuple(_olist_bridge()),
    )  # fmt: skip
    return replace(report, messages=write(report))


def _olist_effects() -> Iterable[EffectRow]:
    on_vote: dict[str, Any] = {"outcome": "voto", "outcome_stage": "", "n": 5710}
    given = (
        ("logistica", "consegna", "late_delivery", -2.1, "worse"),
        ("negozi", "preparazione", "late_handover", -0.1, "unproven"),
        ("amministrazione", "pagamento", "approval_over_24h", -0.01, "unproven"),
    )
    for department, stage, result, points, verdict in given:
        half = 0.7 if verdict == "worse" else 0.2
        numbers: dict[str, Any] = {
            "points": d(points),
            "low": d(points - half),
            "high": d(points + half),
            "verdict": verdict,
        }
        detail: dict[str, Any] = {"detail": {"now": "0.137", "against": "0.089"}}
        yield EffectRow("impact", "before", department, stage, indicator=result, **on_vote, **numbers, **detail)
        for landing in (stage, ""):
            yield EffectRow("impact", "before", department, landing, n=5710, **numbers)
    yield EffectRow("impact", "before", "vendite", note="unknown", verdict="too_little")
    yield EffectRow("impact", "before", "assistenza", note="unknown", verdict="too_little")
    for result, department, stage, share, verdict in (
        ("late_delivery", "logistica", "consegna", 0.128, "worse"),
        ("late_handover", "negozi", "preparazione", 0.011, "worse"),
        ("approval_over_24h", "amministrazione", "pagamento", 0.0006, "unproven"),
    ):
        row = next(iter(drivers(stage, "voto", ((result, department, -40.0 * share * 8, share, verdict),))))
        yield replace(row, outcome_stage="", n=5710)


def _olist_bridge() -> Iterable[StepRow]:
    yield StepRow(0, "start", points=d(73.0))
    yield StepRow(1, "stage", "", "", d(-3.4), d(-5.1), d(-1.7), "worse")
    yield StepRow(2, "impact", "", "pagamento", d(-0.01), d(-0.2), d(0.2), "unproven")
    yield StepRow(3, "impact", "", "preparazione", d(-0.1), d(-0.3), d(0.1), "unproven")
    yield StepRow(4, "impact", "", "consegna", d(-2.1), d(-2.8), d(-1.4), "worse")
    yield StepRow(5, "unexplained", "", "", d(-1.19), d(-2.6), d(0.2), "unproven")
    yield StepRow(6, "end", points=d(69.6))


def empty(report: Report, n: int = 24) -> Report:
    """The same report with so few answers that nothing may be shown."""
    base = "hidden" if n < report.company.hidden_under else "reduced"
    figures = tuple(_emptied(figure, n, base) for figure in report.figures)
    bare = replace(report, figures=figures, effects=(), bridge=())
    return replace(bare, messages=write(bare))


def _emptied(figure: FigureRow, n: int, base: str) -> FigureRow:
    if figure.note == "no_voice":
        return figure
    kept = replace(FigureRow(figure.level, figure.stage, figure.indicator, figure.unit), n=n, base=base)
    return kept if base == "hidden" else replace(kept, value=figure.value, low=figure.low, high=figure.high)


def edition(company: Company, report: Report) -> Edition:
    """The report stored as the quarter's draft edition, as a refresh would."""
    year, number = QuarterCode.parse(report.quarter)
    quarter = Quarter.objects.filter(company=company, year=year, number=number).first()
    found = store(quarter or make.quarter(company, report.quarter), report, [])
    assert found is not None
    return found


def past(report: Report, quarter: str, health: float) -> Report:
    """The report as it might have been in an earlier quarter, with another health."""
    shift = d(health) - (report.health.value or Decimal(0))
    figures = [
        _shifted(row, shift) if row.level in ("company", "stage") and row.value else row for row in report.figures
    ]
    moved = replace(report, quarter=quarter, previous=str(QuarterCode.parse(quarter).plus(-1)), figures=tuple(figures))
    return replace(moved, messages=write(moved))


def _shifted(row: FigureRow, shift: Decimal) -> FigureRow:
    moved = {name: value + shift for name in ("value", "low", "high") if (value := getattr(row, name)) is not None}
    return replace(row, **moved)


def history(
    company: Company, report: Report, levels: Sequence[float] = (64.1, 65.0, 66.2, 66.8, 68.1, 68.9, 69.8)
) -> None:
    """The report with seven quarters before it, each an edition."""
    code = QuarterCode.parse(report.quarter)
    for steps, level in enumerate(reversed(levels), start=1):
        edition(company, past(report, str(code.plus(-steps)), level))
    edition(company, report)
