"""The Celery application. Tasks live in each app's tasks module and take ids only."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")

app = Celery("trimestrale")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_: object) -> None:
    """What is loaded stays: a child that works need not look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
