"""Phones that vote: each a browser of its own, without an account."""

import re
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from meetings.models import Poll

Phone = tuple[OpenerDirector, str]


def phone(home: str, poll: Poll) -> Phone:
    """A phone that has scanned the code: its cookies, and the token of its form."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{home}/riunioni/voto/{poll.key}/").read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return opener, found[1]


def send(home: str, poll: Poll, made: Phone, dots: dict[str, int]) -> int:
    """The status that answers the phone's dots."""
    opener, token = made
    body = urlencode({"csrfmiddlewaretoken": token, **dots}).encode()
    try:
        return int(opener.open(f"{home}/riunioni/voto/{poll.key}/", body).status)
    except HTTPError as error:
        return error.code
