"""Every setting, in one file. What differs between machines comes from the environment (see .env.example).

Nothing is on unless it is switched on, and nothing secret has a default: ``DEVELOPMENT=1`` (set by ``make run`` and by
the tests) is the one switch that generates secrets in ``var/secrets`` and lets cookies travel over plain HTTP.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from trimestrale import chromium, connections, env, secrets
from trimestrale.processes import ADDRESS, HOST

# Before numpy is loaded: its matrices here are small, and threads would only wait for each other
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR: Path = env.BASE_DIR
DEVELOPMENT = env.flag("DEVELOPMENT", not env.text("DATABASE_URL"))
HTTPS = env.flag("HTTPS", not DEVELOPMENT)
DEBUG = env.flag("DEBUG")

SECRET_KEY = secrets.read("SECRET_KEY", generate=DEVELOPMENT)
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
PSEUDONYM_KEY = secrets.read("PSEUDONYM_KEY", generate=DEVELOPMENT)
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "percorso-del-cliente" if DEVELOPMENT else "")
DEMO_DIR = env.path("DEMO_DIR", "var/demo")
SECRETS_DIR = env.path("EMBEDDED_DIR", "var") / "secrets"

# Applications, in the order of the layers
INSTALLED_APPS = [
    "trimestrale.apps.TrimestraleConfig",
    "demo",
    "meetings",
    "metrics",
    "journeys",
    "company",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "trimestrale.notmodified.NotModified",
    "trimestrale.gauges.Refusals",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "company.middleware.SessionLimits",
    "company.middleware.OwnLanguage",
    "company.middleware.SecondFactor",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "metrics.unpublished.WhatInstead",
]
ROOT_URLCONF = "trimestrale.urls"
WSGI_APPLICATION = "trimestrale.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data
DATABASES = connections.databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": connections.cache_url(),
        "KEY_PREFIX": "trimestrale",
        "TIMEOUT": 3600,
    }
}
UPLOADS_DIR = env.path("UPLOADS_DIR", "var/uploads")
LAKE_DIR = env.path("LAKE_DIR", "var/lake")
PAPERS_DIR = env.path("PAPERS_DIR", "var/papers")
AUDIT_DIR = env.path("AUDIT_DIR", "var/audit")  # the audit log's heads, a line a day: keep it apart from the database
SWEEPER_HEARTBEAT = env.path("SWEEPER_HEARTBEAT", "var/sweeper.alive")  # the sweeper touches it at every round
METRICS_TOKEN = env.text("METRICS_TOKEN")  # without one /metrics is not there
BACKUP_HEARTBEAT = env.path("BACKUP_HEARTBEAT", "var/backup.done")  # whoever backs up touches it when it is done

# People and sessions
AUTH_USER_MODEL = "company.User"
AUTHENTICATION_BACKENDS = ["company.backends.MemberBackend"]
PASSWORD_HASHERS = [
    "trimestrale.hashers.Argon2Tuned",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_IDLE_SECONDS = int(timedelta(minutes=30).total_seconds())
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ACCOUNT_ADAPTER = "company.adapter.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "15/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reset_password": "15/m/ip,5/5m/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=15).total_seconds())
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
SECOND_FACTOR = env.text("SECOND_FACTOR", "off" if DEVELOPMENT else "roles")  # or everybody
MFA_ADAPTER = "company.adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "La Trimestrale del Cliente"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are the administrator's word: the invitation arrived there
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)

# The wire
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}" if DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [
    r"^healthz$",
    r"^readyz$",
    r"^metrics$",
    r"^api/",
]  # keys are not redirected
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.number("TRUSTED_PROXIES", 0) else None
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_SUBDOMAINS", default=HTTPS)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # a grid of thirteen weeks
DATA_UPLOAD_MAX_NUMBER_FILES = 1
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 1 << 30)
UPLOADS_AN_HOUR = env.number("UPLOADS_AN_HOUR", 20)
UPLOADS_A_DAY = env.number("UPLOADS_A_DAY", 100)
FILE_UPLOAD_HANDLERS = [
    "journeys.incoming.LimitedUpload",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

# Language
LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English"), ("fr", "Français")]
LANGUAGE_COOKIE_NAME = "__Host-lang" if HTTPS else "lang"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY = HTTPS, True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Rome"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours only: no app's own scripts
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "trimestrale.staticnames.HashedEverywhere"
        if env.flag("STATIC_MANIFEST", default=True)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Letters: on the console while developing; links in them, and the code phones vote by, begin with SITE_URL
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'console' if DEVELOPMENT and not env.text('EMAIL_HOST') else 'smtp'}.EmailBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "trimestrale@localhost")
SITE_URL = env.text("SITE_URL", ADDRESS if DEVELOPMENT else "").rstrip("/")

# Paper: the browser that prints, "" where the machine has none
CHROMIUM = chromium.find() or ""
CHROMIUM_ARGUMENTS = chromium.ARGUMENTS

# What the sweeper does every minute: dotted names of functions of ``now`` that know from their own rows what is due
CHORES: list[str] = [
    "metrics.paper.sweep",
    "metrics.letters.deliver",
    "journeys.drafting.collect",
    "journeys.calls.forget",
    "journeys.reminding.remind",
    "meetings.letters.deliver",
    "meetings.reminders.remind",
    "meetings.reminders.announce",
    "metrics.publish.announce",
    "metrics.refresh.renew",
    "metrics.verifying.due",
    "metrics.trying.sweep",
    "metrics.alarm.tell",
    "company.audit.export_heads",
    "company.invitations.deliver",
]

# What stands above the report and has something to say on its front page: functions of membership and quarter
FRONT_BLOCKS: list[str] = ["meetings.front.block"]
PAGES_STAND_ON: list[str] = ["meetings.front.ROWS"]  # and of which rows it says it (see metrics.doorstep)

# Who is told that an edition has become visible: functions of the edition
ANNOUNCED_BY: list[str] = ["metrics.letters.send_quarter"]

# Which indicators of which quarters somebody discussed or decided upon: functions of the company
DISCUSSED_BY: list[str] = ["meetings.discussed.discussed"]

# What the audit log's entries mean, room by room
AUDITED: list[str] = [f"{room}.audited.GLOSSARY" for room in ("company", "journeys", "metrics", "meetings")]
AUDITED += ["company.people.GLOSSARY"]

# What a changed weight or threshold asks for: a function of company, actor, reason and whether the past is restated
REDEFINED_BY = "metrics.publish.redefine"

# Work: the job ledger in PostgreSQL is the record, the broker only rings the bell (reliability, 4.2)
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 60)
CELERY_BROKER_URL = connections.broker_url()
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": not connections.embedded_redis(),
    "health_check_interval": 25,
}
CELERY_VISIBILITY_TIMEOUT = 1800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"

# Logs: one JSON object a line on standard output, without personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "trimestrale.logs.JsonFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": env.text("LOG_LEVEL", "WARNING")},
    "loggers": {"django.server": {"handlers": ["stdout"], "level": "WARNING", "propagate": False}},
}
