"""Work in a process of its own: its result, its error, its death; from within a worker of the queue too."""

import multiprocessing
import os
import signal
from functools import partial
from multiprocessing.connection import Connection

import pytest

from metrics.engine.apart import Ended, apart


def test_the_result_comes_from_another_process_and_once() -> None:
    answer = apart(os.getpid)
    assert answer() == answer() != os.getpid()


def test_what_the_work_raised_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        apart(partial(int, "x"))()


def test_a_killed_process_is_told() -> None:
    with pytest.raises(Ended):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL))()


def test_no_process_is_left_behind() -> None:
    left = apart(os.getpid)()
    with pytest.raises(ProcessLookupError):
        os.kill(left, 0)


def test_a_worker_of_the_queue_which_is_a_daemon_of_its_pool_may_have_work_apart_too() -> None:
    fork = multiprocessing.get_context("fork")
    reader, writer = fork.Pipe(duplex=False)
    worker = fork.Process(target=_ask, args=(writer,), daemon=True)
    worker.start()
    writer.close()
    assert reader.recv() == 3
    worker.join()


def _ask(writer: Connection) -> None:
    writer.send(apart(partial(sum, (1, 2)))())
