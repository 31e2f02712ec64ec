"""An edition of another version of the method: untouched or not, held equal in what both say, and told in words."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from company import tokens
from company.models import Company, Scope, User
from journeys.files import place_of
from journeys.models import Quarter
from metrics import alarm
from metrics import verify as verification
from metrics.across import ABSENT, Across, across, whole
from metrics.derive import report as deriving
from metrics.models import Edition
from metrics.publish import Order, Refused, publish
from metrics.refresh import refresh, renew
from metrics.report import FIRST, METHOD, Report
from metrics.seals import seal
from metrics.verify import verify
from tests import make
from tests.make_report import aurora
from tests.make_report import edition as stored
from tests.metrics.test_verification import done, text

NEWER = METHOD + 1
TODAY = aurora()
DRIVERS = [row for row in TODAY.effects if row.kind == "driver"]
Change = Callable[[Report], Report]
Made = Callable[[Change], Edition]


def unchanged(report: Report) -> Report:
    return report


def fewer(report: Report) -> Report:
    """Without the drivers, as if only the version after had them."""
    return replace(report, effects=tuple(row for row in report.effects if row.kind != "driver"))


def higher(report: Report) -> Report:
    """With another health than today's method finds, and a stage today's does not have."""
    health = replace(report.health, value=Decimal("70.000000000"))
    gone = replace(report.stage_health("uso"), stage="resa")
    return replace(report, figures=(health, *report.figures[1:], gone))


def published(company: Company, actor: User, report: Report) -> Edition:
    draft = stored(company, report)
    Quarter.objects.filter(pk=draft.quarter_id).update(state=Quarter.State.REVIEW)
    return publish(draft.quarter, actor, Order(draft.digest))


@pytest.fixture
def made(company: Company, analyst: User, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A published edition of today's version; then comes the version after, by which its files give ``TODAY``."""
    make.journey(company)

    def earlier(change: Change) -> Edition:
        edition = published(company, analyst, change(TODAY))
        monkeypatch.setattr(verification, "derive", lambda given: replace(TODAY, method=NEWER))
        return Edition.objects.select_related("quarter__company__journey").get(pk=edition.pk)

    return earlier


def compared(edition: Edition) -> Across:
    found = verify(edition)
    assert found.differences == []
    assert found.across is not None
    return found.across


def alarmed(edition: Edition) -> list[str]:
    """Where the edition is found to be touched."""
    found = verify(edition)
    assert found.across is None
    return [item.where for item in found.differences]


def forged(edition: Edition, content: str) -> Edition:
    """Another text, its digest and seal made anew, as somebody with the whole database would."""
    edition.content, edition.digest = content, hashlib.sha256(content.encode()).hexdigest()
    edition.seal = seal(edition)
    return edition


def test_the_first_versions_text_does_not_name_it_and_its_digest_stays() -> None:
    first = replace(TODAY, method=FIRST)
    told = json.loads(first.content())
    assert "method" not in told
    assert Report.parse(first.content()) == first
    told["method"] = METHOD
    assert TODAY.content() == json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_what_is_computed_today_names_its_version_in_the_text_that_is_hashed(company: Company) -> None:
    make.journey(company)
    edition = refresh(make.quarter(company, stale=True).pk)
    assert edition is not None
    assert f'"method":{METHOD},' in edition.content
    assert hashlib.sha256(edition.content.encode()).hexdigest() == edition.digest


def test_an_edition_of_the_same_version_is_held_equal_whole(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = made(higher)
    monkeypatch.setattr(verification, "derive", lambda given: TODAY)
    assert {"figures company value", "figures stage/resa"} == set(alarmed(edition))


def test_an_edition_without_a_number_really_computed_again_says_all_the_same(
    company: Company, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.journey(company)
    monkeypatch.setattr(deriving, "METHOD", FIRST)
    monkeypatch.setattr("metrics.publish.METHOD", FIRST)
    draft = refresh(make.quarter(company, stale=True, state=Quarter.State.REVIEW).pk)
    assert draft is not None
    edition = publish(draft.quarter, analyst, Order(draft.digest))
    monkeypatch.setattr(deriving, "METHOD", METHOD)
    found = compared(Edition.objects.get(pk=edition.pk))
    assert (found.made, found.now, found.otherwise, found.rows) == (FIRST, METHOD, (), ())
    assert found.same > 0


def test_every_row_of_both_versions_is_counted_where_it_is_the_same(made: Made) -> None:
    found = compared(made(unchanged))
    rows = [*TODAY.figures, *TODAY.effects, *TODAY.bridge, *TODAY.messages]
    assert (found.same, found.otherwise, found.rows, found.values) == (len(rows), (), (), ())


def test_what_the_newer_version_adds_is_named_and_is_no_alarm(made: Made) -> None:
    found = compared(made(fewer))
    assert found.otherwise == ()
    assert len(found.rows) == len(DRIVERS) > 0
    assert all(name.startswith("effects driver/") for name in found.rows)


def test_what_comes_out_otherwise_is_named_by_its_key_as_the_methods(made: Made) -> None:
    found = compared(made(higher))
    told = {item.where: (item.stored, item.found) for item in found.otherwise}
    assert told["figures company value"] == ("70.000000000", str(TODAY.health.value))
    assert told["figures stage/resa"][1] == ABSENT


def test_a_value_that_rows_did_not_have_is_new_and_not_otherwise() -> None:
    old, new = ({"effects": [{"kind": "driver", "indicator": "x", "n": 3, "detail": {}}]} for _side in range(2))
    new["effects"][0] |= {"touchpoint": "", "power": "0.8", "detail": {"level": "mean"}}
    found = across(old, new | {"method": 2})
    assert (found.same, found.otherwise) == (1, ())
    assert found.values == ("effects detail level", "effects power")


def test_a_step_that_moved_its_place_says_the_same() -> None:
    old = {"bridge": [{"kind": "start", "position": 0}, {"kind": "end", "position": 1}]}
    new = {
        "bridge": [{"kind": "start", "position": 0}, {"kind": "rate", "position": 1}, {"kind": "end", "position": 2}]
    }
    found = across(old, new | {"method": 2})
    assert (found.same, found.otherwise, found.rows) == (2, (), ("bridge rate",))


def test_two_rows_of_one_name_are_both_compared() -> None:
    pair = {"effects": [{"kind": "joint", "n": 1}, {"kind": "joint", "n": 2}]}
    other = {"effects": [{"kind": "joint", "n": 9}, {"kind": "joint", "n": 2}]}
    for told in (list(whole(pair, other)), list(across(pair, other).otherwise)):
        assert [(item.where, item.stored, item.found) for item in told] == [("effects joint n", "1", "9")]


def test_a_touched_text_of_an_earlier_version_is_an_alarm(made: Made) -> None:
    edition = made(fewer)
    edition.content = edition.content.replace('"value":"67.2', '"value":"77.2')
    assert alarmed(edition) == ["digest", "figures company value"]


def test_a_text_forged_with_its_digest_does_not_fit_the_seal(made: Made) -> None:
    edition = made(fewer)
    edition.content = higher(fewer(TODAY)).content()
    edition.digest = hashlib.sha256(edition.content.encode()).hexdigest()
    assert alarmed(edition)[0] == "seal"


def test_a_text_forged_with_digest_and_seal_is_not_what_the_log_says(made: Made) -> None:
    assert alarmed(forged(made(fewer), higher(fewer(TODAY)).content()))[0] == "log"


def test_whoever_takes_the_version_away_to_hide_a_change_is_found(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = made(unchanged)
    monkeypatch.setattr(verification, "derive", lambda given: TODAY)
    assert alarmed(forged(edition, replace(higher(TODAY), method=FIRST).content()))[0] == "log"


def test_a_link_to_another_publication_is_an_alarm(made: Made) -> None:
    edition = made(fewer)
    edition.previous = "f" * 64
    edition.seal = seal(edition)
    assert alarmed(edition) == ["link", "log"]


def test_a_damaged_file_is_an_alarm_whatever_the_version(made: Made, settings: Settings, tmp_path: Path) -> None:
    settings.LAKE_DIR = tmp_path
    edition, name = made(fewer), "a" * 64
    edition.provenance = [{"part": name, "filename": "voti.csv", "quarter": "2026-3"}]
    place = place_of(tmp_path, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"other")
    assert alarmed(edition) == [f"file {place.name} voti.csv"]


def test_the_page_says_untouched_what_is_the_same_otherwise_and_new(
    company: Company, analyst: User, client: Client, made: Made
) -> None:
    made(lambda report: higher(fewer(report)))
    assert done(company).identical
    client.force_login(analyst)
    page = text(client)
    assert "Niente di ciò che è pubblicato è stato toccato" in page
    assert f"versione {METHOD} del metodo" in page
    assert 'class="check-mind"' in page
    assert "cifra stage/resa" in page
    assert f"Nuovo nella versione {NEWER}: {len(DRIVERS)} righe." in page
    alarm.tell(timezone.now())
    assert mail.outbox == []


def test_the_command_tells_the_three_apart_and_fails_for_an_alarm_alone(company: Company, made: Made) -> None:
    made(lambda report: higher(fewer(report)))
    out = StringIO()
    call_command("verify", "2026-3", stdout=out)
    assert "altra versione del metodo" in out.getvalue()
    assert "figures company value\n    - 70.000000000\n" in out.getvalue()
    assert out.getvalue().count("  * effects driver/") == len(DRIVERS)
    call_command("verify", "--all", stdout=out)


def test_the_command_fails_where_an_earlier_version_was_touched(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    made(fewer)
    monkeypatch.setattr(verification, "seal", lambda edition: "0" * 64)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", "2026-3", stdout=out)
    assert "DIVERSA" in out.getvalue()


def test_a_draft_of_another_version_is_computed_again_and_not_published(company: Company, analyst: User) -> None:
    draft = stored(company, replace(TODAY, method=FIRST))
    current = stored(company, replace(aurora("2026-4", "2026-3")))
    Quarter.objects.filter(pk=draft.quarter_id).update(state=Quarter.State.REVIEW)
    with pytest.raises(Refused, match="metodo"):
        publish(draft.quarter, analyst, Order(draft.digest))
    renew(timezone.now())
    stale = dict(Quarter.objects.values_list("pk", "stale"))
    assert (stale[draft.quarter_id], stale[current.quarter_id]) == (True, False)


def test_the_version_stands_where_the_imprint_does(company: Company, made: Made, client: Client) -> None:
    made(unchanged)
    client.force_login(make.user(company))
    said = f"metodo {METHOD}"
    for address in ("/t/2026-3/", "/archivio/", "/archivio/2026-3/", "/t/2026-3/provenienza/", "/metodo/"):
        assert said in text(client, address).replace(f"versione {METHOD} del metodo", said), address


def test_the_method_page_says_which_version_made_what_it_shows(company: Company, client: Client) -> None:
    stored(company, replace(TODAY, method=FIRST))
    client.force_login(make.user(company))
    page = text(client, "/metodo/")
    assert f"calcola con la versione {METHOD} del metodo" in page
    assert f"è stata fatta con la versione {FIRST}" in page


def test_programs_read_the_version_beside_the_imprint(made: Made, analyst: User) -> None:
    made(unchanged)
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    program = Client(headers={"authorization": f"Bearer {secret}"})
    edition, figure = (program.get(reverse(name, args=["2026-3"])) for name in ("api_edition", "api_figure"))
    assert (edition["X-Edition-Method"], figure.json()["method"]) == (str(METHOD), METHOD)
