"""PURE: answers of this process, kept by everything they depend on; the oldest go when there are too many."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import brotli

ROOM = 32 * 1024 * 1024
QUALITY = 5


class Sized(Protocol):
    """Whatever says how many bytes it takes."""

    @property
    def size(self) -> int: ...


Held = TypeVar("Held", bound=Sized)


@dataclass(frozen=True)
class Answer:
    """What is sent again: plain, and compressed for who takes it."""

    headers: dict[str, str]
    plain: bytes
    packed: bytes

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed)


def answer(headers: dict[str, str], plain: bytes) -> Answer:
    """The answer with its compressed form; files that are compressed already stay as they are."""
    packed = brotli.compress(plain, quality=QUALITY) if headers["Content-Type"].startswith("text/") else b""
    return Answer(headers, plain, packed)


@dataclass
class Kept(Generic[Held]):
    """At most ``room`` bytes; what was asked for last stays longest."""

    room: int = ROOM
    held: OrderedDict[str, Held] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: str) -> Held | None:
        """The answer, if it is still there."""
        found = self.held.get(key)
        if found is not None:
            self.held.move_to_end(key)
        return found

    def put(self, key: str, given: Held) -> None:
        """Keeps the answer in the place of the one before, unless it alone is larger than a tenth of the room."""
        if given.size * 10 > self.room:
            return
        if key in self.held:
            self.size -= self.held.pop(key).size
        self.held[key] = given
        self.size += given.size
        while self.size > self.room:
            self.size -= self.held.popitem(last=False)[1].size
