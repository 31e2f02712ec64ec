"""The minutes on paper: a tagged PDF, for who downloads them and for the letter to those present."""

import logging
from collections.abc import Container
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Error

from meetings.minutes import minutes_of
from meetings.models import Meeting
from metrics.leaves import style
from metrics.printing import NoBrowser, pdf

ALONE = Lock()
logger = logging.getLogger(__name__)


def paper(meeting: Meeting, hidden: Container[str] = ()) -> bytes | None:
    """The minutes as they are now, in the language in use; None where no Chromium prints them.

    Of one process one prints at a time, and the same minutes are not printed twice. ``hidden`` as in ``deck.cards``.
    """
    said = minutes_of(meeting, hidden)
    context = {"minutes": said, "meeting": meeting, "address": settings.SITE_URL}
    document = render_to_string("meetings/paper.html", context)
    try:
        with ALONE:
            return _printed(document, style(said.shown))
    except (NoBrowser, Error) as fault:
        logger.warning("minutes of %s were not printed: %s", meeting.pk, type(fault).__name__)
        return None


@lru_cache(maxsize=4)
def _printed(document: str, margins: str) -> bytes:
    return pdf(document, margins)
