"""PURE: Catena Aurora, a small seeded model whose truth is known.

Every result has a level in each quarter, every vote depends on results by so many points of score, and the rest is
chance. Votes are drawn so that their expected score is linear in the results, hence the planted points are exactly
what a regression looks for. The draw depends on the seed and the quarter's place only, never on today's date.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
SEED = 376
QUARTERS = 9
ORDERS = 1_300
LAST, BEFORE = QUARTERS - 1, QUARTERS - 2
GROWTH = 0.65


@dataclass(frozen=True)
class Result:
    """A department's result: how it is drawn and its level at the first, the last but one and the last quarter."""

    department: str
    draw: str
    first: float
    before: float
    last: float

    def level(self, quarter: int) -> float:
        """Expected value in the quarter (0–8): a straight line up to the last but one, then the last."""
        if quarter == LAST:
            return self.last
        return self.first + (self.before - self.first) * quarter / BEFORE


@dataclass(frozen=True)
class Outcome:
    """A customer's vote: its scale, how many answer in a quarter, and the score (0–100) expected in the last one."""

    stage: str
    scale: str
    answers: int
    score: float


@dataclass(frozen=True)
class Planted:
    """So many points of the outcome's score for one unit of the result (for a share: from 0 to 100 %)."""

    result: str
    outcome: str
    points: float


RESULTS: Mapping[str, Result] = {
    "promozione_non_valida": Result("marketing", "share", 0.09, 0.08, 0.08),
    "messaggi_ricevuti": Result("marketing", "count", 3.0, 3.0, 3.0),
    "articolo_mancante": Result("acquisti", "share", 0.17, 0.14, 0.14),
    "prezzo_diverso": Result("acquisti", "share", 0.05, 0.05, 0.05),
    "reso_per_difetto": Result("acquisti", "share", 0.05, 0.045, 0.045),
    "attesa_cassa": Result("punti-vendita", "minutes", 8.5, 7.5, 7.5),
    "aiuto_personale": Result("punti-vendita", "share", 0.58, 0.62, 0.62),
    "montaggio_riuscito": Result("punti-vendita", "share", 0.88, 0.90, 0.90),
    "pagamento_ripetuto": Result("e-commerce", "share", 0.19, 0.17, 0.07),
    "pagina_lenta": Result("e-commerce", "share", 0.24, 0.20, 0.12),
    "consegna_in_ritardo": Result("logistica", "share", 0.16, 0.10, 0.36),
    "collo_danneggiato": Result("logistica", "share", 0.04, 0.03, 0.03),
    "fattura_in_ritardo": Result("amministrazione", "share", 0.12, 0.12, 0.12),
    "rimborso_lento": Result("amministrazione", "share", 0.20, 0.20, 0.20),
    "primo_contatto": Result("assistenza-clienti", "share", 0.64, 0.75, 0.52),
    "attesa_telefono": Result("assistenza-clienti", "minutes", 5.5, 5.0, 6.5),
}

OUTCOMES: Mapping[str, Outcome] = {
    "voto_scoperta": Outcome("scoperta", "votes", 420, 71),
    "csat_scelta": Outcome("scelta", "top_box", 400, 68),
    "voto_acquisto": Outcome("acquisto", "votes", 560, 74),
    "voto_consegna": Outcome("consegna", "votes", 520, 61),
    "csat_uso": Outcome("uso", "top_box", 330, 77),
    "voto_assistenza": Outcome("assistenza", "votes", 320, 59),
    "nps": Outcome("", "nps", 520, 60),
}

PLANTED: tuple[Planted, ...] = (
    Planted("promozione_non_valida", "voto_scoperta", -14),
    Planted("messaggi_ricevuti", "voto_scoperta", -0.8),
    Planted("articolo_mancante", "csat_scelta", -22),
    Planted("prezzo_diverso", "csat_scelta", -10),
    Planted("attesa_cassa", "voto_acquisto", -1),
    Planted("aiuto_personale", "voto_acquisto", 9),
    Planted("pagamento_ripetuto", "voto_acquisto", -26),
    Planted("pagina_lenta", "voto_acquisto", -9),
    Planted("consegna_in_ritardo", "voto_consegna", -30),
    Planted("collo_danneggiato", "voto_consegna", -28),
    Planted("reso_per_difetto", "csat_uso", -35),
    Planted("montaggio_riuscito", "csat_uso", 18),
    Planted("fattura_in_ritardo", "csat_uso", 0),
    Planted("rimborso_lento", "voto_assistenza", -6),
    Planted("primo_contatto", "voto_assistenza", 32),
    Planted("attesa_telefono", "voto_assistenza", -1.2),
    Planted("consegna_in_ritardo", "nps", -9),
    Planted("articolo_mancante", "nps", -8),
)

TOWNS = (
    *("Alessandria", "Ancona", "Arezzo", "Bari", "Bergamo", "Bologna", "Brescia", "Cagliari", "Catania", "Firenze"),
    *("Forlì", "Genova", "Lecce", "Milano", "Modena", "Napoli", "Padova", "Palermo", "Perugia", "Pescara", "Roma"),
    *("Torino", "Trieste", "Verona"),
)
FAR = frozenset({"Bari", "Cagliari", "Catania", "Lecce", "Napoli", "Palermo"})


@dataclass(frozen=True)
class Quarter:
    """The orders of one quarter, one entry each in every array.

    ``moment`` 0–1 is when in the quarter; ``town`` an index of TOWNS; ``ticket`` whether help was asked for;
    results and votes by name, NaN where there is none (no ticket, not asked, not answered).
    """

    first_order: int
    moment: Numbers
    town: NDArray[np.int64]
    ticket: NDArray[np.bool_]
    results: dict[str, Numbers]
    votes: dict[str, Numbers]


def true_change(outcome: str, department: str = "") -> float:
    """Points by which the outcome's expected score changes in the last quarter, all results or one department's."""
    return sum(
        link.points * (RESULTS[link.result].last - RESULTS[link.result].before)
        for link in PLANTED
        if link.outcome == outcome and department in ("", RESULTS[link.result].department)
    )


def true_health_change() -> float:
    """Points by which health, all weights equal, is expected to change in the last quarter."""
    return sum(true_change(outcome) for outcome in OUTCOMES) / len(OUTCOMES)


def generate(seed: int = SEED) -> list[Quarter]:
    """Nine quarters, the oldest first; the same for the same seed."""
    shop_effect = np.random.default_rng([seed, QUARTERS]).normal(0, 2.0, len(TOWNS))
    return [_quarter(np.random.default_rng([seed, place]), place, shop_effect) for place in range(QUARTERS)]


def _quarter(rng: np.random.Generator, place: int, shop_effect: Numbers) -> Quarter:
    town = rng.integers(0, len(TOWNS), ORDERS)
    ticket = rng.random(ORDERS) < 0.4
    results = {name: _result(rng, name, place, town) for name in RESULTS}
    for name in ("primo_contatto", "attesa_telefono", "rimborso_lento"):
        results[name] = np.where(ticket, results[name], np.nan)
    votes = {}
    for name, outcome in OUTCOMES.items():
        score = _expected(name, results, place) + shop_effect[town]
        votes[name] = _answered(rng, _vote(rng, outcome.scale, score), outcome.answers)
    moment = np.sort(rng.random(ORDERS))
    return Quarter(100_001 + place * ORDERS, moment, town, ticket, results, votes)


def _result(rng: np.random.Generator, name: str, place: int, town: NDArray[np.int64]) -> Numbers:
    result = RESULTS[name]
    level = result.level(place)
    if result.draw == "minutes":
        return np.round(rng.gamma(2.5, level / 2.5, ORDERS) * 60) / 60
    if result.draw == "count":
        return rng.poisson(level, ORDERS).astype(float)
    far = np.array([town in FAR for town in TOWNS])[town]
    reach = np.where(far, 1.5, 5 / 6) if name == "consegna_in_ritardo" else 1.0
    return (rng.random(ORDERS) < level * reach).astype(float)


def _expected(outcome: str, results: dict[str, Numbers], place: int) -> Numbers:
    """The score each order is expected to give: the declared level plus planted points times each result's excess."""
    level = OUTCOMES[outcome].score - GROWTH * (BEFORE - min(place, BEFORE))
    score = np.full(ORDERS, level)
    for link in PLANTED:
        if link.outcome == outcome:
            score = score + link.points * (results[link.result] - RESULTS[link.result].last)
    return score


def _vote(rng: np.random.Generator, scale: str, score: Numbers) -> Numbers:
    """A vote for each score; its expected score is the score itself, inside the range the scale can express."""
    low, high = (15.0, 85.0) if scale == "nps" else (2.0, 98.0)
    chance = np.clip(np.nan_to_num(score, nan=50.0), low, high) / 100
    if scale == "votes":
        vote = rng.binomial(10, rng.beta(6 * chance, 6 * (1 - chance))).astype(float)
    elif scale == "top_box":
        satisfied = rng.random(ORDERS) < chance
        vote = np.where(satisfied, rng.integers(4, 6, ORDERS), rng.integers(1, 4, ORDERS)).astype(float)
    else:
        promoters = (2 * chance - 0.3) / 2
        draw = rng.random(ORDERS)
        vote = np.where(draw < promoters, rng.integers(9, 11, ORDERS), rng.integers(0, 7, ORDERS)).astype(float)
        passive = (draw >= promoters) & (draw < promoters + 0.3)
        vote = np.where(passive, rng.integers(7, 9, ORDERS), vote)
    return np.where(np.isnan(score), np.nan, vote)


def _answered(rng: np.random.Generator, votes: Numbers, answers: int) -> Numbers:
    """The votes of so many customers, drawn among those who could vote; NaN for the others."""
    able = np.flatnonzero(~np.isnan(votes))
    chosen = rng.choice(able, size=min(answers, able.size), replace=False)
    kept = np.full(votes.size, np.nan)
    kept[chosen] = votes[chosen]
    return kept
