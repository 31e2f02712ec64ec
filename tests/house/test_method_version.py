"""The method's version is raised when the same files come to say something else: a golden digest, by version."""

import hashlib
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from django.test import override_settings

from metrics import facts
from metrics.derive.report import derive
from metrics.engine.moments import Facts
from metrics.panels.method import brought
from metrics.report import METHOD, IndicatorDef, Report
from tests.metrics.derive.company import BUYING, DELIVERY, LATE, QUEUE, STAGES, indicator, inputs
from tests.metrics.observations import Row, write

GOLDEN = {2: "86f705d3bbf924c7bed6d398ed0a697af409fe1d234d66270537ae38029ae5c8"}
ASKED = (
    "The same files give another report. If that is meant, raise METHOD in metrics/report.py, say in"
    " metrics/panels/method.py what the version brings, and put its digest here beside the others: "
)
LONG = re.compile(r"-?\d+\.\d{7,}")
SHOPS = [f"n{shop:02}" for shop in range(12)]
DAY, WEEKS = 20_000, 13


def result(slug: str, kind: str) -> IndicatorDef:
    return replace(
        indicator(slug, "result", kind, "assistenza", "consegna"),
        higher_is_better=False,
        influences=("consegna",),
    )


INDICATORS = (
    BUYING,
    replace(DELIVERY, touchpoint="casa"),
    replace(indicator("consiglio", "outcome", "nps", "logistica", ""), in_health=True),
    replace(indicator("contenti", "outcome", "top_box", "assistenza", "consegna"), top_from=Decimal(8)),
    replace(LATE, touchpoint="casa"),
    result("rotto", "share"),
    QUEUE,
    replace(result("attesa", "median"), unit="minutes"),
    replace(result("lunghi", "percentile"), unit="minutes", percentile=Decimal(90)),
    result("reclami", "rate"),
    result("rimborsi", "total"),
    replace(indicator("personale", "result", "mean", "cassa", "acquisto"), influences=("acquisto",)),
)
JOURNEY = (STAGES[0], replace(STAGES[1], touchpoints=(("casa", "A casa"),)))


def observations(name: str, first: int, late: float, seed: int) -> Iterator[Row]:
    """A quarter of a dozen shops: orders with votes and what befell them, and each week the people in the shop."""
    chance = random.Random(seed)
    for number in range(1500):
        case, shop, day = f"{name}-{number}", chance.choice(SHOPS), first + chance.randrange(7 * WEEKS)
        slow, minutes, wrong = int(chance.random() < late), chance.expovariate(0.2), int(chance.random() < 0.08)
        broken = int(chance.random() < (0.3 if slow else 0.1))
        vote = chance.gauss(8.5, 1.2) - 3 * slow - 0.2 * minutes - 2 * wrong - 2 * broken
        told = {
            "voto_acquisto": round(min(10, max(0, chance.gauss(7.5, 1.2)))),
            "voto_consegna": round(min(10, max(0, vote))),
            "consiglio": round(min(10, max(0, vote + chance.gauss(0.5, 1)))),
            "contenti": round(min(10, max(0, vote + chance.gauss(0, 1)))),
            "ritardo": slow,
            "rotto": broken,
            "coda": round(chance.uniform(60, 600)),
            "attesa": round(60 * minutes),
            "lunghi": round(60 * chance.expovariate(0.1)),
            "reclami": wrong,
            "rimborsi": chance.randint(0, 30),
        }
        away = number % 3 == 0  # a third did not have it brought home
        yield from (
            Row(slug, value, case, shop, day=day) for slug, value in told.items() if not (away and slug == "ritardo")
        )
    for shop in SHOPS:
        for week in range(WEEKS):
            yield Row("personale", chance.randint(3, 9), unit=shop, day=first + 7 * week)


def summed(folder: Path, rows: Iterator[Row]) -> Facts:
    """The sums of the rows, all that a quarter's report asks the engine for."""
    (file,) = write(folder, rows)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    place = facts.path_of(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, place)
    found = facts.facts([sha256], INDICATORS)
    joined = found.joined
    return replace(found, join=lambda: joined)


def report(folder: Path) -> Report:
    """The report of a small quarter in which every kind of figure, effect and step has its rows."""
    with override_settings(LAKE_DIR=folder / "lake"):
        year, before, now = (
            summed(folder / name, observations(name, DAY + 7 * WEEKS * place, late, place))
            for place, (name, late) in enumerate({"year": 0.1, "before": 0.1, "now": 0.25}.items())
        )
    earlier = [{row.slug: year.total(row.slug) for row in INDICATORS if row.role == "result"}]
    shops = tuple((shop, shop) for shop in SHOPS)
    known = {"indicators": INDICATORS, "stages": JOURNEY, "units": shops, "targets": {"ritardo": Decimal("0.05")}}
    return derive(inputs(now, before, year=year, earlier=earlier, **known))


def digest(found: Report) -> str:
    """Of its text with six decimals: the last of nine may hang on the machine's own arithmetic."""
    text = LONG.sub(lambda number: f"{Decimal(number[0]):.6f}".replace("-0.000000", "0.000000"), found.content())
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_files_say_the_same_while_the_method_keeps_its_version(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert {row.kind for row in found.effects} == {"impact", "driver", "share", "contribution", "joint"}
    assert any(row.touchpoint for row in found.effects)
    assert {row.detail.get("join") for row in found.effects_of("driver")} >= {"week"}
    assert GOLDEN.get(METHOD) == digest(found), f"{ASKED}{METHOD}: {digest(found)}"


def test_every_version_says_what_it_brought() -> None:
    assert list(brought()) == list(range(1, METHOD + 1))
