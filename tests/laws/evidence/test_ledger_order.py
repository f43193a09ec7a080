"""The order of a store comes from what each run had seen, and never from a clock."""

import json
from pathlib import Path

import pytest
from tests.making.runs.ledgers import (
    ObjectStorage,
    lines_of,
    old_lines,
    relinked,
    write_lines,
)
from tests.making.runs.stores import finished, started

import weighin
from weighin.errors import UsageError
from weighin.evidence.ledger import (
    JOB_RETIRED,
    LEDGER_NAME,
    Ledger,
    copy_ledgers,
    ledgers_at,
)
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.store.retired import retired_in


def runs_of(place) -> list[str]:
    """The runs of a store, in its order."""
    return list(dict.fromkeys(entry.line.run_id for entry in ledgers_at(place).entries))


def begin(place, *runs: str) -> None:
    for run in runs:
        Ledger(place, run_id=run, model="tiny").append("run-started")


def test_a_run_comes_after_those_that_it_saw_whatever_it_is_called(tmp_path):
    begin(tmp_path, "run-z", "run-m", "run-a")
    assert runs_of(tmp_path) == ["run-z", "run-m", "run-a"]


@pytest.mark.parametrize(
    "times", ["2030-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "no time"]
)
def test_clocks_change_no_order(tmp_path, times):
    begin(tmp_path, "run-z", "run-m", "run-a")

    def set_clock(line: dict) -> None:
        if line["run_id"] == "run-m":
            line["time"] = times

    write_lines(tmp_path, relinked(lines_of(tmp_path), set_clock))
    assert ledgers_at(tmp_path).problems == ()
    assert runs_of(tmp_path) == ["run-z", "run-m", "run-a"]


def test_runs_that_do_not_know_of_each_other_stand_by_their_ids(tmp_path):
    begin(tmp_path / "one", "run-c", "run-a")
    begin(tmp_path / "two", "run-b")
    lines = [*lines_of(tmp_path / "one"), *lines_of(tmp_path / "two")]
    write_lines(tmp_path, lines)
    assert runs_of(tmp_path) == ["run-b", "run-c", "run-a"]
    write_lines(tmp_path, lines[::-1])
    assert runs_of(tmp_path) == ["run-b", "run-c", "run-a"]


def test_lines_of_before_stand_before_the_runs_that_saw_them(tmp_path):
    write_lines(tmp_path, old_lines("run-started"))
    write_lines(tmp_path, old_lines("run-started", run_id="other"), "ledger-x.jsonl")
    begin(tmp_path, "0-run")
    assert runs_of(tmp_path) == ["old-run", "other", "0-run"]


def test_a_folder_and_an_object_store_have_one_order(tmp_path):
    write_lines(tmp_path, old_lines("run-started", "run-finished"))
    begin(tmp_path, "run-z", "run-m", "run-a")
    store = ObjectStorage()
    copy_ledgers(tmp_path, store)
    of_folder, of_objects = (ledgers_at(place).entries for place in (tmp_path, store))
    assert [entry.line for entry in of_folder] == [entry.line for entry in of_objects]


# Jobs that were retired


def ask(place: Path, run: str, event: str, attempt: str = "", *, job_id: str = "a" * 64) -> None:
    Ledger(place, run_id=run, model="tiny").append(
        event, benchmark="gsm8k", job_id=job_id, attempt_id=attempt, detail={"reason": "why"}
    )


def set_times(folder: Path, times: dict[str, str]) -> None:
    """Let the events of some runs be of other times."""

    def change(line: dict) -> None:
        line["time"] = times.get(line["run_id"], line["time"])

    write_lines(folder, relinked(lines_of(folder), change))


CLOCKS = pytest.mark.parametrize(
    "times",
    [
        {},
        {"run-r": "1970-01-01T00:00:00.000Z"},
        {"run-r": "2099-01-01T00:00:00.000Z"},
        {"run-1": "2099-01-01T00:00:00.000Z", "run-2": "1970-01-01T00:00:00.000Z"},
    ],
)


@CLOCKS
def test_a_job_is_retired_up_to_what_was_seen_of_it(tmp_path, times):
    ask(tmp_path, "run-1", "benchmark-started", "before")
    ask(tmp_path, "run-r", JOB_RETIRED)
    ask(tmp_path, "run-2", "benchmark-started", "since")
    # One plan is one run, however long it takes.
    ask(tmp_path, "run-1", "benchmark-started", "since, too")
    set_times(tmp_path, times)
    (retired,) = retired_in(tmp_path).values()
    assert (retired.before, retired.since) == ({"before"}, {"since", "since, too"})


@CLOCKS
def test_the_last_reason_stands(tmp_path, times):
    ask(tmp_path, "run-1", "benchmark-started", "first")
    ask(tmp_path, "run-r", JOB_RETIRED)
    ask(tmp_path, "run-1", "benchmark-started", "second")
    ask(tmp_path, "run-2", JOB_RETIRED)
    set_times(tmp_path, times)
    (retired,) = retired_in(tmp_path).values()
    assert (retired.before, retired.since) == ({"first", "second"}, frozenset())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_lines_of_before_are_in_the_order_of_their_file(tmp_path, number):
    lines = old_lines(*["benchmark-started"] * 2)
    named = [
        json.loads(line) | {"job_id": "a" * 64, "attempt_id": str(n)}
        for n, line in enumerate(lines)
    ]
    retired = named[0] | {"event": JOB_RETIRED, "attempt_id": ""}
    named.insert(number, retired)
    write_lines(tmp_path, [json.dumps(line).encode() for line in named])
    (found,) = retired_in(tmp_path).values()
    assert found.before == {str(n) for n in range(number)}
    assert found.since == {str(n) for n in range(number, 2)}


def test_of_ledgers_of_before_that_know_nothing_of_each_other_times_tell(tmp_path):
    for name, time, event in (
        ("a", "2026-01-02", "benchmark-started"),
        ("b", "2026-01-01", JOB_RETIRED),
    ):
        line = json.loads(old_lines(event)[0]) | {
            "job_id": "a" * 64,
            "time": time,
            "attempt_id": name,
        }
        write_lines(tmp_path, [json.dumps(line).encode()], f"ledger-{name}.jsonl")
    (found,) = retired_in(tmp_path).values()
    assert found.since == {"a"}


def test_an_attempt_scored_since_stands_for_its_job_though_its_clock_is_late(tmp_path):
    written = finished(tmp_path, run_id="run-1")
    weighin.retire(written.job[2], reason="why", results=tmp_path)
    again = finished(tmp_path, run_id="run-2")
    evidence = read_evidence([tmp_path])
    (retired,) = evidence.retired.values()
    records = {record.run.attempt_id: record for record in evidence.records}
    # Both were made long before, as they say.
    assert retired.holds_for(records[written.folder.name])
    assert not retired.holds_for(records[again.folder.name])


def test_what_was_scored_since_can_be_retired_again(tmp_path):
    job_id = finished(tmp_path, run_id="run-1").job[2]
    weighin.retire(job_id, reason="why", results=tmp_path)
    started(tmp_path, run_id="run-2")
    assert weighin.retire(job_id, reason="again", results=tmp_path).reason == "again"
    with pytest.raises(UsageError, match="retired already"):
        weighin.retire(job_id, reason="once more", results=tmp_path)


def test_a_job_is_retired_in_an_object_store(tmp_path):
    job_id = finished(tmp_path).job[2]
    store = ObjectStorage()
    copy_ledgers(tmp_path, store)
    Ledger(store, run_id="run-r", model="tiny").append(
        JOB_RETIRED, benchmark="gsm8k", job_id=job_id, detail={"reason": "why"}
    )
    assert retired_in(store)[job_id].reason == "why"
    assert LEDGER_NAME not in store.objects
