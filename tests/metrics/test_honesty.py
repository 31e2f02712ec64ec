"""Every generated title obeys the rules of honesty, in three languages, whatever the quarter brought."""

from dataclasses import replace

import pytest
from django.utils import translation

from metrics import honesty, wording
from metrics.report import Report
from metrics.sentences import factors, write
from tests import make_report

AURORA, OLIST = make_report.aurora(), make_report.olist()


def turned(report: Report, verdict: str) -> Report:
    """The report with every change judged alike."""
    figures = tuple(replace(row, verdict=verdict) if row.base == "full" else row for row in report.figures)
    moved = replace(report, figures=figures, bridge=tuple(replace(step, verdict=verdict) for step in report.bridge))
    return replace(moved, messages=write(moved))


REPORTS = {
    "aurora": AURORA,
    "olist": OLIST,
    "better": turned(AURORA, "better"),
    "unproven": turned(AURORA, "unproven"),
    "first": turned(replace(AURORA, bridge=(), previous=""), "too_little"),
    "few": make_report.empty(AURORA),
    "hidden": make_report.empty(AURORA, 4),
}
TITLES = ("front", "strip", "trend", "bridge", "journey", "stage:", "drivers:", "department:", "factors")


@pytest.mark.parametrize("language", ["it", "en", "fr"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_generated_title_says_no_more_than_the_data(name: str, language: str) -> None:
    report, found = REPORTS[name], {}
    with translation.override(language):
        for message in (*report.messages, factors(report)):
            text = wording.say(message, report)
            if message.place.startswith(TITLES) and not message.place.startswith("front_"):
                found[text] = honesty.faults(text, message.code, language)
    assert {text: faults for text, faults in found.items() if faults} == {}
