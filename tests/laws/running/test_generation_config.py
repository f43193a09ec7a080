"""What the checkpoint sets for decoding is what is in force, however much of it is written out."""

from pathlib import Path

import pytest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    edit_json,
    findings,
    requirements_file,
    violated_rules,
)

import weighin
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

RULE = "same-generation-config"


@pytest.fixture(scope="module")
def scored(tiny_checkpoint, tmp_path_factory) -> Path:
    """A results folder with one benchmark, scored as the checkpoint was saved."""
    folder = tmp_path_factory.mktemp("generation config")
    file = requirements_file(folder, tiny_checkpoint, rest="profile: comparable\n")
    weighin.run(file, results=folder / "results", only=[CHOICE])
    return folder / "results"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        (None, Outcome.MET),
        ({"output_attentions": None, "output_hidden_states": None}, Outcome.MET),
        ({"do_sample": False, "num_beams": 1, "repetition_penalty": 1.0}, Outcome.MET),
        ({"repetition_penalty": 1.5}, Outcome.VIOLATED),
        ({"eos_token_id": [1, 2]}, Outcome.VIOLATED),
        ({"suppress_tokens": [7]}, Outcome.VIOLATED),
    ],
    ids=str,
)
def test_what_is_in_force_is_compared(scored, checkpoint, tmp_path, changes, outcome):
    config = checkpoint / "generation_config.json"
    if changes is None:
        config.unlink()
    else:
        edit_json(config, **changes)
    file = requirements_file(tmp_path, checkpoint, rest="profile: comparable\n")
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])

    verdict = weighin.check(file, [scored, tmp_path / "results"])

    told = {o: findings(verdict, RULE, o) for o in Outcome}
    assert [o for o, found in told.items() if found] == [outcome]


@pytest.mark.parametrize("file", ["config.json", "generation_config.json"])
@pytest.mark.parametrize("output", ["output_hidden_states", "output_attentions"])
def test_hooks_for_outputs_that_the_checkpoint_asks_for_are_no_change(
    checkpoint, tmp_path, file, output
):
    edit_json(checkpoint / file, **{output: True})
    asked = requirements_file(tmp_path, checkpoint, rest="profile: comparable\n")

    verdict = weighin.run(asked, results=tmp_path / "results")

    assert verdict.outcome is Outcome.MET
    assert violated_rules(verdict) == set()
