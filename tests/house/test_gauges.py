"""/metrics: for who has the token, in Prometheus' own words, without anything personal."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from company.models import User
from journeys.models import Job, Quarter
from metrics.models import Verification
from tests.access.world import uploaded

GIVEN = "un gettone lungo"
LINE = re.compile(r"trimestrale_[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})? [-+0-9.e]+")


@pytest.fixture(autouse=True)
def told(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.METRICS_TOKEN = GIVEN
    settings.SWEEPER_HEARTBEAT, settings.BACKUP_HEARTBEAT = tmp_path / "sweeper", tmp_path / "backup"
    settings.SWEEPER_HEARTBEAT.touch()


def read(client: Client, token: str = GIVEN) -> str:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.parametrize("token", ["", "un altro", "é"])
def test_without_the_token_it_is_not_there(client: Client, analyst: User, token: str) -> None:
    client.force_login(analyst)
    assert read(client, token) == "404"


def test_where_no_token_is_set_it_is_not_there(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert read(client, "") == "404"


def test_every_line_is_one_that_prometheus_reads(client: Client, quarter: Quarter, analyst: User) -> None:
    uploaded(quarter.company.departments.all()[0], quarter)
    lines = read(client).splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    assert 'trimestrale_jobs{state="done"} 1' in lines
    assert 'trimestrale_up{part="database"} 1' in lines
    assert analyst.email not in "".join(lines)


def test_what_goes_wrong_is_seen(client: Client, quarter: Quarter) -> None:
    upload = uploaded(quarter.company.departments.all()[0], quarter)
    hour_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(upload=upload).update(state="quarantined", error="killed", created=hour_ago)
    Quarter.objects.update(stale=True)
    Verification.objects.create(company=quarter.company, state="done", identical=False, finished=hour_ago)
    client.get("/non-esiste/")
    text = read(client)
    for line in ('jobs{state="quarantined"} 1', 'jobs_failed{code="killed"} 1', "quarters_stale 1"):
        assert f"trimestrale_{line}" in text
    assert f'trimestrale_verification_identical{{company="{quarter.company.slug}"}} 0' in text
    assert "trimestrale_backup_age_seconds" not in text
    assert "trimestrale_sweeper_age_seconds" in text
