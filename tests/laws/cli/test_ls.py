"""`weighin ls`: every job that was begun is a row, and says what became of it."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from tests.making.logs.lm_eval import modern, written
from tests.making.runs.ledgers import ObjectStorage
from tests.making.runs.stores import finished, started

from weighin.evidence.jobs.claims import claim
from weighin.evidence.store import COMMIT_NAME, Store
from weighin.evidence.store.copying import copy_store
from weighin.evidence.store.lying import lying_at
from weighin.sources.store.jobs import jobs_in


def jobs(weighin, *arguments):
    told = weighin("ls", *arguments, "--json")
    assert told.code == 0, told.errors
    return {job["benchmark"]: job for job in json.loads(told.output)["jobs"]}


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def test_a_job_is_a_row_with_score_age_and_state(weighin, results):
    record = finished(results)
    told = weighin("ls", results)
    assert told.code == 0
    row = next(line for line in told.output.splitlines() if "gsm8k" in line)
    assert record.record.run.job_id[:8] in row
    assert "exact_match,strict-match 0.4100" in row
    assert row.split()[-1] == "recorded"
    job = jobs(weighin, results)["gsm8k"]
    assert (job["state"], job["attempts"], job["record"]) == ("recorded", 1, str(record.path))
    assert job["job_id"] == record.record.run.job_id


def test_rows_stand_by_benchmark(weighin, results):
    for task in ("lambada", "arc", "gsm8k"):
        finished(results, task)
    assert list(jobs(weighin, results)) == ["arc", "gsm8k", "lambada"]


def test_what_was_begun_and_left_is_abandoned(weighin, results):
    started(results)
    job = jobs(weighin, results)["gsm8k"]
    assert (job["state"], job["score"], job["record"]) == ("abandoned", None, None)


def test_what_was_answered_and_left_says_so(weighin, results):
    attempt, ledger = started(results)
    ledger.append(
        "benchmark-answered",
        benchmark="gsm8k",
        job_id=jobs(weighin, results)["gsm8k"]["job_id"],
        attempt_id=attempt.attempt_id,
    )
    assert "answered" in jobs(weighin, results)["gsm8k"]["why"]


def test_what_a_worker_is_at_is_being_scored(weighin, results):
    started(results)
    (job_id,) = {job["job_id"] for job in jobs(weighin, results).values()}
    key = Store.job_key("tiny", "gsm8k", job_id)
    claim(Store(results).storage, key, worker="w-1", run_id="run-1")
    job = jobs(weighin, results)["gsm8k"]
    assert job["state"] == "being scored"
    assert job["why"].startswith("by w-1 on ")


def test_what_failed_says_why(weighin, results):
    attempt, ledger = started(results)
    ledger.append(
        "benchmark-failed",
        benchmark="gsm8k",
        job_id=jobs(weighin, results)["gsm8k"]["job_id"],
        attempt_id=attempt.attempt_id,
        detail={"error": "no \x1b[2J such split"},
    )
    told = weighin("ls", results)
    assert "such split" in told.output
    assert "\x1b" not in told.output
    assert jobs(weighin, results)["gsm8k"]["state"] == "abandoned"


def test_a_retired_job_says_so_and_why(weighin, results):
    record = finished(results)
    job_id = record.record.run.job_id
    assert weighin("retire", job_id[:8], "--reason", "typo", "--results", results).code == 0
    job = jobs(weighin, results)["gsm8k"]
    assert (job["state"], job["why"]) == ("retired", "typo")
    assert job["score"]["value"] == 0.41


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"format":"weighin.record/9"}'])
@pytest.mark.parametrize("file", ["record", "commit"])
def test_a_damaged_file_is_a_row_and_hides_no_other(weighin, results, damage, file):
    record = finished(results)
    finished(results, "arc")
    damaged = record.path if file == "record" else record.folder.parent / COMMIT_NAME
    damaged.write_bytes(damage)
    found = jobs(weighin, results)
    assert [found[task]["state"] for task in ("arc", "gsm8k")] == ["recorded", "damaged"]
    assert str(damaged) in found["gsm8k"]["why"]
    assert "damaged" in weighin("ls", results).output


def test_a_record_that_was_rewritten_is_damaged(weighin, results):
    record = finished(results)
    text = record.path.read_text()
    assert "0.41" in text
    record.path.write_text(text.replace("0.41", "0.91"))
    job = jobs(weighin, results)["gsm8k"]
    assert job["state"] == "damaged"
    assert "expected sha256" in job["why"]
    (record.folder.parent / COMMIT_NAME).unlink()
    assert "as the ledger says" in jobs(weighin, results)["gsm8k"]["why"]


def test_a_record_that_is_gone_is_damaged(weighin, results):
    record = finished(results)
    shutil.rmtree(record.folder.parent)
    job = jobs(weighin, results)["gsm8k"]
    assert (job["state"], job["attempts"]) == ("damaged", 0)


def test_a_ledger_that_is_damaged_is_noted_and_hides_nothing(weighin, results):
    finished(results)
    (results / "ledger.jsonl").write_bytes(b"{}\n" * 3)
    told = json.loads(weighin("ls", results, "--json").output)
    assert [job["state"] for job in told["jobs"]] == ["recorded"]
    assert told["notes"]


def test_several_stores_below_a_folder_are_listed_together(weighin, tmp_path):
    finished(tmp_path / "a")
    finished(tmp_path / "b")
    told = weighin("ls", tmp_path)
    assert "2 jobs in 2 stores" in told.output
    rows = [line.split()[0] for line in told.output.splitlines() if "gsm8k" in line]
    assert rows == ["a", "b"]


def test_logs_of_other_harnesses_are_listed_apart_and_are_no_jobs(weighin, results):
    finished(results)
    written(modern(), results / "elsewhere")
    (results / "broken_results.json").write_text('{"results": ')
    told = weighin("ls", results)
    assert "1 job, 1 recorded, 1 row of logs of other harnesses" in told.output
    document = json.loads(weighin("ls", results, "--json").output)
    assert [row["log_format"] for row in document["rows"]] == ["lm-eval results"]
    assert len(document["jobs"]) == 1
    assert any("broken_results.json" in note for note in document["notes"])


def test_imported_logs_are_listed_once(weighin, results, tmp_path):
    written(modern(), tmp_path / "logs")
    assert weighin("import", tmp_path / "logs", "--results", results).code == 0
    document = json.loads(weighin("ls", results, "--json").output)
    assert len(document["rows"]) == 1
    assert document["notes"] == []


def test_an_empty_folder_has_no_jobs_and_nowhere_is_refused(weighin, tmp_path):
    told = weighin("ls", tmp_path)
    assert told.code == 0
    assert "0 jobs" in told.output
    assert weighin("ls", tmp_path / "none").code == 3


@pytest.mark.parametrize("width", [24, 40, 60, 80, 120])
def test_every_row_fits_a_terminal(weighin, results, monkeypatch, width):
    finished(results)
    started(results, "arc")
    monkeypatch.setenv("COLUMNS", str(width))
    lines = weighin("ls", results).output.splitlines()
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()).count("gsm8k") >= 1


def test_an_age_is_told_in_the_unit_that_matters():
    from weighin.reports.shared.wording import age_words

    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    ages = {
        "2026-11-30T11:59:30Z": "just now",
        "2026-11-30T13:00:00Z": "just now",
        "2026-11-30T11:15:00Z": "45 min",
        "2026-11-29T11:59:00Z": "1 d",
        "2026-11-30T14:00:00+05:00": "3 h",
        "2026-01-02T00:00:00Z": "2026-01-02",
        "2026-11-30": "",
        "": "",
        "soon": "",
    }
    assert {time: age_words(time, now) for time in ages} == ages


def test_jobs_of_an_object_store_are_those_of_the_folder(results):
    finished(results)
    finished(results, "arc")
    started(results, "lambada")
    copied = Store(ObjectStorage())
    copy_store(Store(results), copied)
    found = {}
    for storage in (Store(results).storage, copied.storage):
        lying = lying_at(storage.list(""))
        jobs = jobs_in(storage, lying.stores[""]).jobs
        found[storage.place] = sorted((job.benchmark, job.state, job.job_id) for job in jobs)
    in_folder, in_bucket = found.values()
    assert in_folder == in_bucket
    assert [state for _, state, _ in in_folder] == ["recorded", "recorded", "abandoned"]
