"""Many readers at once, as cheaply as can be: one thread, plain sockets, requests one after the other on each."""

import selectors
import socket
import time
from dataclasses import dataclass, field


@dataclass
class Reader:
    """A connection, what it has received of the answer, and when it asked."""

    wire: socket.socket
    asked: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    length: int = -1


def read_on(port: int, request: bytes, readers: int, seconds: float) -> tuple[list[float], float, bytes]:
    """Seconds each answer took, how long it all lasted, and the head of the last answer."""
    chooser = selectors.DefaultSelector()
    times: list[float] = []
    for _ in range(readers):
        reader = Reader(socket.create_connection(("127.0.0.1", port)))
        reader.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(reader.wire, selectors.EVENT_READ, reader)
        _ask(reader, request)
    began, head = time.perf_counter(), b""
    while time.perf_counter() - began < seconds:
        for key, _events in chooser.select(timeout=1):
            reader = key.data
            reader.received += reader.wire.recv(262_144)
            if _complete(reader):
                times.append(time.perf_counter() - reader.asked)
                head = bytes(reader.received.partition(b"\r\n\r\n")[0])
                _ask(reader, request)
    lasted = time.perf_counter() - began
    for key in list(chooser.get_map().values()):
        key.data.wire.close()
    return times, lasted, head


def _ask(reader: Reader, request: bytes) -> None:
    reader.received.clear()
    reader.length, reader.asked = -1, time.perf_counter()
    reader.wire.sendall(request)


def _complete(reader: Reader) -> bool:
    """Whether the whole answer is here, by its length; an answer without a body ends with its head."""
    if reader.length < 0:
        end = reader.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(reader.received[:end]).lower()
        _before, found, after = head.partition(b"content-length:")
        body = int(after.split(b"\r\n")[0]) if found else 0
        reader.length = end + 4 + body
    return len(reader.received) >= reader.length
