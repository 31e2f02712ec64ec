"""The minutes on paper: a tagged PDF, for who downloads them and for the letter to those present."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Error

from meetings.minutes import minutes_of
from meetings.models import Meeting
from metrics.printing import NoBrowser, pdf

ALONE = Lock()
logger = logging.getLogger(__name__)


def paper(meeting: Meeting) -> bytes | None:
    """The minutes as they are now, in the language in use; None where no Chromium prints them.

    Of one process one prints at a time, and the same minutes are not printed twice.
    """
    context = {"minutes": minutes_of(meeting), "meeting": meeting, "address": settings.SITE_URL}
    document = render_to_string("meetings/paper.html", context)
    try:
        with ALONE:
            return _printed(document)
    except (NoBrowser, Error) as fault:
        logger.warning("minutes of %s were not printed: %s", meeting.pk, type(fault).__name__)
        return None


@lru_cache(maxsize=4)
def _printed(document: str) -> bytes:
    with ThreadPoolExecutor(max_workers=1) as alone:  # Playwright's loop wants a thread that Django does not use
        return alone.submit(pdf, document, "", lambda _step: None).result()
