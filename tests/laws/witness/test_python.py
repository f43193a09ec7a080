"""From Python a model is handed over, and watched to the end of a block or of a function."""

import json
import subprocess
import sys

import pytest
from tests.making.logs.lm_eval import modern
from tests.making.witness.evaluation import LOADED, PRELUDE

import weighin
from weighin.errors import UsageError
from weighin.evidence.watched import WatchState
from weighin.identity.facets import Facet, Grade, Kind

pytestmark = pytest.mark.model


@pytest.fixture
def model(tiny_checkpoint):
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_checkpoint, dtype=torch.float32)


@pytest.fixture
def tokenizer(tiny_checkpoint):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_checkpoint)


def answers(model, prompts=4):
    import torch

    with torch.no_grad():
        for number in range(prompts):
            model(torch.tensor([[1, 2, 3 + number]]))


def test_scores_that_are_told_are_recorded_with_what_answered(model, tokenizer, tmp_path):
    watched = weighin.witness(
        model, tokenizer=tokenizer, benchmark="mmlu", results=tmp_path, name="tiny"
    )
    with watched as w:
        answers(model)
        w.score(acc=0.61, documents=4)
    (record,) = w.records
    assert (record.model, record.asked.task, record.scores[0].value) == ("tiny", "mmlu", 0.61)
    assert record.watch.state is WatchState.HELD
    assert record.loaded.exactly_on_disk == 20
    assert record.observation(Facet.WEIGHTS).grade is Grade.MEASURED
    assert not model._forward_pre_hooks


def test_a_log_that_is_named_is_bound_to_the_model(model, tmp_path):
    log = tmp_path / "results_1.json"
    log.write_text(json.dumps(modern()))
    with weighin.witness(model, results=tmp_path / "results") as w:
        answers(model)
        w.log(log)
    assert [record.asked.task for record in w.records] == ["arc"]
    assert w.records[0].files[0].role == "log"


def test_a_template_that_is_applied_meanwhile_is_measured(model, tokenizer, tmp_path):
    def scored_with(applied):
        with weighin.witness(
            model, tokenizer=tokenizer, benchmark="arc", results=tmp_path / str(applied)
        ) as w:
            for number in range(applied):
                tokenizer.apply_chat_template([{"role": "user", "content": f"{number}?"}])
            answers(model)
            w.score(acc=0.5, documents=4)
        assert w.records[0].watch.state is WatchState.HELD, w.records[0].watch
        return w.records[0].observation(Facet.CHAT_TEMPLATE)

    observed = scored_with(4)
    assert observed.grade is Grade.MEASURED
    assert observed.identifiers[0].value["applied"] is True
    # They may have been applied before: what was not seen is not said to be absent.
    assert scored_with(0).grade is not Grade.MEASURED


def test_each_step_of_a_training_is_another_checkpoint(model, tmp_path):
    import torch

    digests = []
    for step in (0, 100):
        with weighin.witness(model, benchmark="arc", results=tmp_path, name="mine", step=step) as w:
            answers(model)
            w.score(acc=step / 1000)
        (record,) = w.records
        assert record.run.settings["step"] == step
        assert record.checkpoint_id is None
        loaded = record.observation(Facet.WEIGHTS).identifiers
        digests += [one.value for one in loaded if one.kind is Kind.LOADED]
        with torch.no_grad():
            model.model.embed_tokens.weight.add_(1e-3)
    assert len(set(digests)) == 2


def test_what_is_trained_amid_an_evaluation_is_seen(model, tmp_path):
    import torch

    with weighin.witness(model, benchmark="arc", results=tmp_path) as w:
        answers(model)
        with torch.no_grad():
            model.model.embed_tokens.weight.add_(1e-3)
        answers(model)
        w.score(acc=0.5)
    assert w.records[0].watch.state is WatchState.CHANGED


def test_a_bare_module_is_known_by_its_tensors(tmp_path):
    import torch

    bare = torch.nn.Sequential(torch.nn.Linear(4, 4))
    with weighin.witness(bare, benchmark="toy", results=tmp_path) as w:
        bare(torch.zeros(2, 4))
        w.score(acc=1.0)
    (record,) = w.records
    assert record.observation(Facet.WEIGHTS).identifiers[0].kind is Kind.LOADED
    assert record.observation(Facet.DTYPE).summary == "float32"


def test_a_function_can_be_watched_as_a_whole(model, tmp_path):
    watched = weighin.witness(model, benchmark="arc", results=tmp_path)

    @watched
    def evaluate():
        answers(model)
        watched.score(acc=0.5)

    evaluate()
    assert len(watched.records) == 1


def test_a_model_that_was_not_called_is_not_vouched_for(model, tmp_path):
    with weighin.witness(model, benchmark="arc", results=tmp_path) as w:
        w.score(acc=0.5, documents=4)
    assert w.records[0].watch.state is WatchState.COULD_NOT_RUN


def test_a_block_that_fails_records_nothing(model, tmp_path):
    watched = weighin.witness(model, benchmark="arc", results=tmp_path)

    @watched
    def evaluate():
        answers(model)
        watched.score(acc=0.5)
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        evaluate()
    assert watched.records == ()
    assert not list(tmp_path.rglob("record.json"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_a_score_is_a_number(model, tmp_path, value):
    with (
        pytest.raises(UsageError, match="expected a number"),
        weighin.witness(model, benchmark="arc", results=tmp_path) as w,
    ):
        w.score(acc=value)


@pytest.mark.child
@pytest.mark.soak
def test_a_notebook_records_the_logs_that_it_wrote(tiny_checkpoint, tmp_path):
    (tmp_path / "one").symlink_to(tiny_checkpoint)
    (tmp_path / "modern.json").write_text(json.dumps(modern()))
    cell = (
        "import weighin\nsession = weighin.witness_transformers()\n"
        f"{PRELUDE}{LOADED}answer(model); write('results_1.json')\n"
        "told = session.record(results='results')\n"
        "print([one.benchmark + ' ' + one.watch for one in told.recorded])\n"
        "print(len(session.record(results='results').recorded))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", cell], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "['arc held']\n0\n", done.stderr
