"""A small company's folder for tests: a company.yml and the two files it names."""

from pathlib import Path

COMPANY = """\
company:
  slug: prova
  name: Catena Prova
  unit_name: negozio
  time_zone: Europe/Rome
  thresholds: {hidden_under: 10, reduced_under: 30}

quarters: {first: 2026-2, last: 2026-3}

departments:
  - {slug: logistica, name: Logistica, stages: [consegna]}
  - {slug: clienti, name: Voce del cliente}
  - {slug: cassa, name: Cassa, stages: [acquisto]}

journey:
  name: Percorso
  weight: 1
  stages:
    - slug: acquisto
      name: Acquisto
    - slug: consegna
      name: Consegna
      question: Arriva nel giorno promesso?
      weight: 2
      touchpoints: [{slug: a-casa, name: Consegna a casa}]

units:
  - {code: N01, name: Forlì}

indicators:
  - slug: voto
    name: Voto
    definition: Voto da 1 a 5.
    role: outcome
    kind: mean
    worst: 1
    best: 5
    lowest: 1
    highest: 5
    whole: true
    department: clienti
    essential: true
    in_health: true
    evidence: survey
  - slug: in_ritardo
    name: Consegne in ritardo
    definition: Consegnate dopo il giorno promesso.
    role: result
    kind: share
    higher_is_better: false
    department: logistica
    stage: consegna
    touchpoint: a-casa
    evidence: record
    influences: [consegna, journey]
    targets: [{from: 2026-01-01, value: 0.05}]

sources:
  - slug: consegne
    name: Consegne
    department: logistica
    due_day: 8
    mapping:
      date: ordinato
      case: ordine
      unit: negozio
      values:
        - {indicator: in_ritardo, later: {column: consegnato, than: promesso, by: day}}
    files: [consegne.csv]
  - slug: voti
    name: Voti
    department: clienti
    mapping:
      date: ordinato
      case: ordine
      last_by: [risposto]
      values:
        - {indicator: voto, column: voto}
    files: [voti.csv]

people:
  - {email: capo@prova.example, name: Elena Conti, role: head, departments: [logistica]}
"""

WITHOUT_FILES = COMPANY.replace("    files: [consegne.csv]\n", "").replace("    files: [voti.csv]\n", "")

DELIVERIES = """\
ordine,negozio,ordinato,promesso,consegnato
A1,N01,2026-05-04,2026-05-08,2026-05-08
A2,N01,2026-05-05,2026-05-08,2026-05-10
A3,N02,2026-08-03,2026-08-07,2026-08-06
A4,N02,2026-08-04,2026-08-07,
"""

VOTES = """\
ordine,ordinato,risposto,voto
A1,2026-05-04,2026-05-12,5
A2,2026-05-05,2026-05-12,2
A2,2026-05-05,2026-05-14,3
A3,2026-08-03,2026-08-12,4
"""


def folder_with(folder: Path, company: str = COMPANY) -> Path:
    """The folder, made, with that company.yml and both data files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "company.yml").write_text(company, encoding="utf-8")
    (folder / "consegne.csv").write_text(DELIVERIES, encoding="utf-8")
    (folder / "voti.csv").write_text(VOTES, encoding="utf-8")
    return folder
