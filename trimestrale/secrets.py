"""The two secrets of an installation: Django's key and the key of the pseudonyms."""

import os
import secrets

from trimestrale import env

SHORTEST = 50
EXAMPLES = ("change-me", "django-insecure", "example", "xxxxxxxx")


class Missing(RuntimeError):
    """A secret is unset, short or a known example; the message names it and says how to make one."""


def read(name: str, *, generate: bool) -> str:
    """The secret from the environment or from the file named by ``<name>_FILE``.

    In development it is made once and kept in ``var/secrets``, readable by its owner only. ``Missing`` otherwise.
    """
    value = env.text(name)
    if not value and (file := env.text(f"{name}_FILE")):
        value = env.path(f"{name}_FILE", file).read_text().strip()
    if not value and generate:
        value = _kept(name)
    if len(value) < SHORTEST or any(example in value.lower() for example in EXAMPLES):
        raise Missing(
            f"{name} is unset, shorter than {SHORTEST} characters or a known example. "
            f'Make one: python -c "import secrets; print(secrets.token_urlsafe(60))"'
        )
    return value


def _kept(name: str) -> str:
    file = env.path("EMBEDDED_DIR", "var") / "secrets" / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as new:
        new.write(secrets.token_urlsafe(60))
    return file.read_text()
