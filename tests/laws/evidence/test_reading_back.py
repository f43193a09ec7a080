import json
import os
import shutil
from pathlib import Path

import pytest
from tests.making.runs.stores import MANIFEST, OTHER_MANIFEST, SAMPLES, finished, started

from weighin.errors import EvidenceError
from weighin.evidence.ledger import LEDGER_NAME
from weighin.evidence.store import COMMIT_NAME, Store
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.identity.comparison.manifests import compare_manifests
from weighin.sources.collecting.evidence import read_evidence


@pytest.fixture
def root(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def written(root):
    """One benchmark, recorded."""
    return finished(root)


def broken(*paths: Path) -> dict[str, str]:
    """What was found, by the name of the broken file."""
    return {Path(b.file).name: b.found for b in read_evidence(paths).broken_files}


def known_attempts(*paths: Path) -> int:
    return len(read_evidence(paths).finished_attempts)


def rewritten(written, change) -> None:
    """Change the JSON of a record, and commit it as if it had always been so."""
    value = json.loads(written.path.read_bytes())
    change(value)
    written.path.write_bytes(canonical_json(value))
    (written.folder.parent / COMMIT_NAME).unlink()
    (written.folder.parents[3] / LEDGER_NAME).unlink()


def samples_of(written) -> Path:
    (path,) = written.folder.glob("lm-eval/samples_*")
    return path


def test_what_was_recorded_is_read_and_nothing_is_broken_or_passed_over(root, written):
    evidence = read_evidence([root])
    assert [r.run.attempt_id for r in evidence.records] == [written.folder.name]
    assert evidence.records[0].origin.file == str(written.path)
    assert evidence.manifests == {MANIFEST.checkpoint_id: MANIFEST}
    assert len(evidence.finished_attempts) == 1
    assert (evidence.broken_files, evidence.interrupted_attempts, evidence.notes) == ((), {}, ())


@pytest.mark.parametrize("name", ["samples", "results"])
def test_a_file_beside_a_record_that_was_altered_is_broken(root, written, name):
    (path,) = written.folder.glob(f"lm-eval/{name}_*")
    path.write_bytes(path.read_bytes() + b"\n")
    (file,) = read_evidence([root]).broken_files
    assert (file.benchmark, file.model, Path(file.file)) == ("gsm8k", "tiny", path)
    assert file.expected != file.found


@pytest.mark.parametrize("name", ["samples", "results"])
def test_a_torn_file_beside_a_record_is_broken_and_hides_no_record(root, written, name):
    (path,) = written.folder.glob(f"lm-eval/{name}_*")
    path.write_bytes(path.read_bytes()[:5])
    evidence = read_evidence([root])
    assert len(evidence.records) == 1
    assert [Path(b.file) for b in evidence.broken_files] == [path]


def test_a_file_that_is_missing_is_broken(root, written):
    samples_of(written).unlink()
    assert broken(root) == {"samples_gsm8k_1.jsonl": "missing"}


def test_an_altered_record_contradicts_its_commit_and_the_ledger(root, written):
    written.path.write_bytes(written.path.read_bytes().replace(b"0.41", b"0.91"))
    evidence = read_evidence([root])
    assert {b.expected.split(", as ")[1] for b in evidence.broken_files} == {
        "committed.json says",
        "the ledger says",
        "lm-eval/results_1.json and its samples say",
    }


@pytest.mark.parametrize("damage", [b"", b"{}", b"[" * 9999, b'{"format":"weighin.record/1"}'])
def test_a_record_that_cannot_be_read_is_an_error(root, written, damage):
    written.path.write_bytes(damage)
    with pytest.raises(EvidenceError, match=r"record\.json: expected"):
        read_evidence([root])


@pytest.mark.usefixtures("written")
def test_a_deleted_attempt_is_broken_because_the_ledger_knows_it(root):
    second = finished(root)
    shutil.rmtree(second.folder)
    evidence = read_evidence([root])
    assert [(b.found, b.benchmark) for b in evidence.broken_files] == [("missing", "gsm8k")]
    assert len(evidence.finished_attempts) == 2


def test_a_whole_job_that_was_deleted_is_broken(root, written):
    finished(root, "arc")
    shutil.rmtree(written.folder.parent)
    assert broken(root) == {"record.json": "missing"}


@pytest.mark.usefixtures("written")
def test_an_attempt_that_started_and_left_no_record_is_interrupted(root):
    started(root)
    evidence = read_evidence([root])
    assert evidence.interrupted_attempts == {("tiny", "gsm8k"): 1}
    assert len(evidence.finished_attempts) == 1


def test_what_an_interrupted_attempt_left_is_no_log_of_its_own(root, written):
    attempt, _ = started(root)
    shutil.copytree(written.folder / "lm-eval", attempt.folder / "lm-eval")
    evidence = read_evidence([root])
    assert len(evidence.records) == 1
    assert evidence.notes == (f"1 attempt was passed over, without a record: {attempt.folder}",)


@pytest.mark.usefixtures("written")
def test_what_an_interrupted_attempt_left_half_written_is_no_error(root):
    attempt, _ = started(root)
    (attempt.folder / "lm-eval").mkdir()
    (attempt.folder / "lm-eval" / "results_2.json").write_text('{"results": {"gsm')
    assert len(read_evidence([root]).records) == 1


@pytest.mark.usefixtures("written")
def test_a_record_whose_writer_died_before_the_ledger_line_is_finished(root):
    lines = (root / LEDGER_NAME).read_bytes().splitlines(keepends=True)
    (root / LEDGER_NAME).write_bytes(b"".join(lines[:-1]))
    evidence = read_evidence([root])
    assert evidence.interrupted_attempts == {}
    assert len(evidence.finished_attempts) == 1
    assert evidence.broken_files == ()


def test_an_attempt_that_is_withheld_is_still_counted(root, written):
    finished(root)
    assert known_attempts(written.path) == 2


@pytest.mark.usefixtures("written")
def test_one_folder_given_in_two_ways_is_read_once(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    evidence = read_evidence([root, Path("results"), Path("results/tiny/../../results")])
    assert len(evidence.records) == 1
    assert len(evidence.finished_attempts) == 1


@pytest.mark.usefixtures("written")
def test_a_copied_results_folder_makes_no_further_attempts(root, tmp_path):
    shutil.copytree(root, tmp_path / "copy")
    evidence = read_evidence([root, tmp_path / "copy"])
    assert len(evidence.finished_attempts) == 1
    assert evidence.broken_files == ()


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("line", [0, 1])
def test_an_altered_ledger_is_broken(root, line):
    finished(root)
    lines = (root / LEDGER_NAME).read_bytes().splitlines(keepends=True)
    digest = sha256_hex(lines[line].rstrip())
    lines[line] = lines[line].replace(b'"tiny"', b'"tall"')
    (root / LEDGER_NAME).write_bytes(b"".join(lines))
    found = broken(root)[LEDGER_NAME]
    assert found == f"line {line + 2}, event {line + 1} of run run-1: it follows {digest}"


def test_records_without_a_ledger_above_them_are_noted(root, written):
    (root / LEDGER_NAME).unlink()
    (note,) = read_evidence([root]).notes[:1]
    assert note.startswith(f"no ledger above {written.path} knows of it: attempts that were")


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    "change",
    [
        {"attempt_id": "../../../x"},
        {"attempt_id": "a" * 999},
        {"attempt_id": "a\0b"},
        {"job_id": "../../../../"},
        {"model": "../.."},
    ],
)
def test_a_hostile_ledger_line_leads_to_no_error(root, change):
    lines = (root / LEDGER_NAME).read_bytes().splitlines()
    hostile = json.loads(lines[-1]) | change
    (root / LEDGER_NAME).write_bytes(b"\n".join([*lines, canonical_json(hostile)]) + b"\n")
    assert read_evidence([root]).broken_files != ()


# Paths in a record


def secret_beside(written) -> Path:
    path = written.folder.parent / "secret.jsonl"
    path.write_text(SAMPLES)
    return path


HOSTILE_PATHS = [
    "../secret.jsonl",
    "lm-eval/../../secret.jsonl",
    "/dev/zero",
    "/dev/stdin",
    "pipe",
    "link",
    "loop",
    "lm-eval",
    "a\0b",
    "linked/secret.jsonl",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_a_path_that_leaves_the_folder_of_its_record_is_never_read(root, written, path):
    secret = secret_beside(written)
    os.mkfifo(written.folder / "pipe")
    (written.folder / "link").symlink_to(secret)
    (written.folder / "loop").symlink_to("loop")
    (written.folder / "linked").symlink_to(secret.parent, target_is_directory=True)

    def point_elsewhere(value):
        value["files"][1]["path"] = path

    rewritten(written, point_elsewhere)
    evidence = read_evidence([root], skip_unreadable=True)
    (file,) = evidence.broken_files
    assert file.found == "not a plain file in the record's folder"
    recomputed = evidence.read_records[0].recompute()
    assert recomputed.values == {}
    assert "is not a plain file in the record's folder" in next(iter(recomputed.why_not.values()))


def test_a_path_that_is_too_long_leads_to_nothing(root, written):
    rewritten(written, lambda value: value["files"][1].update(path="a" * 5000))
    (file,) = read_evidence([root]).broken_files
    assert "File name too long" in file.found


def test_a_link_within_the_folder_of_a_record_is_followed(root, written):
    samples = samples_of(written)
    samples.rename(written.folder / "moved.jsonl")
    samples.symlink_to(written.folder / "moved.jsonl")
    assert read_evidence([root]).broken_files == ()


# Manifests and comparisons


@pytest.mark.usefixtures("written")
def test_a_manifest_under_the_name_of_another_is_broken(root):
    path = root / "checkpoints" / f"{MANIFEST.checkpoint_id}.json"
    path.rename(path.with_name(f"{OTHER_MANIFEST.checkpoint_id}.json"))
    evidence = read_evidence([root])
    (file,) = evidence.broken_files
    assert (file.expected, file.found) == (OTHER_MANIFEST.checkpoint_id, MANIFEST.checkpoint_id)
    assert OTHER_MANIFEST.checkpoint_id not in evidence.manifests


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"[" * 9999, b'{"format":"weighin.checkpoint/1"}', b"\xff"]
)
@pytest.mark.parametrize("folder", ["checkpoints", "comparisons"])
def test_a_hostile_file_beside_the_records_is_broken_and_no_error(root, folder, content):
    (root / folder).mkdir(exist_ok=True)
    (root / folder / "a.json").write_bytes(content)
    assert list(broken(root)) == ["a.json"]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("folder", ["checkpoints", "comparisons"])
def test_a_pipe_beside_the_records_is_broken_and_not_waited_for(root, folder):
    (root / folder).mkdir(exist_ok=True)
    os.mkfifo(root / folder / "a.json")
    assert list(broken(root)) == ["a.json"]


@pytest.mark.usefixtures("written")
def test_a_kept_comparison_reads_back(root):
    comparison = compare_manifests(MANIFEST, OTHER_MANIFEST)
    Store(root).keep_comparison(comparison)
    key = (comparison.first, comparison.second)
    assert read_evidence([root]).comparisons == {key: comparison}
    assert read_evidence([root]).notes == ()


# What is passed over


@pytest.mark.usefixtures("written")
def test_files_that_can_hold_no_results_are_counted_and_three_are_named(root):
    for name in ("a.txt", "b.py", "c.png", "d.log"):
        (root / name).write_text("{}")
    named = ", ".join(str(root / name) for name in ("a.txt", "b.py", "c.png"))
    assert read_evidence([root]).notes == (
        f"4 files were passed over, of no known format: {named} and 1 more",
    )


def test_a_file_that_a_record_does_not_name_is_counted(root, written):
    (written.folder / "lm-eval" / "more.jsonl").write_text(SAMPLES)
    (note,) = read_evidence([root]).notes
    assert note.startswith("1 file was passed over, of no known format: ")


@pytest.mark.usefixtures("written")
def test_a_pipe_in_a_folder_is_passed_over_and_not_waited_for(root):
    os.mkfifo(root / "results_1.json")
    assert "1 file was passed over" in read_evidence([root]).notes[0]


def test_a_pipe_that_is_given_itself_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="found a pipe, socket or device"):
        read_evidence([tmp_path / "pipe"])


@pytest.mark.parametrize("name", ["nothing", "a" * 300, "a\0b"])
def test_a_path_that_leads_to_nothing_is_refused(tmp_path, name):
    with pytest.raises(EvidenceError, match="expected evidence, found"):
        read_evidence([tmp_path / name])


@pytest.mark.usefixtures("written")
def test_a_file_of_no_known_format_that_is_given_itself_is_an_error(root):
    with pytest.raises(EvidenceError, match="expected results of a known format"):
        read_evidence([root / LEDGER_NAME])


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path, monkeypatch):
    # Root may list every folder, so that the folder is replaced by a file while it is walked.
    (tmp_path / "results" / "below").mkdir(parents=True)
    real = os.scandir

    def scandir(path):
        if Path(path).name == "below":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(EvidenceError, match="below: cannot be listed: Permission denied"):
        read_evidence([tmp_path / "results"])
