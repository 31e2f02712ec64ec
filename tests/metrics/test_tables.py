"""One table for page and file: the same digits, numbers a spreadsheet reads as numbers, nothing it runs."""

import csv
import io
import re

import pytest
from django.test import Client

from company.models import Company, User
from metrics import shown as shown_module
from metrics.tables import bullet
from tests import make, make_report

FILES = (
    "fasi",
    "andamento",
    "ponte",
    "reparti",
    "percorso",
    "andamento.consegna",
    "risultati.consegna",
    "passaggi.consegna",
    "fattori.consegna.voto_consegna",
    "quote.consegna.voto_consegna",
    "impatto.logistica",
    "distanza.logistica",
    "contributi.logistica",
)


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader, signed in, whose company has the chain's report."""
    make_report.history(company, make_report.aurora())
    user = make.user(company)
    client.force_login(user)
    return user


def rows(client: Client, name: str) -> list[list[str]]:
    """The file's rows."""
    response = client.get(f"/t/2026-3/tabella/{name}.csv")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", FILES)
def test_every_table_is_a_file_of_equal_rows(reader: User, client: Client, name: str) -> None:
    found = rows(client, name)
    assert len(found) > 1
    assert {len(row) for row in found} == {len(found[0])}


def test_a_file_begins_with_a_byte_order_mark(reader: User, client: Client) -> None:
    assert client.get("/t/2026-3/tabella/ponte.csv").content.startswith(b"\xef\xbb\xbf")


def test_italian_numbers_have_a_comma_and_a_plain_minus(reader: User, client: Client) -> None:
    assert rows(client, "ponte")[5][:3] == ["Consegna", "-2,4", "68,8"]


def test_an_english_file_has_points_in_numbers_and_commas_between_fields(reader: User, client: Client) -> None:
    response = client.get("/t/2026-3/tabella/ponte.csv", headers={"Accept-Language": "en"})
    assert "Consegna,-2.4,68.8" in response.content.decode()


def test_the_bridge_adds_up_to_the_digit(reader: User, client: Client) -> None:
    numbers = [float(row[1].replace(",", ".")) for row in rows(client, "ponte")[2:-1]]
    assert round(69.8 + sum(numbers), 1) == 67.2


@pytest.mark.parametrize(
    ("name", "page"), [("ponte", ""), ("andamento", ""), ("risultati.consegna", "percorso/consegna/")]
)
def test_page_and_file_show_the_same_numbers(reader: User, client: Client, name: str, page: str) -> None:
    html = client.get(f"/t/2026-3/{page}").content.decode()
    start = html.index(f'data-table="{name}"')
    shown = re.sub(r"<[^>]+>", " ", html[start : html.index("</table>", start)]).replace("\u2212", "-").replace(".", "")
    for row in rows(client, name)[1:]:
        for cell in row:
            if re.fullmatch(r"-?\d+(,\d+)?", cell):
                assert cell in shown


def test_a_name_is_never_a_formula(reader: User, client: Client, company: Company) -> None:
    report = make_report.aurora()
    evil = report.content().replace('"name":"Consegna"', '"name":"=HYPERLINK(1)"')
    make_report.edition(company, type(report).parse(evil))
    shown_module._held.clear()
    assert rows(client, "ponte")[5][0] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "name", ["niente", "ponte.consegna", "risultati", "risultati.logistica", "impatto.consegna", "fasi.x"]
)
def test_an_unknown_table_is_not_found(reader: User, client: Client, name: str) -> None:
    assert client.get(f"/t/2026-3/tabella/{name}.csv").status_code == 404


def test_a_bullet_is_placed_on_its_scale() -> None:
    marks = bullet(0.5, 0.25, None, (0.0, 1.0))
    assert marks is not None
    assert (marks.now, marks.before, marks.target) == ("50.00", "25.00", "")


def test_a_bullet_that_does_not_fit_its_scale_is_not_drawn() -> None:
    assert bullet(1.5, None, None, (0.0, 1.0)) is None
    assert bullet(-0.1, None, None, (0.0, 1.0)) is None
