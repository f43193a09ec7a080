"""What ends a run, how it is counted, and the table of the runs that were kept."""

import pytest
from tests.fuzz.fuzzing import TOLD
from tests.fuzz.table import README, table, with_table
from tests.fuzz.targets import TARGETS
from tests.fuzz.until_quiet import Run, Until


def run(*, executions: int, last: float, minutes: float) -> Run:
    return Run("x", executions, last_new_edge_cpu_minutes=last, cpu_minutes=minutes)


@pytest.mark.parametrize(
    ("executions", "last", "minutes", "ended"),
    [
        (199_999, 1, 90, None),
        (200_000, 1, 11, "no new edge for 10 CPU minutes, at least 200000 executions"),
        (900_000, 1.5, 11, None),
        (10, 19.9, 20, "the bound of 20 CPU minutes"),
    ],
)
def test_a_run_ends_when_it_is_quiet_and_has_tried_enough_or_at_its_bound(
    executions, last, minutes, ended
):
    bound = 20 if minutes == 20 else None
    until = Until(at_most_cpu_minutes=bound)
    assert until.ended(run(executions=executions, last=last, minutes=minutes), 0) == ended


def test_a_run_counts_what_libfuzzer_and_the_target_tell():
    heard = Run("x")
    for line in (
        "#5\tINITED cov: 50 ft: 60 corp: 3/1b exec/s: 0 rss: 9Mb",
        f"{TOLD} 100 40 0 30.00",
        "#120\tNEW    cov: 51 ft: 62 corp: 4/1b lim: 9 exec/s: 0 rss: 9Mb L: 1/1 MS: 1 x-",
        f"{TOLD} 200 90 1 60.00",
        "#201\tREDUCE cov: 51 ft: 62 corp: 4/1b lim: 9 exec/s: 0 rss: 9Mb L: 1/1 MS: 1 x-",
    ):
        heard.hear(line)
    assert heard == Run(
        "x", executions=200, accepted=90, edges_of_seeds=50, edges=51, last_new_edge_at=120,
        last_new_edge_cpu_minutes=0.5, cpu_minutes=1, crashes=1,
    )  # fmt: skip


def test_the_table_is_that_of_the_kept_runs_and_has_a_row_a_target():
    text = README.read_text(encoding="utf-8")
    assert text == with_table(text)
    assert [row.split("`")[1] for row in table().splitlines()[2:]] == list(TARGETS)
    assert all(f"| `{name}` |" in text.partition("## Running")[0] for name in TARGETS)
