"""`weighin fingerprint hf://…` and `weighin run`, as a user meets them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from huggingface_hub import snapshot_download
from tests.making.hub.release import FIRST, PINNED, Told
from tests.making.hub.server import COMMIT, REPOSITORY, Hub, published
from tests.making.reports.schemas import published as published_schema

from weighin import api
from weighin.evidence.records import Record
from weighin.reports.documents.document import Document
from weighin.rules.interface import Outcome

Command = Callable[..., Told]


def test_fingerprint_prints_commit_files_and_tensors_and_that_weights_are_not_known(
    weighin: Command, hub: Hub
):
    told = weighin("fingerprint", PINNED)

    out = told.output
    assert told.code == 0
    assert f"{PINNED} (pinned)" in out
    assert f"sha256 {hub.files[FIRST].sha256}" in out
    assert f"git {hub.files['config.json'].blob_id}" in out
    assert "F16    [4, 4]                 layers.0.weight" in out
    assert "weights            not known without the bytes" in out


def test_fingerprint_of_a_branch_says_that_it_may_move(weighin: Command):
    out = weighin("fingerprint", f"hf://{REPOSITORY}@main").output

    assert f"hf://{REPOSITORY}@main (declared: a branch or tag may move)" in out
    assert f"commit             {COMMIT}" in out


def test_fingerprint_prints_one_json_document(weighin: Command):
    out = weighin("fingerprint", PINNED, "--json").output

    document = json.loads(out)
    assert (document["format"], document["grade"]) == ("weighin.hub-revision/1", "pinned")
    assert document["commit"] == COMMIT
    assert "weights" not in document


def test_what_is_printed_and_what_is_kept_are_documents_of_the_published_schema(
    weighin: Command, tmp_path: Path
):
    kept = tmp_path / "kept.json"
    printed = json.loads(weighin("fingerprint", PINNED, "--json", "--save", kept).output)

    schema = json.loads(published_schema(Document.HUB_REVISION).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(printed)
    assert json.loads(kept.read_text("utf-8")) == printed


def test_names_of_a_hub_do_not_steer_the_terminal(weighin: Command, hub: Hub):
    name = "a\x1b[2J.md"
    hub.files[name] = type(hub.files[FIRST])(name, b"")

    out = weighin("fingerprint", PINNED).output

    assert "\x1b" not in out
    assert "a\\x1b[2J.md" in out


@pytest.mark.parametrize(
    ("status", "expected"), [((503, ""), 75), ((404, "RepoNotFound"), 3), ((401, "GatedRepo"), 3)]
)
def test_exit_code_tells_what_may_help_later(weighin: Command, hub: Hub, status, expected):
    hub.status["/api/"] = status

    told = weighin("fingerprint", PINNED)

    assert (told.code, told.output) == (expected, "")
    assert told.errors.startswith(f"weighin: {PINNED}: ")


@pytest.mark.parametrize("option", [["--files"], ["--adapter", "lora"]])
def test_what_needs_bytes_is_refused_for_a_revision(weighin: Command, hub: Hub, option):
    told = weighin("fingerprint", PINNED, *option)

    assert told.code == 2
    assert "need bytes, which are not downloaded" in told.errors
    assert hub.requests == []


def test_fingerprint_says_what_is_not_compared_and_who_was_asked(weighin: Command, hub: Hub):
    out = weighin("fingerprint", PINNED).output

    assert "xet hashes         listed by the hub for 2 of them and not compared" in out
    assert f"source             {hub.url}, asked at 20" in out
    assert "tensors            3 (names, dtypes and shapes; no bytes were read)" in out


def in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "weighin", *arguments],
        env={**os.environ, "HF_HUB_DISABLE_XET": "1", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_environment_of_huggingface_hub_is_obeyed(hub: Hub, cache: Path, tmp_path: Path):
    home = {"HF_HOME": str(tmp_path / "home"), "HF_HUB_CACHE": str(cache)}
    online = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url}
    asked = in_a_process("fingerprint", PINNED, **online, **home)
    snapshot_download(REPOSITORY, revision=COMMIT, allow_patterns="config.json")
    hub.requests.clear()
    offline = in_a_process("fingerprint", PINNED, HF_HUB_OFFLINE="1", HF_ENDPOINT=hub.url, **home)

    assert (asked.returncode, offline.returncode) == (0, 0), asked.stderr + offline.stderr
    assert hub.url in asked.stdout
    assert "the hub cache, without asking the hub" in offline.stdout
    assert f"sha256 {hub.files[FIRST].sha256}" in offline.stdout
    assert hub.requests == []


@pytest.mark.model
def test_run_records_file_digests_and_a_later_check_online_is_met(
    hub: Hub, tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
):
    hub.files = published(tiny_checkpoint)
    scored = Path(shutil.copytree(tiny_checkpoint, tmp_path / "scored"))
    requirements = write_requirements(
        scored,
        model=f"  released: {PINNED}\n",
        benchmarks="  - task: tiny_choice\n",
        rest="same: [weights, tokenizer, chat_template, config]\n",
    )
    results = tmp_path / "results"

    offline = api.run(requirements, results=results)
    assert hub.requests == []
    shutil.rmtree(scored)
    online = api.check(requirements, [results], online=True)

    outcomes = [
        {f.finding.outcome for f in verdict.findings if f.rule == "released-is-scored"}
        for verdict in (offline, online)
    ]
    assert outcomes == [{Outcome.UNDECIDED}, {Outcome.MET}]
    (undecided,) = [f.finding for f in offline.findings if f.rule == "released-is-scored"]
    assert "the released checkpoint is not at hand" in undecided.statement
    assert f"`weighin check {requirements} --online` asks the hub" in undecided.fix
    (path,) = results.glob("tiny/*/*/*/record.json")
    record = Record.model_validate_json(path.read_bytes())
    assert {f.path: f.sha256 for f in record.checkpoint_files} == {
        path: file.sha256
        for path, file in hub.files.items()
        if path in {entry.path for entry in api.fingerprint(tiny_checkpoint).files}
    }
    assert record.checkpoint_id == api.fingerprint(tiny_checkpoint).checkpoint_id


@pytest.mark.model
def test_run_with_a_saved_release_is_met_at_once_and_asks_nobody(
    weighin: Command,
    hub: Hub,
    tiny_checkpoint: Path,
    write_requirements: Callable[..., Path],
    tmp_path: Path,
):
    hub.files = published(tiny_checkpoint)
    requirements = write_requirements(
        tiny_checkpoint, model="  released: release.json\n", benchmarks="  - task: tiny_choice\n"
    )
    weighin("fingerprint", PINNED, "--save", requirements.parent / "release.json")
    hub.requests.clear()

    verdict = api.run(requirements, results=tmp_path / "results")

    outcomes = {f.finding.outcome for f in verdict.findings if f.rule == "released-is-scored"}
    assert outcomes == {Outcome.MET}
    assert hub.requests == []
