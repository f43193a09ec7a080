"""Where a model lies decides nothing: not what is asked, not what is scored, not what is seen.

A machine without a GPU keeps layers in memory and on disk through the same code of lm-eval,
transformers and accelerate. What is kept elsewhere is hashed and watched there.
"""

import pytest
import torch
from accelerate import cpu_offload
from tests.making.checkpoints.reading import let_rest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    UP_PROJECTION,
    At,
    findings,
    overwrite_tensor_in_place,
    record_of,
    requirements_file,
    violated_rules,
)
from transformers import AutoModelForCausalLM

import weighin
from weighin.errors import RunError
from weighin.harness.local.placed.stores import InMemory, stored_tensors
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

SOAK = pytest.mark.soak
CPU = torch.device("cpu")
ON_DISK = "  device_map: auto\n  max_cpu_memory: 60KB\n  offload_folder: kept\n"
PARTLY = (
    "  device_map: {model.embed_tokens: cpu, model.layers.0: cpu, model.layers.1: disk,"
    " model.norm: disk, model.rotary_emb: cpu, lm_head: cpu}\n  offload_folder: kept\n"
)
WATCHED, UNCHANGED = "watched-throughout", "weights-unchanged-during-run"


def scored(folder, checkpoint, model="", *, listener=None, tasks=(CHOICE, GENERATE)):
    folder.mkdir(exist_ok=True)
    file = requirements_file(folder, checkpoint, benchmarks=tasks, model=model)
    return weighin.run(file, results=folder / "results", listener=listener)


def what_counts(verdict, task):
    """Of a record: what was asked, what came out, and what is known of the model."""
    record = record_of(verdict, task)
    return (
        record.run.job_id,
        record.scores,
        record.asked,
        {o.facet: o.identifiers for o in record.observations},
        record.loaded.digest_before,
        record.loaded.digest_after,
        record.loaded.exactly_on_disk,
        record.loaded.tied,
    )


@pytest.mark.parametrize(
    ("model", "places"),
    [
        pytest.param("  device_map: {'': cpu}\n", {"cpu": 117_888}, marks=SOAK),
        pytest.param(ON_DISK, {"offloaded to disk": 117_888}, marks=SOAK),
        (PARTLY, {"cpu": 76_544, "offloaded to disk": 41_344}),
    ],
)
def test_where_a_model_lies_is_recorded_and_decides_nothing(checkpoint, tmp_path, model, places):
    whole = scored(tmp_path / "whole", checkpoint)
    spread = scored(tmp_path / "spread", checkpoint, model)
    assert whole.outcome is spread.outcome is Outcome.MET
    for task in (CHOICE, GENERATE):
        assert what_counts(spread, task) == what_counts(whole, task)
    settings = record_of(spread, CHOICE).run.settings
    assert settings["bytes_by_place"] == places
    assert "bytes_by_place" not in record_of(whole, CHOICE).run.settings
    (met, *_) = findings(spread, WATCHED, Outcome.MET)
    assert ("by the state of the files" in (met.found or "")) is ("offloaded to disk" in places)


def test_a_model_without_room_is_refused(checkpoint, tmp_path):
    model = "  device_map: auto\n  max_cpu_memory: 60KB\n"
    with pytest.raises(RunError, match=r"model\.offload_folder"):
        scored(tmp_path / "run", checkpoint, model)


@SOAK
def test_resuming_on_another_layout_scores_nothing_again(checkpoint, tmp_path):
    let_rest(checkpoint)
    first = scored(tmp_path / "run", checkpoint, ON_DISK)
    again = scored(tmp_path / "run", checkpoint)
    assert {r.run.attempt_id for r in again.records} == {r.run.attempt_id for r in first.records}


# Swaps in what is kept elsewhere.


def test_a_file_that_is_overwritten_while_it_answers_is_told(checkpoint, tmp_path):
    let_rest(checkpoint)
    act = At(lambda: overwrite_tensor_in_place(checkpoint), benchmark=GENERATE, requests=1)
    verdict = scored(tmp_path / "run", checkpoint, ON_DISK, listener=act)
    assert act.has_acted()
    assert {WATCHED, UNCHANGED} <= violated_rules(verdict)
    assert any(UP_PROJECTION in f.statement for f in findings(verdict, UNCHANGED))
    assert all(CHOICE not in f.benchmarks for f in findings(verdict, UNCHANGED))


@SOAK
def test_a_file_that_is_overwritten_and_put_back_is_told(checkpoint, tmp_path):
    let_rest(checkpoint)
    path = checkpoint / "model.safetensors"
    content = path.read_bytes()

    class Both(At):
        def requests(self, benchmark: str, done: int, total: int) -> None:
            super().requests(benchmark, done, total)
            if done >= total and self.has_acted():
                path.write_bytes(content)

    act = Both(lambda: overwrite_tensor_in_place(checkpoint), benchmark=CHOICE, requests=1)
    verdict = scored(tmp_path / "run", checkpoint, ON_DISK, listener=act)
    assert WATCHED in violated_rules(verdict)


@pytest.fixture
def in_memory(monkeypatch):
    """Models of which accelerate keeps all in memory, as it does beside a GPU without room."""
    models = []
    load = AutoModelForCausalLM.from_pretrained

    def load_and_offload(*arguments, **settings):
        loaded = load(*arguments, **settings)
        if not settings.get("output_loading_info"):
            return loaded
        models.append(cpu_offload(loaded[0], execution_device=CPU))
        return models[-1], *loaded[1:]

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", load_and_offload)
    return models


def store_of(model) -> InMemory:
    return stored_tensors(model)[UP_PROJECTION]


@SOAK
def test_what_is_kept_in_memory_is_weighed_as_if_it_were_not(checkpoint, tmp_path, in_memory):
    kept = scored(tmp_path / "kept", checkpoint)
    assert len(in_memory) == 1
    assert kept.outcome is Outcome.MET
    in_memory.clear()
    assert record_of(kept, CHOICE).watch.looks.bytes_looked_at > 0


def write_to_it(model) -> None:
    store_of(model).tensor.add_(0.5)


def write_unseen(model) -> None:
    # No version counts this.
    store_of(model).tensor.numpy()[:] = 0.5


def put_another_in_its_place(model) -> None:
    store = store_of(model)
    store.holder[store.key] = store.tensor + 0.5


def another_map(model) -> None:
    hook = model.get_submodule(UP_PROJECTION.rpartition(".")[0])._hf_hook
    hook.weights_map = {"weight": store_of(model).tensor + 0.5}


@pytest.mark.parametrize(
    "swap",
    [
        write_to_it,
        *(
            pytest.param(swap, marks=SOAK)
            for swap in (write_unseen, put_another_in_its_place, another_map)
        ),
    ],
)
def test_a_swap_of_what_is_kept_in_memory_is_told(checkpoint, tmp_path, in_memory, swap):
    act = At(lambda: swap(in_memory[0]), benchmark=GENERATE, requests=1)
    verdict = scored(tmp_path / "run", checkpoint, listener=act)
    assert act.has_acted()
    assert {WATCHED, UNCHANGED} <= violated_rules(verdict)
    assert any(UP_PROJECTION in f.statement for f in findings(verdict, UNCHANGED))


@SOAK
def test_a_swap_that_is_undone_is_told(checkpoint, tmp_path, in_memory):
    class Undone(At):
        def requests(self, benchmark: str, done: int, total: int) -> None:
            super().requests(benchmark, done, total)
            if done >= total and self.has_acted():
                store_of(in_memory[0]).tensor.sub_(0.5)

    act = Undone(lambda: write_to_it(in_memory[0]), benchmark=CHOICE, requests=1)
    verdict = scored(tmp_path / "run", checkpoint, listener=act, tasks=(CHOICE,))
    (told, *_) = findings(verdict, WATCHED)
    assert UP_PROJECTION in told.statement


@SOAK
def test_a_hook_that_does_more_is_told(checkpoint, tmp_path, in_memory):
    def act() -> None:
        hook = in_memory[0].get_submodule("lm_head")._hf_hook
        hook.post_forward = lambda _module, output: -output

    swap = At(act, benchmark=CHOICE, requests=1)
    verdict = scored(tmp_path / "run", checkpoint, listener=swap, tasks=(CHOICE,))
    assert swap.has_acted()
    assert WATCHED in violated_rules(verdict)
