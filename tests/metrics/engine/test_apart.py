"""Work in a process of its own: its result, its errors, and its end."""

import multiprocessing
import os
import signal
import time

import psutil
import pytest

from metrics.engine.apart import Apart, Ended


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
