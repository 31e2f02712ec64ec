"""PURE: raw dictionaries questioned one key at a time: every question answers with a value or a ``MappingError``."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from journeys.reading.numbers import NumberFormat
from journeys.reading.personal import names_a_worker


class MappingError(ValueError):
    """The mapping cannot be used: the key at fault (``values[2].duration.by``), a code, and what a sentence needs."""

    def __init__(self, key_path: str, message_code: str, args: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{key_path}: {message_code}")
        self.key_path = key_path
        self.message_code = message_code
        self.arguments = dict(args or {})


class Reader:
    """One dictionary of the mapping and its path."""

    def __init__(self, data: Any, path: str, allowed: tuple[str, ...] | None) -> None:
        self.path = path
        if not isinstance(data, Mapping):
            raise MappingError(path, "not_a_mapping")
        self.data: Mapping[str, Any] = data
        for key in data:
            if allowed is not None and key not in allowed:
                raise MappingError(self.at(str(key)), "unknown_key", {"key": str(key), "known": ", ".join(allowed)})

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str, default: str | None = None) -> str:
        """A text that says something."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise MappingError(self.at(key), "missing_key", {"key": key})
        if not isinstance(value, str) or not value.strip():
            raise MappingError(self.at(key), "not_a_text")
        return value.strip()

    def column(self, key: str, default: str | None = None) -> str:
        """A header that may be read."""
        return column(self.text(key, default), self.at(key))

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of the choices."""
        value = self.text(key, default)
        if value not in choices:
            raise MappingError(self.at(key), "unknown_choice", {"value": value, "known": ", ".join(choices)})
        return value

    def number(self, key: str) -> Decimal:
        """A number, written with a point."""
        value = self.data.get(key)
        if value is None:
            raise MappingError(self.at(key), "missing_key", {"key": key})
        return number(value, self.at(key))

    def whole(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 on."""
        value = self.data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise MappingError(self.at(key), "not_a_number")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
            raise MappingError(self.at(key), "not_a_list")
        return tuple(str(item).strip() for item in value)


def column(name: str, path: str) -> str:
    """The header, unless it tells workers apart."""
    if name and names_a_worker(name):
        raise MappingError(path, "worker_column", {"column": name})
    return name


def number(value: Any, path: str) -> Decimal:
    """A number, written with a point."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise MappingError(path, "not_a_number")
    try:
        return NumberFormat().parse(str(value))
    except ValueError:
        raise MappingError(path, "not_a_number") from None
