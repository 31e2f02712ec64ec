"""Catalogues are extracted, updated, checked and compiled without gettext's programs."""

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from trimestrale import catalogue

MODULE = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("Sign in")
ngettext("%(count)d row", "%(count)d rows", 2)
pgettext("verdict", "better")
"""
TEMPLATE = """{% load i18n %}
<p>
    {% translate "Quarter" %}
  {% blocktranslate with name=a %}Hello {{ name }}, 100 % sure{% endblocktranslate %}
{% blocktranslate count n=n trimmed %}
    one file
  {% plural %}
    {{ n }} files
{% endblocktranslate %}
</p>"""


@pytest.fixture
def po(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout with one module, one template and an empty Italian catalogue."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text(MODULE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    file = tmp_path / "locale" / "it" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n')
    monkeypatch.setattr(catalogue, "BASE_DIR", tmp_path)
    monkeypatch.setattr(catalogue, "APPS", ("app",))
    monkeypatch.setattr(catalogue, "TEMPLATES", tmp_path / "templates")
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path / "locale")
    catalogue.update_all()
    return file


def _translate(po: Path, message: str, *strings: str) -> None:
    held = catalogue._read(po)
    found = next(entry for entry in held if catalogue._forms(entry.id)[0] == message)
    found.string = strings if len(strings) > 1 else strings[0]
    with po.open("wb") as file:
        write_po(file, held)


def _translate_all(po: Path) -> None:
    for message in catalogue._read(po):
        if message.id:
            _translate(po, catalogue._forms(message.id)[0], *catalogue._forms(message.id))


def test_strings_of_modules_and_templates_are_found(po: Path) -> None:
    found = {catalogue._forms(message.id)[0] for message in catalogue._read(po) if message.id}
    assert found == {"Sign in", "%(count)d row", "better", "Quarter", "Hello %(name)s, 100 %% sure", "one file"}


def test_what_is_not_translated_is_told(po: Path) -> None:
    _translate_all(po)
    _translate(po, "Quarter", "")
    assert catalogue.problems() == [f"{po}: untranslated 'Quarter'"]


def test_a_lost_placeholder_is_told(po: Path) -> None:
    _translate_all(po)
    _translate(po, "%(count)d row", "%(count)d riga", "tante righe")
    assert catalogue.problems() == [f"{po}: other placeholders in '%(count)d row'"]


def test_a_string_that_left_the_sources_is_told_and_dropped_by_an_update(po: Path) -> None:
    _translate_all(po)
    (po.parents[3] / "app" / "views.py").write_text("")
    assert len(catalogue.problems()) == 3
    catalogue.update_all()
    assert catalogue.problems() == []


def test_an_update_of_nothing_changes_nothing(po: Path) -> None:
    before = po.read_bytes()
    catalogue.update_all()
    assert po.read_bytes() == before


def test_a_compiled_catalogue_speaks(po: Path) -> None:
    _translate(po, "Quarter", "Trimestre")
    assert catalogue.outdated()
    catalogue.compile_all()
    assert not catalogue.outdated()
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Quarter") == "Trimestre"
