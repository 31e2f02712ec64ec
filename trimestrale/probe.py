"""Health of one process, asked from inside its container: ``python -m trimestrale.probe web|worker|sweeper``.

Exit status 0 when it is well; otherwise 1 and a sentence.
"""

import os
import socket
import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

from trimestrale import env


def web() -> str:
    """Empty, or why the pages cannot be served; asks /readyz under a name the product answers to."""
    name = env.items("ALLOWED_HOSTS", "localhost")[0].lstrip(".")
    request = Request(f"http://127.0.0.1:{env.number('PORT', 8000)}/readyz", headers={"Host": name})
    try:
        with urlopen(request, timeout=8):  # noqa: S310
            return ""
    except (URLError, OSError) as error:
        return f"the web process does not answer: {error}"


def worker() -> str:
    """Empty, or why this machine's worker takes no work."""
    from trimestrale.celery import app

    name = f"celery@{socket.gethostname()}"
    return "" if app.control.ping(destination=[name], timeout=8) else f"{name} does not answer"


def sweeper() -> str:
    """Empty, or since when the sweeper has been silent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")
    import django

    django.setup()
    from trimestrale import health

    return "" if health.sweeping() else f"the sweeper has been silent for over {health.SILENT_SWEEPER} seconds"


PROBES = {"web": web, "worker": worker, "sweeper": sweeper}

if __name__ == "__main__":
    sys.exit(PROBES[sys.argv[1]]() or 0)
