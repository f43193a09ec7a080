"""An evaluation of a few lines that knows nothing of weighin, run under the witness and judged."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.making.logs.lm_eval import modern

from weighin import api
from weighin.evidence.records import Record
from weighin.evidence.store import read_record
from weighin.rules.interface import Outcome, Verdict

# What every evaluation begins with: it asks 8 prompts of a model and writes results as lm-eval.
PRELUDE = """\
import json, os, sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)

def answer(model, prompts=8):
    with torch.no_grad():
        for number in range(prompts):
            model(torch.tensor([[1, 2, 3 + number]]))

def write(path, model="one", task="arc"):
    document = json.load(open("modern.json"))
    for key in ("results", "configs", "versions", "n-shot", "n-samples", "group_subtasks"):
        (value,) = document[key].values()
        document[key] = {task: {**value, "task": task} if key == "configs" else value}
    document["model_name"] = model
    document["config"]["model_args"] = f"pretrained={model},dtype=float32"
    with open(path, "w") as file:
        json.dump(document, file)

"""
LOADED = """\
tokenizer = AutoTokenizer.from_pretrained("one")
model = load("one")
"""
REQUIREMENTS = """\
weighin: 1
model: {name: one, checkpoint: one, dtype: float32}
benchmarks: [{task: arc, metric: acc}]
# The log of a few lines names no samples and no limits.
rules: {score-recomputes: {level: off}, same-max-length: {level: off}, as-required: {level: off}}
"""


@dataclass(frozen=True)
class Evaluated:
    """What came of an evaluation under the witness."""

    folder: Path
    code: int
    output: str
    errors: str
    document: dict[str, Any]

    @property
    def records(self) -> list[Record]:
        found = sorted((self.folder / "results").rglob("record.json"))
        return [read_record(path)[0] for path in found]

    @property
    def record(self) -> Record:
        (record,) = self.records
        return record

    def verdict(self, adapter: str = "") -> Verdict:
        path = self.folder / "requirements.yaml"
        attached = f", adapter: {adapter}" if adapter else ""
        path.write_text(REQUIREMENTS.replace("checkpoint: one", f"checkpoint: one{attached}"))
        return api.check(path, [self.folder / "results"])

    def outcomes(self) -> dict[str, Outcome]:
        """The worst outcome of each rule."""
        order = (Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET)
        found: dict[str, Outcome] = {}
        for judged in self.verdict().findings:
            outcome, before = judged.finding.outcome, found.get(judged.rule)
            if outcome in order and (before is None or order.index(outcome) < order.index(before)):
                found[judged.rule] = outcome
        return found


def evaluated(
    folder: Path, script: str, *options: str, python: tuple[str, ...] = (sys.executable,)
) -> Evaluated:
    """Run a script in a folder under the witness."""
    (folder / "modern.json").write_text(json.dumps(modern()))
    (folder / "evaluate.py").write_text(script)
    told = folder / "told.json"
    command = [sys.executable, "-m", "weighin", "witness", "--format", f"json={told}", *options]
    done = subprocess.run(
        [*command, "--", *python, "evaluate.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    document = json.loads(told.read_text()) if told.is_file() else {}
    return Evaluated(folder, done.returncode, done.stdout, done.stderr, document)
