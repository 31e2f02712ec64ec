"""PURE: answers of this process, kept by everything they depend on; the oldest go when there are too many."""

from collections import OrderedDict
from dataclasses import dataclass, field

import brotli

ROOM = 32 * 1024 * 1024
QUALITY = 5


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
class Kept:
    """At most ``room`` bytes; what was asked for last stays longest."""

    room: int = ROOM
    held: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: str) -> Answer | None:
        """The answer, if it is still there."""
        found = self.held.get(key)
        if found is not None:
            self.held.move_to_end(key)
        return found

    def put(self, key: str, given: Answer) -> None:
        """Keeps the answer unless it alone is larger than a tenth of the room."""
        if given.size * 10 > self.room or key in self.held:
            return
        self.held[key] = given
        self.size += given.size
        while self.size > self.room:
            self.size -= self.held.popitem(last=False)[1].size
