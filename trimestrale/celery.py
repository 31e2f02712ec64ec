"""The Celery application. Tasks live in each app's tasks module and take ids only."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")

app = Celery("trimestrale")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
