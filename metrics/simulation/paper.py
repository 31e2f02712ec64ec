"""PURE: the simulation's results as a page of text."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from metrics.simulation.audit import Audit
from metrics.simulation.coverage import Tally
from metrics.simulation.pages import Falsehood, Power
from metrics.stats.distributions import normal_quantile

PROMISED = {
    "share": 0.93,
    "top box": 0.93,
    "nps": 0.93,
    "mean": 0.93,
    "health": 0.93,
    "change of health": 0.93,
    "contribution": 0.93,
    "contribution of a unit": 0.93,
    "impact against before": 0.93,
    "impact against target": 0.93,
    "department impact against before": 0.93,
    "department impact against target": 0.93,
    "LMG share": 0.93,
    "LMG share under 0.05": 0.90,
}
HIGHEST, WRONG_PAGES = 0.97, 0.05


@dataclass
class Results:
    """What was measured: coverage, false verdicts, planted changes, impacts seen, attacks on hidden cells."""

    seed: int
    quarters: int
    pages: int = 0
    coverage: dict[str, Tally] = field(default_factory=dict)
    false: dict[str, Falsehood] = field(default_factory=dict)
    power: list[Power] = field(default_factory=list)
    seen: dict[int, Counter[str]] = field(default_factory=dict)
    audit: Audit | None = None

    def broken(self) -> list[str]:
        """Return the promises that were not kept; chance of the simulation itself is allowed for on pages."""
        found = [name for name, row in self.coverage.items() if name in PROMISED and not _holds(name, row)]
        found += [name for name, page in self.false.items() if page.false_share > WRONG_PAGES + 2 * page.error]
        if self.audit and (
            self.audit.pinned or self.audit.small_shown or self.audit.pairs_telling + self.audit.pairs_pinned
        ):
            found.append("hidden cells")
        return found


def _holds(name: str, row: Tally) -> bool:
    highest = HIGHEST if "under 0.05" not in name else 1.0
    return PROMISED[name] <= round(row.coverage, 3) <= highest


def paper(results: Results) -> str:
    """Return the page, in Markdown."""
    return "\n".join(_lines(results)) + "\n"


INTRODUCTION = """\
Written by `manage.py simulate --quarters {quarters} --pages {pages} --seed {seed} --audit`. The truth of each of
eight worlds (150 to 5,000 orders a quarter, quiet and violent, units alike and unlike) is what half a million orders a
quarter say; every interval is read from the report that `metrics.derive` makes, after rounding, as a reader gets it."""
FALSEHOOD = """\
Pages of 40 figures of all kinds. A verdict is false when a figure that did not move is said to be better or worse. The
false share is the mean over pages of false verdicts among all given, 0 where none is given: the false discovery rate,
promised to be at most 5 %; where nothing moved it is the part of pages with any false verdict. Figures have from 20 to
1,800 answers a quarter, "few" are from 20 to 120 (under 30 there is no verdict); of the same customers half of an
answer's variance is the customer's own."""
PLANTED = """\
One figure of ten on a page moves, the others do not. One test alone at 5 % would find the last column but one, the
strictest of ten under Benjamini–Hochberg (0.5 %) the last. Shares move by points of 1, means by standard deviations,
NPS by points; n answers in each quarter."""
SIGHTED = """\
By how many standard errors the true impact of a department against last quarter lies from 0, before
Benjamini–Hochberg. At two standard errors half are found: nothing finds more without saying more that is false."""
HIDDEN = """\
{tables:,} random tables with {hidden:,} hidden cells: a linear programme that knows everything shown worked out
{pinned}; small cells shown: {small_shown}. {pairs:,} pairs of filters that may both be answered:
{pairs_telling} differ by one hidden cell, and both answers together let {pairs_pinned} cells be worked out."""


def _lines(results: Results) -> Iterator[str]:
    yield "# What the method says of itself, tried on quarters of known truth\n"
    yield INTRODUCTION.format(quarters=results.quarters, seed=results.seed, pages=results.pages)
    yield "\n## Coverage of nominal 95 % intervals\n"
    yield from _table(
        ("statistic", "intervals", "hold the truth", "wholly under", "wholly over", "without interval", "promise"),
        [_coverage_row(name, row) for name, row in _promised_first(results.coverage)],
    )
    yield f"\n## False verdicts\n\n{FALSEHOOD}\n"
    yield from _table(
        ("page", "pages", "with a false verdict", "false share", "its 95 % interval"),
        [_page_row(name, page) for name, page in results.false.items()],
    )
    yield f"\n## Planted changes found\n\n{PLANTED}\n"
    yield from _table(
        ("kind", "moved by", "n", "found", "said the wrong way", "alone at 5 %", "at 0.5 %"),
        [_power_row(row) for row in results.power],
    )
    yield f"\n## Departments' impacts found\n\n{SIGHTED}\n"
    yield from _table(
        ("standard errors from 0", "impacts", "found", "said the wrong way"),
        [_seen_row(distance, counts) for distance, counts in results.seen.items()],
    )
    if results.audit is not None:
        yield f"\n## What is hidden stays hidden\n\n{HIDDEN.format(**asdict(results.audit))}"


def _promised_first(coverage: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    order = {name: place for place, name in enumerate(PROMISED)}
    return sorted(coverage.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))


def _coverage_row(name: str, row: Tally) -> tuple[str, ...]:
    promise = ""
    if name in PROMISED:
        span = "at least 90 %" if PROMISED[name] == 0.90 else "93–97 %"
        promise = f"{span}: {'kept' if _holds(name, row) else 'BROKEN'}"
    ends = (_percent(row.under / max(1, row.given)), _percent(row.over / max(1, row.given)))
    return (name, f"{row.given:,}", _percent(row.coverage), *ends, f"{row.withheld:,}", promise)


def _page_row(name: str, page: Falsehood) -> tuple[str, ...]:
    half = normal_quantile() * page.error
    ends = f"{100 * (page.false_share - half):.1f}–{_percent(page.false_share + half)}"
    return (name, f"{page.pages:,}", _percent(page.wrong_pages / page.pages), _percent(page.false_share), ends)


def _power_row(row: Power) -> tuple[str, ...]:
    shares = (row.found, row.wrong_way, row.alone, row.strictest)
    return (row.name, f"{row.effect:g}", f"{row.n:,}", *map(_percent, shares))


def _seen_row(distance: int, counts: Counter[str]) -> tuple[str, ...]:
    given = counts.total()
    span = f"{distance}–{distance + 1}" if distance < 5 else "5 and more"
    return (span, f"{given:,}", _percent(counts["found"] / given), _percent(counts["wrong"] / given))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
