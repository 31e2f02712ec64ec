"""The product's settings as the tests want them: their own servers' folder, fixed keys, a fast password hash."""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
for _name, _value in {
    "DEVELOPMENT": "1",
    "EMBEDDED_DIR": "var/test",
    "SECRET_KEY": "only-for-tests-" * 4,
    "PSEUDONYM_KEY": "pseudonyms-of-tests-" * 3,
    "STATIC_MANIFEST": "0",
}.items():
    os.environ.setdefault(_name, _value)

from trimestrale.settings import *  # noqa: E402, F403
from trimestrale.settings import CACHES, DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES["default"]["KEY_PREFIX"] = f"test-{WORKER}"
DATABASES["default"]["TEST"] = {"MIRROR": "owner"}  # one test database: the owner makes it, the product uses it
DATABASES["owner"]["TEST"] = {"DEPENDENCIES": []}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
