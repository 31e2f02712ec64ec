"""The PDF of the whole report as the worker makes it, from the first page composed to the file that is kept."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from tests.bench.page import ready
from tests.bench.row import Row

if TYPE_CHECKING:
    from company.models import Membership

SECONDS = 20


def measure(folder: Path) -> list[Row]:
    """Seconds for the demo company's latest quarter, the slowest of the three languages; the first one finds nothing
    of the process warm."""
    from django.test.utils import override_settings

    from company.models import Membership, Role

    _client, address = ready(folder)
    head = Membership.objects.filter(role=Role.HEAD).order_by("pk")[0]
    with override_settings(PAPERS_DIR=folder / "papers"):
        slowest = max(_made(head, address.split("/")[2], language) for language, _name in settings.LANGUAGES)
    return [Row("pdf_report", slowest, SECONDS, slowest / SECONDS, 1, "s")]


def _made(head: "Membership", quarter: str, language: str) -> float:
    """Seconds of the job; AssertionError when there is no file at its end."""
    from django.utils.translation import override

    from metrics import paper
    from metrics.paperwork import Paper
    from metrics.shown import ask_for

    with override(language):
        wanted = paper.order(ask_for(head, quarter))
    began = time.perf_counter()
    paper.run(wanted.pk)
    seconds = time.perf_counter() - began
    done = Paper.objects.get(pk=wanted.pk)
    if done.state != Paper.State.DONE or not done.path.exists():
        raise AssertionError(f"the PDF was not made: {done.error}")
    return seconds
