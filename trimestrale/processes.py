"""The three processes of the product, told once for `make run` and for containers.

``python -m trimestrale.processes web`` becomes that process; ``web`` first brings the database's tables up to date.
"""

import os
import sys

from trimestrale import env

HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)
ADDRESS = f"http://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}"
WEB = [
    *("-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(PORT)),
    *("--workers", env.text("WEB_WORKERS", "2"), "--blocking-threads", "1", "--no-ws", "--log-level", "warning"),
    *("--respawn-failed-workers", "--workers-kill-timeout", "5", "trimestrale.wsgi:application"),
]
WORKER = [
    *("-m", "celery", "-A", "trimestrale.celery", "worker", "--concurrency", env.text("WORKERS", "2")),
    *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
]
SWEEPER = ["manage.py", "sweep"]
ALL = {"web": WEB, "worker": WORKER, "sweeper": SWEEPER}


def main(name: str) -> None:
    """Becomes the process; never returns."""
    if name == "web":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
    os.chdir(env.BASE_DIR)
    os.execv(sys.executable, [sys.executable, *ALL[name]])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1])
