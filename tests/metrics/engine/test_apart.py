"""Work in a process of its own: its result, its errors, and its end."""

import multiprocessing
import os
import signal
import time

import psutil
import pytest

from metrics.engine.apart import Apart, Ended


class Late(Exception):
    """A time limit, as the queue sets them."""


def test_the_result_comes_from_another_process() -> None:
    assert Apart(os.getpid)() != os.getpid()


def test_who_began_it_goes_on_meanwhile() -> None:
    reader, writer = os.pipe()
    answer = Apart(lambda: os.read(reader, 4))
    os.write(writer, b"done")
    assert answer() == b"done"


def test_who_asks_twice_is_told_the_same() -> None:
    answer = Apart(time.monotonic_ns)
    assert answer() == answer()


def test_an_error_is_raised_where_the_result_is_waited_for() -> None:
    answer = Apart(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        answer()


def test_no_process_is_left_behind() -> None:
    left = Apart(os.getpid)()
    with pytest.raises(ProcessLookupError):
        os.kill(left, 0)


def test_a_killed_process_is_told_from_a_result() -> None:
    answer = Apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(Ended):
        answer()


def test_a_process_killed_in_the_middle_of_its_answer_is_told_too() -> None:
    others = psutil.Process().children()
    answer = Apart(lambda: bytes(10**7))
    (child,) = set(psutil.Process().children()).difference(others)
    while child.status() != psutil.STATUS_SLEEPING or not answer._reader.poll():  # until the pipe is full
        time.sleep(0.01)
    child.kill()
    with pytest.raises(Ended):
        answer()


def test_what_cuts_the_waiting_short_is_raised_at_once_and_ends_the_work() -> None:
    def late(*_: object) -> None:
        raise Late

    others = psutil.Process().children()
    answer = Apart(signal.pause)
    held = signal.signal(signal.SIGALRM, late)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Late):
            answer()
    finally:
        signal.signal(signal.SIGALRM, held)
    assert not set(psutil.Process().children()).difference(others)


def test_another_that_lets_go_of_what_it_inherits_does_not_end_it() -> None:
    begun = [Apart(lambda: time.sleep(0.2))]
    Apart(begun.clear)()
    assert begun[0]() is None


def test_it_ends_with_the_last_who_could_ask_for_its_result() -> None:
    reader, writer = os.pipe()

    def wait() -> None:
        os.write(writer, str(os.getpid()).encode())
        signal.pause()

    work = Apart(wait)
    child = psutil.Process(int(os.read(reader, 20)))
    del work
    assert not child.is_running()


def test_a_result_that_cannot_be_sent_is_told_from_a_result(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Ended):
        Apart(lambda: open(os.devnull))()  # noqa: SIM115
    assert "cannot pickle" in capfd.readouterr().err


def test_a_process_of_a_pool_may_begin_it() -> None:
    """Celery's children are daemons, which ``multiprocessing`` forbids to have children."""
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=lambda: writer.send(Apart(lambda: 7)()), daemon=True)
    process.start()
    assert reader.poll(20)
    assert reader.recv() == 7
    process.join()


def test_it_does_not_outlive_who_began_it() -> None:
    reader, writer = os.pipe()

    def wait() -> None:
        os.write(writer, str(os.getpid()).encode())
        signal.pause()

    parent = os.fork()
    if parent == 0:
        Apart(wait)()
    child = psutil.Process(int(os.read(reader, 20)))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    child.wait(10)
    assert not child.is_running()
