"""Weights in a pickle: transformers would execute it; weighin weighs it and does not load it."""

import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.making.runs.scene import CHOICE, UP_PROJECTION, findings, requirements_file

import weighin
from weighin.errors import CheckpointError
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


@pytest.fixture
def pickled(checkpoint: Path) -> Path:
    """The tiny checkpoint as PyTorch saves it."""
    tensors = load_file(checkpoint / "model.safetensors")
    torch.save(tensors, checkpoint / "pytorch_model.bin")
    (checkpoint / "model.safetensors").unlink()
    return checkpoint


def test_a_checkpoint_without_safetensors_is_not_run(pickled: Path, tmp_path: Path):
    file = requirements_file(tmp_path, pickled, benchmarks=(CHOICE,))
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin: expected safetensors to run"):
        weighin.run(file, results=tmp_path / "results")
    assert not list((tmp_path / "results").rglob("record.json"))


def test_a_pickle_beside_the_weights_is_not_executed_by_a_run(checkpoint: Path, tmp_path: Path):
    marker = tmp_path / "marker"
    program = b"\x80\x02cposix\nsystem\n(X" + (len(f"echo > {marker}")).to_bytes(4, "little")
    program += f"echo > {marker}".encode() + b"tR."
    pickle.loads(program)
    assert marker.exists()
    marker.unlink()
    (checkpoint / "pytorch_model.bin").write_bytes(program)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,))
    weighin.run(file, results=tmp_path / "results")
    assert not marker.exists()


def test_a_release_in_a_pickle_is_held_against_the_safetensors_that_were_scored(
    checkpoint: Path, tmp_path: Path
):
    released = Path(shutil.copytree(checkpoint, tmp_path / "released"))
    tensors = load_file(checkpoint / "model.safetensors")
    torch.save(tensors, released / "pytorch_model.bin")
    (released / "model.safetensors").unlink()
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE,), model=f"  released: {released}\n"
    )
    verdict = weighin.run(file, results=tmp_path / "results")
    (met,) = findings(verdict, "released-is-scored", Outcome.MET)
    assert met.benchmarks == (CHOICE,)

    tensors[UP_PROJECTION][0, 0] += 1
    torch.save(tensors, released / "pytorch_model.bin")
    verdict = weighin.check(file, [tmp_path / "results"])
    (violated,) = findings(verdict, "released-is-scored")
    assert violated.tensors == (UP_PROJECTION,)
