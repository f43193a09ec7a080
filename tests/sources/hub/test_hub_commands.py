"""`weighin fingerprint hf://…` and `weighin run`, as a user meets them."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sources.hub.conftest import FIRST
from tests.sources.hub.server import COMMIT, REPOSITORY, Hub, published

from weighin import api
from weighin.cli.application import run_application
from weighin.evidence.records import Record
from weighin.rules.interface import Outcome

PINNED = f"hf://{REPOSITORY}@{COMMIT}"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def weighin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line in this process; its exit code and output."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["weighin", *arguments])
        code = run_application()
        out, err = capsys.readouterr()
        assert code != 70, err
        return code, out, err

    return run


def test_fingerprint_prints_commit_files_and_tensors_and_that_weights_are_not_known(
    weighin: Command, hub: Hub
):
    code, out, _ = weighin("fingerprint", PINNED)

    assert code == 0
    assert f"{PINNED} (pinned)" in out
    assert f"sha256 {hub.files[FIRST].sha256}" in out
    assert f"git {hub.files['config.json'].blob_id}" in out
    assert "F16    [4, 4]                 layers.0.weight" in out
    assert "weights            not known without the bytes" in out


def test_fingerprint_of_a_branch_says_that_it_may_move(weighin: Command):
    _, out, _ = weighin("fingerprint", f"hf://{REPOSITORY}@main")

    assert f"hf://{REPOSITORY}@main (declared: a branch or tag may move)" in out
    assert f"commit             {COMMIT}" in out


def test_fingerprint_prints_one_json_document(weighin: Command):
    _, out, _ = weighin("fingerprint", PINNED, "--json")

    document = json.loads(out)
    assert (document["format"], document["grade"]) == ("weighin.hub-revision/1", "pinned")
    assert document["commit"] == COMMIT
    assert "weights" not in document


def test_names_of_a_hub_do_not_steer_the_terminal(weighin: Command, hub: Hub):
    name = "a\x1b[2J.md"
    hub.files[name] = type(hub.files[FIRST])(name, b"")

    _, out, _ = weighin("fingerprint", PINNED)

    assert "\x1b" not in out
    assert "a\\x1b[2J.md" in out


@pytest.mark.parametrize(
    ("status", "expected"), [((503, ""), 75), ((404, "RepoNotFound"), 3), ((401, "GatedRepo"), 3)]
)
def test_exit_code_tells_what_may_help_later(weighin: Command, hub: Hub, status, expected):
    hub.status["/api/"] = status

    code, out, err = weighin("fingerprint", PINNED)

    assert (code, out) == (expected, "")
    assert err.startswith(f"weighin: {PINNED}: ")


def test_a_revision_has_no_manifest_to_save(weighin: Command, hub: Hub, tmp_path: Path):
    code, _, err = weighin("fingerprint", PINNED, "--save", str(tmp_path / "manifest.json"))

    assert code == 2
    assert "has no manifest" in err
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
    shutil.rmtree(scored)
    online = api.check(requirements, [results], online=True)

    outcomes = [
        {f.finding.outcome for f in verdict.findings if f.rule == "released-is-scored"}
        for verdict in (offline, online)
    ]
    assert outcomes == [{Outcome.UNDECIDED}, {Outcome.MET}]
    (path,) = results.glob("tiny/*/*/*/record.json")
    record = Record.model_validate_json(path.read_bytes())
    assert {f.path: f.sha256 for f in record.checkpoint_files} == {
        path: file.sha256
        for path, file in hub.files.items()
        if path in {entry.path for entry in api.fingerprint(tiny_checkpoint).files}
    }
    assert record.checkpoint_id == api.fingerprint(tiny_checkpoint).checkpoint_id
