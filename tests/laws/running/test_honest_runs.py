"""A thousand honest rows: layout x machine x store x order, and none is violated.

Sixty are judged with every change; `./run soak` scores and judges all of them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.making.runs.honest import (
    APART,
    COUNT,
    IN_CI,
    IN_ONE,
    ONE_BY_ONE,
    ORDERS,
    PROCESSORS,
    PROFILES,
    SHARED,
    WHOLE,
    Machine,
    Variation,
    variation,
)
from tests.making.runs.honest_stores import Outcomes, Scene, is_there, trial
from tests.making.runs.layouts import (
    AS_SAVED,
    LAYOUTS,
    LOADABLE,
    PLAIN,
    WITHOUT_GENERATION_CONFIG,
)

from weighin.evidence.store import RECORD_NAME, read_record
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

IN_CI_ALL = [variation(seed) for seed in range(IN_CI)]
ALL = [variation(seed) for seed in range(COUNT)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("honest")
    made = Scene(wide_checkpoint(folder / "wide"), folder)
    yield made
    made.close()


def wide_checkpoint(folder: Path) -> Path:
    """A tiny checkpoint whose rotary frequencies depend on what computes them."""
    import torch
    from tests.making.tiny.checkpoint import save_tiny_checkpoint
    from transformers import LlamaConfig, LlamaForCausalLM

    save_tiny_checkpoint(folder)
    config = LlamaConfig.from_pretrained(folder)
    config.head_dim = 128
    config.rope_parameters = {"rope_type": "default", "rope_theta": 1e6}
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def wrong(varied: Variation, outcomes: Outcomes) -> tuple[str, ...]:
    """What an honest row must not be told."""
    if is_undecided_for_a_reason(varied):
        told = [line for line in outcomes.undecided if "generation_config" not in line]
        verdict = Outcome.UNDECIDED
    else:
        told, verdict = list(outcomes.undecided), Outcome.MET
    if outcomes.verdict is not verdict:
        told.append(f"the verdict is {outcomes.verdict}")
    return (*outcomes.violated, *told)


def is_undecided_for_a_reason(varied: Variation) -> bool:
    """Whether one file is required that is declared and was not scored, or the other way round."""
    told = {layout == WITHOUT_GENERATION_CONFIG for layout in (varied.layout, *varied.judged)}
    return varied.profile == "comparable" and len(told) > 1


def test_sixty_honest_rows_are_met_and_nothing_is_violated(scene, tmp_path):
    found = {}
    for seed, varied in enumerate(IN_CI_ALL):
        if told := wrong(varied, trial(scene, varied, tmp_path / str(seed))):
            found[seed] = told
    assert found == {}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(COUNT))
def test_an_honest_row_is_met_and_nothing_is_violated(scene, tmp_path, seed):
    varied = variation(seed)
    assert wrong(varied, trial(scene, varied, tmp_path / "trial")) == ()


def test_the_sixty_hold_every_layout_that_was_once_violated_every_store_and_every_order():
    assert {v.layout for v in IN_CI_ALL} >= set(PLAIN)
    assert {v.store for v in IN_CI_ALL} == {*WHOLE, *APART}
    assert {v.order for v in IN_CI_ALL} == set(ORDERS)
    assert {v.profile for v in IN_CI_ALL} == set(PROFILES)
    assert any(is_undecided_for_a_reason(v) for v in IN_CI_ALL)


def test_the_thousand_hold_every_pair_of_a_store_and_an_order_and_two_of_any_machine():
    assert {v.layout for v in ALL} == set(LAYOUTS)
    assert {layout for v in ALL[SHARED:] for layout in v.scored} == set(LOADABLE)
    apart = {(store, order) for store in APART for order in ORDERS if order != IN_ONE}
    assert {(v.store, v.order) for v in ALL} == apart | {(s, o) for s in WHOLE for o in ORDERS}
    processors = {tuple(m.processor for m in v.machines) for v in ALL[SHARED:]}
    assert processors == {(first, second) for first in PROCESSORS for second in PROCESSORS}
    assert {m.threads for v in ALL for m in v.machines} == {1, 2}


@pytest.mark.soak
def test_two_processors_compute_other_numbers_beside_the_same_weights(scene):
    if not is_there("avx2"):
        pytest.skip("this machine computes in one way alone")
    on_two = (Machine("default"), Machine("avx2"))
    varied = Variation(PROFILES[0], AS_SAVED, APART[0], ONE_BY_ONE, machines=on_two)
    one, two = (
        {loaded_by(path) for path in scene.scored(varied)[n].rglob(RECORD_NAME)} for n in (0, 1)
    )
    assert {weights for weights, _ in one} == {weights for weights, _ in two}
    assert {computed for _, computed in one}.isdisjoint({computed for _, computed in two})


def loaded_by(path: Path) -> tuple[str, str]:
    """Digests of the weights in memory, and of what the machine computed beside them."""
    loaded = read_record(path)[0].loaded
    assert loaded is not None
    assert loaded.computed is not None
    return loaded.digest_before, loaded.computed.digest_before
