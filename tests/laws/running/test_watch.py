"""What answers is not replaced unseen: in any place, at any moment of a benchmark.

`./run soak` tries every place at every moment; `./run test` each kind of place at one.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    UP_PROJECTION,
    At,
    copied_tasks,
    edit_json,
    edit_text,
    findings,
    record_of,
    requirements_file,
    violated_rules,
)

import weighin
from weighin.evidence.watched import WatchState
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

RULE = "watched-throughout"
_MODEL = """
import gc
def found():
    return [o for o in gc.get_objects() if type(o).__name__ == "WeighedModel" and vars(o)]
def is_loaded():
    return bool(found())
def weighed():
    return found()[0]
"""
# Each replaces something for good.
PLACES = {
    "parameter": ("weighed().model.get_parameter({name!r}).data.mul_(2)"),
    "parameter replaced": ("p = weighed().model.get_parameter({name!r}); p.data = p.data * 2"),
    "buffer": ("weighed().model.model.rotary_emb.inv_freq.mul_(2)"),
    "plain number": ("weighed().model.model.layers[0].self_attn.scaling = 25.0"),
    "attribute over a parameter": (
        "m = weighed().model.get_submodule({module!r}); vars(m)['weight'] = m.weight * 2"
    ),
    "config in memory": ("weighed().model.config.rms_norm_eps = 1.0"),
    "generation config": ("weighed().model.generation_config.repetition_penalty = 9.0"),
    "chat template": ("weighed().tokenizer.chat_template = 'other'"),
    "class method": (
        "from transformers.models.llama.modeling_llama import LlamaMLP as C; "
        "C.kept = C.forward; "
        "C.forward = lambda self, x: -C.kept(self, x)"
    ),
    "inherited method": (
        "from transformers.models.llama.modeling_llama import LlamaMLP as C; "
        "C.__call__ = lambda self, x: -self.forward(x)"
    ),
    "instance method": (
        "m = weighed().model.model.layers[0].mlp; "
        "own = m.forward; "
        "m.forward = lambda x, own=own: -own(x)"
    ),
    "hook": ("weighed().model.model.layers[0].register_forward_hook(lambda *_: None)"),
    "module function": (
        "import torch; "
        "F = torch.nn.functional; "
        "F.kept = F.silu; "
        "F.silu = lambda x, inplace=False: -F.kept(x)"
    ),
    "registry": (
        "from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS as R; "
        "old = R['sdpa']; "
        "R['sdpa'] = lambda m, q, k, v, *a, old=old, **s: old(m, q, k, -v, *a, **s)"
    ),
    "harness method": (
        "from lm_eval.models.huggingface import HFLM as C; "
        "C.kept = C.tok_encode; "
        "C.tok_encode = lambda self, s, *a, **k: C.kept(self, s[::-1], *a, **k)"
    ),
    "tokenizer method": (
        "t = weighed().tokenizer; own = t.encode; t.encode = lambda s, *a, **k: own(s[::-1])"
    ),
    "scoring": (
        "from lm_eval.api.task import ConfigurableTask as C; "
        "C.kept = C.process_results; "
        "C.process_results = lambda self, doc, results: dict(acc=1.0, acc_norm=1.0)"
    ),
    "weighin's own": (
        "from weighin.harness.local.model import WeighedModel as C; "
        "C.loglikelihood = lambda self, requests: [(0.0, True) for _ in requests]"
    ),
    "a built-in": ("import lm_eval.models.utils as m; m.sorted = lambda v, **k: list(v)"),
}
# Before the model is loaded there is no instance of anything.
AT_TASK_LOAD = (
    "class method", "inherited method", "module function", "registry", "harness method", "scoring",
    "weighin's own", "a built-in",
)  # fmt: skip


def only(*few: str, of: Iterable[str] = PLACES) -> list[object]:
    """Every place; all but a few of them in `./run soak` alone."""
    return [pytest.param(p, marks=() if p in few else pytest.mark.soak) for p in of]


def code_of(place: str) -> str:
    module = UP_PROJECTION.removesuffix(".weight")
    return PLACES[place].format(name=UP_PROJECTION, module=module)


@pytest.fixture
def put_back():
    """Puts back what is replaced for the whole process, and frees the model before."""
    import gc

    import lm_eval.models.utils
    import torch
    from lm_eval.api.task import ConfigurableTask
    from lm_eval.models.huggingface import HFLM
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
    from transformers.models.llama.modeling_llama import LlamaMLP

    from weighin.harness.local.model import WeighedModel

    owners = {
        LlamaMLP: ("forward", "__call__"),
        torch.nn.functional: ("silu",),
        HFLM: ("tok_encode",),
        ConfigurableTask: ("process_results",),
        WeighedModel: ("loglikelihood",),
        lm_eval.models.utils: ("sorted",),
    }
    before = {owner: {key: vars(owner).get(key) for key in owners[owner]} for owner in owners}
    gc.collect()
    yield
    for owner, values in before.items():
        for key, value in {**values, "kept": None}.items():
            if value is not None:
                setattr(owner, key, value)
            elif key in vars(owner):
                delattr(owner, key)
    ALL_ATTENTION_FUNCTIONS._local_mapping.clear()
    gc.collect()


def run_with(task_code: str, field: str, function: str, checkpoint: Path, folder: Path) -> Verdict:
    """Score a task whose own Python does something."""
    tasks = copied_tasks(folder / "tasks")
    (tasks / "own.py").write_text(_MODEL + task_code)
    if field == "doc_to_text":
        edit_text(
            tasks / f"{CHOICE}.yaml",
            'doc_to_text: "{{question}}"',
            f"doc_to_text: !function own.{function}",
        )
    else:
        edit_text(
            tasks / f"{CHOICE}.yaml",
            'doc_to_text: "{{question}}"',
            f'doc_to_text: "{{{{question}}}}"\nprocess_results: !function own.{function}',
        )
        edit_text(tasks / f"{CHOICE}.yaml", "  - metric: acc_norm\n", "")
    file = requirements_file(
        folder, checkpoint, benchmarks=(CHOICE,), task_folder=tasks, model="  device: cpu\n"
    )
    return weighin.run(file, results=folder / "results")


def require_seen(verdict: Verdict) -> None:
    assert verdict.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
    assert record_of(verdict, CHOICE).watch.state is not WatchState.HELD
    assert findings(verdict, RULE) or findings(verdict, RULE, Outcome.UNDECIDED)


@pytest.mark.parametrize("place", only("inherited method", "scoring", of=AT_TASK_LOAD))
@pytest.mark.usefixtures("put_back")
def test_what_is_replaced_while_tasks_are_loaded_is_seen(place, checkpoint, tmp_path):
    code = f"{code_of(place)}\ndef text(doc):\n    return doc['question']\n"
    verdict = run_with(code, "doc_to_text", "text", checkpoint, tmp_path)
    require_seen(verdict)
    assert any("while tasks were loaded" in f.statement for f in findings(verdict, RULE))


@pytest.mark.parametrize("place", only("parameter", "class method", "tokenizer method"))
@pytest.mark.usefixtures("put_back")
def test_what_is_replaced_while_prompts_are_made_is_seen(place, checkpoint, tmp_path):
    # lm-eval makes prompts when it loads a task, too: then there is no model yet.
    code = (
        "DONE = []\ndef text(doc):\n    if not DONE and is_loaded():\n        DONE.append(1); "
        f"{code_of(place)}\n"
    )
    require_seen(
        run_with(f"{code}    return doc['question']\n", "doc_to_text", "text", checkpoint, tmp_path)
    )


@pytest.mark.parametrize("place", only("buffer", "attribute over a parameter", "weighin's own"))
@pytest.mark.usefixtures("put_back")
def test_what_is_replaced_amid_the_answers_is_seen(place, checkpoint, tmp_path):
    space: dict[str, object] = {}
    exec(_MODEL, space)  # of this file
    listener = At(lambda: exec(code_of(place), space), benchmark=CHOICE, requests=40)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), model="  device: cpu\n")
    verdict = weighin.run(file, results=tmp_path / "results", listener=listener)
    assert listener.has_acted()
    require_seen(verdict)


@pytest.mark.parametrize("place", only("registry", "hook", "plain number"))
@pytest.mark.usefixtures("put_back")
def test_what_is_replaced_while_answers_are_scored_is_seen(place, checkpoint, tmp_path):
    code = (
        f"DONE = []\ndef judge(doc, results):\n    if not DONE:\n        DONE.append(1); "
        f"{code_of(place)}\n    return dict(acc=1.0)\n"
    )
    require_seen(run_with(code, "process_results", "judge", checkpoint, tmp_path))


def test_a_plain_run_is_held_and_counts_its_answers(checkpoint, tmp_path):
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE, GENERATE, "tiny_rolling"), model="  device: cpu\n"
    )
    verdict = weighin.run(file, results=tmp_path / "results")
    assert verdict.outcome is Outcome.MET
    for record in verdict.records:
        assert record.watch.state is WatchState.HELD
        assert (record.watch.changes, record.watch.unplaced) == ((), ())
        assert record.sent.answers == record.sent.requests
        assert record.watch.looks.looks >= 1
        assert record.watch.looks.missed["one"] < 1
        assert record.loaded.computed.names
        assert [f.role for f in record.files].count("functions") == 1


def test_dynamic_rotary_frequencies_are_no_change(checkpoint, tmp_path):
    rope = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}
    edit_json(checkpoint / "config.json", rope_parameters=rope, max_position_embeddings=8)
    model = "  device: cpu\n  max_length: 64\n"
    file = requirements_file(tmp_path, checkpoint, model=model)
    verdict = weighin.run(file, results=tmp_path / "results")
    assert verdict.outcome is Outcome.MET
    assert {record.watch.state for record in verdict.records} == {WatchState.HELD}


def test_frequencies_that_transformers_would_not_compute_are_seen(
    checkpoint, tmp_path, loaded_models
):
    rope = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0}
    edit_json(checkpoint / "config.json", rope_parameters=rope)

    def halve() -> None:
        loaded_models[0].model.rotary_emb.inv_freq.div_(2)

    listener = At(halve, benchmark=CHOICE, requests=40)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), model="  device: cpu\n")
    verdict = weighin.run(file, results=tmp_path / "results", listener=listener)
    assert RULE in violated_rules(verdict)
