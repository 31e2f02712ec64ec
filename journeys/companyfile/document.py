"""A YAML text with the line of every value, so that a mistake can be shown where it stands.

Texts are taken as written (``name: No`` is the text "No"), anchors are refused, a key stands once.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _

from journeys import naming

TEXT, WHOLE, REAL, FLAG, NOTHING = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,9})?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Mistake:
    """Something wrong in the file: where, under which key, and the sentence that says what."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = _("%(file)s, line %(line)d") % {"file": self.file, "line": self.line}
        return f"{where}, {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


@dataclass
class Notes:
    """The mistakes found so far, so that all of them are told at once."""

    file: str
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, node: yaml.Node, key: str, message: str) -> None:
        mistake = Mistake(self.file, node.start_mark.line + 1, key, message)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)


class CompanyFileError(Exception):
    """The file cannot be used; ``mistakes`` holds everything that is wrong with it, in the file's order."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: mistake.line)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class _Loader(yaml.SafeLoader):
    """Refuses anchors: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(None, None, ANCHOR, event.start_mark)
        return super().compose_node(parent, index)


ANCHOR = "anchors"
# How the reader of YAML begins what it finds wrong, and what a person is told instead
FAULTS: tuple[tuple[str, Callable[[], str]], ...] = (
    (ANCHOR, lambda: _("anchors and aliases are not allowed here")),
    ("found character '\\t'", lambda: _("a tab stands here: indent with spaces")),
    ("expected ',' or", lambda: _("the bracket opened in line %(opened)d is not closed, or a comma is missing")),
    ("found unexpected end of stream", lambda: _("the quotes opened in line %(opened)d are never closed")),
    (
        "mapping values are not allowed",
        lambda: _("here a colon cannot stand: put the text in quotes, or mend the indent"),
    ),
    ("expected <block end>", lambda: _("the indent does not go with the lines above, from line %(opened)d on")),
    ("could not find expected ':'", lambda: _("after this key a colon is missing")),
)


def compose(text: str, file: str) -> yaml.MappingNode:
    """The file's top mapping; CompanyFileError when the text is not YAML, not a mapping or cannot be stored."""
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise CompanyFileError([_unread(error, file)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        message = _("this is not a YAML text that can be read")
        raise CompanyFileError([Mistake(file, 1, "", message)]) from error
    if not isinstance(node, yaml.MappingNode):
        raise CompanyFileError([Mistake(file, 1, "", _("the file is empty or is not a list of “key: value”"))])
    notes = Notes(file)
    for path, found in nodes(node).items():
        if isinstance(found, yaml.ScalarNode) and UNSTORABLE.search(found.value):
            notes.add(found, path, _("this text holds a character that cannot be stored"))
    if notes.mistakes:
        raise CompanyFileError(notes.mistakes)
    return node


def _unread(error: yaml.MarkedYAMLError, file: str) -> Mistake:
    """What the reader of YAML stumbled over, in words of ours."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    opened = error.context_mark.line + 1 if error.context_mark else line
    problem = error.problem or ""
    told = next((sentence() for begins, sentence in FAULTS if problem.startswith(begins)), "")
    reason = told % {"opened": opened} or _("something here is not written as YAML wants it")
    return Mistake(file, line, "", _("this is not valid YAML: %(reason)s") % {"reason": reason})


def plain(node: yaml.Node) -> Any:
    """The node as plain Python: dicts with text keys, lists, whole and real numbers, flags, texts; dates as text."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if node.tag == NOTHING:
        return None
    if node.tag == FLAG and node.value.lower() in FLAGS:
        return FLAGS[node.value.lower()]
    if node.tag in (WHOLE, REAL) and NUMBER.fullmatch(node.value):
        return int(node.value) if node.tag == WHOLE else float(node.value)
    return node.value


def nodes(node: yaml.Node, path: str = "") -> dict[str, yaml.Node]:
    """Every node under this one by its path: ``values[0].column``."""
    found = {path: node}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found |= nodes(value, f"{path}.{key.value}" if path else str(key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            found |= nodes(item, f"{path}[{index}]")
    return found


def suggestion(word: str, known: Iterable[str]) -> str:
    """“ Did you mean …?” when a known word is close, else nothing."""
    close = difflib.get_close_matches(word, [name for name in known if name], n=1, cutoff=0.6)
    return " " + _("Did you mean “%(word)s”?") % {"word": close[0]} if close else ""


@dataclass(frozen=True)
class Keys:
    """The keys a mapping must have and may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Record:
    """A mapping of the file, read key by key. What is wrong is noted and a harmless value is returned instead."""

    def __init__(self, node: yaml.Node, path: str, keys: Keys, notes: Notes) -> None:
        self.node, self.path, self.keys, self.notes = node, path, keys, notes
        self.values: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            notes.add(node, path, _("here a list of “key: value” is expected"))
            return
        known = keys.required + keys.optional
        for key, value in node.value:
            self._take(key, value, known)
        for name in keys.required:
            if name not in self.values:
                notes.add(node, self.at(name), _("this key is missing"))

    def _take(self, key: yaml.Node, value: yaml.Node, known: tuple[str, ...]) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in self.values:
            self.notes.add(key, self.at(name), _("this key stands here twice"))
        elif name not in known:
            self.notes.add(key, self.at(name), _("unknown key.") + suggestion(name, known))
        elif value.tag != NOTHING:
            self.values[name] = value

    def at(self, key: str) -> str:
        """The key's full name, from the top of the file."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, message: str) -> None:
        """Note a mistake at the key's line (the mapping's where the key is absent)."""
        self.notes.add(self.values.get(key, self.node), self.at(key), message)

    def has(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, limit: int = naming.NAME_LENGTH) -> str:
        """The text, without blanks around it; "" when the key is absent."""
        node = self.values.get(key)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or (not node.value.strip() and key in self.keys.required):
            self.wrong(key, _("here a text is expected"))
            return ""
        if fault := naming.length_fault(node.value.strip(), limit):
            self.wrong(key, fault)
        return str(node.value.strip())

    def slug(self, key: str = "slug") -> str:
        """A short name of small letters, digits, hyphens and underscores."""
        value = self.text(key, naming.SLUG_LENGTH)
        if value and (fault := naming.slug_fault(value)):
            self.wrong(key, fault)
        return value

    def number(self, key: str) -> Decimal | None:
        """The number as written, exact; None when the key is absent."""
        value = self.text(key, 40) if key in self.values else ""
        if not value:
            return None
        if NUMBER.fullmatch(value):
            return Decimal(value)
        self.wrong(key, _("“%(value)s” is not a number (write 0.05, without thousands)") % {"value": value})
        return None

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from low to high; the default when absent."""
        value = self.number(key)
        if value is None:
            return default
        if value != int(value) or not low <= value <= high:
            limits = {"value": value, "low": low, "high": high}
            self.wrong(key, _("%(value)s: write a whole number from %(low)d to %(high)d") % limits)
            return default
        return int(value)

    def weight(self, key: str = "weight") -> Decimal:
        """A weight, 0 or more; 1 when absent."""
        value = self.number(key)
        if value is not None and (value < 0 or value >= 10_000):
            self.wrong(key, _("%(value)s: a weight is 0 or more") % {"value": value})
        return Decimal(1) if value is None else value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.text(key, 10).lower()
        if value and value not in FLAGS:
            self.wrong(key, _("“%(value)s”: write true or false") % {"value": value})
        return FLAGS.get(value, default)

    def day(self, key: str) -> date | None:
        """A day written as 2026-07-01."""
        value = self.text(key, 20)
        try:
            if value and not DAY.fullmatch(value):
                raise ValueError(value)
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(key, _("“%(value)s” is not a day: write it as 2026-07-01") % {"value": value})
            return None

    def one_of(self, key: str, known: Iterable[str]) -> str:
        """One of the known words; "" when absent or wrong."""
        return self._known(self.values.get(key), self.at(key), list(known))

    def several_of(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list of known words, each once."""
        words, names = [], list(known)
        for path, node in self._items(key):
            word = self._known(node, path, names)
            if word and word in words:
                self.notes.add(node, path, _("“%(value)s” stands here twice") % {"value": word})
            elif word:
                words.append(word)
        return tuple(words)

    def _known(self, node: yaml.Node | None, path: str, known: list[str]) -> str:
        if node is None:
            return ""
        value = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
        if value in known:
            return value
        if not value:
            self.notes.add(node, path, _("here a text is expected"))
            return ""
        message = _("“%(value)s” is not known here.") % {"value": value}
        hint = suggestion(value, known)
        if not hint and 0 < len(known) <= 12:
            hint = " " + _("It may be: %(words)s.") % {"words": ", ".join(known)}
        self.notes.add(node, path, message + hint)
        return ""

    def texts(self, key: str) -> list[tuple[str, str, yaml.Node]]:
        """A list of texts, each with its path and its node."""
        found: list[tuple[str, str, yaml.Node]] = []
        for path, node in self._items(key):
            if isinstance(node, yaml.ScalarNode) and node.value.strip():
                found.append((path, node.value.strip(), node))
            else:
                self.notes.add(node, path, _("here a text is expected"))
        return found

    def records(self, key: str, keys: Keys) -> list["Record"]:
        """A list of mappings."""
        return [Record(node, path, keys, self.notes) for path, node in self._items(key)]

    def record(self, key: str, keys: Keys) -> "Record":
        """A mapping inside this one; an empty one when absent."""
        node = self.values.get(key)
        if node is None:
            empty = yaml.MappingNode("tag:yaml.org,2002:map", [], self.node.start_mark, self.node.end_mark)
            return Record(empty, self.at(key), Keys(()), self.notes)
        return Record(node, self.at(key), keys, self.notes)

    def _items(self, key: str) -> list[tuple[str, yaml.Node]]:
        node = self.values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(key, _("here a list is expected, each item on a line that starts with “- ”"))
            return []
        return [(f"{self.at(key)}[{index}]", item) for index, item in enumerate(node.value)]
