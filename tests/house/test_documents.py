"""What the documents promise is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.house import files
from trimestrale.env import BASE_DIR

DOCUMENTS = [file for file in files.tracked() if file.suffix == ".md"]
MAKEFILE = (BASE_DIR / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("file", DOCUMENTS, ids=files.name)
def test_every_make_command_of_a_document_exists(file: Path) -> None:
    assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", file.read_text(), re.MULTILINE)) <= TARGETS


@pytest.mark.parametrize("file", DOCUMENTS, ids=files.name)
def test_every_management_command_of_a_document_exists(file: Path) -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", file.read_text())) <= set(get_commands())


@pytest.mark.parametrize("file", DOCUMENTS, ids=files.name)
def test_every_link_of_a_document_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (file.parent / link).exists()] == []


def test_the_issue_list_of_make_targets_is_complete() -> None:
    assert {"help", "run", "test", "lint", "bench", "faults", "reset", "assets", "demo", "messages"} <= TARGETS


def test_the_ci_runs_exactly_the_test_command_of_the_readme() -> None:
    lines = (BASE_DIR / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec make test"
    assert "make test" in (BASE_DIR / "README.md").read_text()


def test_every_decision_is_listed() -> None:
    listed = (BASE_DIR / "docs" / "decisions" / "README.md").read_text()
    pages = [page for page in (BASE_DIR / "docs" / "decisions").glob("0*.md") if f"]({page.name})" not in listed]
    assert pages == []


def test_every_dependency_has_a_reason() -> None:
    reasons = (BASE_DIR / "docs" / "decisions" / "0025-dependencies.md").read_text()
    asked = {
        re.split(r"[\[=~<> #]", line)[0]
        for file in (BASE_DIR / "requirements").glob("*.in")
        for line in file.read_text().splitlines()
        if re.match(r"[a-z]", line)
    }
    assert {name for name in asked if not re.search(rf"\b{re.escape(name)}\b", reasons)} == set()
