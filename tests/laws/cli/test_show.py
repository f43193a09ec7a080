"""`weighin show`: a record that is named in any way is shown with what lies around it."""

import gzip
import json
import shutil

import pytest
from tests.making.logs.lm_eval import modern, written
from tests.making.places import ROOT
from tests.making.reports.rendered import Page
from tests.making.runs.stores import finished, started

from weighin.evidence.store import Store

DEMO = ROOT / "results" / "demo"
CHOICE = "fde1706a661e"


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def shown(weighin, *arguments):
    told = weighin("show", *arguments, "--json")
    assert told.code == 0, told.errors
    return json.loads(told.output)


def test_every_way_to_name_a_record_shows_the_same(weighin, results):
    record = finished(results)
    job = record.record.run.job_id
    names = [record.path, record.folder, record.folder.parent, results]
    told = [shown(weighin, name) for name in names]
    told += [shown(weighin, name, "--results", results) for name in (job, job[:6], "gsm8k")]
    assert {document["sha256"] for document in told} == {told[0]["sha256"]}
    assert {document["job"]["job_id"] for document in told} == {job}
    assert all(document["job"]["stands"] for document in told)


def test_relative_paths_are_told_as_they_were_given(weighin, results, monkeypatch):
    record = finished(results)
    for folder in (results.parent, record.folder, record.folder.parent.parent):
        monkeypatch.chdir(folder)
        path = record.path.relative_to(folder)
        document = shown(weighin, path)
        assert document["file"] == str(path)
        assert document["job"]["stands"]


def test_what_was_asked_what_answered_and_what_came_out_are_told(weighin):
    told = weighin("show", CHOICE, "--results", DEMO)
    assert told.code == 0
    for words in (
        "acc 0.9519 ± 0.0211",
        "104 of 104 scored",
        "sha256:d028cb15e671",
        "measured: float32",
        "What kind of animal is the anchovy?",
        "1:  fish",
        "lm-eval 0.4.13",
    ):
        assert words in told.output


def test_an_example_says_what_was_weighed_and_what_was_right(weighin):
    (example,) = shown(weighin, CHOICE, "--results", DEMO)["examples"]
    assert [choice["text"] for choice in example["choices"]] == [
        " bird", " fish", " insect", " mammal",
    ]  # fmt: skip
    assert (example["answer"], example["target"], example["scores"]) == (" fish", "1", {"acc": 1})


def test_an_example_says_what_was_generated(weighin):
    (example,) = shown(weighin, DEMO / "act-2")["examples"]
    assert (example["choices"], example["responses"], example["answer"]) == ([], [" H"], "H")


@pytest.mark.parametrize("most", [0, 1, 3])
def test_as_many_examples_as_are_asked_for(weighin, most):
    document = shown(weighin, CHOICE, "--results", DEMO, "--examples", most)
    assert [example["document"] for example in document["examples"]] == list("012"[:most])


def test_a_file_that_is_not_as_recorded_is_told(weighin, results):
    record = finished(results)
    samples = next(record.folder.rglob("samples_*"))
    samples.write_text("not a sample\n")
    document = shown(weighin, record.path)
    assert [broken["file"] for broken in document["broken"]] == [str(samples)]
    assert "expected a sample" in document["notes"][0]
    assert "Not as it was recorded" in weighin("show", record.path).output


def test_an_attempt_that_does_not_stand_says_so(weighin, results):
    first, second = finished(results), finished(results)
    assert shown(weighin, first.path)["job"]["stands"]
    assert not shown(weighin, second.path)["job"]["stands"]
    assert "another attempt stands" in weighin("show", second.path).output
    assert shown(weighin, first.folder.parent)["file"] == str(first.path)


def test_a_row_of_a_log_is_shown(weighin, tmp_path):
    written(modern(), tmp_path)
    document = shown(weighin, tmp_path)
    assert document["job"] is None
    assert document["record"]["scores"]


def test_a_record_that_was_copied_away_is_shown_without_a_job(weighin, results, tmp_path):
    record = finished(results)
    shutil.copytree(record.folder, tmp_path / "copy")
    assert shown(weighin, tmp_path / "copy")["job"] is None


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("none", 2, "found none; there are"),
        ("0000000", 2, "(gsm8k)"),
        ("arc", 3, "the job is abandoned"),
        ("{results}", 2, "more than one"),
        ("{empty}", 2, "found none"),
    ],
)
def test_what_names_no_record_is_refused(weighin, results, name, code, says):
    finished(results)
    started(results, "arc")
    empty = results.parent / "empty"
    empty.mkdir()
    name = name.format(results=results, empty=empty)
    told = weighin("show", name, "--results", results)
    assert (told.code, told.output) == (code, "")
    assert says in told.errors


def test_a_sample_of_a_hostile_log_is_shown_and_not_obeyed(weighin, results):
    record = finished(results)
    samples = next(record.folder.rglob("samples_*"))
    line = {"doc_id": "\x1b[2J", "arguments": [["a\r\n::error::b\x1b[1m", {"until": []}]]}
    line |= {"resps": [["<script>"]], "filtered_resps": ["\u202ex"], "target": {"a": "\x07"}}
    samples.write_text(f"{json.dumps(line)}\n")
    for told in ("text", "html", "markdown", "json"):
        output = weighin("show", record.path, "--format", told).output
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(output)
        assert "script" not in Page(output).tags or told in {"text", "json"}


def test_no_more_of_a_samples_file_is_read_than_is_shown(weighin, results):
    record = finished(results)
    samples = next(record.folder.rglob("samples_*"))
    first = samples.read_bytes()
    packed = samples.with_name(f"{samples.name}.gz")
    with gzip.open(packed, "wb") as stream:
        stream.write(first + b"0" * 100)
    samples.write_bytes(first + b"no sample at all")
    assert len(shown(weighin, record.path)["examples"]) == 1


def test_a_store_keeps_every_byte(weighin, results):
    finished(results)
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    for command in (("ls", results), ("show", results)):
        assert weighin(*command).code == 0
    assert {p: p.read_bytes() for p in results.rglob("*") if p.is_file()} == before
    assert Store(results).folder == results


def test_a_prompt_that_nobody_can_read_is_cut_on_a_page_and_whole_in_json(weighin, results):
    record = finished(results)
    samples = next(record.folder.rglob("samples_*"))
    line = {"doc_id": 0, "arguments": [["a" * 10**6, "b" * 10**5]], "resps": [[["-1", "True"]]]}
    samples.write_text(f"{json.dumps(line)}\n")
    assert len(weighin("show", record.path, "--verbose").output) < 10**5
    assert len(shown(weighin, record.path)["examples"][0]["prompt"]) == 10**6
