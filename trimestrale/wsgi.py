"""Entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")
behind = get_wsgi_application()

from metrics.doorstep import Doorstep  # noqa: E402 - it needs Django's applications, which are there from here on
from trimestrale.latencies import Timed  # noqa: E402

application = Timed(Doorstep(behind))
