"""Anybody chooses the language of the pages: three of them, remembered by the browser."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from company.models import User


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("it", "Accedi"), ("en", "Sign in"), ("fr", "Se connecter")])
def test_who_is_not_signed_in_chooses_a_language(client: Client, language: str, title: str) -> None:
    client.post(reverse("language"), {"language": language})
    page = client.get(reverse("login")).content.decode()
    assert f'<html lang="{language}">' in page
    assert f"<h1>{title}</h1>" in page


@pytest.mark.django_db
def test_without_a_choice_the_browser_says_which_language(client: Client) -> None:
    assert '<html lang="fr">' in client.get(reverse("login"), headers={"accept-language": "fr-CA,fr"}).content.decode()


@pytest.mark.django_db
def test_a_language_nobody_speaks_here_is_italian(client: Client) -> None:
    assert '<html lang="it">' in client.get(reverse("login"), headers={"accept-language": "ja"}).content.decode()


def test_the_choice_leads_back_to_the_page_it_was_made_on(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    offer = client.get(reverse("language"), {"next": "/metodo/"})
    assert 'value="/metodo/"' in offer.content.decode()
    assert client.post(reverse("language"), {"language": "en", "next": "/metodo/"})["Location"] == "/metodo/"


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_the_choice_never_leads_to_another_host(client: Client, elsewhere: str) -> None:
    assert client.post(reverse("language"), {"language": "en", "next": elsewhere})["Location"] == "/"


@pytest.mark.django_db
def test_what_is_no_language_of_ours_is_not_remembered(client: Client) -> None:
    response = client.post(reverse("language"), {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies
