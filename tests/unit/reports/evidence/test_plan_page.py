"""A plan as a person looks at it: every job is seen, at any width, with why it is scored."""

from io import StringIO

import pytest
from rich.console import Console

from weighin.evidence.jobs.forecast import JobForecast, RunForecast
from weighin.reports.evidence.jobs.plan_page import plan_page
from weighin.reports.page import text


def job(number, label, *, why="nothing of it is recorded", is_reused=False, seconds=None):
    return JobForecast(
        label=label,
        benchmark=label,
        job_id=f"{number:064x}"[::-1],
        documents=1319,
        requests=5276,
        is_reused=is_reused,
        why=why,
        seconds=seconds,
    )


def plan(*jobs):
    return RunForecast(
        plan_id="a" * 64,
        key="plans/a.json",
        results="results",
        model="tiny",
        checkpoint_id="b" * 64,
        jobs=jobs,
        task_files=1,
        elsewhere=(),
        checkpoint_bytes=1,
        remembered_bytes=0,
    )


def told(found, width):
    stream = StringIO()
    console = Console(file=stream, width=width, highlight=False, color_system=None)
    console.print(text.render(plan_page(found)))
    return stream.getvalue()


LONG = [f"leaderboard_very_long_name_of_a_benchmark_{number:02}" for number in range(40)]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_forty_jobs_with_long_names_are_all_seen_at_any_width(width):
    found = plan(*(job(number, label) for number, label in enumerate(LONG)))
    screen = told(found, width)
    assert max(map(len, screen.splitlines())) <= width
    for number in range(40):
        assert f"{number:064x}"[::-1][:8] in screen
    assert screen.count("to score") == 41


@pytest.mark.parametrize("width", [80, 120])
def test_at_a_usual_width_a_job_with_a_usual_name_is_one_line(width):
    screen = told(plan(*(job(number, f"gsm8k_{number}") for number in range(40))), width)
    assert sum("gsm8k_" in line and "to score" in line for line in screen.splitlines()) == 40


@pytest.mark.parametrize("width", [60, 80, 120])
def test_why_stands_below_its_job_and_only_where_it_is_news(width):
    why = "recorded was another job: model.dtype: float32 instead of bfloat16"
    found = plan(
        job(0, "new"), job(1, "changed", why=why), job(2, "kept", is_reused=True, why="recorded x")
    )
    words = " ".join(told(found, width).split())
    assert "nothing of it is recorded" not in words
    assert words.index("changed") < words.index("recorded was another job") < words.index("kept")
    assert words.index("kept") < words.index("recorded x")


def test_time_is_a_column_only_where_some_is_known():
    assert "time   state" not in told(plan(job(0, "a")), 120)
    screen = told(plan(job(0, "a", seconds=(30.0, 90.0)), job(1, "b")), 120)
    assert "time   " in screen
    assert "30 s to 2 min" in screen
