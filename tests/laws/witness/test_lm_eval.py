"""lm-eval, called by a script, beside a loop of a few lines: one row, and one checkpoint in it.

`./run soak` runs the command `lm_eval`, whose list of all its tasks takes most of its time.
"""

import json
import subprocess
import sys

import pytest
from tests.making.logs.lm_eval import modern
from tests.making.witness.harnesses import BENCHMARKS

import weighin
from weighin import api
from weighin.evidence.store import read_record
from weighin.evidence.watched import WatchState
from weighin.rules.interface import Outcome

pytestmark = [pytest.mark.model, pytest.mark.child]

SCRIPT = f"""\
import lm_eval
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

tracker = EvaluationTracker(output_path="out")
results = lm_eval.simple_evaluate(
    model="hf",
    model_args={{"pretrained": "tiny", "dtype": "float32"}},
    tasks=["animals"],
    device="cpu",
    apply_chat_template=True,
    evaluation_tracker=tracker,
    task_manager=TaskManager(include_path={str(BENCHMARKS)!r}, include_defaults=False),
)
samples = results.pop("samples")
tracker.save_results_aggregated(results=results, samples=samples)
tracker.save_results_samples(task_name="animals", samples=samples["animals"])
"""
REQUIREMENTS = """\
weighin: 1
model: {name: tiny, checkpoint: tiny, dtype: float32}
benchmarks: [{task: animals, metric: acc}, {task: arc, metric: acc}]
# The log of a few lines names no samples and no limits.
rules: {score-recomputes: {level: off}, same-max-length: {level: off}, as-required: {level: off}}
"""


def test_lm_eval_and_a_loop_of_ones_own_are_one_row(tiny_checkpoint, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    results = tmp_path / "results"
    (tmp_path / "tiny").symlink_to(tiny_checkpoint)
    (tmp_path / "evaluate.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "weighin", "witness", "--", sys.executable, "evaluate.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (path,) = results.rglob("record.json")
    record = read_record(path)[0]
    assert (record.model, record.asked.task) == ("tiny", "animals")
    assert record.watch.state is WatchState.HELD, record.watch
    model = AutoModelForCausalLM.from_pretrained(tiny_checkpoint, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(tiny_checkpoint)
    log = tmp_path / "results_1.json"
    log.write_text(json.dumps(modern()))
    with weighin.witness(model, tokenizer=tokenizer, results=results, name="tiny") as w:
        with torch.no_grad():
            for number in range(4):
                asked = [{"role": "user", "content": f"{number} plus {number}?"}]
                prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True)
                model(torch.tensor([prompt["input_ids"]]))
        w.log(log)
    required = tmp_path / "requirements.yaml"
    required.write_text(REQUIREMENTS)
    verdict = api.check(required, [results])
    bad = {Outcome.VIOLATED, Outcome.UNDECIDED}
    told = [(f.rule, f.finding.statement) for f in verdict.findings if f.finding.outcome in bad]
    assert verdict.outcome is Outcome.MET, told
