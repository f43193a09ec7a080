"""`weighin diff`: what changed, in its first line and each difference as itself."""

import base64
import gzip
import json
import shutil

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.lm_eval import with_config
from tests.making.logs.lm_eval_samples import log_with_samples
from tests.making.places import EVIDENCE_OF_V1, ROOT, TESTS

from weighin.executors.planned.document import (
    PlanDocument,
    PlannedFile,
    PlannedJob,
    PlannedOptions,
    PlannedPlaces,
    PlannedRequirements,
)
from weighin.files.canonical import canonical_json, sha256_hex

DEMO = ROOT / "results" / "demo"
EIGHT = {f"q{number}": float(number % 2) for number in range(8)}


def first_line(told):
    assert told.code == 0, told.errors
    return told.output.splitlines()[0]


@pytest.fixture
def logs(tmp_path):
    """Two logs of one benchmark with another prompt, and two answers more that are right."""
    better = EIGHT | {"q0": 1.0, "q2": 1.0}
    ours = log_with_samples(tmp_path / "a", EIGHT)
    theirs = log_with_samples(tmp_path / "b", better, prompt="Q: {question}\nAnswer:")
    return ours, theirs


def test_the_first_line_of_the_demo_names_the_tensors_and_what_they_did(weighin):
    told = weighin("diff", DEMO / "act-1", DEMO / "act-2")
    assert first_line(told) == (
        "weights: 6 of 272 tensors · demo_elements +0.4831 [+0.3868, +0.5723], p < 0.0001"
    )
    assert "~model.layers.28.mlp.down_proj.weight" in told.output
    assert "Only in A" in told.output


def test_an_edited_template_is_told_as_a_unified_diff(weighin):
    told = weighin("diff", DEMO / "act-1", DEMO / "act-3")
    assert first_line(told).startswith("chat template: sha256 872be49dbb63 → 1f9519489786; prompts")
    lines = [line.strip() for line in told.output.splitlines()]
    assert "+You are an expert. Think of the most common answer and give it in one word" in (
        "\n".join(lines)
    )
    assert "prompts  104 of 104 differ" in lines


def test_a_record_is_held_against_a_log_of_another_run(weighin):
    told = weighin("diff", DEMO / "act-1", DEMO / "act-4")
    assert first_line(told).startswith("nothing that both record differs; not known: weights")


def test_the_first_prompt_that_differs_is_shown(weighin, logs):
    told = weighin("diff", *logs)
    assert first_line(told).startswith("prompts: 8 of 8 differ · arc +0.2500 [")
    assert "-Question: q0" in told.output
    assert "+Q: q0" in told.output


def test_one_run_against_itself_differs_in_nothing_and_says_what_nobody_recorded(weighin, logs):
    told = weighin("diff", logs[0], logs[0])
    assert "nothing that both record differs" in first_line(told)
    assert "recorded by neither  " in told.output
    assert "tokenizer" in told.output


def test_what_is_not_known_is_not_told_as_the_same(weighin, tmp_path):
    ours = log_with_samples(tmp_path / "a", EIGHT)
    theirs = log_with_samples(
        tmp_path / "b", EIGHT, config=with_config(model_args="pretrained=org/model")["config"]
    )
    document = json.loads(weighin("diff", ours, theirs, "--json").output)
    (benchmark,) = document["benchmarks"]
    (dtype,) = (d for d in benchmark["differences"] if d["topic"] == "dtype")
    assert dtype["agreement"] != "different"
    assert "tokenizer" in benchmark["recorded_by_neither"]
    assert not any(d["topic"] == "tokenizer" for d in benchmark["differences"])


def test_what_differs_changes_its_sign_with_the_order(weighin, logs):
    there, back = (
        json.loads(weighin("diff", *pair, "--json").output)["benchmarks"][0]
        for pair in (logs, logs[::-1])
    )
    assert [d["topic"] for d in there["differences"]] == [d["topic"] for d in back["differences"]]
    assert there["scores"][0]["difference"] == -back["scores"][0]["difference"]
    assert there["scores"][0]["only_first"] == back["scores"][0]["only_second"]


def test_a_copy_of_a_record_may_have_any_name(weighin, tmp_path):
    record = min((DEMO / "act-1").rglob("record.json"))
    shutil.copy(record, tmp_path / "mine.json")
    told = weighin("diff", tmp_path / "mine.json", record)
    assert "nothing that is recorded differs" in first_line(told)
    assert "the documents are the same, and what each of them scored is not at hand" in told.output


def test_a_job_is_a_folder_of_its_attempts(weighin):
    (ours,) = (DEMO / "act-1").glob("*/demo_elements/*")
    (theirs,) = (DEMO / "act-2").glob("*/demo_elements/*")
    assert first_line(weighin("diff", ours, theirs)).startswith("weights: 6 of 272 tensors")


def test_verdicts_are_told_by_outcome_rules_and_scores(weighin):
    told = weighin("diff", DEMO / "act-1" / "verdict.json", DEMO / "act-2" / "verdict.json")
    line = first_line(told)
    assert line.startswith("outcome: met → violated · weights: sha256:d028cb15e671 → ")
    assert "unpaired" in line
    assert "+same-weights: violated" in told.output


def test_manifests_list_their_tensors(weighin):
    ours, theirs = (min((DEMO / act / "checkpoints").glob("*.json")) for act in ("act-1", "act-2"))
    assert first_line(weighin("diff", ours, theirs)) == "weights: 6 of 272 tensors · related"


@pytest.fixture
def checkpoints(tmp_path):
    """Two checkpoints of one tensor, one of which has a token less and another template."""
    folders = []
    for name, vocabulary, template in (("one", ["a", "b"], "Hi\n"), ("two", ["a"], "Hello\n")):
        folder = tmp_path / name
        folder.mkdir()
        write_safetensors(folder / "model.safetensors", {"x": ("F32", [1], b"\x00" * 4)})
        model = {"type": "BPE", "vocab": dict.fromkeys(vocabulary, 0), "merges": []}
        (folder / "tokenizer.json").write_text(json.dumps({"model": model}))
        (folder / "chat_template.jinja").write_text(template)
        folders.append(folder)
    return folders


def test_checkpoints_are_told_token_by_token(weighin, checkpoints):
    told = weighin("diff", *checkpoints)
    assert first_line(told).startswith("tokenizer: 1 token gone; chat template: ")
    assert "-token b" in told.output
    assert "-Hi" in told.output
    assert "+Hello" in told.output


def test_things_of_two_kinds_are_refused(weighin, checkpoints):
    told = weighin("diff", checkpoints[0], DEMO / "act-1")
    assert told.code == 2
    assert "expected two of one kind, found checkpoints at" in told.errors


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "weighin.plan/2"}', "{}"])
def test_what_holds_no_run_is_refused(weighin, tmp_path, content):
    (tmp_path / "odd.json").write_text(content)
    told = weighin("diff", tmp_path / "odd.json", tmp_path / "odd.json")
    assert told.code == 3
    assert told.output == ""


def test_other_documents_of_weighin_are_refused_by_name(weighin, tmp_path):
    (tmp_path / "it.json").write_text('{"format": "weighin.fingerprint/1"}')
    told = weighin("diff", tmp_path / "it.json", DEMO / "act-1")
    assert told.code == 2
    assert "found a document of format weighin.fingerprint/1" in told.errors


@pytest.mark.parametrize("written", ["text", "markdown", "html", "json"])
def test_foreign_texts_are_shown_and_obeyed_by_nothing(weighin, tmp_path, written):
    hostile = "<script>alert(1)</script>\x1b[2J::error::\u202e{question}"
    ours = log_with_samples(tmp_path / "a", EIGHT)
    theirs = log_with_samples(
        tmp_path / "b", dict.fromkeys(EIGHT, 1.0), prompt=hostile, answers=[hostile] * 8
    )
    told = weighin("diff", ours, theirs, "--format", written)
    assert told.code == 0, told.errors
    assert "alert(1)" in told.output
    assert not {"\x1b", "\u202e"} & set(told.output)
    assert written != "html" or "<script>alert" not in told.output
    assert not any(line.lstrip().startswith("::") for line in told.output.splitlines())


def test_no_examples_are_shown_where_none_are_asked_for(weighin, logs):
    assert "Scored otherwise" in weighin("diff", *logs).output
    assert "Scored otherwise" not in weighin("diff", *logs, "--examples", "0").output
    assert weighin("diff", *logs, "--examples", "-1").code == 2


def test_files_that_cannot_be_read_are_left_out_where_that_is_asked_for(weighin, logs):
    (logs[0] / "results_2026-01-01T00-00-00.json").write_text('{"results": {"a": ')
    assert weighin("diff", *logs).code == 3
    assert weighin("diff", *logs, "--skip-unreadable").code == 0


@pytest.mark.parametrize("evidence", [EVIDENCE_OF_V1, TESTS / "compat" / "v2" / "evidence"])
def test_records_of_every_version_are_read(weighin, evidence):
    told = weighin("diff", evidence / "met", evidence / "violated")
    assert told.code == 0, told.errors


def plan(folder, name, prompt, **job):
    """A plan of one benchmark, whose task file holds a prompt."""
    content = base64.b64encode(prompt.encode()).decode()
    sha256 = sha256_hex(prompt.encode())
    description = {"format": "weighin.job/2", "subject": {"checkpoint": {"weights": "a" * 64}}}
    description |= {"task": "sums", "task_digest": sha256, "num_fewshot": 0, **job}
    document = PlanDocument(
        run_id="run",
        model="tiny",
        subject={},
        command="weighin plan",
        requirements=PlannedRequirements(path="r.yaml", sha256=sha256_hex(b""), content=""),
        files=(PlannedFile(path="tasks/a.yaml", sha256=sha256, size_bytes=9, content=content),),
        task_folders=(),
        working_folder=".",
        options=PlannedOptions(
            only=(), max_samples=None, new_attempt=False, compress_samples=False, watch=True
        ),
        places=PlannedPlaces(checkpoint=None, adapter=None, tokenizer=None),
        versions={"lm_eval": "0.4.13"},
        jobs=(
            PlannedJob(
                benchmark="sums",
                label="sums",
                job_id=sha256_hex(canonical_json(description)),
                description=description,
            ),
        ),
    )
    path = folder / name
    path.write_bytes(canonical_json(document.model_dump(mode="json")))
    return path


def test_plans_are_told_job_by_job_and_file_by_file(weighin, tmp_path):
    ours = plan(tmp_path, "a.json", "doc_to_text: Q {q}\n")
    theirs = plan(
        tmp_path, "b.json", "doc_to_text: Question {q}\n", num_fewshot=5,
        subject={"checkpoint": {"weights": "b" * 64}},
    )  # fmt: skip
    told = weighin("diff", ours, theirs)
    line = first_line(told)
    assert line.startswith("weights: sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb; task: ")
    assert line.endswith("0 of 1 job the same")
    assert "+doc_to_text: Question {q}" in told.output
    assert "shots" in told.output
    assert first_line(weighin("diff", ours, ours)) == (
        "nothing that is recorded differs · 1 of 1 job the same"
    )


def test_samples_that_were_altered_are_told_in_the_first_line(weighin, tmp_path):
    altered = tmp_path / "altered"
    shutil.copytree(DEMO / "act-2", altered)
    (samples,) = altered.rglob("samples_*.jsonl.gz")
    lines = gzip.decompress(samples.read_bytes()).replace(b'"answer": "H"', b'"answer": "h"')
    samples.write_bytes(gzip.compress(lines + b"\n"))
    told = weighin("diff", DEMO / "act-1", altered)
    assert first_line(told).endswith("1 file not as a digest says")
    assert "Not what its digest says" in told.output
