"""Attempts that were hidden by leaving out, cutting or renaming evidence."""

import json
import shutil
from pathlib import Path

import pytest
from tests.making.rules.builders import digest
from tests.making.runs.stores import finished, started

from weighin.evidence.ledger import LEDGER_NAME, Ledger
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.sources.collecting.evidence import read_evidence


@pytest.fixture
def root(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def written(root):
    """Three attempts at one benchmark; the last."""
    return [finished(root) for _ in range(3)][-1]


def unvouched(*paths: Path) -> frozenset[str]:
    return read_evidence(paths).unvouched_attempts


def lines_of(root: Path) -> list[bytes]:
    return (root / LEDGER_NAME).read_bytes().splitlines(keepends=True)


def append(root: Path, event: str, written, **detail) -> None:
    model, task, job_id = written.job
    Ledger(root, run_id="run-2", model=model).append(
        event,
        benchmark=task,
        job_id=job_id,
        attempt_id=written.folder.name if detail else "",
        detail=detail,
    )


def only_this_attempt(written) -> None:
    for folder in written.folder.parent.iterdir():
        if folder.is_dir() and folder != written.folder:
            shutil.rmtree(folder)
    (written.folder.parent / COMMIT_NAME).unlink()


def test_a_ledger_vouches_for_the_records_that_it_has_the_digests_of(root, written):
    assert unvouched(root) == frozenset()
    assert unvouched(written.folder) == frozenset()


def test_an_attempt_that_was_copied_away_from_its_ledger_is_not_vouched_for(written, tmp_path):
    copy = tmp_path / "elsewhere" / written.folder.name
    shutil.copytree(written.folder, copy)
    assert unvouched(copy) == {written.folder.name}


def test_an_attempt_that_is_given_with_and_without_its_ledger_is_vouched_for(
    root, written, tmp_path
):
    shutil.copytree(written.folder, tmp_path / "elsewhere" / written.folder.name)
    assert unvouched(root, tmp_path / "elsewhere") == frozenset()


@pytest.mark.parametrize("left", [None, 0, 1])
def test_a_ledger_that_is_gone_empty_or_cut_vouches_for_nothing(root, written, left):
    only_this_attempt(written)
    ledger = root / LEDGER_NAME
    content = b"".join(lines_of(root)[:left])
    ledger.unlink()
    if left is not None:
        ledger.write_bytes(content)
    assert unvouched(root) == {written.folder.name}


@pytest.mark.usefixtures("written")
def test_a_commit_marker_that_names_a_deleted_attempt_is_broken(root):
    (root / LEDGER_NAME).unlink()
    (marker,) = root.rglob(COMMIT_NAME)
    first = marker.parent / json.loads(marker.read_bytes())["attempt_id"]
    shutil.rmtree(first)
    (file,) = read_evidence([root]).broken_files
    assert (file.file, file.found) == (str(first / RECORD_NAME), "missing")
    assert file.expected.endswith(", as committed.json says")


@pytest.mark.usefixtures("written")
def test_a_commit_marker_is_held_against_the_disk_where_no_record_is_left(root):
    (root / LEDGER_NAME).unlink()
    for record in root.rglob(RECORD_NAME):
        record.rename(record.with_name(f".{RECORD_NAME}"))
    evidence = read_evidence([root])
    assert evidence.records == ()
    (file,) = evidence.broken_files
    assert (file.model, file.benchmark, file.found) == ("tiny", "gsm8k", "missing")
    assert evidence.notes[0].startswith("3 attempts were passed over, without a record: ")


def test_a_hidden_record_is_missing_as_the_ledger_says(root, written):
    written.path.rename(written.path.with_name(f".{RECORD_NAME}"))
    evidence = read_evidence([root])
    assert [(file.file, file.found) for file in evidence.broken_files] == [
        (str(written.path), "missing")
    ]
    assert evidence.notes == (f"1 attempt was passed over, without a record: {written.folder}",)


def test_attempts_with_other_settings_count_though_one_job_is_given(root, written):
    model, task, _ = written.job
    other = digest("another job")
    folder = written.folder.parent.with_name(other[:12])
    (folder / "20260101T000000Z-00000000").mkdir(parents=True)
    shutil.copy(written.path, folder / "20260101T000000Z-00000000")
    Ledger(root, run_id="run-2", model=model).append(
        "benchmark-finished",
        benchmark=task,
        job_id=other,
        attempt_id="20260101T000000Z-00000000",
        detail={"record_sha256": sha256_hex(written.path.read_bytes())},
    )
    found = read_evidence([written.folder.parent]).finished_attempts
    assert sorted({attempt.job_id for attempt in found}) == sorted({other, written.job[2]})
    assert len(found) == 4


@pytest.mark.usefixtures("written")
def test_attempts_at_benchmarks_of_which_no_record_is_given_are_not_counted(root):
    other = finished(root, "arc")
    assert {a.benchmark for a in read_evidence([other.folder]).finished_attempts} == {"arc"}


@pytest.mark.parametrize("told", [{"is_partial": True}, {"is_partial": False}, {}])
def test_an_attempt_is_partial_only_if_the_ledger_says_so(root, written, told):
    shutil.rmtree(written.folder)
    kept = lines_of(root)[:-1]
    (root / LEDGER_NAME).write_bytes(b"".join(kept))
    append(root, "benchmark-finished", written, record_sha256="0" * 64, **told)
    (attempt,) = (
        a for a in read_evidence([root]).finished_attempts if a.attempt_id == written.folder.name
    )
    assert attempt.is_partial is told.get("is_partial", False)


def test_a_whole_record_is_not_partial_whatever_the_ledger_says(root, written):
    (root / LEDGER_NAME).write_bytes(b"".join(lines_of(root)[:-1]))
    digest_of_record = sha256_hex(written.path.read_bytes())
    append(root, "benchmark-finished", written, record_sha256=digest_of_record, is_partial=True)
    assert not any(a.is_partial for a in read_evidence([root]).finished_attempts)


@pytest.mark.parametrize("nearer", ["ledger", "checkpoints", "foreign ledger"])
def test_nothing_nearer_by_shadows_the_ledger_that_knows_the_attempt(
    root, written, nearer, tmp_path
):
    above = written.folder.parent
    if nearer == "ledger":
        (above / LEDGER_NAME).touch()
    elif nearer == "checkpoints":
        (above / "checkpoints").mkdir()
    else:
        finished(tmp_path / "others")
        shutil.copy(tmp_path / "others" / LEDGER_NAME, above)
    evidence = read_evidence([root])
    assert len(evidence.finished_attempts) == 3
    assert (evidence.unvouched_attempts, evidence.broken_files) == (frozenset(), ())
    assert len(evidence.manifests) == 1


def test_two_ledgers_that_know_an_attempt_are_both_heard(root, written):
    # The last two lines alone, bound anew: a ledger that knows of one attempt.
    lines = [json.loads(line) for line in lines_of(root)[-2:]]
    previous = "0" * 64
    forged = b""
    for line in lines:
        line["previous"] = previous
        raw = canonical_json(line)
        previous = sha256_hex(raw)
        forged += raw + b"\n"
    (written.folder.parent / LEDGER_NAME).write_bytes(forged)
    evidence = read_evidence([written.folder])
    assert len(evidence.finished_attempts) == 3


def test_two_digests_of_one_attempt_are_broken(root, written):
    append(root, "benchmark-finished", written, record_sha256="0" * 64)
    found = {Path(file.file).name: file.found for file in read_evidence([root]).broken_files}
    assert found[LEDGER_NAME].startswith("2: ")


def test_a_line_about_another_job_does_not_vouch(root, written):
    lines = [json.loads(line) for line in lines_of(root)]
    lines[-1]["job_id"] = digest("another job")
    (root / LEDGER_NAME).write_bytes(b"\n".join(map(canonical_json, lines)) + b"\n")
    assert unvouched(root) == {written.folder.name}


def test_a_record_that_a_later_run_found_whole_and_reused_is_vouched_for(root):
    written = finished(root)
    (root / LEDGER_NAME).write_bytes(b"".join(lines_of(root)[:-1]))
    assert unvouched(root) == {written.folder.name}
    append(root, "benchmark-reused", written)
    assert unvouched(root) == frozenset()
    (written.folder.parent / COMMIT_NAME).unlink()
    assert unvouched(root) == {written.folder.name}


def test_a_link_to_a_folder_is_not_followed_and_told(root, written, tmp_path):
    shutil.move(written.folder, tmp_path / "away")
    written.folder.symlink_to(tmp_path / "away", target_is_directory=True)
    evidence = read_evidence([root])
    assert len(evidence.records) == 2
    assert len(evidence.finished_attempts) == 3
    assert evidence.notes == (f"1 linked folder was not followed: {written.folder}",)


def test_an_attempt_that_only_began_is_not_finished(root, written):
    started(root)
    evidence = read_evidence([written.folder])
    assert len(evidence.finished_attempts) == 3
    assert evidence.interrupted_attempts == {("tiny", "gsm8k"): 1}


@pytest.mark.parametrize("name", ["results_1.json", "samples_gsm8k_1.jsonl", None])
def test_an_attempt_that_answered_is_no_interrupted_one(root, written, name):
    attempt, ledger = started(root)
    job_id = written.record.run.job_id
    if name is None:
        ledger.append(
            "benchmark-answered",
            benchmark="gsm8k",
            job_id=job_id,
            attempt_id=attempt.attempt_id,
            detail={"documents": 1, "is_partial": True},
        )
    else:
        # As older versions left it.
        (attempt.folder / "lm-eval").mkdir()
        (attempt.folder / "lm-eval" / name).touch()
    evidence = read_evidence([root])
    assert evidence.interrupted_attempts == {}
    (answered,) = evidence.answered_attempts
    assert (answered.job_id, answered.attempt_id) == (job_id, attempt.attempt_id)
    assert answered.is_partial is (name is None)


def test_an_attempt_whose_record_lies_elsewhere_is_not_told_as_unrecorded(root, written, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    for line in lines_of(copy):
        event = json.loads(line)
    assert event["attempt_id"] == written.folder.name
    # The copy knows that it began, and has what it scored without the record.
    (copy / LEDGER_NAME).write_bytes(b"".join(lines_of(copy)[:-1]))
    (copy / written.path.relative_to(root)).unlink()
    assert [a.attempt_id for a in read_evidence([copy]).answered_attempts] == [written.folder.name]
    assert read_evidence([root, copy]).answered_attempts == ()
