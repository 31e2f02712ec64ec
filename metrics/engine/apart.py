"""Work done meanwhile in a process of its own, so that two cores reckon and neither waits for the other's lock."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from journeys.confinement import die_with

T = TypeVar("T")


class Ended(Exception):
    """The other process ended without an answer."""


def apart(work: Callable[[], T]) -> Callable[[], T]:
    """Begin the work in a process of its own; what is returned waits for its result, or raises what it raised.

    The result comes pickled. Raises :class:`Ended` when the process was killed; it does not outlive us. It is a plain
    fork: what is known here is known there, and ``multiprocessing`` gives a worker of the queue no processes.
    """
    reader, writer = Pipe(duplex=False)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _work(work, writer, parent)
    writer.close()

    @cache
    def answer() -> T:
        with reader:
            try:
                result, error = reader.recv()
            except EOFError:
                raise Ended from None
            finally:
                with suppress(ChildProcessError):  # somebody who waits for every child was quicker
                    os.waitpid(child, 0)
        if error is not None:
            raise error
        found: T = result
        return found

    return answer


def _work(work: Callable[[], Any], writer: Connection, parent: int) -> None:
    """Answers and ends, whatever happens: nothing of the parent's may run on in here."""
    status = 1
    try:
        die_with(parent)
        told: tuple[Any, Exception | None]
        try:
            told = work(), None
        except Exception as error:
            told = None, error
        writer.send(told)
        status = 0
    finally:
        os._exit(status)
