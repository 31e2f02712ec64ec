"""Entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from metrics.doorstep import Doorstep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")

application = Doorstep(get_wsgi_application())
