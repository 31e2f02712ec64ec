"""A small company of two departments and their exports, with every rule that looks across rows: last, count, join."""

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

from company.models import Company
from journeys.companyfile.importing import import_folder

Rows = Sequence[Sequence[str]]
DELIVERIES = ("ordine", "giorno", "negozio", "partito", "arrivato", "promesso")
VOTES = ("risposta", "ordine", "giorno", "voto", "quando")
COMPANY = """\
company: {slug: digest, name: Digest, unit_name: negozio}
quarters: {first: 2026-1, last: 2026-2}
departments:
  - {slug: logistica, name: Logistica}
  - {slug: voce, name: Voce del cliente}
journey:
  name: Percorso
  stages:
    - {slug: consegna, name: Consegna, question: "Arriva in tempo?"}
indicators:
  - {slug: voto, name: Voto, definition: Da 1 a 5., role: outcome, kind: mean, worst: 1, best: 5, department: voce,
     stage: consegna, in_health: true, evidence: survey}
  - {slug: ritardo, name: Ritardo, definition: Arrivato dopo la promessa., role: result, kind: share,
     higher_is_better: false, department: logistica, stage: consegna, evidence: record, influences: [consegna]}
  - {slug: viaggio, name: Viaggio, definition: Giorni di viaggio., role: result, kind: median, unit: days,
     higher_is_better: false, department: logistica, stage: consegna, evidence: record}
  - {slug: colli, name: Colli, definition: Righe per ordine., role: result, kind: mean, department: logistica,
     stage: consegna, evidence: record, influences: [consegna]}
sources:
  - slug: consegne
    name: Consegne
    department: logistica
    mapping:
      date: giorno
      case: ordine
      unit: negozio
      last_by: [arrivato]
      values:
        - {indicator: ritardo, later: {column: arrivato, than: promesso, by: day}}
        - {indicator: viaggio, duration: {start: partito, end: arrivato, by: days}}
        - {indicator: colli, count: rows}
  - slug: voti
    name: Voti
    department: voce
    mapping:
      date: giorno
      case: ordine
      last_by: [quando, risposta]
      values:
        - {indicator: voto, column: voto}
"""


def make_company(folder: Path) -> Company:
    """The company, without a single row of data."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "company.yml").write_text(COMPANY)
    company, _ = import_folder(folder, lambda line: None)
    return company


def rows(seed: int = 7, orders: int = 160) -> tuple[list[list[str]], list[list[str]]]:
    """Deliveries (some orders in several parcels) and votes (some customers change their mind), over two quarters."""
    chance = random.Random(seed)
    deliveries, votes = [], []
    for number in range(orders):
        order, day = f"O{number:04}", f"2026-{chance.randint(1, 6):02}-{chance.randint(1, 27):02}"
        shop = chance.choice(["Roma", "Bari", "Pisa"])
        for parcel in range(chance.choice([1, 1, 1, 2, 3])):
            late = chance.random() < 0.3
            deliveries.append([order, day, shop, f"{day} 08:0{parcel}", f"{day} 1{2 + 7 * late}:30", f"{day}"])
            if late:
                deliveries[-1][4] = f"{day[:8]}28 10:0{parcel}"
        for answer in range(chance.choice([0, 1, 1, 2])):
            votes.append([f"R{number}-{answer}", order, day, str(chance.randint(1, 5)), f"{day} 20:0{answer}"])
    return deliveries, votes


def as_csv(header: Sequence[str], lines: Rows) -> bytes:
    """The rows as a department would export them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([header, *lines])
    return out.getvalue().encode()
