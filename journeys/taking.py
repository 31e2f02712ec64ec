"""A department's file into the lake: one file in, one immutable part a quarter out.

``take`` runs in the sandboxed child. Nothing of a file with a single doubtful row is written. The strict reader
(``journeys.reading.records``) decides what a file says; DuckDB reads it directly only where the two cannot disagree,
and counts of lines and separators prove afterwards that it skipped nothing.
"""

import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import duckdb

from journeys import noticing, once, written
from journeys.converting import Faulty, converted
from journeys.edits import left_out
from journeys.files import keep
from journeys.joining import Joining
from journeys.orders import MOST_ROWS, Order, Taken, quarter_of
from journeys.reading import records
from journeys.reading.derive import Plan, quote, quoted_list
from journeys.reading.layout import split
from journeys.reading.mapping import CountRows, parse_mapping
from journeys.reading.privacy import refuse_names, refuse_persons, warnings
from journeys.reading.problems import MOST, Problem, Unreadable, shown
from journeys.reading.shape import HEAD, Shape, other_kind, read_shape
from journeys.reading.survey import Survey, guessed, head_encoding, looks_plain, survey
from journeys.reading.tools import recognised
from journeys.reading.verdicts import cell_problem, circumstances
from journeys.reading.widening import day_of, widened

MOST_UNITS = 5000
GROUPS = 300
DIRECT_LINE = records.LONGEST_CELL
BUFFER = 8 << 20
HEARTBEAT = 0.5
_BAD_CODE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
Tell = Callable[[str, int, int | None], None]


def take(order: Order, tell: Tell) -> Taken:
    """Read the file, check every row, write its parts; ``tell`` hears the step and the rows done."""
    taken = Taken()
    try:
        order = converted(order)
        with order.file.open("rb") as file:
            return _Taking(order, tell, taken).run(file)
    except Faulty as error:
        return taken.refuse(error.problems, error.total)
    except Unreadable as error:
        return taken.refuse([error.problem])


class _Taking:
    """One file on its way into the lake."""

    def __init__(self, order: Order, tell: Tell, taken: Taken) -> None:
        self.order, self.tell, self.taken = order, tell, taken
        self.mapping = parse_mapping(order.mapping, {facts.slug: facts for facts in order.indicators})
        self.connection = _connect(order)

    def run(self, file: BinaryIO) -> Taken:
        """Read, check and store; the bytes are surveyed while DuckDB already reads what looks plain."""
        self.tell("reading", 0, None)
        head = _text_head(file)
        self.guess = self.order.file.stat().st_size * (head.count(b"\n") + 1) // len(head)
        shape = self._shape(head)
        calendar, named = self.order.calendar, self.order.notes.get("period", [])
        day = day_of(self.mapping.period, named, calendar.start_month)
        self.wide = widened(self.mapping, shape.columns, day, calendar.start_month)
        some = self._sample(head, shape)
        refuse_persons(shape.columns, some, self.mapping)
        plan = Plan(self.wide.mapping, self.wide.positions, calendar, self.order.key)
        with ThreadPoolExecutor(1) as pool:
            surveyed = pool.submit(survey, file, shape.separator, self.mapping.format.encoding)
            staged = not self.wide.many and looks_plain(head) and self._stage_directly(plan, shape)
            found = surveyed.result()
        if (rows := found.lines - shape.header_row) > MOST_ROWS:
            raise Unreadable(Problem("too_many_rows", value=str(rows), expected=str(MOST_ROWS)))
        warned = [guessed(file, found.encoding)] if found.guessed else []
        warned += warnings(shape.columns, some, self.mapping)
        self.taken.receipt = circumstances(shape, found, self.mapping, self.order.notes, warned)
        if not (staged and found.plain and self._complete(shape, found)):
            problems = self._stage_strictly(file, plan, shape, found)
            if problems:
                return problems
        return self._checked(plan, shape) or self._joined()

    def _shape(self, head: bytes) -> Shape:
        form, text = self.mapping.format, self._text(head)
        tool = bool(form.tool or recognised(split(text[:HEAD], form.separator or ",")[:3]))
        return read_shape(text, self.mapping.headings, form.separator, survey_tool=tool)

    def _text(self, head: bytes) -> str:
        encoding = head_encoding(head, self.mapping.format.encoding)
        return head[: len(head) - len(head) % 2].decode(encoding, "replace")

    def _sample(self, head: bytes, shape: Shape) -> list[tuple[int, list[str]]]:
        """Number and cells of the first rows, the last one, which may be cut, left out."""
        rows = split(self._text(head), shape.separator)
        rows = rows[:-1] if len(head) == HEAD else rows
        return list(enumerate(rows, 1))[shape.header_row :]

    def _stage_directly(self, plan: Plan, shape: Shape) -> bool:
        """Let DuckDB read the file; False when it cannot."""
        columns = {f"c{i}": "VARCHAR" for i in range(len(shape.columns))}
        options = f"skip={shape.header_row}, max_line_size={DIRECT_LINE}, buffer_size={BUFFER}"
        source = _source(self.order.file, columns, shape.separator, options)
        try:
            self._stage(plan, source, f"rowid + {shape.header_row + 1}")
        except duckdb.Error:
            return False
        return True

    def _complete(self, shape: Shape, found: Survey) -> bool:
        """True when DuckDB cannot have skipped a line or a cell: their numbers are those of the bytes."""
        head = _first_lines(self.order.file, shape.header_row).count(shape.separator.encode())
        separators = head + self.taken.rows_in * (len(shape.columns) - 1)
        return (found.lines, found.separators) == (shape.header_row + self.taken.rows_in, separators)

    def _stage_strictly(self, file: BinaryIO, plan: Plan, shape: Shape, found: Survey) -> Taken | None:
        """Let the strict reader write the file anew, and DuckDB read that; the refusal when there are problems."""
        clean = self.order.work / "clean.txt"
        with clean.open("w", encoding="utf-8", newline="") as out:
            problems = records.rewrite(file, out, shape, self.wide.in_file, found)
        if problems.total:
            return self.taken.refuse(problems.first, problems.total)
        columns = {"line": "INTEGER", **{f"c{place}": "VARCHAR" for place in self.wide.in_file}}
        self._stage(plan, _source(clean, columns, records.PART, "skip=0"), "line")
        clean.unlink()
        return None

    def _stage(self, plan: Plan, source: str, place: str) -> None:
        """The table ``stage``: a row for each record with its values; ``doubt`` holds the texts of unsound rows."""
        self.line = place
        texts = ", ".join(f"c{position}" for position in plan.places)
        numbered = ["line"] if place == "line" else []
        facts = [f"{plan.day} AS day", f"{plan.period}::INTEGER AS period", f"{plan.unit} AS unit"]
        facts += [f'{plan.case} AS "case"', f"{plan.fold} AS fold", f"{plan.order} AS ord"]
        facts += [
            f"{plan.odd} AS odd",
            f"{plan.weight} AS weight",
            *(f"{sql} AS {name}" for name, sql in plan.values()),
        ]
        with self._progress():
            self.connection.execute(
                f"""CREATE OR REPLACE TABLE stage AS {plan.reading(self.wide.source(source), numbered)}
                SELECT {", ".join([*numbered, *facts])},
                    CASE WHEN coalesce({plan.sound}, false) THEN NULL ELSE [{texts}] END AS doubt FROM said"""
            )
        rows = self.connection.execute("SELECT count(*), count(doubt) FROM stage").fetchall()[0]
        self.taken.rows_in, self.doubts = rows
        self.tell("checking", self.taken.rows_in, self.taken.rows_in)

    @contextmanager
    def _progress(self) -> Iterator[None]:
        """Tell every half second about how many rows DuckDB has checked."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(HEARTBEAT):
                share = max(self.connection.query_progress(), 0) / 100
                self.tell("checking", int(share * self.guess), None)

        self.tell("checking", 0, None)
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _scalar(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchall()[0][0])

    def _checked(self, plan: Plan, shape: Shape) -> Taken | None:
        """None when every row is sound or empty, and the empty ones are gone; otherwise the refusal."""
        if not self.taken.rows_in:
            return self.taken.refuse([Problem("no_rows")])
        self.taken.receipt["empty_rows"] = 0
        judged = self._judged(plan) if self.doubts else None
        return judged or self._check_units(plan, shape) or self._check_once()

    def _judged(self, plan: Plan) -> Taken | None:
        """The same for the rows in doubt, which are read again, check by check."""
        texts = ", ".join(f"doubt[{i}] AS c{place}" for i, place in enumerate(plan.places, 1))
        doubts = f"(SELECT {self.line} AS line, rowid AS id, {texts} FROM stage WHERE doubt IS NOT NULL)"
        bad = " ".join(f"WHEN {check.condition} THEN {i}" for i, check in enumerate(plan.checks, 1))
        wrong = " ".join(f"WHEN {i} THEN c{check.position}" for i, check in enumerate(plan.checks, 1))
        self.connection.execute(
            f"""CREATE TABLE doubts AS {plan.reading(doubts, ["line", "id"])},
            judged AS (SELECT *, CASE WHEN {plan.empty()} THEN 0 {bad} END AS bad FROM said)
            SELECT line, id, bad, CASE bad {wrong} END AS wrong, {self.wide.place} AS place
            FROM judged WHERE bad IS NOT NULL"""
        )
        empty = self._scalar("SELECT count(*) FROM doubts WHERE bad = 0")
        if self.taken.rows_in == empty:
            return self.taken.refuse([Problem("no_rows")])
        self.taken.receipt["empty_rows"] = empty
        bad = f"FROM doubts WHERE bad > 0 AND NOT {self._left_out(plan)}"
        total = self._scalar(f"SELECT count(*) {bad}")
        if total:
            return self._refused(plan, bad, total)
        if self.taken.rows_in == self._scalar("SELECT count(*) FROM doubts"):
            return self.taken.refuse([Problem("no_rows")])
        self.connection.execute("DELETE FROM stage WHERE rowid IN (SELECT id FROM doubts)")
        return None

    def _left_out(self, plan: Plan) -> str:
        """The condition of the bad rows a person leaves out, in SQL; how many they are is on the receipt."""
        wanted, places = left_out(self.order.edits), [None, *self.wide.needed]
        chosen = {
            f"(bad = {i}{'' if place is None else f' AND place = {place}'})"
            for i, one in enumerate(plan.checks, 1)
            for place in places
            if (one.code, self.wide.name(one.position, place)) in wanted
        }
        out = f"(bad > 0 AND ({' OR '.join(sorted(chosen)) or 'false'}))"
        self.taken.receipt["left_out"] = self._scalar(f"SELECT count(*) FROM doubts WHERE {out}")
        return out

    def _refused(self, plan: Plan, bad: str, total: int) -> Taken:
        """The refusal for the first of the bad rows; in a dry run also all of them, grouped by what repairs them."""
        rows = self.connection.execute(f"SELECT line, bad, wrong, place {bad} ORDER BY 1 LIMIT {MOST}").fetchall()
        if self.order.dry:
            groups = self.connection.execute(
                f"""SELECT min(line), bad, wrong, place, count(*) {bad}
                GROUP BY bad, wrong, place ORDER BY 5 DESC, 1 LIMIT {GROUPS}"""
            ).fetchall()
            self.taken.outcome["groups"] = [
                cell_problem(plan, self.wide, row[:4]).as_json()
                | {"count": row[4], "check": plan.checks[row[1] - 1].code}
                for row in groups
            ]
        return self.taken.refuse([cell_problem(plan, self.wide, row) for row in rows], total)

    def _check_units(self, plan: Plan, shape: Shape) -> Taken | None:
        found = self.connection.execute(
            f"SELECT DISTINCT unit FROM stage WHERE unit IS NOT NULL ORDER BY unit LIMIT {MOST_UNITS + 1}"
        ).fetchall()
        if len(found) > MOST_UNITS:
            column = shape.columns[plan.positions[self.mapping.unit]]
            return self.taken.refuse([Problem("too_many_units", column=column, expected=str(MOST_UNITS))])
        bad = [unit for (unit,) in found if _BAD_CODE.search(unit)]
        if bad:
            rows = self.connection.execute(
                f"SELECT {self.line}, unit FROM stage WHERE unit IN {quoted_list(bad)} ORDER BY 1 LIMIT {MOST}"
            ).fetchall()
            column = self.wide.names[plan.positions[self.mapping.unit]]
            return self.taken.refuse([Problem("bad_code", row, column, shown(unit)) for row, unit in rows])
        self.taken.units = [unit for (unit,) in found]
        refuse_names(self.mapping.unit, self.taken.units)
        return None

    def _check_once(self) -> Taken | None:
        problems, gone = once.hold(self.connection, self.mapping, self.line, self.mapping.case)
        noticed = [Problem("counted_once", value=str(gone))] if gone else []
        noticed += noticing.notices(self.connection, self.mapping, self.line)
        self.taken.receipt["warnings"] += [problem.as_json() for problem in noticed]
        return self.taken.refuse(problems) if problems else None

    def _joined(self) -> Taken:
        """Beside what the source had sent before; then stored, or, in a dry run, described."""
        self._count()
        _tags(self.connection, "indicator_slug", [facts.slug for facts, _ in self.mapping.values])
        _tags(self.connection, "department_slug", [self.order.department])
        _tags(self.connection, "rule_name", ["each", "last", "count"])
        self.joining = Joining(self.order, self.connection)
        periods = self.connection.execute("SELECT DISTINCT period FROM stage ORDER BY 1").fetchall()
        if self.order.dry or self.order.how != "add":
            for (period,) in periods:
                self.joining.look(self._quarter(period), self._chosen(period))
        if not self.order.dry:
            return self._stored()
        counts = self.connection.execute("SELECT period, count(*) FROM stage GROUP BY ALL ORDER BY 1").fetchall()
        fresh = " UNION ALL ".join(self._chosen(period) for (period,) in periods)
        self.taken.outcome |= self.joining.outcome(fresh)
        self.taken.outcome["quarters"] = {self._quarter(period): count for period, count in counts}
        self.taken.outcome["units"] = dict(
            self.connection.execute(
                "SELECT unit, count(*) FROM stage WHERE unit IS NOT NULL GROUP BY ALL ORDER BY 1"
            ).fetchall()
        )
        return self.taken

    def _quarter(self, period: int) -> str:
        return str(quarter_of(period, self.order.calendar.start_month))

    def _chosen(self, period: int) -> str:
        return " UNION ALL ".join(self._observations(i, period) for i in range(len(self.mapping.values)))

    def _stored(self) -> Taken:
        """Write one part a quarter, and say in the taken what they hold."""
        self.tell("storing", self.taken.rows_in, self.taken.rows_in)
        _tags(self.connection, "unit_code", self.taken.units)
        self.connection.execute("ALTER TABLE stage ALTER unit TYPE unit_code")
        self.connection.execute("SET preserve_insertion_order = false")  # rows have their numbers by now
        periods = self.connection.execute("SELECT DISTINCT period FROM stage ORDER BY 1").fetchall()
        written = [(period, *self._write(period)) for (period,) in periods]
        with ThreadPoolExecutor(2) as pool:
            places = pool.map(lambda one: keep(one[1], self.order.lake), written)
        for (period, _, observations), (digest, size) in zip(written, places, strict=True):
            part = {"quarter": self._quarter(period), "sha256": digest, "observations": observations, "size": size}
            if observations:
                self.taken.parts.append(part)
        self.joining.supersede(self.taken, partial(keep, folder=self.order.lake))
        if self.joining.compared:
            self.taken.receipt["diff"] = self.joining.totals()
            self.taken.observations = sum(part["observations"] for part in self.taken.parts)
        return self.taken

    def _count(self) -> None:
        names = [f"v{i}" for i in range(len(self.mapping.values))]
        counts = ", ".join(f"count({name})" for name in names)
        given = f"count(*) FILTER ({' OR '.join(f'{name} IS NOT NULL' for name in names)})"
        rows = self.connection.execute(f"SELECT count(*), {given}, {counts} FROM stage").fetchall()[0]
        self.taken.rows_out, self.taken.observations = rows[1], sum(rows[2:])
        self.taken.receipt["indicators"] = {
            facts.slug: {"observations": count, "missing": rows[0] - count}
            for (facts, _), count in zip(self.mapping.values, rows[2:], strict=True)
        }

    def _write(self, period: int) -> tuple[Path, int]:
        """The part of one quarter, still without its name, and its number of observations."""
        file = self.order.work / f"{period}.parquet"
        chosen = self.joining.chosen(self._quarter(period), self._chosen(period))
        options = written.options(self.connection, chosen)
        chosen = f"SELECT * {'' if self.mapping.weight else 'EXCLUDE (w)'} FROM ({chosen})"
        count = self.connection.execute(f"COPY ({chosen}) TO {quote(str(file))} ({options})").fetchall()[0][0]
        return file, int(count)

    def _observations(self, i: int, period: int) -> str:
        facts, derivation = self.mapping.values[i]
        several = getattr(derivation, "n", "")
        n, weight = (f"n{i}", "1::DECIMAL(18,6)") if several else ("1::BIGINT", "weight")
        weight = weight if self.mapping.weight else "NULL::DECIMAL(18,6)"
        sd = f"s{i}" if getattr(derivation, "sd", "") else "NULL::DECIMAL(18,6)"
        ordered = self.mapping.last_by and not isinstance(derivation, CountRows)
        return f"""SELECT {quote(facts.slug)}::indicator_slug AS indicator,
            {quote(self.order.department)}::department_slug AS department, unit, "case", fold, day,
            v{i} AS value, {n} AS n, {sd} AS sd, {quote(self.mapping.rule(derivation))}::rule_name AS rule,
            {"ord" if ordered else "NULL::rule_name"} AS ord, ({self.line})::INTEGER AS line,
            {weight} AS w FROM stage WHERE period = {period} AND v{i} IS NOT NULL"""


def _connect(order: Order) -> duckdb.DuckDBPyConnection:
    spill = order.work / "spill"
    connection = duckdb.connect(
        config={
            "threads": order.threads,
            "memory_limit": order.memory,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    folders = ", ".join(quote(str(folder)) for folder in (order.work, order.lake))
    connection.execute(f"SET allowed_directories = [{folders}]")
    connection.execute(f"SET allowed_paths = [{quote(str(order.file))}]")
    connection.execute("SET enable_external_access = false")
    return connection


def _source(file: Path, columns: Mapping[str, str], separator: str, options: str) -> str:
    """DuckDB's reading of a text without quotes, every column named and typed by us."""
    kinds = ", ".join(f"{quote(name)}: {quote(kind)}" for name, kind in columns.items())
    return (
        f"read_csv({quote(str(file))}, auto_detect=false, header=false, columns={{{kinds}}}, {options}, "
        f"delim={quote(separator)}, quote='', escape='', comment='', nullstr='', strict_mode=true, "
        f"null_padding=false, ignore_errors=false)"
    )


def _tags(connection: duckdb.DuckDBPyConnection, name: str, texts: Collection[str]) -> None:
    """A type of few texts: Parquet writes such columns several times faster, and readers see plain text."""
    values = ", ".join(quote(text) for text in texts) or "''"
    connection.execute(f"CREATE TYPE {name} AS ENUM ({values})")


def _text_head(file: BinaryIO) -> bytes:
    head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\r\n \t"):
        raise Unreadable(Problem("empty"))
    if kind := other_kind(head):
        raise Unreadable(Problem("other_kind", value=kind))
    return head


def _first_lines(file: Path, lines: int) -> bytes:
    with file.open("rb") as opened:
        return b"".join(opened.readline() for _ in range(lines))
