"""A real run whose record was rewritten, with commit marker and ledger made to fit."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.places import TINY_TASKS
from tests.making.runs.ledgers import lines_of, relinked, write_lines

import weighin
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

ONE, BOTH = "  - task: tiny_choice\n", "  - task: tiny_choice\n  - task: tiny_generate\n"

AGAINST_THE_MANIFEST = "the record contradicts the manifest of its checkpoint"


def requirements_in(folder: Path, checkpoint: Path, *, prompt: str = "", tasks: str = BOTH) -> Path:
    path = folder / f"requirements-{prompt or 'none'}.yaml"
    told = f"  system_prompt: {prompt}\n" if prompt else ""
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: {checkpoint}\n{told}"
        f"tasks: ['{TINY_TASKS}']\nbenchmarks:\n{tasks}"
        "rules:\n  one-attempt: {level: error}\n"
    )
    return path


@pytest.fixture(scope="module")
def run_once(tiny_checkpoint, tmp_path_factory) -> tuple[Path, Path]:
    """Requirements and results of a run that no test may change."""
    folder = tmp_path_factory.mktemp("run")
    requirements = requirements_in(folder, tiny_checkpoint)
    verdict = weighin.run(requirements, results=folder / "results")
    assert verdict.outcome is Outcome.MET
    return requirements, folder / "results"


@pytest.fixture
def results(run_once, tmp_path) -> Path:
    return Path(shutil.copytree(run_once[1], tmp_path / "results"))


@pytest.fixture
def problems(run_once) -> Callable[..., set[tuple[str, Outcome, str]]]:
    def check(*evidence: Path) -> set[tuple[str, Outcome, str]]:
        return {
            (j.rule, j.finding.outcome, j.finding.statement)
            for j in weighin.check(run_once[0], evidence).findings
            if j.finding.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
        }

    return check


def record_of(results: Path, task: str) -> Path:
    (path,) = (results / "tiny" / task).rglob(RECORD_NAME)
    return path


def rewrite(results: Path, task: str, change: Callable[[dict], None]) -> None:
    path = record_of(results, task)
    before = sha256_hex(path.read_bytes())
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical_json(value))
    after = sha256_hex(path.read_bytes())
    marker = path.parents[1] / COMMIT_NAME
    marker.write_text(marker.read_text().replace(before, after))

    def seal(line: dict) -> None:
        if line["detail"].get("record_sha256") == before:
            line["detail"]["record_sha256"] = after

    write_lines(results, relinked(lines_of(results), seal))


def test_a_real_run_is_read_back_without_a_problem(results, problems):
    assert problems(results) == set()


ASKED = {
    "documents_total": 5,
    "documents_scored": 5,
    "num_fewshot": 3,
    "task_version": "99",
    "config_digest": "0" * 64,
    "dataset_path": "somebody/else",
    "dataset_revision": "0" * 40,
    "documents_digest": "0" * 64,
    "prompts_digest": "0" * 64,
    "decoding": {"temperature": 0.5},
}


@pytest.mark.parametrize("name", ASKED)
def test_what_was_asked_is_held_against_the_files(results, problems, name):
    rewrite(results, "tiny_choice", lambda value: value["asked"].update({name: ASKED[name]}))
    found = problems(results)
    path = record_of(results, "tiny_choice")
    statement = f"{path} contradicts the files beside it: asked.{name}"
    assert ("records-intact", Outcome.VIOLATED, statement) in found


@pytest.mark.parametrize("name", ["value", "stderr", "documents"])
def test_scores_are_held_against_the_files(results, problems, name):
    rewrite(results, "tiny_choice", lambda value: value["scores"][0].update({name: 0}))
    statements = {s for rule, _, s in problems(results) if rule == "records-intact"}
    assert any(s.endswith(f": {name}") and "contradicts the files" in s for s in statements)


def test_a_score_that_no_file_has_contradicts_them(results, problems):
    def add(value):
        value["scores"].append(value["scores"][0] | {"metric": "invented", "value": 1.0})

    rewrite(results, "tiny_choice", add)
    assert any("invented" in statement for _, _, statement in problems(results))


def test_a_score_that_was_left_out_contradicts_the_files(results, problems):
    rewrite(results, "tiny_choice", lambda value: value["scores"].pop())
    assert {rule for rule, _, _ in problems(results)} >= {"records-intact"}


@pytest.mark.parametrize("role", ["results", "samples"])
def test_a_record_that_names_no_files_of_one_kind_is_not_intact(results, problems, role):
    def leave_out(value):
        value["files"] = [file for file in value["files"] if file["role"] != role]

    rewrite(results, "tiny_choice", leave_out)
    assert {rule for rule, _, _ in problems(results)} >= {"records-intact"}


def test_another_digest_of_the_loaded_weights_contradicts_the_observation(results, problems):
    def replace_both(value):
        value["loaded"].update(digest_before="0" * 64, digest_after="0" * 64)

    rewrite(results, "tiny_choice", replace_both)
    assert problems(results) == {
        (
            "records-intact",
            Outcome.VIOLATED,
            f"{record_of(results, 'tiny_choice')} contradicts itself: loaded.digest_before",
        )
    }


@pytest.fixture
def edited_results(tiny_checkpoint, tmp_path) -> Path:
    """A run under the same name on a checkpoint with another generation config."""
    folder = tmp_path / "edited"
    checkpoint = shutil.copytree(tiny_checkpoint, folder / "checkpoint")
    path = checkpoint / "generation_config.json"
    value = json.loads(path.read_bytes()) if path.exists() else {}
    path.write_text(json.dumps(value | {"repetition_penalty": 1.5}))
    weighin.run(requirements_in(folder, checkpoint), results=folder / "results")
    return folder / "results"


def test_the_id_of_another_checkpoint_contradicts_the_manifest_of_that_id(
    run_once, edited_results, problems
):
    declared = json.loads(record_of(run_once[1], "tiny_choice").read_bytes())["checkpoint_id"]
    for task in ("tiny_choice", "tiny_generate"):
        rewrite(edited_results, task, lambda value: value.update(checkpoint_id=declared))
    assert (
        "checkpoint-is-declared",
        Outcome.VIOLATED,
        f"tiny_choice, tiny_generate: {AGAINST_THE_MANIFEST}: generation_config",
    ) in problems(edited_results)


def test_a_search_over_settings_is_counted_though_one_folder_is_given(tiny_checkpoint, tmp_path):
    results = tmp_path / "results"
    for prompt in ("one", "two", "three"):
        requirements = requirements_in(tmp_path, tiny_checkpoint, prompt=prompt, tasks=ONE)
        weighin.run(requirements, results=results)
    jobs = sorted(results.glob("tiny/tiny_choice/*/*/record.json"), key=lambda p: p.stat().st_mtime)
    verdict = weighin.check(requirements, [jobs[-1].parents[1]])
    (finding,) = (j.finding for j in verdict.findings if j.rule == "one-attempt")
    assert verdict.outcome is Outcome.VIOLATED
    assert finding.statement == (
        "3 attempts of tiny_choice are known to the ledger, 1 was given as evidence"
    )


def test_an_attempt_that_was_copied_away_from_its_ledger_is_undecided(results, problems, tmp_path):
    copies = [
        shutil.copytree(record_of(results, task).parent, tmp_path / "copies" / task)
        for task in ("tiny_choice", "tiny_generate")
    ]
    vouched = "tiny_choice, tiny_generate: no ledger vouches for this attempt"
    found = problems(*copies, results / "checkpoints")
    assert {("one-attempt", Outcome.UNDECIDED, vouched)} < found
    assert {("records-intact", Outcome.UNDECIDED, vouched)} < found


def test_a_trial_on_a_few_documents_is_no_attempt(tiny_checkpoint, tmp_path):
    results = tmp_path / "results"
    requirements = requirements_in(tmp_path, tiny_checkpoint, tasks=ONE)
    weighin.run(requirements, results=results, max_samples=2)
    assert weighin.run(requirements, results=results).outcome is Outcome.MET
