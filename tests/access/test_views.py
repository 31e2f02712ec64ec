"""How views get their rows, and what they tell caches."""

import re
from pathlib import Path

import pytest
from django.test import Client

from company.models import User
from trimestrale.env import BASE_DIR

VIEWS = sorted(
    file for app in ("company", "journeys", "metrics", "meetings") for file in (BASE_DIR / app).glob("views*/**/*.py")
)
VIEWS += sorted(BASE_DIR.glob("*/views.py"))


@pytest.mark.parametrize("file", VIEWS, ids=lambda file: str(file.relative_to(BASE_DIR)))
def test_no_view_fetches_a_row_by_itself(file: Path) -> None:
    found = re.findall(r"objects\.(?:get|filter|all)\(|get_object_or_404", file.read_text())
    assert [text for text in found if file != BASE_DIR / "company" / "views.py"] == []


@pytest.mark.parametrize("address", ["/dati/", "/dati/carica/", "/accedi/"])
def test_pages_of_data_are_kept_by_no_cache(client: Client, analyst: User, address: str) -> None:
    if address != "/accedi/":
        client.force_login(analyst)
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_a_poll_after_the_session_ended_moves_the_window_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/dati/lavori/1/", headers={"hx-request": "true"})
    assert response.headers["HX-Redirect"] == "/accedi/?next=/dati/lavori/1/"
    assert response.content == b""
