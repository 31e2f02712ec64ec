"""Work in a process of its own: its result, its errors, and its end."""

import os
import signal
import time

import psutil
import pytest

from metrics.engine.apart import Ended, apart


def test_the_result_comes_from_another_process() -> None:
    assert apart(os.getpid)() != os.getpid()


def test_who_began_it_goes_on_meanwhile() -> None:
    reader, writer = os.pipe()
    answer = apart(lambda: os.read(reader, 4))
    os.write(writer, b"done")
    assert answer() == b"done"


def test_who_asks_twice_is_told_the_same() -> None:
    answer = apart(time.monotonic_ns)
    assert answer() == answer()


def test_an_error_is_raised_where_the_result_is_waited_for() -> None:
    answer = apart(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        answer()


def test_a_killed_process_is_told_from_a_result() -> None:
    answer = apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(Ended):
        answer()


def test_it_does_not_outlive_who_began_it() -> None:
    reader, writer = os.pipe()

    def wait() -> None:
        os.write(writer, str(os.getpid()).encode())
        signal.pause()

    parent = os.fork()
    if parent == 0:
        apart(wait)
        signal.pause()
    child = psutil.Process(int(os.read(reader, 20)))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    child.wait(10)
    assert not child.is_running()
