"""A small interpreter of composite actions: `run:` steps are run, `uses:` steps are recorded.

It knows what action.yml needs: expressions of names, texts, `==`, `!=`, `&&` and `always()`,
the outputs of steps, and `continue-on-error`. What it does not know is an error, so that no test
is green by something that was left out.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_PASSED_ON = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")
# As GitHub's runner starts `shell: bash`.
_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


@dataclass(frozen=True)
class Step:
    """A step as it went; `code` is `None` for one that is another action, or was skipped."""

    name: str
    code: int | None
    output: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    uses: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    is_skipped: bool = False
    is_replaced: bool = False


@dataclass(frozen=True)
class Played:
    """An action as it went.

    Attributes:
        steps: By name.
        outputs: Of the action.
        summary: Of the job.
        code: Exit code of the step that failed the job; 0 if none did.
    """

    steps: Mapping[str, Step]
    outputs: Mapping[str, str]
    summary: str
    code: int

    @property
    def log(self) -> str:
        return "".join(step.output for step in self.steps.values())


class Runner:
    """Runs one action in one workspace."""

    def __init__(
        self,
        action: Path,
        workspace: Path,
        temporary: Path,
        *,
        github: Mapping[str, object],
        environment: Mapping[str, str],
        replaced: Mapping[str, Mapping[str, str]],
    ) -> None:
        """An action and where it runs.

        Args:
            action: The folder of `action.yml`.
            workspace: The checkout that the job works on.
            temporary: The runner's folder for temporary files.
            github: The context `github`.
            environment: What the runner sets besides.
            replaced: Outputs of steps that are not run, by their ids; one without any failed.
        """
        self.action, self.workspace, self.temporary = action, workspace, temporary
        self.github, self.environment, self.replaced = github, environment, replaced
        temporary.mkdir(parents=True, exist_ok=True)

    def play(self, **inputs: str) -> Played:
        """Run the steps in their order."""
        said = YAML(typ="safe").load(self.action / "action.yml")
        if said["runs"]["using"] != "composite":
            raise ValueError(f"{self.action}: expected a composite action")
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        if unknown := given.keys() - said["inputs"].keys():
            raise ValueError(f"no such inputs: {unknown}")
        contexts: dict[str, object] = {"github": self.github, "steps": {}}
        contexts["inputs"] = {
            name: given.get(name, _text(_filled(str(spec.get("default", "")), contexts)))
            for name, spec in said["inputs"].items()
        }
        summary = self.temporary / "summary.md"
        summary.write_text("")
        steps: dict[str, Step] = {}
        code = 0
        for spec in said["runs"]["steps"]:
            condition = _bare(spec.get("if", "true"))
            # What a step without a word on that has: success().
            is_due = code == 0 or "always()" in condition
            wanted = is_due and _is_true(_value(condition, contexts))
            step = self._step(spec, contexts, summary) if wanted else _skipped(spec)
            steps[step.name] = step
            if "id" in spec:
                of_steps = contexts["steps"]
                assert isinstance(of_steps, dict)
                of_steps[spec["id"]] = {"outputs": step.outputs}
            if step.code and not spec.get("continue-on-error", False):
                code = step.code
        outputs = {
            name: _text(_filled(spec["value"], contexts)) for name, spec in said["outputs"].items()
        }
        return Played(steps, outputs, summary.read_text(), code)

    def _step(
        self, spec: Mapping[str, object], contexts: Mapping[str, object], summary: Path
    ) -> Step:
        name = str(spec["name"])
        if (step_id := spec.get("id")) in self.replaced:
            outputs = self.replaced[str(step_id)]
            return Step(name, 0 if outputs else 1, outputs=outputs, is_replaced=True)
        if "uses" in spec:
            told = _filled_all(spec.get("with"), contexts)
            return Step(name, None, uses=str(spec["uses"]), given=told)
        if spec["shell"] != "bash" or _EXPRESSION.search(str(spec["run"])):
            raise ValueError(f"{name}: expected bash without expressions in it")
        output = self.temporary / "output"
        output.write_text("")
        done = subprocess.run(
            [*_BASH, str(spec["run"])],
            cwd=self.workspace,
            env={
                **{key: os.environ[key] for key in _PASSED_ON if key in os.environ},
                **self.environment,
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(self.action),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temporary),
                **_filled_all(spec.get("env"), contexts),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = output.read_text().splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Step(name, done.returncode, done.stdout, outputs)


def _skipped(spec: Mapping[str, object]) -> Step:
    return Step(str(spec["name"]), None, is_skipped=True)


def _filled_all(values: object, contexts: Mapping[str, object]) -> dict[str, str]:
    if not isinstance(values, Mapping):
        return {}
    return {key: _text(_filled(str(value), contexts)) for key, value in values.items()}


def _filled(text: str, contexts: Mapping[str, object]) -> object:
    return _EXPRESSION.sub(lambda found: _text(_value(found[1], contexts)), text)


def _bare(condition: object) -> str:
    found = _EXPRESSION.fullmatch(str(condition))
    return found[1] if found else str(condition)


def _value(expression: str, contexts: Mapping[str, object]) -> object:
    parts = expression.split("&&")
    if len(parts) > 1:
        return all(_is_true(_value(part, contexts)) for part in parts)
    for sign in ("==", "!="):
        if sign in expression:
            left, right = (_text(_value(p, contexts)) for p in expression.split(sign))
            return (left == right) is (sign == "==")
    word = expression.strip()
    if word.startswith("'") and word.endswith("'"):
        return word[1:-1]
    if word == "always()":
        return True
    if word in {"true", "false"}:
        return word == "true"
    if not re.fullmatch(r"[a-z][\w-]*(\.[\w-]+)*", word):
        raise ValueError(f"expression {word!r}: not known to this interpreter")
    found: object = contexts
    for name in word.split("."):
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def _is_true(value: object) -> bool:
    return bool(value)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
