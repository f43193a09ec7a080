"""The demo: one scorecard, told honestly once and bent in other ways; weighin judges each.

Usage:
    ./run demo [--into FOLDER]

Everything here is done with commands that a user could type; each is printed before it runs.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from weighin.telemetry import environment_of_child

TASKS = Path(__file__).resolve().parent
ROOT = TASKS.parents[1]
CHECKPOINTS = Path("checkpoints/demo")
NAME = "SmolLM2-135M-Instruct"
MET, VIOLATED, UNDECIDED, PARTIAL, REFUSED = 0, 10, 11, 12, 3
RESULTS = Path("results/my-demo")
RULER = "─" * 78
LOG = "lm-eval"
BENCHMARKS = ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")


@dataclass(frozen=True)
class Act:
    """One act: what somebody did, and what the verdict must be.

    Attributes:
        number: From 1.
        title: One line.
        story: What somebody did.
        replaced: The benchmark whose score comes from elsewhere; `None` for an honest row.
        expected: Exit code of `weighin check`.
        requirements: The file of an act with a row of its own, instead of the row of act 1.
    """

    number: int
    title: str
    story: str
    replaced: str | None
    expected: int
    requirements: str = ""


ACTS = (
    Act(
        1,
        "one checkpoint on every benchmark",
        "All four scores are of one checkpoint.",
        None,
        MET,
    ),
    Act(
        2,
        "the Llama 4 move",
        "The same name, but demo_elements was scored on a variant that was fine-tuned on it.",
        "demo_elements",
        VIOLATED,
    ),
    Act(
        3,
        "an edited chat template",
        "The same weights, but demo_opposites was asked through another chat template.",
        "demo_opposites",
        VIOLATED,
    ),
    Act(
        4,
        "a log without evidence",
        "demo_animals comes from a plain lm-eval log: nobody recorded what was loaded.",
        "demo_animals",
        UNDECIDED,
    ),
    Act(
        5,
        "a task that swaps the weights",
        "The task's own Python copies the variant in while prompts are made, and back to score.",
        None,
        VIOLATED,
        "bent/act-5-swap.yaml",
    ),
    Act(
        6,
        "decoding that brings its own code",
        "The file tells the model to generate with somebody's code: refused, nothing is loaded.",
        None,
        REFUSED,
        "bent/act-6-code.yaml",
    ),
)


class Stage:
    """Where the demo writes, and how it runs commands."""

    def __init__(self, into: Path) -> None:
        """A stage that keeps its evidence and reports in a folder."""
        self.into = into
        self.failed: list[str] = []

    def folder(self, number: int) -> Path:
        """The folder of an act."""
        return self.into / f"act-{number}"

    def evidence(self, act: Act) -> list[str]:
        """What is judged in an act: the records of act 1, but for the benchmark replaced."""
        if act.requirements:
            return [str(self.folder(act.number) / NAME)]
        honest = [str(self.folder(1) / NAME / t) for t in BENCHMARKS if t != act.replaced]
        if act.replaced is None:
            return honest
        of_act = self.folder(act.number)
        return [*honest, str(of_act / LOG if (ROOT / of_act / LOG).is_dir() else of_act / NAME)]

    def run(self, *command: str, expected: int = 0, is_talkative: bool = False) -> None:
        """Print a command, run it, and note it if its exit code is another one than expected.

        Args:
            command: A module to run with its arguments.
            expected: The exit code that it must have.
            is_talkative: Show its standard error only if it fails.
        """
        print(f"\n$ {shlex.join(command)}", flush=True)
        program = command[1:] if command[0] == "python" else ("-m", *command)
        finished = subprocess.run(
            [sys.executable, *program],
            cwd=ROOT,
            env=_environment(),
            stdout=subprocess.DEVNULL if is_talkative else None,
            stderr=subprocess.PIPE if is_talkative else None,
            text=True,
            check=False,
        )
        if finished.returncode != expected:
            problem = f"expected exit code {expected}, found {finished.returncode}"
            if expected == 0:
                sys.exit(f"{finished.stderr or ''}demo: {shlex.join(command)}: {problem}")
            self.failed.append(f"{shlex.join(command)}: {problem}")

    def check(self, act: Act) -> None:
        """Judge the evidence of an act and write the reports beside it."""
        folder = self.folder(act.number)
        required = folder if act.requirements else self.into
        reports = {
            "text": "report.txt",
            "json": "verdict.json",
            "html": "report.html",
            "markdown": "report.md",
            "junit": "junit.xml",
            "sarif": "weighin.sarif",
        }
        options = [f"--format={told}={folder / name}" for told, name in reports.items()]
        self.run(
            *("weighin", "check", str(required / "requirements.yaml"), *self.evidence(act)),
            *("--reference", str(self.folder(1)), "--keep-comparisons", str(folder), *options),
            expected=act.expected,
        )


def _environment() -> dict[str, str]:
    # Offline in earnest: nothing here may depend on a hub.
    return {**environment_of_child(), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def _record(stage: Stage, act: Act) -> None:
    """Score what an act needs. What is recorded already is reused."""
    base, variant, edited = (str(CHECKPOINTS / part / NAME) for part in ("", "variant", "edited"))
    if act.number == 1:
        prepare = ("python", "tasks/demo/prepare_checkpoint.py", base)
        stage.run(*prepare, is_talkative=True)
        _score(stage, act, "requirements.yaml")
        _pin(stage, act, "requirements.yaml")
    elif act.number == 2:
        if not (ROOT / variant).is_dir():
            tune = ("tasks/demo/make_variant.py", base, variant, "--task", "demo_elements")
            stage.run("python", *tune, is_talkative=True)
        _score(stage, act, "act-2-variant.yaml")
    elif act.number == 3:
        if not (ROOT / edited).is_dir():
            stage.run("python", "tasks/demo/edit_template.py", base, edited, is_talkative=True)
        _score(stage, act, "act-3-template.yaml")
    elif act.requirements:
        _score(stage, act, act.requirements)
        _pin(stage, act, act.requirements)
    elif not any((ROOT / stage.folder(act.number) / LOG).rglob("results_*.json")):
        stage.run(
            *("lm_eval", "run", "--model", "hf", "--tasks", "demo_animals", "--log_samples"),
            *("--model_args", f"pretrained={base},dtype=float32", "--apply_chat_template"),
            *("--device", "cpu", "--batch_size", "16", "--include_path", "tasks/demo"),
            *("--output_path", str(stage.folder(act.number) / LOG)),
            is_talkative=True,
        )


def _score(stage: Stage, act: Act, requirements: str) -> None:
    only = [] if act.replaced is None else ["--only", act.replaced]
    stage.run(
        *("weighin", "run", f"tasks/demo/{requirements}", *only),
        *("--results", str(stage.folder(act.number)), "--compress-samples"),
        # A part of a row is partial; the check that follows judges the whole of it.
        expected=PARTIAL if only else act.expected,
    )


def _pin(stage: Stage, act: Act, requirements: str) -> None:
    """The requirements, with the checkpoint pinned by its id: they can be checked anywhere."""
    (manifest,) = (ROOT / stage.folder(1) / "checkpoints").glob("*.json")
    written = (TASKS / requirements).read_text()
    pinned = re.sub(rf"(\.\./)+{CHECKPOINTS}/{NAME}", f"sha256:{manifest.stem}", written)
    lines = [line for line in pinned.splitlines() if not line.startswith(("# yaml", "tasks:"))]
    folder = stage.folder(act.number) if act.requirements else stage.into
    (ROOT / folder / "requirements.yaml").write_text("\n".join(lines) + "\n")


def main() -> int:
    """Play all acts. Returns 0 if every verdict is the expected one."""
    parser = argparse.ArgumentParser(description="Weigh SmolLM2-135M-Instruct, in six acts.")
    parser.add_argument("--into", type=Path, default=RESULTS, help="default: %(default)s")
    parser.add_argument(
        "--judge-only", action="store_true", help="judge what is recorded there; score nothing"
    )
    arguments = parser.parse_args()
    stage = Stage(arguments.into)
    started = time.monotonic()
    for act in ACTS:
        print(f"\n{RULER}\nACT {act.number}: {act.title}\n{act.story}\n{RULER}", flush=True)
        if act.expected == REFUSED:
            stage.run("weighin", "run", f"tasks/demo/{act.requirements}", expected=REFUSED)
            continue
        if not arguments.judge_only:
            _record(stage, act)
        stage.check(act)
    print(f"\n{RULER}")
    for failure in stage.failed:
        print(f"demo: {failure}")
    seconds = time.monotonic() - started
    print(f"Six acts in {seconds:.0f} s. Evidence and reports are in {stage.into}.")
    return 1 if stage.failed else 0


if __name__ == "__main__":
    sys.exit(main())
