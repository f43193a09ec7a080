"""What the names of files in a checkpoint folder say of the weights in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from weighin.errors import CheckpointError
from weighin.identity.containers.header import SAFETENSORS_SUFFIX, TORCH_SUFFIXES, holds_tensors
from weighin.identity.folder.places import quoted

ADAPTER_CONFIG = "adapter_config.json"
# In the order in which PEFT looks for them.
ADAPTER_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")

_ADAPTER_PREFIX = "adapter_model."
_SLICE_PREFIX = re.compile(r"consolidated\.[0-9]{2,}/", re.ASCII)
SLICE = re.compile(r"(consolidated\.([0-9]{2,}))\.pth", re.ASCII)
_TRAINING_STATE = re.compile(
    r"(optimizer|random_states|rng_state|sampler|scaler|scheduler|training_args).*"
)
_SHARD = re.compile(
    r"(?P<stem>.+)-(?P<number>[0-9]+)-of-(?P<count>[0-9]+)\.(?:safetensors|bin|pt|pth)",
    re.ASCII | re.DOTALL,
)
# Formats of weights that weighin does not read.
OTHER_FORMATS = (
    ".ckpt", ".engine", ".ggml", ".h5", ".joblib", ".keras", ".llamafile", ".mlmodel",
    ".mlpackage", ".msgpack", ".nemo", ".npy", ".npz", ".onnx", ".onnx_data", ".ot", ".pb",
    ".pdparams", ".pickle", ".pkl", ".plan", ".pte", ".tflite",
)  # fmt: skip


def safetensors_files(names: frozenset[str]) -> list[str]:
    """Safetensors that some loader could mean as the weights; those of an adapter are not."""
    own = ADAPTER_WEIGHTS if ADAPTER_CONFIG in names else ()
    return sorted(n for n in names if n.endswith(SAFETENSORS_SUFFIX) and n not in own)


def torch_files(names: frozenset[str]) -> list[str]:
    """Files that torch.save may have written and that could be meant as the weights."""
    return sorted(
        name
        for name in names
        if name.endswith(TORCH_SUFFIXES)
        and not name.startswith(_ADAPTER_PREFIX)
        and not _TRAINING_STATE.fullmatch(name)
    )


def adapter_weights(folder: Path, names: frozenset[str]) -> str:
    """The file with the weights of a PEFT adapter, as PEFT chooses it.

    Args:
        folder: Named in errors only.
        names: Of the files in it.

    Raises:
        CheckpointError: There is none.
    """
    for name in ADAPTER_WEIGHTS:
        if name in names:
            return name
    others = sorted(name for name in names if name.startswith(_ADAPTER_PREFIX))
    raise CheckpointError(
        f"{folder / ADAPTER_CONFIG}: expected {' or '.join(ADAPTER_WEIGHTS)} beside it, "
        f"found {quoted(others) if others else 'none'}"
    )


def could_be_weights(path: str) -> bool:
    """Whether a file of this name holds the weights of a model in some format.

    Args:
        path: Relative to a checkpoint folder. The state of a training is no model.
    """
    name = PurePosixPath(path).name
    if name.endswith(TORCH_SUFFIXES):
        return not _TRAINING_STATE.fullmatch(name)
    return holds_tensors(name) or name.endswith(OTHER_FORMATS)


def name_prefixes(names: Iterable[str]) -> Mapping[str, str]:
    """What is put before the names of the tensors of each weight file, by its name.

    Several files `consolidated.NN.pth` hold slices of the same tensors under the same names. To
    tell them apart, each tensor is named `consolidated.NN/<name>`. Elsewhere a tensor keeps its
    name.
    """
    slices = {name: match[1] for name in names if (match := SLICE.fullmatch(name))}
    return {name: f"{stem}/" for name, stem in slices.items()} if len(slices) > 1 else {}


def require_no_slice_names(names: Iterable[str], place: Path) -> None:
    """Require that no tensor is named like one of a slice, or two checkpoints had one digest.

    Args:
        names: Of the tensors of a file that is no slice.
        place: Named in errors only.

    Raises:
        CheckpointError: One is.
    """
    for name in names:
        if name.startswith("consolidated.") and _SLICE_PREFIX.match(name):
            raise CheckpointError(
                f"{place}: tensor {name!r}: expected a name of its own, found one that stands for "
                "a tensor in a slice consolidated.NN.pth; rename the tensor"
            )


def are_one_checkpoint(candidates: Sequence[str], folder: Path) -> bool:
    """Whether files are, by their names, one checkpoint: a single file, or all its shards.

    Raises:
        CheckpointError: They are shards of one, but some are missing.
    """
    matches = [match for name in candidates if (match := _SHARD.fullmatch(name))]
    series = {(match["stem"], match["count"], Path(match[0]).suffix) for match in matches}
    if len(matches) != len(candidates) or len(series) != 1:
        return len(candidates) == 1
    ((_, count, _),) = series
    numbers = sorted(int(match["number"]) for match in matches)
    # Compared with the files there are: the name may promise more shards than memory holds.
    if int(count) != len(numbers) or numbers != list(range(1, len(numbers) + 1)):
        raise CheckpointError(
            f"{folder}: expected the shards 1 to {int(count)} by their names, "
            f"found {quoted(candidates)}"
        )
    return True
