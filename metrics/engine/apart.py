"""Work done meanwhile in a process of its own, so that two cores reckon and neither waits for the other's lock."""

import os
import signal
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Generic, NoReturn, TypeVar

from journeys.confinement import die_with

T = TypeVar("T")


class Ended(Exception):
    """The other process ended without an answer."""


class Apart(Generic[T]):
    """Work begun in a process of its own; to call it is to wait for its result, or for what it raised.

    The process is a fork: what is known here is known there, and nothing is loaded again. (``multiprocessing`` does
    not let a worker's child have a child.) The result comes pickled. Raises :class:`Ended` when the process was
    killed. It outlives neither us nor the last who could ask for its result.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._reader, writer = Pipe(duplex=False)
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._reader.close()
            _work(work, writer, parent)
        writer.close()
        self._end = weakref.finalize(self, _end, child, parent)
        self._end.atexit = False

    def __call__(self) -> T:
        return self._result

    @cached_property
    def _result(self) -> T:
        try:
            result, error = self._reader.recv()
        except (EOFError, OSError) as cause:  # killed before its answer, or in the middle of it
            raise Ended from cause
        finally:
            self._end()
            self._reader.close()
        if error is not None:
            raise error
        found: T = result
        return found


def _work(work: Callable[[], Any], writer: Connection, parent: int) -> NoReturn:
    """In the child, which ends here whatever happens: nothing it inherits is tidied up, as none of it is its own."""
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
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _end(child: int, parent: int) -> None:
    if os.getpid() == parent:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
