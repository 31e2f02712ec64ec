"""PURE: the model's orders written the way each department's own system exports them, every one in its own manner."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isnan
from pathlib import Path

import numpy as np

from demo.model import SEED, TOWNS, Numbers, Quarter

OPENING = timedelta(hours=9)
OPEN_MINUTES = 630
COURIERS = ("Rapida", "Ponente", "Sette Colli")


@dataclass(frozen=True)
class Order:
    """One order as every system knows it, with a little chance of its own for what no indicator needs."""

    code: str
    town: str
    shop: str
    moment: datetime
    results: dict[str, float]
    votes: dict[str, float]
    ticket: bool
    chance: float

    def happened(self, result: str) -> bool:
        return self.results[result] == 1


def orders(quarter: Quarter, starts: date, ends: date) -> Iterator[Order]:
    """The quarter's orders between its first and its last day, in order of time."""
    chance = np.random.default_rng([SEED, quarter.first_order]).random(quarter.moment.size)
    days = (ends - starts).days + 1
    first = datetime.combine(starts, datetime.min.time()) + OPENING
    results = _rows(quarter.results)
    votes = _rows(quarter.votes)
    for index, (moment, town) in enumerate(zip(quarter.moment.tolist(), quarter.town.tolist(), strict=True)):
        day, rest = divmod(moment * days, 1)
        yield Order(
            code=f"AU-{quarter.first_order + index}",
            town=TOWNS[town],
            shop=f"N{town + 1:02d}",
            moment=first + timedelta(days=int(day), minutes=int(rest * OPEN_MINUTES)),
            results=results[index],
            votes=votes[index],
            ticket=bool(quarter.ticket[index]),
            chance=float(chance[index]),
        )


def _rows(columns: dict[str, Numbers]) -> list[dict[str, float]]:
    """The columns as one dictionary for each order."""
    values = np.column_stack(list(columns.values())).tolist()
    return [dict(zip(columns, row, strict=True)) for row in values]


def _italian_day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _italian(moment: datetime) -> str:
    return f"{_italian_day(moment)} {moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"


def _iso(moment: datetime) -> str:
    return moment.isoformat(" ")


def _vote(value: float) -> str:
    return "" if isnan(value) else str(int(value))


def _contacts(order: Order) -> list[str]:
    refused = ("scaduta", "non trovata")[order.chance > 0.5]
    outcome = refused if order.happened("promozione_non_valida") else "valida"
    day = _italian_day(order.moment)
    return [order.code, day, order.shop, str(int(order.results["messaggi_ricevuti"])), outcome]


def _assortment(order: Order) -> list[str]:
    missing = 1 + (order.chance > 0.8) if order.happened("articolo_mancante") else 0
    price = "diverso" if order.happened("prezzo_diverso") else "uguale"
    returned = "ripensamento" if order.chance > 0.96 else "nessuno"
    reason = "difetto" if order.happened("reso_per_difetto") else returned
    return [order.code, order.moment.date().isoformat(), order.shop, str(missing), price, reason]


def _shops(order: Order) -> list[str]:
    queue = order.moment - timedelta(minutes=order.results["attesa_cassa"])
    helped = "sì" if order.happened("aiuto_personale") else ""
    fitted = "riuscito" if order.happened("montaggio_riuscito") else "da rifare"
    day = _italian_day(order.moment)
    return [order.code, day, order.shop, order.town, _italian(queue), _italian(order.moment), helped, fitted]


def _web(order: Order) -> list[str]:
    attempts = 2 + (order.chance > 0.7) if order.happened("pagamento_ripetuto") else 1
    seconds = 3.1 + 4 * order.chance if order.happened("pagina_lenta") else 0.6 + 2.2 * order.chance
    return [order.code, _iso(order.moment), order.shop, str(attempts), f"{seconds:.2f}".replace(".", ",")]


def _deliveries(order: Order) -> list[str]:
    sent = order.moment + timedelta(days=1 + int(order.chance * 2), hours=2)
    promised = sent.date() + timedelta(days=4)
    delay = 1 + int(order.chance * 6) if order.happened("consegna_in_ritardo") else -int(order.chance * 3)
    delivered = datetime.combine(promised + timedelta(days=delay), datetime.min.time()) + OPENING
    state = "danneggiato" if order.happened("collo_danneggiato") else "integro"
    courier = COURIERS[int(order.chance * len(COURIERS))]
    day = _italian_day(order.moment)
    promise = _italian_day(promised)
    return [order.code, day, order.shop, courier, _italian(sent), promise, _italian(delivered), state]


def _documents(order: Order) -> list[str]:
    wait = timedelta(days=8 + 9 * order.chance if order.happened("fattura_in_ritardo") else 1 + 5 * order.chance)
    asked = order.moment + timedelta(days=10)
    slow = order.happened("rimborso_lento")
    paid = asked + timedelta(days=15 + 10 * order.chance if slow else 2 + 10 * order.chance)
    refund = [_iso(asked), _iso(paid.replace(microsecond=0))] if order.ticket else ["", ""]
    invoice = _iso((order.moment + wait).replace(microsecond=0))
    return [order.code, _iso(order.moment), order.shop, invoice, *refund]


def _tickets(order: Order) -> list[str] | None:
    if not order.ticket:
        return None
    contacts = "1" if order.happened("primo_contatto") else str(2 + int(order.chance * 3))
    called = order.moment + timedelta(days=7, minutes=int(order.chance * 300))
    answered = called + timedelta(minutes=order.results["attesa_telefono"])
    day = _italian_day(order.moment)
    return [f"R{order.code[3:]}", order.code, day, order.shop, _italian(called), _italian(answered), contacts]


STAGE_VOTES = ("voto_scoperta", "csat_scelta", "voto_acquisto", "voto_consegna", "csat_uso", "voto_assistenza")


def _survey(order: Order) -> list[str] | None:
    votes = [_vote(order.votes[name]) for name in STAGE_VOTES]
    return [order.code, _italian_day(order.moment), order.shop, *votes] if any(votes) else None


def _relation(order: Order) -> list[str] | None:
    vote = _vote(order.votes["nps"])
    return [order.code, order.moment.date().isoformat(), order.shop, vote] if vote else None


@dataclass(frozen=True)
class Export:
    """A department's file: name, separator, encoding, header, and one line for an order (None: it is not in it)."""

    name: str
    separator: str
    encoding: str
    header: str
    line: Callable[[Order], list[str] | None]


EXPORTS = (
    Export("marketing_contatti.csv", ";", "utf-8", "ordine data_ordine negozio messaggi promozione", _contacts),
    Export("acquisti_assortimento.csv", ",", "utf-8", "ordine data_ordine negozio mancanti prezzo reso", _assortment),
    Export(
        "negozi_vendite.csv",
        ";",
        "cp1252",
        "ordine data_ordine negozio città in_coda alla_cassa aiutato montaggio",
        _shops,
    ),
    Export("ecommerce_ordini.tsv", "\t", "utf-8", "ordine data_ordine negozio tentativi secondi_pagina", _web),
    Export(
        "logistica_consegne.csv",
        ";",
        "utf-8-sig",
        "ordine data_ordine negozio corriere spedito promesso consegnato stato",
        _deliveries,
    ),
    Export(
        "amministrazione_documenti.csv",
        ",",
        "utf-8",
        "ordine data_ordine negozio fattura rimborso_chiesto rimborso_pagato",
        _documents,
    ),
    Export(
        "assistenza_richieste.csv",
        ";",
        "utf-8",
        "richiesta ordine data_ordine negozio chiamata risposta contatti",
        _tickets,
    ),
    Export(
        "indagine_percorso.csv",
        ";",
        "utf-8",
        "ordine data_ordine negozio scoperta scelta acquisto consegna uso assistenza",
        _survey,
    ),
    Export("indagine_relazione.csv", ",", "utf-8", "ordine data_ordine negozio consiglierebbe", _relation),
)


def write_export(file: Path, export: Export, known: Iterable[Order]) -> None:
    """Write the orders as the department exports them; no value holds a separator, so none needs quotes."""
    rows = [export.header.split()]
    rows += [line for line in map(export.line, known) if line is not None]
    text = "".join(export.separator.join(row) + "\r\n" for row in rows)
    file.write_bytes(text.encode(export.encoding))
