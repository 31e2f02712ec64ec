"""Password hashing with a memory cost that many sign-ins at once can afford."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Tuned(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum: 19 MiB, two passes, one lane (Django's default takes 100 MiB a sign-in)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
