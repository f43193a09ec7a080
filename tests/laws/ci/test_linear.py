"""Formats for machines take as long for each finding, however many there are."""

import time

import pytest
from tests.making.reports.builders import judged, verdict

from weighin.reports.ci import github, gitlab, junit, sarif
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.interface import Outcome

FEW, MANY = 600, 4_800
FORMATS = {
    "sarif": lambda told: sarif.render(verdict_notices(told)),
    "github": lambda told: github.render(verdict_notices(told)),
    "gitlab": lambda told: gitlab.render(verdict_notices(told)),
    "junit": lambda told: junit.render(verdict_notices(told)),
}


def findings(number, *, is_of_one):
    return verdict(
        [
            judged(
                "score-recomputes",
                outcome=Outcome.UNDECIDED,
                statement=f"task-{n}: no samples",
                benchmarks=("task",) if is_of_one else (f"task-{n}",),
                required_at=f"requirements.yaml:{n + 1}",
            )
            for n in range(number)
        ],
        Outcome.UNDECIDED,
        places={f"benchmarks.{n}": (n + 1, 5) for n in range(number)},
    )


def seconds(render, told):
    def once():
        started = time.process_time()
        render(told)
        return time.process_time() - started

    return min(once() for _ in range(2))


# A clock is no judge of every change; tests/laws/ci/test_wide_rows.py counts bytes.
@pytest.mark.soak
@pytest.mark.parametrize("is_of_one", [True, False])
@pytest.mark.parametrize("name", FORMATS)
def test_eight_times_as_many_findings_take_about_eight_times_as_long(name, is_of_one):
    few = seconds(FORMATS[name], findings(FEW, is_of_one=is_of_one))
    many = seconds(FORMATS[name], findings(MANY, is_of_one=is_of_one))
    # Quadratic were 64 times; what is always the same takes its time as well.
    assert many < 24 * few + 0.1
