"""Message catalogues without gettext's programs: Babel extracts, updates, checks and compiles them.

Source strings are English; ``locale/<language>/LC_MESSAGES/django.po`` holds what the reader sees.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from trimestrale.env import BASE_DIR

LOCALE = BASE_DIR / "locale"
APPS = ("company", "journeys", "metrics", "meetings", "demo", "trimestrale")
TEMPLATES = BASE_DIR / "templates"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changes with every run would make every run a change


def files() -> list[Path]:
    """The catalogues there are."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def outdated() -> bool:
    """True when a catalogue is newer than its compiled form."""
    return any(not _mo(po).exists() or _mo(po).stat().st_mtime < po.stat().st_mtime for po in files())


def compile_all() -> None:
    """Writes the compiled form of every catalogue; fuzzy translations are left out."""
    for po in files():
        with _mo(po).open("wb") as mo:
            write_mo(mo, _read(po))


def update_all() -> None:
    """Brings every catalogue level with the sources: new strings empty, vanished ones dropped, nothing guessed."""
    template = extracted()
    for po in files():
        catalogue = _read(po)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.creation_date = catalogue.revision_date = EPOCH
        with po.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)


def problems() -> list[str]:
    """What is wrong with the catalogues, one line each: missing, fuzzy and obsolete strings, wrong placeholders."""
    template = extracted()
    return [line for po in files() for line in _problems(po, template)]


def extracted() -> Catalog:
    """Every string of the sources that is marked for translation."""
    catalogue = Catalog(project="La Trimestrale del Cliente", creation_date=EPOCH, fuzzy=False)
    for file in _sources():
        name = str(file.relative_to(BASE_DIR))
        text = file.read_text()
        if file.suffix != ".py":
            text = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=["Translators:"])
        for _line, message, comments, context in found:
            catalogue.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalogue


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from (file for file in sorted((BASE_DIR / app).rglob("*.py")) if "migrations" not in file.parts)
    yield from sorted(file for file in TEMPLATES.rglob("*") if file.suffix in {".html", ".txt"})


def _problems(po: Path, template: Catalog) -> Iterator[str]:
    catalogue = _read(po)
    wanted = {_key(message) for message in template if message.id}
    held = {_key(message): message for message in catalogue if message.id}
    for key in sorted(wanted - held.keys()):
        yield f"{po}: missing {key[1]!r}"
    for key in sorted(held.keys() - wanted):
        yield f"{po}: obsolete {key[1]!r}"
    for key in sorted(wanted & held.keys()):
        yield from (f"{po}: {fault} {key[1]!r}" for fault in _faults(held[key]))


def _faults(message: Message) -> Iterator[str]:
    ids = _forms(message.id)
    strings = _forms(message.string)
    if message.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "untranslated"
        return
    expected = sorted(PLACEHOLDER.findall(ids[-1]))
    if any(sorted(PLACEHOLDER.findall(string)) != expected for string in strings[-1:]):
        yield "other placeholders in"


def _forms(value: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [value or ""] if isinstance(value, str | None) else list(value)


def _key(message: Message) -> tuple[str, str]:
    return str(message.context or ""), _forms(message.id)[0]


def _mo(po: Path) -> Path:
    return po.with_suffix(".mo")


def _read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name)
