"""What a company.yml may say, and what is said about one that is wrong: every mistake, with line and key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from journeys.calendar import QuarterCode
from journeys.companyfile.definitions import TargetEntry
from journeys.companyfile.document import CompanyFileError
from journeys.companyfile.parse import parse_company
from tests.companyfolder import COMPANY, folder_with


def mistakes(folder: Path, text: str) -> list[str]:
    """The sentences about the text, in English."""
    (folder / "company.yml").write_text(text, encoding="utf-8")
    with translation.override("en"), pytest.raises(CompanyFileError) as caught:
        parse_company(folder)
    return str(caught.value).split("\n")


def changed(old: str, new: str) -> str:
    assert old in COMPANY
    return COMPANY.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "prova")


def test_a_good_file_is_read_whole(folder: Path) -> None:
    entry = parse_company(folder)
    assert (entry.slug, entry.name, entry.unit_name) == ("prova", "Catena Prova", "negozio")
    assert entry.codes() == [QuarterCode(2026, 2), QuarterCode(2026, 3)]
    assert [stage.slug for stage in entry.stages] == ["acquisto", "consegna"]
    assert entry.departments[2].stages == ("acquisto",)
    late = next(item for item in entry.indicators if item.slug == "in_ritardo")
    assert late.influences == ("consegna", "")
    assert late.targets == (TargetEntry(date(2026, 1, 1), Decimal("0.05")),)
    assert [source.files for source in entry.sources] == [("consegne.csv",), ("voti.csv",)]


def test_a_text_that_yaml_takes_for_something_else_stays_a_text(folder: Path) -> None:
    (folder / "company.yml").write_text(changed("name: Catena Prova", "name: No"))
    assert parse_company(folder).name == "No"


def test_the_key_null_of_a_mapping_is_a_text(folder: Path) -> None:
    (folder / "company.yml").write_text(changed("      case: ordine\n", '      case: ordine\n      null: ["", "?"]\n'))
    assert parse_company(folder).sources[0].mapping["null"] == ["", "?"]


def test_an_unknown_key_is_refused_with_a_suggestion(folder: Path) -> None:
    text = changed("higher_is_better: false", "higher_is_beter: false")
    assert mistakes(folder, text) == [
        f"company.yml, line {line_of(text, 'higher_is_beter')}, indicators[1].higher_is_beter: "
        "unknown key. Did you mean “higher_is_better”?"
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(folder: Path) -> None:
    text = changed("kind: mean", "kind: meen").replace("first: 2026-2", "first: 2026-5").replace("[logistica]", "[boh]")
    told = mistakes(folder, text)
    assert [sentence.split(":")[0].split(", ")[2] for sentence in told] == [
        "quarters.first",
        "indicators[0].kind",
        "people[0].departments[0]",
    ]


def test_a_missing_key_is_named(folder: Path) -> None:
    text = changed("    definition: Voto da 1 a 5.\n", "")
    assert mistakes(folder, text) == [
        f"company.yml, line {line_of(text, 'slug: voto')}, indicators[0].definition: this key is missing"
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("slug: prova", "slug: Prova!", "company.slug", "small letters"),
        ("hidden_under: 10", "hidden_under: 4", "company.thresholds.hidden_under", "from 5 to 1000"),
        ("reduced_under: 30", "reduced_under: 10.5", "company.thresholds.reduced_under", "whole number"),
        ("Europe/Rome", "Europe/Roma", "company.time_zone", "not a time zone"),
        ("last: 2026-3", "last: 2026-1", "quarters.last", "before the first"),
        ("slug: consegna\n", "slug: journey\n", "journey.stages[1].slug", "whole journey"),
        ("slug: consegna\n", "slug: acquisto\n", "journey.stages[1].slug", "twice"),
        ("weight: 2", "weight: -1", "journey.stages[1].weight", "0 or more"),
        ("role: outcome", "role: outcom", "indicators[0].role", "“outcome”"),
        ("    worst: 1\n", "", "indicators[0].worst", "go together"),
        ("    worst: 1\n    best: 5\n", "", "indicators[0].worst", "needs a scale"),
        ("best: 5", "best: 1", "indicators[0].best", "differ"),
        ("worst: 1", "worst: 9", "indicators[0].best", "direction"),
        ("highest: 5", "highest: 1", "indicators[0].highest", "above the lowest"),
        ("kind: mean", "kind: top_box", "indicators[0].top_from", "top-box"),
        ("kind: mean", "kind: total", "indicators[0].in_health", "total"),
        ("kind: share", "kind: percentile", "indicators[1].percentile", "write 90"),
        ("kind: share", "kind: share\n    percentile: 90", "indicators[1].percentile", "only"),
        ("kind: share", "kind: share\n    in_health: true", "indicators[1].in_health", "outcome"),
        ("influences: [consegna, journey]", "influences: [consegne]", "indicators[1].influences[0]", "“consegna”"),
        ("touchpoint: a-casa", "touchpoint: altrove", "indicators[1].touchpoint", "no touchpoint"),
        ("value: 0.05", "value: 5 %", "indicators[1].targets[0].value", "not a number"),
        ("from: 2026-01-01", "from: 1/1/2026", "indicators[1].targets[0].from", "not a day"),
        ("from: 2026-01-01", "from: 20260101", "indicators[1].targets[0].from", "not a day"),
        ("name: Catena Prova", 'name: "Catena\\0Prova"', "company.name", "cannot be stored"),
        ("name: Catena Prova", 'name: "Catena\\ud800"', "company.name", "cannot be stored"),
        ("files: [voti.csv]", 'files: ["voti\\0.csv"]', "sources[1].files[0]", "cannot be stored"),
        ("files: [voti.csv]", "files: [manca.csv]", "sources[1].files[0]", "no file"),
        ("capo@prova.example", "capo", "people[0].email", "e-mail"),
        ("departments: [logistica]}", "departments: []}", "people[0].departments", "at least one"),
    ],
)
def test_a_wrong_value_is_told_with_its_key(folder: Path, old: str, new: str, key: str, words: str) -> None:
    told = mistakes(folder, changed(old, new))
    assert any(f", {key}: " in sentence and words in sentence for sentence in told), told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- a\n- b\n", "empty"),
        ("company: [", "not valid YAML"),
        ("company: &x {slug: a}\njourney: *x\n", "anchors"),
        ("company: &x {slug: a}\n", "anchors"),
        ("company:\n\tslug: a\n", "line 2: this is not valid YAML: a tab stands here"),
        ("company: {slug: a\nquarters: b\n", "the bracket opened in line 1 is not closed"),
        ("company:\n  slug: 'a\n", "the quotes opened in line 2 are never closed"),
        ("company: a: b\n", "here a colon cannot stand"),
        ("company:\n    slug: a\n  name: b\n", "the indent does not go with the lines above, from line 1 on"),
        ("company:\n  slug\n  name: b\n", "colon"),
        ("a: %b\n", "not written as YAML wants it"),
        ("a: " + "[" * 5000, "YAML"),
    ],
)
def test_a_text_that_is_no_company_is_refused(folder: Path, text: str, words: str) -> None:
    assert words in mistakes(folder, text)[0]


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    assert "twice" in mistakes(folder, changed("name: Catena Prova", "name: A\n  name: B"))[0]


def test_a_folder_without_a_company_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompanyFileError, match=r"company\.yml"):
        parse_company(tmp_path)


def test_bytes_that_are_not_utf8_are_refused_with_their_line(folder: Path) -> None:
    (folder / "company.yml").write_bytes(b"company:\n  name: Citt\xe0\n")
    with translation.override("en"), pytest.raises(CompanyFileError, match="line 2: the text is not UTF-8"):
        parse_company(folder)


def essentials(count: int, stage: str) -> str:
    """The good file with so many more essential results landing on the stage ("" is none)."""
    place = f"stage: {stage}, " if stage else ""
    rows = "".join(
        f"  - {{slug: in-piu-{place_}, name: In più {place_}, definition: Prova., role: result, kind: share, "
        f"department: logistica, {place}evidence: record, essential: true}}\n"
        for place_ in range(count)
    )
    return changed("\nsources:", rows + "\nsources:")


def test_a_thirteenth_essential_indicator_is_refused(folder: Path) -> None:
    told = mistakes(folder, essentials(12, ""))
    assert len(told) == 1
    assert "already has 12 essential indicators: before “In più 11”, retire one" in told[0]


def test_a_fourth_essential_indicator_in_a_stage_is_refused(folder: Path) -> None:
    told = mistakes(folder, essentials(4, "consegna"))
    assert len(told) == 1
    assert "stage “consegna” already has 3 essential indicators" in told[0]


def test_a_mapping_may_name_only_indicators_of_its_own_department(folder: Path) -> None:
    told = mistakes(folder, changed("{indicator: voto, column: voto}", "{indicator: in_ritardo, filled: voto}"))
    assert len(told) == 1
    assert "sources[1].mapping.values[0].indicator" in told[0]
    assert "“logistica”" in told[0]


def test_a_mapping_names_an_unknown_indicator_with_a_suggestion(folder: Path) -> None:
    told = mistakes(folder, changed("{indicator: voto, column: voto}", "{indicator: vooto, column: voto}"))
    assert "Did you mean “voto”?" in told[0]


def test_an_indicator_told_to_be_wrong_is_not_told_to_be_missing_as_well(folder: Path) -> None:
    told = mistakes(folder, changed("department: clienti\n    essential", "department: clientela\n    essential"))
    assert len(told) == 1
    assert "indicators[0].department" in told[0]


def test_an_unknown_derivation_is_refused_at_its_line(folder: Path) -> None:
    text = changed("{indicator: voto, column: voto}", "{indicator: voto, formula: voto}")
    told = mistakes(folder, text)
    assert f"line {line_of(text, 'formula')}, sources[1].mapping" in told[0]


def test_the_sentences_are_italian_where_italian_is_spoken(folder: Path) -> None:
    (folder / "company.yml").write_text(changed("kind: mean", "kind: meen"), encoding="utf-8")
    with translation.override("it"), pytest.raises(CompanyFileError) as caught:
        parse_company(folder)
    assert "riga" in str(caught.value)
    assert "Forse" in str(caught.value)
