"""Porta in riunione stands beside every figure of one edition, for those who may, and the room can show it."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from company.models import Company
from meetings import figures, frozen
from meetings.models import Meeting
from metrics.report import Report
from tests import make
from tests.forecasts import forecast

LINK = re.compile(r'class="to-meeting" href="/riunioni/2026-3/porta/\?figure=([^"]+)"')


def pages(report: Report) -> list[str]:
    """Every reading page of the quarter."""
    stages = [f"percorso/{row.slug}/" for row in report.stages]
    return ["", "percorso/", "impatto/", "ponte/", *stages, *(f"reparti/{row.slug}/" for row in report.departments)]


def brought(client: Client, report: Report) -> set[str]:
    """The figures that the pages offer to bring."""
    texts = [client.get(f"/t/2026-3/{page}").content.decode() for page in pages(report)]
    return {unquote(name) for text in texts for name in LINK.findall(text)}


@pytest.mark.parametrize("role", ["head", "analyst", "facilitator", "admin"])
def test_every_figure_can_be_brought_from_its_page(
    aurora: Company, meeting: Meeting, client: Client, role: str
) -> None:
    forecast(aurora, "logistica", "consegna", "79")
    shown = frozen.shown(meeting)
    client.force_login(make.user(aurora, role))
    offered = brought(client, shown.report)
    chains = {f"chain.{row.slug}" for row in shown.report.departments}
    wanted = {row.name for row in figures.all_figures(meeting)} - {"fasi", "percorso"}
    wanted |= {"hero", "strip", "map"} | {name for name in chains if figures.exists(shown, name)}
    assert wanted - offered == set()
    assert [name for name in sorted(offered) if not figures.exists(shown, name)] == []


def test_a_reader_is_offered_none(aurora: Company, meeting: Meeting, client: Client) -> None:
    client.force_login(make.user(aurora, "reader"))
    assert brought(client, frozen.report(meeting)) == set()
