"""Static files as they are served: every module a script imports has the name of its content."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django import Settings


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    """Our scripts and styles, collected as for production."""
    stores = {**settings.STORAGES, "staticfiles": {"BACKEND": "trimestrale.staticnames.HashedEverywhere"}}
    with override_settings(STORAGES=stores, STATIC_ROOT=str(tmp_path)):
        call_command("collectstatic", "--noinput", "--ignore", "vendor", "--ignore", "css", verbosity=0)
    return tmp_path


def test_what_a_module_imports_is_there_under_the_name_it_is_asked_for(collected: Path) -> None:
    asked = {
        (file.parent / name).resolve()
        for file in (collected / "js").glob("*.js")
        for name in re.findall(r'from "(\./[^"]+)"', file.read_text())
    }
    assert len(asked) >= 3
    assert [file.name for file in asked if not file.is_file()] == []
