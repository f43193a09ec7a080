"""Checkpoints for comparisons: a wide tiny Llama, and copies of it that were changed."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from weighin.identity.comparison.checkpoints import Given, compare_checkpoints
from weighin.identity.comparison.report import ComparisonReport, Pattern, PatternKind
from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest

Tensors = dict[str, torch.Tensor]
UP = "model.layers.1.mlp.up_proj.weight"
Q, K = (f"model.layers.0.self_attn.{part}_proj.weight" for part in "qk")


def tensors_of(folder: Path) -> Tensors:
    return load_file(folder / "model.safetensors")


def changed_copy(folder: Path, place: Path, change: Callable[[Tensors], Mapping]) -> Path:
    """A copy of a checkpoint whose tensors are what `change` returns."""
    shutil.copytree(folder, place)
    changed = change(tensors_of(folder))
    tensors = {name: tensor.clone().contiguous() for name, tensor in changed.items()}
    save_file(tensors, place / "model.safetensors", metadata={"format": "pt"})
    return place


def given(place: Path, adapter: Path | None = None) -> Given:
    if place.suffix == ".json":
        return Given.at(str(place), load_manifest(place), None)
    return Given.at(str(place), fingerprint(place, adapter=adapter), place, adapter)


def compare(first: Path, second: Path, adapter: Path | None = None) -> ComparisonReport:
    """As `weighin.compare`, without what only other commands need."""
    return compare_checkpoints(given(first, adapter), given(second))


def pattern(report: ComparisonReport, kind: PatternKind) -> Pattern:
    """The only pattern of a kind."""
    (found,) = (p for p in report.patterns if p.kind is kind)
    return found


def kinds(report: ComparisonReport) -> set[PatternKind]:
    return {p.kind for p in report.patterns}
