"""A checkpoint that is named by its id is scored where it lies, and never another one."""

from pathlib import Path

import pytest
from tests.making.runs.scene import change_tensor, requirements_file

import weighin
from weighin.errors import CheckpointError, UsageError
from weighin.evidence.store import RECORD_NAME, Store
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


def test_a_folder_is_scored_under_the_id_that_it_has(tiny_checkpoint: Path, tmp_path: Path):
    named = weighin.fingerprint(tiny_checkpoint).checkpoint_id
    file = requirements_file(tmp_path, f"sha256:{named}")
    results = tmp_path / "results"

    verdict = weighin.run(file, results=results, checkpoint=tiny_checkpoint)

    assert verdict.outcome is Outcome.MET
    assert weighin.check(file, [results]).outcome is Outcome.MET


def test_an_id_needs_a_folder_and_a_folder_an_id(tiny_checkpoint: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="give its folder with --checkpoint FOLDER"):
        weighin.run(requirements_file(tmp_path, f"sha256:{'0' * 64}"), results=tmp_path / "r")
    plain = requirements_file(tmp_path, tiny_checkpoint)
    with pytest.raises(UsageError, match="leave the option out"):
        weighin.run(plain, results=tmp_path / "r", checkpoint=tiny_checkpoint)
    named = requirements_file(tmp_path, f"sha256:{'0' * 64}")
    with pytest.raises(CheckpointError, match="expected a folder, found none there"):
        weighin.run(named, results=tmp_path / "r", checkpoint=tmp_path / "nowhere")


def test_other_weights_are_refused_before_anything_is_loaded(checkpoint: Path, tmp_path: Path):
    results, declared = tmp_path / "results", weighin.fingerprint(checkpoint)
    Store(results).keep_manifest(declared)
    change_tensor(checkpoint)

    with pytest.raises(CheckpointError, match=r"expected the weights of sha256:.*nothing was"):
        weighin.run(
            requirements_file(tmp_path, f"sha256:{declared.checkpoint_id}"),
            results=results,
            checkpoint=checkpoint,
        )
    assert list(results.rglob(RECORD_NAME)) == []


def test_where_only_the_id_is_known_another_one_is_unknown(tiny_checkpoint: Path, tmp_path: Path):
    file = requirements_file(tmp_path, f"sha256:{'1' * 64}")
    results = tmp_path / "results"

    verdict = weighin.run(file, results=results, checkpoint=tiny_checkpoint)

    outcomes = {j.finding.outcome for j in verdict.findings if j.rule == "checkpoint-is-declared"}
    assert outcomes == {Outcome.UNDECIDED}
    assert verdict.outcome is Outcome.UNDECIDED
