"""The product as granian serves it, on the bench's own database."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
