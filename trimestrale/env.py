"""Environment variables, read once and typed."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """Value of the variable, or the default when it is unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on (any case); the default when unset or empty."""
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    """Integer value of the variable; ValueError when it is not one."""
    return int(text(name, str(default)))


def items(name: str, default: str = "") -> list[str]:
    """Comma-separated values without blanks."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def path(name: str, default: str) -> Path:
    """Path; a relative one starts at the checkout."""
    return BASE_DIR / text(name, default)
