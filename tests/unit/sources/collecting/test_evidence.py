"""What becomes of each file that lies where evidence was said to be."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from tests.making.logs.evaluated import Log
from tests.making.logs.lm_eval import COMMIT, STAMP, modern, written

from weighin import api
from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import inspect_evidence, read_evidence

REQUIREMENTS = f"""\
weighin: 1
model: {{name: org/model, checkpoint: "hf://org/model@{COMMIT}"}}
profile: comparable
benchmarks: [{{task: arc, metric: acc}}]
"""


def judged(folder: Path, *evidence: Path) -> tuple[Record, ...]:
    requirements = folder / "requirements.yaml"
    requirements.write_text(REQUIREMENTS)
    return api.check(requirements, evidence or [folder]).records


def sample(number: int, **replaced: object) -> dict:
    return {"doc_id": number, "doc_hash": f"{number:064x}", "acc": number % 2, **replaced}


def samples_file(folder: Path, rows: list[dict], name: str = f"samples_arc_{STAMP}.jsonl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


# What is read


def test_files_and_folders_are_read_alike(tmp_path):
    one = written(modern(), tmp_path / "a")
    written(modern(model_name="other"), tmp_path / "b" / "deep")
    found = read_evidence([one, tmp_path / "b"])
    assert sorted(record.model for record in found.records) == ["org/model", "other"]


def test_a_file_that_is_given_twice_is_one_record(tmp_path):
    path = written(modern(), tmp_path)
    assert len(read_evidence([path, tmp_path, tmp_path / "."]).records) == 1


def test_a_copy_in_another_folder_is_one_record(tmp_path):
    shutil.copytree(written(modern(), tmp_path / "a").parent, tmp_path / "b")
    assert len(judged(tmp_path)) == 1


def test_a_copy_that_was_written_again_with_its_keys_sorted_is_one_record(tmp_path):
    written(modern(), tmp_path / "a")
    again = tmp_path / "b" / f"results_{STAMP}.json"
    again.parent.mkdir()
    again.write_text(json.dumps(modern(), sort_keys=True, indent=4))
    assert len(judged(tmp_path)) == 1


def test_a_copy_without_the_samples_that_lie_beside_the_other_is_one_record(tmp_path):
    written(modern(), tmp_path / "a")
    written(modern(), tmp_path / "b")
    samples_file(tmp_path / "b", [sample(n) for n in range(4)])
    (record,) = judged(tmp_path)
    assert [file.role for file in record.files] == ["samples"]


def test_another_score_of_the_same_run_is_another_record(tmp_path):
    written(modern(), tmp_path / "a")
    changed = modern()
    changed["results"]["arc"]["acc,none"] = 0.75
    written(changed, tmp_path / "b")
    assert len(judged(tmp_path)) == 2


@pytest.mark.model
def test_of_a_log_of_another_model_one_record_is_read(log: Log):
    every = len(log.records())
    assert every > 1
    found = read_evidence([log.path.parent], is_wanted=lambda name: name == "another")
    assert len(found.records) == 1
    assert len(read_evidence([log.path.parent]).records) == every


# What is refused


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("odd.json", b'{"a": 1}'),
        ("list.json", b"[1]"),
        ("torn.json", b"{"),
        ("lines.jsonl", b'{"a": 1}\n'),
        ("table.csv", b"a,b\n1,2\n"),
        ("some.yaml", b"a: 1\n"),
        ("some.parquet", b"PAR1"),
        ("some.zip", b"PK"),
        ("some.eval", b"PK"),
    ],
)
def test_a_file_that_could_hold_results_and_is_of_no_known_format_is_refused(
    tmp_path, name, content
):
    written(modern(), tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EvidenceError, match=rf"{name}: expected .+, found .*--skip-unreadable"):
        read_evidence([tmp_path])


@pytest.mark.parametrize("name", ["notes.txt", "LICENSE", "run.log", "score.py", "plot.png"])
def test_a_file_that_can_hold_no_results_is_passed_over_and_named(tmp_path, name):
    written(modern(), tmp_path)
    (tmp_path / name).write_bytes(b"\x00")
    assert read_evidence([tmp_path]).notes == (
        f"1 file was passed over, of no known format: {tmp_path / name}",
    )


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_a_file_of_a_checkpoint_is_passed_over(tmp_path, name):
    (tmp_path / name).write_text("{}")
    assert read_evidence([tmp_path]).records == ()


def test_a_document_of_weighin_that_is_no_evidence_is_passed_over(tmp_path):
    (tmp_path / "verdict.json").write_text('{"format": "weighin.verdict/1"}')
    (tmp_path / "requirements.yaml").write_text(REQUIREMENTS)
    (note,) = read_evidence([tmp_path]).notes
    assert note.startswith("2 documents were passed over, written by weighin: ")


def test_a_file_that_is_given_itself_is_refused_whatever_its_name(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(EvidenceError, match=r"notes\.txt: expected results of a known format"):
        read_evidence([path])


def test_all_that_cannot_be_read_is_told_at_once(tmp_path):
    for number in range(3):
        (tmp_path / f"results_{number}.json").write_text("{")
    (tmp_path / "odd.json").write_text("{}")
    with pytest.raises(EvidenceError) as raised:
        read_evidence([tmp_path])
    first, *rest = str(raised.value).splitlines()
    assert first.startswith("4 files cannot be read as evidence; ")
    assert [Path(line.split(": ")[0]).name for line in rest] == [
        "results_0.json", "results_1.json", "results_2.json", "odd.json",
    ]  # fmt: skip


def test_a_long_list_of_what_cannot_be_read_is_cut_and_counted(tmp_path):
    for number in range(25):
        (tmp_path / f"{number}.json").write_text("{}")
    with pytest.raises(EvidenceError) as raised:
        read_evidence([tmp_path])
    lines = str(raised.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "and 5 more, which `weighin inspect --json` names"


def test_what_is_skipped_is_counted_and_each_is_named(tmp_path):
    written(modern(), tmp_path)
    for number in range(25):
        (tmp_path / f"{number}.json").write_text("{}")
    found = read_evidence([tmp_path], skip_unreadable=True)
    assert len(found.records) == 1
    assert "25 files were skipped that cannot be read as evidence" in found.notes
    assert len([note for note in found.notes if note.startswith("skipped: ")]) == 25


# Samples


@pytest.mark.model
def test_samples_beside_their_results_are_no_record_of_their_own(log: Log):
    found = inspect_evidence([log.path.parent])
    assert [file.format for file in found.files] == ["lm-eval results"]
    assert found.unread == ()


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_samples_without_results_are_named_and_scored(tmp_path, ending):
    rows = [sample(n) for n in range(4)]
    samples_file(tmp_path / "org__model", rows, f"samples_arc_{STAMP}{ending}")
    (record,) = read_evidence([tmp_path]).records
    assert (record.model, record.asked.task) == ("org/model", "arc")
    assert [(s.metric, s.value, s.documents) for s in record.scores] == [("acc", 0.5, 4)]
    assert record.observation(Facet.WEIGHTS).grade is Grade.NAMED
    assert record.run.settings["file_stamp"] == STAMP


def test_score_of_samples_without_results_recomputes(tmp_path):
    samples_file(tmp_path, [sample(n) for n in range(4)])
    found = read_evidence([tmp_path])
    assert found.read_records[0].recompute().values == {("arc", "acc", "none"): 0.5}


def test_metric_of_unknown_aggregation_has_no_score_and_is_named(tmp_path):
    samples_file(tmp_path, [sample(n, own=1.0) for n in range(4)])
    found = read_evidence([tmp_path])
    assert [score.metric for score in found.records[0].scores] == ["acc"]
    assert any("the samples do not say how own,none is aggregated" in n for n in found.notes)


@pytest.mark.model
def test_altered_sample_without_results_is_broken(log: Log, tmp_path):
    log.edit_samples("classes", lambda rows: rows[3].update(target="7"))
    alone = tmp_path / "alone" / log.samples("classes").name
    alone.parent.mkdir()
    shutil.copy(log.samples("classes"), alone)
    (broken,) = read_evidence([alone]).broken_files
    assert broken.found == "without its hash: document 3: target"
