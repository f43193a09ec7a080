"""One display of several workers."""

from tests.making.rules.builders import record

from weighin.errors import RunError
from weighin.executors.events import SilentListener
from weighin.executors.job import Reason, Recorded, Unrecorded
from weighin.executors.ray.display import Display
from weighin.executors.ray.worker import Board, Telling, Told


class Heard(SilentListener):
    def __init__(self):
        self.told = []

    def benchmark_started(self, benchmark):
        self.told.append(f"{benchmark} started")

    def requests(self, benchmark, done, total):
        self.told.append(f"{benchmark} {done}/{total}")

    def benchmark_finished(self, benchmark, record, *, is_first):
        self.told.append(f"{benchmark} finished {record.asked.task} {is_first}")

    def benchmark_failed(self, benchmark, error):
        self.told.append(f"{benchmark} failed {error}")

    def benchmark_reused(self, benchmark):
        self.told.append(f"{benchmark} reused")

    def noted(self, sentence):
        self.told.append(sentence)


def recorded(*, is_reused=False):
    return Recorded(record=record("arc"), is_first=True, is_reused=is_reused)


def test_two_benchmarks_are_shown_at_a_time():
    heard = Heard()
    display = Display(heard)
    display.handed_out("w1", "arc")
    display.handed_out("w2", "gsm8k")
    display.told(Told(worker="w2", benchmark="gsm8k", done=1, total=9))
    display.told(Told(worker="w1", benchmark="arc", done=2, total=4))
    display.answered("w1", recorded())
    display.answered("w2", Unrecorded(reason=Reason.FAILED, error=RunError("no filter")))
    assert heard.told == [
        "arc started",
        "gsm8k started",
        "gsm8k 1/9",
        "arc 2/4",
        "arc finished arc True",
        "gsm8k failed no filter",
    ]


def test_what_comes_late_says_nothing_of_what_is_over():
    heard = Heard()
    display = Display(heard)
    display.handed_out("w1", "arc")
    display.answered("w1", recorded(is_reused=True))
    display.told(Told(worker="w1", benchmark="arc", done=4, total=4))
    display.handed_out("w1", "gsm8k")
    display.told(Told(worker="w1", benchmark="arc", done=4, total=4))
    display.died("w1")
    display.told(Told(worker="w1", benchmark="gsm8k", done=4, total=4))
    assert heard.told == ["arc started", "arc reused", "gsm8k started"]


def test_what_every_worker_notes_is_said_once():
    heard = Heard()
    display = Display(heard)
    for worker in ("w1", "w2"):
        display.told(Told(worker=worker, sentence="the batch size was halved"))
    assert heard.told == ["the batch size was halved"]


def test_a_worker_tells_of_requests_every_now_and_then_and_of_the_last():
    board = Board()
    telling = Telling("w1", board.tell)
    for done in range(1, 1001):
        telling.requests("arc", done, 1000)
    told = board.take()
    assert (told[0].done, told[-1].done) == (1, 1000)
    assert len(told) < 100
    assert board.take() == []
