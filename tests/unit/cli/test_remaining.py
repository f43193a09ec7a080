"""What is told of a benchmark under way where no bars can be drawn."""

import pytest

from weighin.cli.terminal.progress.listener import progress_listener
from weighin.cli.terminal.progress.remaining import Remaining, in_words


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(steps: list[tuple[float, int, int]]) -> list[str]:
    remaining = Remaining(0.0)
    return [line for now, done, total in steps if (line := remaining.line(now, done, total))]


def test_a_line_a_minute_says_how_many_are_answered_and_how_long_the_rest_may_take():
    steady = [(float(second), second // 2, 110) for second in range(130)]
    assert told(steady) == [
        "30 of 110 answered, about 3 min left",
        "60 of 110 answered, about 2 min left",
    ]


def test_a_benchmark_of_less_than_a_minute_has_no_line():
    assert told([(float(second), second, 60) for second in range(60)]) == []


def test_what_an_earlier_attempt_had_answered_makes_the_rest_no_faster():
    taken = [(0.001 * n, n, 110) for n in range(41)]
    slowly = [(2.0 + 10 * n, 41 + n, 110) for n in range(8)]
    assert told([*taken, *slowly]) == ["47 of 110 answered, about 10 min left"]


def test_requests_of_another_type_begin_anew():
    first = [(float(second), second, 50) for second in range(50)]
    second = [(50.0 + 2 * n, n, 200) for n in range(40)]
    assert told([*first, *second]) == [
        "5 of 200 answered, about 6 min left",
        "35 of 200 answered, about 6 min left",
    ]


def test_without_an_answer_in_between_nothing_is_said_of_the_rest():
    assert told([(0.0, 1, 10), (2.0, 1, 10), (70.0, 1, 10)]) == ["1 of 10 answered"]


@pytest.mark.parametrize(("done", "total"), [(10, 10), (0, 0), (3, 0)])
def test_what_is_complete_or_of_unknown_length_has_no_line(done: int, total: int):
    assert told([(0.0, done, total), (100.0, done, total)]) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about 1 s"),
        (89.0, "about 89 s"),
        (95.0, "about 2 min"),
        (3000.0, "about 50 min"),
        (9000.0, "about 2.5 h"),
    ],
)
def test_a_time_is_told_as_closely_as_it_is_known(seconds: float, words: str):
    assert in_words(seconds) == words


def test_the_line_names_its_benchmark_on_standard_error(capsys: pytest.CaptureFixture[str]):
    clock = Clock()
    with progress_listener(clock) as lines:
        lines.planned(("demo_passages",), ())
        lines.benchmark_started("demo_passages")
        for done in range(1, 41):
            clock.now += 2
            lines.requests("demo_passages", done, 110)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.splitlines() == [
        "weighin: demo_passages: started (1 of 1)",
        "weighin: demo_passages: 30 of 110 answered, about 3 min left",
    ]
