"""`--set KEY=VALUE`: requirements stated otherwise than in the file, which every report tells."""

import json
from pathlib import Path

import pytest
from tests.making.places import EVIDENCE_OF_V1

from weighin.reports.shared.formats import OF_AN_ANSWER

REQUIREMENTS, MET = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
HARMLESS = "model.aliases=[another]"
TOLD = f"the requirements were changed by --set {HARMLESS}"


@pytest.mark.parametrize("asked", OF_AN_ANSWER)
def test_every_report_tells_what_was_changed(weighin, asked):
    plain = weighin("check", REQUIREMENTS, MET, "--format", asked)
    told = weighin("check", REQUIREMENTS, MET, "--format", asked, "--set", HARMLESS)
    assert (plain.code, told.code) == (0, 0)
    assert "--set" not in plain.output
    assert "requirements were changed by" in told.output
    # Whatever a format does to the characters of it.
    assert "model" in told.output
    assert "another" in told.output


def test_no_digest_or_badge_is_that_of_the_file_itself(weighin, tmp_path):
    badges = [tmp_path / "plain.svg", tmp_path / "changed.svg"]
    plain, told = (
        weighin("check", REQUIREMENTS, MET, "--json", "--badge", badge, *options)
        for badge, options in zip(badges, ([], ["--set", HARMLESS]), strict=True)
    )
    before, after = (json.loads(one.output) for one in (plain, told))
    assert before["requirements"]["sha256"] != after["requirements"]["sha256"]
    assert before["head"] == after["head"][1:]
    assert after["head"][0] == f"{TOLD}; the file itself was not judged"
    assert "with --set" in badges[1].read_text()
    assert badges[0].read_text() != badges[1].read_text()


def test_what_is_stated_is_judged(weighin):
    told = weighin("check", REQUIREMENTS, MET, "--set", "model.dtype=bfloat16", "--full")
    assert told.code == 10
    assert "--set model.dtype" in told.output
    repeated = weighin("check", REQUIREMENTS, MET, "--set=model.dtype=bfloat16", "--json")
    fixes = {f["fix"] for f in json.loads(repeated.output)["findings"] if "weighin run" in f["fix"]}
    assert fixes
    assert all("--set model.dtype=bfloat16" in fix for fix in fixes)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("model.dtype", 2, "--set 'model.dtype': expected KEY=VALUE"),
        ("model.dtype=int3", 3, "--set model.dtype: expected"),
        ("modle.dtype=auto", 3, "--set modle.dtype: unknown key; did you mean model?"),
        ("model.dtyp=auto", 3, "--set model.dtyp: unknown key; did you mean dtype?"),
        ("benchmarks.gone.seed=1", 3, "--set benchmarks.gone.seed: benchmarks: expected an item"),
        ("benchmarks.0.num_fewshot=many", 3, "--set benchmarks.0.num_fewshot: expected"),
        ("rules.one-atempt=off", 3, "--set rules.one-atempt: "),
        ("rules.runs-within-days.days=many", 3, "--set rules.runs-within-days.days"),
        ("weighin=2", 3, "--set weighin: version 2 of the format is newer"),
        ("model.name=yes", 3, "--set model.name: ambiguous"),
        ("benchmarks=[]", 3, "--set benchmarks: "),
    ],
)
def test_an_error_names_it(weighin, text, code, says):
    told = weighin("check", REQUIREMENTS, MET, "--set", text)
    assert (told.code, told.output) == (code, "")
    assert says in told.errors
    assert str(REQUIREMENTS) not in told.errors


@pytest.mark.parametrize("command", ["run", "plan"])
def test_an_error_leaves_nothing_behind(weighin, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    told = weighin(command, REQUIREMENTS, "--set", "model.dtype=int3")
    assert (told.code, told.output) == (3, "")
    assert "--set model.dtype: expected" in told.errors
    assert list(tmp_path.iterdir()) == []


def test_a_secret_in_the_wrong_place_is_not_told(weighin):
    told = weighin(
        "check", REQUIREMENTS, MET,
        "--set", "model.endpoint={url: 'http://u:hunter2@h/v1', served_model: m, api: chat}",
    )  # fmt: skip
    assert told.code == 3
    assert "--set model.endpoint: " in told.errors
    assert "hunter2" not in told.errors + told.output


def test_a_mistake_of_the_file_is_told_at_its_place_beside_one_of_the_option(weighin, tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text(REQUIREMENTS.read_text() + "evidense: measured\n")
    told = weighin("check", file, MET, "--set", "model.dtype=int3")
    first, second = told.errors.splitlines()
    assert first.startswith(f"weighin: {file}:")
    assert second.startswith("weighin: --set model.dtype: expected")


def test_a_validation_says_that_it_is_of_no_file(weighin):
    told = weighin("check", "--validate", REQUIREMENTS, "--set", HARMLESS)
    assert told.code == 0
    assert f"--set {HARMLESS}" in told.output


@pytest.mark.model
def test_a_run_and_a_plan_hold_it(weighin, recorded, tmp_path):
    told = weighin(
        "run", recorded.requirements, "--results", recorded.results,
        "--set", "benchmarks.tiny_choice.num_fewshot=1", "--full",
    )  # fmt: skip
    assert told.code == 0, told.output
    assert "changed by --set benchmarks.tiny_choice.num_fewshot=1" in told.output
    assert "tiny_rolling: recorded already" in told.errors
    plain = weighin("check", recorded.requirements, recorded.results, "--json")
    assert "--set" not in "".join(json.loads(plain.output)["head"])
    store = tmp_path / "planned"
    line = ("plan", recorded.requirements, "--results", store, "--only", "tiny_choice")
    asked = weighin(*line, "--set", "benchmarks.0.num_fewshot=1", "--json")
    document = json.loads(asked.output)
    assert document["overrides"] == ["benchmarks.0.num_fewshot=1"]
    (job,) = (json.loads(p.read_text())["run"]["job_id"] for p in _records(told, recorded.results))
    assert document["jobs"][0]["job_id"] == job
    done = weighin("job", document["plan_id"], "--index", 0, "--results", store)
    assert done.code == 0, done.errors


def _records(told, results: Path) -> list[Path]:
    """Those of one shot."""
    del told
    paths = results.rglob("record.json")
    return [p for p in paths if json.loads(p.read_text())["asked"]["num_fewshot"] == 1]


def test_many_changes_are_counted_first_and_all_told_where_it_says(weighin, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    changes = (HARMLESS, "evidence=measured", "model.dtype=float32", "profile=same-checkpoint")
    line = ("check", REQUIREMENTS, MET, *(word for text in changes for word in ("--set", text)))
    screen, full = weighin(*line), weighin(*line, "--full")
    assert screen.code == full.code == 0
    assert "  4 settings changed by --set (all with --full): --set" in screen.output
    assert all(f"--set {text}" in " ".join(full.output.split()) for text in changes)
