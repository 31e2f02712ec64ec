"""Medians do not decay, tails do: the limits on the longest file and function, and what must not appear at all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import files

FILE_LINES, FUNCTION_LINES, PARAMETERS, TEMPLATE_LINES = 400, 40, 5, 80
NAMES_THAT_SAY_NOTHING = {"services", "selectors", "utils", "helpers", "common", "core", "signals"}
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + r"Error")
SKIPPING = re.compile(r"pytest\.mark\.(?:skip|xfail)|pytest\.skip\((?!f?\"skipped: no )")
SIGNALS = re.compile(r"django\.(?:db\.models|core|dispatch)[\w.]*\bsignals\b|@rece" + r"iver\b")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", re.I
)
INCLUDE = re.compile(r"\{%\s*include\s[^%]*%\}")
ARITHMETIC = re.compile(r"\|\s*add\s*:|\{%\s*widthratio\b")


def _functions(file: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{files.name(file)}:{node.lineno} {node.name}", node


def test_no_file_is_longer_than_a_reader_holds_in_mind() -> None:
    long = {files.name(file): lines for file in files.python() if (lines := file.read_text().count("\n")) > FILE_LINES}
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for file in files.python():
        for place, node in _functions(file):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                long[place] = lines
    assert long == {}


def test_no_function_takes_more_than_five_parameters() -> None:
    many = {}
    for file in files.python():
        for place, node in _functions(file):
            given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            count = sum(1 for argument in given if argument.arg not in {"self", "cls"})
            if count > PARAMETERS and not node.name.startswith("test_"):  # a test asks for the fixtures it needs
                many[place] = count
    assert many == {}


def test_every_module_has_a_name_that_says_something() -> None:
    assert [
        files.name(file)
        for file in files.python()
        if file.stem in NAMES_THAT_SAY_NOTHING or NAMES_THAT_SAY_NOTHING & set(file.parent.parts)
    ] == []


def test_nothing_is_left_unfinished_or_skipped() -> None:
    found = [
        f"{files.name(file)}: {match[0]}"
        for file in files.python()
        for pattern in (UNFINISHED, SKIPPING)
        if (match := pattern.search(file.read_text()))
    ]
    assert found == []


def test_nothing_happens_behind_a_signal() -> None:
    assert [files.name(file) for file in files.python() if SIGNALS.search(file.read_text())] == []


def test_no_template_is_longer_than_two_screens() -> None:
    assert {
        files.name(file): lines
        for file in files.templates()
        if (lines := file.read_text().count("\n")) > TEMPLATE_LINES
    } == {}


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    found = {files.name(file): match[0] for file in files.templates() if (match := INLINE.search(file.read_text()))}
    assert found == {}


def test_every_include_declares_what_it_hands_over() -> None:
    found = [
        f"{files.name(file)}: {tag}"
        for file in files.templates()
        for tag in INCLUDE.findall(file.read_text())
        if not re.search(r"\bonly\s*%\}", tag)
    ]
    assert found == []


def test_templates_do_no_arithmetic() -> None:
    assert {files.name(f): match[0] for f in files.templates() if (match := ARITHMETIC.search(f.read_text()))} == {}


def test_views_are_functions() -> None:
    found = [
        f"{files.name(file)}: {node.name}"
        for file in files.python()
        if file.stem == "views" or "views" in file.parent.parts
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert found == []
