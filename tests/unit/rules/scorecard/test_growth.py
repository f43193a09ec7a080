"""A table of twice the rows takes twice the time, and no more."""

import time

import pytest
from tests.making.rules.cards import case, number

from weighin.rules.scorecard.judge import judge_scorecard

_MOST = 2.6


def seconds(rows, *, of):
    """CPU seconds of judging so many rows; the least of three, for others run beside this."""
    numbers = [
        number(
            f"{20 + (i * 37 + j * 11) % 799 / 10:.1f}", on, of=of(i), row=of(i), pointer=f"line {i}"
        )
        for i in range(rows)
        for j, on in enumerate(("GPQA Diamond", "MMLU Pro", "Average"))
    ]
    taken = []
    for _ in range(3):
        start = time.process_time()
        judge_scorecard(case(*numbers))
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(
    "of", [lambda i: f"m{i}", lambda _: "m"], ids=["names of their own", "one name"]
)
def test_judging_grows_with_the_rows(of):
    seconds(50, of=of)
    small, large = seconds(200, of=of), seconds(400, of=of)
    assert large / small < _MOST
