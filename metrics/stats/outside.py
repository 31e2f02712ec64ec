"""Outside-in measures: forecasts against customers, their time, traps, mirrors, and what to stop measuring."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from .change import Change, Verdict, benjamini_hochberg
from .distributions import paired_t, spearman, t_quantile
from .exact import Number, exact
from .kinds import Estimate

FORECASTERS = 5
MIRROR_ANSWERS = 8
MIRROR_CELLS = 12
REDUNDANT = 0.95
DIET_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """Perception gap: the department's blind forecast minus the customers' score, points; positive is too rosy."""

    forecast: float
    value: float
    low: float | None
    high: float | None
    n_forecasts: int


def perception_gap(forecasts: Sequence[float], customers: Estimate, official: float | None = None) -> Gap | None:
    """Return the gap between the department's forecast and the customers' score, its interval from the customers' side.

    The forecast is the mean of at least five, else the department's official one; ``None`` without either or without a
    customers' score.
    """
    enough = len(forecasts) >= FORECASTERS
    forecast = math.fsum(forecasts) / len(forecasts) if enough else official
    if forecast is None or customers.value is None:
        return None
    low = None if customers.high is None else forecast - customers.high
    high = None if customers.low is None else forecast - customers.low
    return Gap(forecast, forecast - customers.value, low, high, len(forecasts) if enough else 1)


def ranked_gaps(gaps: Mapping[str, Gap | None]) -> list[tuple[str, Gap]]:
    """Return the gaps that exist, the largest in size first, ties by name."""
    found = [(name, gap) for name, gap in gaps.items() if gap is not None]
    return sorted(found, key=lambda item: (-abs(item[1].value), item[0]))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two ratings of the same objects: mean difference with its 95 % interval, spread, limits of agreement, t test."""

    bias: float
    sd: float
    se: float
    low: float
    high: float
    limits: tuple[float, float]
    se_limits: float
    t: float
    df: int
    p_value: float


def agreement(first: Sequence[float], second: Sequence[float]) -> Agreement:
    """Return how ``first − second`` behaves: paired t test, and limits bias ± 2 sd (Bland & Altman 1986).

    Raises ``ValueError`` under two pairs or when the differences do not vary.
    """
    differences = [a - b for a, b in zip(first, second, strict=True)]
    n = len(differences)
    if n < 2 or min(differences) == max(differences):
        raise ValueError("agreement needs two pairs whose differences vary")
    bias, sd = math.fsum(differences) / n, statistics.stdev(differences)
    se, test = sd / math.sqrt(n), paired_t(list(first), list(second))
    half = t_quantile(n - 1) * se
    limits = (bias - 2 * sd, bias + 2 * sd)
    return Agreement(
        bias, sd, se, bias - half, bias + half, limits, math.sqrt(3 * sd**2 / n), test.t, test.df, test.p_value
    )


class ActivityVerdict(StrEnum):
    """What an activity is to the customer."""

    VALUE = "value"
    ZERO = "zero"
    HARM = "harm"


class Evidence(StrEnum):
    """Where an activity's verdict comes from, the strongest first."""

    CUSTOMERS = "customers"
    DATA = "data"
    OPINION = "opinion"


def activity_verdict(
    panel: Mapping[ActivityVerdict, int],
    data: ActivityVerdict | None = None,
    opinion: ActivityVerdict | None = None,
    minimum: int = 10,
) -> tuple[ActivityVerdict, Evidence] | None:
    """Return an activity's verdict and its evidence: the customers', else the data's, else our opinion.

    The customers decide by plurality among at least ``minimum`` answers; a tie decides nothing and the next evidence
    speaks.
    """
    counts = sorted(((panel.get(verdict, 0), verdict) for verdict in ActivityVerdict), reverse=True)
    if sum(count for count, _ in counts) >= minimum and counts[0][0] > counts[1][0]:
        return counts[0][1], Evidence.CUSTOMERS
    if data is not None:
        return data, Evidence.DATA
    return None if opinion is None else (opinion, Evidence.OPINION)


def hours_by_verdict(
    activities: Sequence[tuple[Number, ActivityVerdict | None]],
) -> dict[ActivityVerdict | None, float]:
    """Return the share of hours (sum 1) by verdict, ``None`` for activities without one; empty without hours."""
    hours: dict[ActivityVerdict | None, Fraction] = {}
    for spent, verdict in activities:
        hours[verdict] = hours.get(verdict, Fraction(0)) + exact(spent)
    whole = sum(hours.values(), Fraction(0))
    return {verdict: float(spent / whole) for verdict, spent in hours.items()} if whole > 0 else {}


def overturned(own: Sequence[float], customers: Sequence[float]) -> float | None:
    """Return how far the department's ranking is from the customers', 0 the same order … 1 the reverse.

    (1 − Spearman's ρ)/2 over the same activities, ties sharing ranks; ``None`` under three or when all tie.
    """
    if len(own) != len(customers):
        raise ValueError("the two rankings must hold the same activities")
    if len(own) < 3 or len(set(own)) == 1 or len(set(customers)) == 1:
        return None
    return (1 - spearman(list(own), list(customers))) / 2


@dataclass(frozen=True, slots=True)
class CustomerTime:
    """What a case costs the customer: minutes of work and days of waiting (never on one axis), and how many cases."""

    minutes: Number
    days: Number
    cases: int

    def hours(self) -> float:
        """Return the customers' hours of work, mean × cases."""
        return float(exact(self.minutes) * self.cases / 60)

    def waiting_days(self) -> float:
        """Return the customers' days of waiting, mean × cases."""
        return float(exact(self.days) * self.cases)


@dataclass(frozen=True, slots=True)
class NetTime:
    """Hours an initiative saved the company, hours it cost customers, and the difference; negative is a loss."""

    saved: float
    cost: float
    net: float


def net_time(saved_hours: Number, minutes_before: Number, minutes_after: Number, cases: int) -> NetTime:
    """Return the company's hours saved minus the hours customers now spend more, over the quarter's cases."""
    saved = exact(saved_hours)
    cost = (exact(minutes_after) - exact(minutes_before)) * cases / 60
    return NetTime(float(saved), float(cost), float(saved - cost))


@dataclass(frozen=True, slots=True)
class TrapPair:
    """An efficiency indicator and an outcome it is linked to, in the same quarter or the next."""

    efficiency: Change
    efficiency_higher_is_better: bool
    outcome: Change
    outcome_higher_is_better: bool


def efficiency_traps(pairs: Sequence[TrapPair], minimum: int = 30) -> list[bool]:
    """Return which pairs are traps: efficiency demonstrably better while the outcome is demonstrably worse.

    Intersection–union: the larger of the two p under 5 % (Berger 1982), Benjamini–Hochberg over the pairs tried. A pair
    under ``minimum`` was not tried; one whose directions do not make a trap was, and cannot be rejected.
    """
    p_values = [_trap_p(pair, minimum) for pair in pairs]
    proven = benjamini_hochberg(p_values)
    return [
        flagged and pair.efficiency.excludes_zero() and pair.outcome.excludes_zero()
        for flagged, pair in zip(proven, pairs, strict=True)
    ]


def _trap_p(pair: TrapPair, minimum: int) -> float | None:
    both = (pair.efficiency, pair.outcome)
    if any(c.p_value is None or c.value is None or min(c.n_now, c.n_before) < minimum for c in both):
        return None
    efficient = _improves(pair.efficiency, pair.efficiency_higher_is_better)
    worse = _improves(pair.outcome, not pair.outcome_higher_is_better)
    return max(c.p_value for c in both if c.p_value is not None) if efficient and worse else 1.0


def _improves(change: Change, higher_is_better: bool) -> bool:
    return change.value is not None and change.value != 0 and (change.value > 0) == higher_is_better


def mirror_shown(answers: int, minimum: int = MIRROR_ANSWERS) -> bool:
    """Return whether an employees' pulse of that many answers may be shown beside the stage's score."""
    return answers >= minimum


def mirror_correlation(pulse: Sequence[float], scores: Sequence[float]) -> float | None:
    """Return Spearman's correlation of pulse and score over paired cells, ``None`` under 12 or without variety."""
    if len(pulse) != len(scores):
        raise ValueError("cells must be paired")
    if len(pulse) < MIRROR_CELLS or len(set(pulse)) == 1 or len(set(scores)) == 1:
        return None
    return spearman(list(pulse), list(scores))


@dataclass(frozen=True, slots=True)
class Speed:
    """Median days from decision to an event, how many reached it, how many are still open."""

    median_days: float | None
    reached: int
    still_open: int


def iteration_speed(decisions: Sequence[tuple[date, date | None]]) -> Speed:
    """Return the speed from (decided, reached or ``None``); call it once for *fatta*, once for *demonstrated*.

    Raises ``ValueError`` when an event comes before its decision.
    """
    days = [(reached - decided).days for decided, reached in decisions if reached is not None]
    if min(days, default=0) < 0:
        raise ValueError("an event cannot come before its decision")
    return Speed(statistics.median(days) if days else None, len(days), len(decisions) - len(days))


class Outcome(StrEnum):
    """Whether a decision worked."""

    REACHED = "reached"
    PARTLY = "partly"
    UNPROVEN = "unproven"
    WORSENED = "worsened"
    NOT_MEASURABLE = "not_measurable"


def did_it_work(change: Change | None, verdict: Verdict, promised: float) -> Outcome:
    """Return whether a decision kept its promise; ``change`` is target edition − edition of the decision.

    ``verdict`` is that change's by :func:`metrics.stats.change.verdicts`, ``promised`` the change promised in the same
    units with its sign. Better and at least as much as promised is reached, better but less is partly.
    """
    if change is None or change.value is None or verdict is Verdict.TOO_LITTLE:
        return Outcome.NOT_MEASURABLE
    if verdict is Verdict.WORSE:
        return Outcome.WORSENED
    if verdict is Verdict.UNPROVEN:
        return Outcome.UNPROVEN
    return Outcome.REACHED if abs(change.value) >= abs(promised) else Outcome.PARTLY


class Retire(StrEnum):
    """Why an indicator is proposed for retirement."""

    NO_DATA = "no_data"
    REDUNDANT = "redundant"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class DietQuarter:
    """An indicator in one quarter: its base, its strongest |r| with another on the stage, and whether it was of use.

    ``used``: a figure built on it was demonstrated, discussed or decided upon.
    """

    n: int
    strongest_r: float | None
    used: bool


def data_diet(history: Sequence[DietQuarter], minimum: int = 30) -> Retire | None:
    """Return why an indicator should be retired, judged on its last four quarters; ``None`` to keep it or on fewer.

    Missing or under base in all four; redundant (|r| ≥ 0.95) in all four; or of no use in any.
    """
    recent = history[-DIET_QUARTERS:]
    if len(recent) < DIET_QUARTERS:
        return None
    if all(quarter.n < minimum for quarter in recent):
        return Retire.NO_DATA
    if all(quarter.strongest_r is not None and abs(quarter.strongest_r) >= REDUNDANT for quarter in recent):
        return Retire.REDUNDANT
    return None if any(quarter.used for quarter in recent) else Retire.UNUSED
