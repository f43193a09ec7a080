"""lm-eval as its users type it, beside a loop of a few lines: one row, and one checkpoint in it."""

import json

import pytest
from tests.making.logs.lm_eval import modern
from tests.making.witness.harnesses import LM_EVAL, scored

import weighin
from weighin import api
from weighin.evidence.store import read_record
from weighin.evidence.watched import WatchState
from weighin.rules.interface import Outcome

pytestmark = [pytest.mark.model, pytest.mark.child]

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
    done = scored(LM_EVAL, tmp_path / "lm-eval", tiny_checkpoint, results=results, name="tiny")
    assert done.code == 0, done.errors
    assert "|animals|" in done.output
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
    (tmp_path / "tiny").symlink_to(tiny_checkpoint)
    required = tmp_path / "requirements.yaml"
    required.write_text(REQUIREMENTS)
    verdict = api.check(required, [results])
    bad = {Outcome.VIOLATED, Outcome.UNDECIDED}
    told = [(f.rule, f.finding.statement) for f in verdict.findings if f.finding.outcome in bad]
    assert verdict.outcome is Outcome.MET, told
