"""Honest titles: a verb of change only where one is demonstrated, few numbers, no causes, at most ninety characters."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from metrics import wording
from metrics.report import Report
from metrics.sentences import write
from tests import make_report

NUMBER = re.compile(r"(?<![\w«])[−+]?\d+(?:[.,]\d+)*")
CHANGE = re.compile(r"\b(?:sale|scende|migliora|peggiora|cresce|cala|aggiunge|toglie)(?:no)?\b", re.I)
CAUSE = re.compile(r"\b(?:causa|provoca|determina|dovut[oa]|colpa|grazie a)", re.I)
REPORTS = {
    "aurora": make_report.aurora(),
    "olist": make_report.olist(),
    "few": make_report.empty(make_report.aurora(), 24),
    "hidden": make_report.empty(make_report.olist(), 7),
}


def sentences(report: Report) -> dict[str, str]:
    """Every sentence of the report in Italian, by place."""
    with translation.override("it"):
        return {message.place: wording.say(message, report) for message in report.messages}


def unproven(report: Report) -> Report:
    """The same quarter in which no change of health is demonstrable."""
    figures = tuple(
        replace(row, verdict="unproven") if row.level in ("company", "stage") and row.verdict != "too_little" else row
        for row in report.figures
    )
    bridge = tuple(replace(step, verdict="unproven") for step in report.bridge)
    changed = replace(report, figures=figures, bridge=bridge, effects=())
    return replace(changed, messages=write(changed))


def first(report: Report) -> Report:
    """The same quarter as the first one of all."""
    nothing = {"before": None, "before_n": 0, "change": None, "verdict": "too_little"}
    figures = tuple(replace(row, **nothing) for row in report.figures)  # type: ignore[arg-type]
    changed = replace(report, previous="", figures=figures, bridge=(), effects=())
    return replace(changed, messages=write(changed))


@pytest.mark.parametrize("name", REPORTS)
def test_no_title_is_longer_than_ninety_characters(name: str) -> None:
    titles = {place: text for place, text in sentences(REPORTS[name]).items() if not place.startswith("front_")}
    assert {place: text for place, text in titles.items() if len(text) > 90} == {}


@pytest.mark.parametrize("name", REPORTS)
def test_no_sentence_holds_more_than_two_numbers(name: str) -> None:
    found = sentences(REPORTS[name])
    assert {place: text for place, text in found.items() if len(NUMBER.findall(text)) > 2} == {}


@pytest.mark.parametrize("name", REPORTS)
def test_no_sentence_speaks_of_causes(name: str) -> None:
    assert not [text for text in sentences(REPORTS[name]).values() if CAUSE.search(text)]


@pytest.mark.parametrize("report", [unproven(make_report.aurora()), first(make_report.aurora())])
def test_no_verb_of_change_without_a_demonstrated_change(report: Report) -> None:
    assert not [text for text in sentences(report).values() if CHANGE.search(text)]


def test_a_fall_names_the_two_stages_that_weigh_most() -> None:
    told = sentences(make_report.aurora())["front"]
    assert told == "La salute scende di 2,6 punti: pesano soprattutto Consegna e Assistenza."


def test_with_one_vote_for_all_a_fall_names_where_the_results_land() -> None:
    assert sentences(make_report.olist())["front"] == "La salute scende di 3,4 punti: pesa soprattutto Consegna."


def test_an_undemonstrated_change_is_an_interval() -> None:
    told = sentences(unproven(make_report.aurora()))["front"]
    assert told == "Nessun cambiamento dimostrabile nella salute: tra 65,4 e 69,0."


def test_the_first_quarter_is_a_first_measure() -> None:
    assert sentences(first(make_report.aurora()))["front"] == "Prima misura: la salute è tra 65,4 e 69,0."


def test_the_unexplained_rest_is_never_named_as_what_weighs() -> None:
    report = make_report.olist()
    steps = tuple(
        replace(step, verdict="worse", points=Decimal(-9)) if step.kind == "unexplained" else step
        for step in report.bridge
    )
    changed = replace(report, bridge=steps)
    assert sentences(replace(changed, messages=write(changed)))["front"].endswith("pesa soprattutto Consegna.")


def test_an_unproven_department_is_told_with_its_base() -> None:
    told = sentences(make_report.olist())["department:amministrazione"]
    assert told == "Impatto di Amministrazione sulla salute: non dimostrato (n = 5.710)."


def test_an_unknown_department_is_told_to_be_unknown() -> None:
    told = sentences(make_report.olist())["department:assistenza"]
    assert told == "Impatto ignoto: non sappiamo ancora come Assistenza arrivi al cliente."


@pytest.mark.parametrize(("first", "words"), [(True, "pesa più di tutto"), (False, "Sono legati al voto")])
def test_a_result_outweighs_the_others_by_the_difference_of_shares_not_by_two_intervals(
    first: bool, words: str
) -> None:
    """However the intervals lie: where the difference is demonstrated it is the first, elsewhere it is one of some."""
    report = make_report.olist()
    apart = {True: (Decimal("0.001"), Decimal("0.2")), False: (Decimal("0.19"), Decimal("0.2"))}[first]
    rows = report.effects_of("driver")
    heaviest = max((row for row in rows if row.verdict in ("better", "worse")), key=lambda row: row.share or 0)
    effects = tuple(
        replace(row, share_low=apart[0], share_high=apart[1], detail={**row.detail, "first": first})
        if row is heaviest
        else row
        for row in report.effects
    )
    changed = replace(report, effects=effects)
    assert words in sentences(replace(changed, messages=write(changed)))["drivers:"]


def test_messages_survive_the_document() -> None:
    report = make_report.aurora()
    assert sentences(Report.parse(report.content())) == sentences(report)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_sentence_has_words_in_every_language(name: str, language: str) -> None:
    report = REPORTS[name]
    with translation.override(language):
        assert all(wording.say(message, report).strip() for message in report.messages)
