"""Work done meanwhile in a process of its own, so that two cores reckon and neither waits for the other's lock."""

import multiprocessing
import os
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from journeys.confinement import die_with

T = TypeVar("T")
FORK = multiprocessing.get_context("fork")  # what is known here is known there, and nothing is loaded again


class Ended(Exception):
    """The other process ended without an answer."""


def apart(work: Callable[[], T]) -> Callable[[], T]:
    """Begin the work in a process of its own; what is returned waits for its result, or raises what it raised.

    The result comes pickled. Raises :class:`Ended` when the process was killed; it does not outlive us.
    """
    reader, writer = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_work, args=(work, writer, os.getpid()), daemon=True)
    process.start()
    writer.close()

    @cache
    def answer() -> T:
        with reader:
            try:
                result, error = reader.recv()
            except EOFError:
                raise Ended from None
            finally:
                process.join()
        if error is not None:
            raise error
        found: T = result
        return found

    return answer


def _work(work: Callable[[], Any], writer: Connection, parent: int) -> None:
    die_with(parent)
    with writer:
        told: tuple[Any, Exception | None]
        try:
            told = work(), None
        except Exception as error:
            told = None, error
        writer.send(told)
