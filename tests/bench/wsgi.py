"""The product as granian serves it, on the bench's own database, with collected files; and a page of eight charts."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = os.environ["STATIC_MANIFEST"] != "1"
settings.ROOT_URLCONF = "tests.bench.urls"

from trimestrale.wsgi import application  # noqa: E402

__all__ = ["application"]
