"""Every setting, in one file. Values that differ between machines come from the environment (see .env.example)."""

from pathlib import Path

import dj_database_url

from trimestrale import embedded, env

BASE_DIR: Path = env.BASE_DIR
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "x" * 60)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL") or embedded.postgres_url(), conn_max_age=60)}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "company",
    "journeys",
    "metrics",
    "demo",
]
AUTH_USER_MODEL = "company.User"
USE_TZ = True
TIME_ZONE = "Europe/Rome"
LANGUAGE_CODE = "it"
UPLOADS_DIR = env.path("UPLOADS_DIR", "var/uploads")
LAKE_DIR = env.path("LAKE_DIR", "var/lake")
STATIC_URL = "static/"
ROOT_URLCONF = "trimestrale.urls"
