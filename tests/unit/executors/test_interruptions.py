"""An interruption that a library drops ends a run all the same, after the benchmark it hit."""

import signal
import threading

import pytest

from weighin.executors.here import _interruptions


@pytest.fixture(autouse=True)
def _as_in_a_terminal():
    """A shell that runs tests in the background makes them ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupted:
    """Is asked by who takes every exception for its failure."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_is_dropped_is_heard():
    with _interruptions() as heard:
        Interrupted()
    assert heard == [signal.SIGINT]


def test_it_is_raised_as_ever_and_leaves_nothing_behind():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), _interruptions() as heard:
        signal.raise_signal(signal.SIGINT)
    assert heard == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_somebody_else_stays():
    told = []
    before = signal.signal(signal.SIGINT, lambda number, _: told.append(number))
    try:
        with _interruptions() as heard:
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (told, heard) == ([signal.SIGINT], [])


def test_another_thread_has_none():
    found = []

    def enter() -> None:
        with _interruptions() as heard:
            found.append(heard)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert found == [[]]
