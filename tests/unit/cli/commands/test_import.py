"""`weighin import`: foreign logs kept in a results folder, and judged from there alone."""

import hashlib
import json
import shutil

import pytest
from tests.making.logs.lm_eval import COMMIT, STAMP, modern, written

REQUIREMENTS = f"""\
weighin: 1
model: {{name: org/model, checkpoint: "hf://org/model@{COMMIT}"}}
profile: comparable
same: [weights, dtype]
evidence: declared
benchmarks: [{{task: arc, metric: acc}}]
"""


@pytest.fixture
def log(tmp_path):
    path = written(modern(), tmp_path / "logs" / "org__model")
    rows = [{"doc_id": n, "doc_hash": f"{n:064x}", "acc": n % 2} for n in range(4)]
    samples = path.with_name(f"samples_arc_{STAMP}.jsonl")
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def requirements(tmp_path):
    path = tmp_path / "requirements.yaml"
    path.write_text(REQUIREMENTS)
    return path


def all_files(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def findings(told):
    document = json.loads(told.output)
    keys = ("rule", "level", "outcome", "statement", "benchmarks", "facet", "fix")
    return [{key: finding[key] for key in keys} for finding in document["findings"]]


def test_the_store_alone_gives_the_verdict_of_the_logs(weighin, log, requirements, tmp_path):
    before = weighin("check", requirements, log.parent, "--json")
    assert weighin("import", log.parent, "--results", tmp_path / "kept").code == 0
    shutil.rmtree(log.parent)
    after = weighin("check", requirements, tmp_path / "kept", "--json")
    assert after.code == before.code
    assert findings(after) == findings(before)


def test_log_and_import_together_are_one_record(weighin, log, requirements, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    told = weighin("check", requirements, log.parent, tmp_path / "kept", "--json")
    assert len(json.loads(told.output)["records"]) == 1


def test_copies_are_byte_for_byte_and_the_origin_is_kept(weighin, log, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    (kept,) = (tmp_path / "kept").rglob("import.json")
    document = json.loads(kept.read_bytes())
    assert document["origin"] == str(log)
    assert (kept.parent / document["log"]).read_bytes() == log.read_bytes()
    assert {file["sha256"] for file in document["files"]} == set(all_files(log.parent).values())


def test_an_import_is_never_a_run_of_weighin(weighin, log, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    assert list((tmp_path / "kept").rglob("record.json")) == []
    assert list((tmp_path / "kept").rglob("ledger.jsonl")) == []
    (kept,) = (tmp_path / "kept").rglob("import.json")
    (record,) = json.loads(kept.read_bytes())["records"]
    assert record["origin"]["producer"] == "lm-eval 0.4.13"
    assert (record["run"]["job_id"], record["run"]["attempt_id"]) == ("", "")


def test_importing_again_changes_nothing(weighin, log, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    before = all_files(tmp_path / "kept")
    told = weighin("import", log.parent, "--results", tmp_path / "kept", "--json")
    assert all_files(tmp_path / "kept") == before
    assert json.loads(told.output)["imported"] == []
    assert len(json.loads(told.output)["known"]) == 1


def test_an_import_that_was_interrupted_is_finished(weighin, log, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    before = all_files(tmp_path / "kept")
    (kept,) = (tmp_path / "kept").rglob("import.json")
    kept.unlink()
    assert weighin("import", log.parent, "--results", tmp_path / "kept").code == 0
    assert all_files(tmp_path / "kept") == before


def test_an_altered_copy_is_broken(weighin, log, requirements, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    (copy,) = (tmp_path / "kept").rglob("results_*.json")
    changed = modern()
    changed["results"]["arc"]["acc,none"] = 0.9
    copy.write_text(json.dumps(changed))
    told = weighin("check", requirements, tmp_path / "kept", "--json")
    assert told.code == 10
    assert any(f["rule"] == "records-intact" and f["outcome"] == "violated" for f in findings(told))


def test_a_path_out_of_the_store_is_not_followed(weighin, log, requirements, tmp_path):
    weighin("import", log.parent, "--results", tmp_path / "kept")
    (kept,) = (tmp_path / "kept").rglob("import.json")
    document = json.loads(kept.read_bytes())
    outside = "../../../logs/org__model/" + log.name
    document["log"] = document["files"][0]["path"] = outside
    kept.write_text(json.dumps(document))
    told = weighin("check", requirements, tmp_path / "kept")
    assert told.code == 3
    assert outside in told.errors


def test_nothing_is_imported_where_something_cannot_be_read(weighin, log, tmp_path):
    (log.parent / "odd.json").write_text("{}")
    assert weighin("import", log.parent, "--results", tmp_path / "kept").code == 3
    assert not (tmp_path / "kept").exists()
    told = weighin("import", log.parent, "--results", tmp_path / "kept", "--skip-unreadable")
    assert told.code == 0
    assert "1 file left out that cannot be read" in told.output


def test_a_folder_without_logs_is_refused(weighin, tmp_path):
    (tmp_path / "empty").mkdir()
    told = weighin("import", tmp_path / "empty", "--results", tmp_path / "kept")
    assert told.code == 3
    assert "expected logs of other harnesses to import, found none" in told.errors


def test_check_exits_3_for_what_it_cannot_read_unless_told_to_skip(weighin, log, requirements):
    (log.parent / "odd.json").write_text("{}")
    assert weighin("check", requirements, log.parent).code == 3
    told = weighin("check", requirements, log.parent, "--skip-unreadable", "--json")
    assert told.code in {10, 11}
    assert any("odd.json" in sentence for sentence in json.loads(told.output)["ignored"])
