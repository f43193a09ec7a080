"""The workflows are those of the page, and what CI reads without a complaint."""

import re

import pytest
from ruamel.yaml import YAML
from tests.laws.gate import test_workflow_files as gate
from tests.making.places import DOCS

ASKED = ("init", "--checkpoint", "models/tiny", "--tasks", "a")
PLACES = {"github": ".github/workflows/weighin.yml", "gitlab": ".gitlab-ci.yml"}
COMMIT = "<40-hex commit>"


def filled(text):
    return text.replace(COMMIT, "0" * 40)


@pytest.fixture
def written(weighin, folder):
    """Writes the workflow of a system and returns its text and what was told."""

    def write(ci, *arguments):
        told = weighin(*ASKED, "--ci", ci, *arguments)
        assert told.code == 0, told.errors
        return (folder / PLACES[ci]).read_text(), told.output

    return write


@pytest.mark.parametrize("ci", PLACES)
def test_a_workflow_is_the_example_of_the_page(written, ci):
    text, _ = written(ci, "--output", "requirements.yaml")
    page = (DOCS / "ci-integration.md").read_text("utf-8")
    assert f"```yaml\n{text}```" in page


@pytest.mark.parametrize("ci", PLACES)
def test_every_line_that_waits_for_a_value_is_named(written, ci):
    text, told = written(ci)
    lines = text.splitlines()
    named = {int(n) for n in re.findall(rf"{re.escape(PLACES[ci])}:(\d+): ", told)}
    waiting = {n for n, line in enumerate(lines, 1) if re.search(r"OWNER|GROUP|<", line)}
    assert named == waiting


@pytest.mark.child
def test_the_linters_of_github_find_nothing(written, folder):
    (folder / "sub folder").mkdir()
    text = filled(written("github", "--output", "sub folder/it's.yaml")[0])
    gate.test_actionlint_finds_nothing_in_an_example(text)
    assert gate.schema_errors("github-workflows", text, folder) == ""
    (folder / PLACES["github"]).write_text(text)
    assert gate.zizmor(str(folder / PLACES["github"])) == []
    (job,) = YAML(typ="safe").load(text)["jobs"].values()
    assert job["steps"][-1]["with"]["requirements"] == "sub folder/it's.yaml"


COMMAND = "inspect eval task.py --model hf/tiny -M model_path=models/tiny --log-dir out"
WITNESSED = ("init", "--from", COMMAND, "--witness", "--output", "requirements.yaml")


@pytest.mark.child
def test_a_witnessed_step_scores_before_the_check(weighin, folder):
    told = weighin(*WITNESSED, "--ci", "github")
    assert told.code == 0, told.errors
    assert told.output.endswith(f"next: weighin witness -- {COMMAND}\n")
    assert "evidence:" not in (folder / "requirements.yaml").read_text()
    text = (folder / PLACES["github"]).read_text()
    page = (DOCS / "ci-integration.md").read_text("utf-8")
    steps = text.partition("    steps:\n")[2]
    assert f"```yaml\n{steps}```" in page
    gate.test_actionlint_finds_nothing_in_an_example(filled(text))
    (job,) = YAML(typ="safe").load(filled(text))["jobs"].values()
    assert job["steps"][2]["run"] == f"weighin witness -- {COMMAND}"
    assert job["steps"][-1]["with"]["evidence"] == "results"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("--checkpoint", "models/tiny", "--tasks", "a"), "expected a command that scores"),
        (("--from", "inspect eval a.py --model openai/gpt"), "found a served one"),
        (("--from", COMMAND, "--ci", "gitlab"), "expected no --witness"),
        (("--from", f"{COMMAND} -M x='${{{{ matrix.a }}}}'", "--ci", "github"), "without a $"),
    ],
    ids=["no command", "served", "GitLab", "expression"],
)
def test_what_cannot_be_witnessed_is_refused(weighin, folder, asked, why):
    told = weighin("init", "--witness", *asked)
    assert (told.code, why in told.errors) == (2, True), told.errors
    assert not (folder / "weighin.yaml").exists()


@pytest.mark.parametrize("more", ["-M api_key=hunter2", "-M x=$HOME"])
def test_a_command_that_cannot_be_told_again_is_not(weighin, folder, more):
    told = weighin("init", "--witness", "--from", f"{COMMAND} {more}")
    assert told.code == 0, told.errors
    assert told.output.endswith("next: weighin witness -- COMMAND\n")
    assert "hunter2" not in told.output + (folder / "weighin.yaml").read_text()


@pytest.mark.child
def test_the_part_of_gitlab_follows_its_schema(written, folder):
    assert gate.schema_errors("gitlab-ci", written("gitlab")[0], folder) == ""


def test_a_pipeline_that_is_there_is_left_alone(weighin, folder):
    (folder / ".gitlab-ci.yml").write_text("mine: {script: true}\n")
    told = weighin(*ASKED, "--ci", "gitlab")
    assert told.code == 0, told.errors
    assert (folder / ".gitlab-ci.yml").read_text() == "mine: {script: true}\n"
    assert (folder / ".gitlab" / "weighin.yml").is_file()
    assert "add `include: [{local: /.gitlab/weighin.yml}]` to .gitlab-ci.yml" in told.output


@pytest.mark.parametrize("output", ["/tmp/w.yaml", "../w.yaml", "${{ github.token }}.yaml"])
@pytest.mark.parametrize("ci", PLACES)
def test_a_place_that_ci_could_not_name_is_refused(weighin, folder, ci, output):
    before = sorted(folder.rglob("*"))
    assert weighin(*ASKED, "--ci", ci, "--output", output).code == 2
    assert sorted(folder.rglob("*")) == before


def test_the_logs_of_another_harness_are_what_is_judged(weighin, folder):
    command = "inspect eval inspect_evals/a --model openai/m --log-dir evaluations"
    told = weighin("init", "--from", command, "--ci", "github")
    assert told.code == 0, told.errors
    assert told.output.endswith("next: weighin check weighin.yaml evaluations\n")
    assert "evidence: evaluations\n" in (folder / PLACES["github"]).read_text()
    command = "inspect eval inspect_evals/a --model openai/m --log-dir '${{ secrets.KEY }}'"
    assert weighin("init", "--from", command, "--ci", "github", "--force").code == 2


def test_a_file_that_is_called_as_a_place_of_the_template_is_that_file(written):
    text, _ = written("github", "--output", "{evidence}.yaml")
    (job,) = YAML(typ="safe").load(filled(text))["jobs"].values()
    assert job["steps"][-1]["with"]["requirements"] == "{evidence}.yaml"
    assert job["steps"][-1]["with"]["evidence"] == "results"
