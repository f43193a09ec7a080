"""Which files of a checkpoint folder a loader reads, and where they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.containers.header import GGUF_SUFFIX, holds_tensors
from weighin.identity.folder.file_names import (
    LEGACY_TEMPLATE_FILE,
    POLICY_FILES,
    TEMPLATE_FILE,
    TEMPLATE_FOLDER,
    TOKENIZER_FILE,
    VOCABULARY_FILES,
)
from weighin.identity.folder.gguf_parts import parts_of
from weighin.identity.folder.lfs_pointers import require_fetched
from weighin.identity.folder.places import file_paths, located, names_in, real_root
from weighin.identity.folder.weight_files import (
    CONFIG,
    INDEX_FILE,
    META_CONFIG,
    SINGLE_FILE,
    weight_files,
)
from weighin.identity.folder.weight_names import (
    ADAPTER_CONFIG,
    adapter_weights,
    could_be_weights,
    name_prefixes,
)

__all__ = [
    "ADAPTER_CONFIG",
    "CONFIG",
    "GENERATION_CONFIG",
    "INDEX_FILE",
    "META_CONFIG",
    "PROCESSOR_FILES",
    "QUANTIZATION_FILES",
    "SINGLE_FILE",
    "CheckpointFile",
    "Listing",
    "file_paths",
    "is_adapter_alone",
    "list_adapter",
    "list_checkpoint",
    "located",
    "root_of",
]

GENERATION_CONFIG = "generation_config.json"
# How images, videos and sounds become the input of a multi-modal model.
PROCESSOR_FILES = (
    "audio_tokenizer_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "video_preprocessor_config.json",
)
QUANTIZATION_FILES = ("hf_quant_config.json", "quant_config.json", "quantize_config.json")

_ROLES = {
    GENERATION_CONFIG: "generation_config",
    TOKENIZER_FILE: "tokenizer",
    **dict.fromkeys(POLICY_FILES, "tokenizer"),
    **dict.fromkeys(VOCABULARY_FILES, "tokenizer"),
    TEMPLATE_FILE: "chat_template",
    LEGACY_TEMPLATE_FILE: "chat_template",
    **dict.fromkeys(PROCESSOR_FILES, "processor"),
    **dict.fromkeys(QUANTIZATION_FILES, "quantization"),
    ADAPTER_CONFIG: "adapter",
}


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file that a loader reads.

    Attributes:
        path: Relative to the folder, POSIX separators.
        role: As in `FileEntry`.
        place: The file as the user knows it, named in errors.
        location: Where the bytes lie, after all links.
        name_prefix: What is put before the name of each of its tensors: `consolidated.NN/` for
            slices that hold the same names, else nothing.
    """

    path: str
    role: str
    place: Path
    location: Path
    name_prefix: str = ""

    @property
    def holds_tensors(self) -> bool:
        """Whether its tensors are read, not its bytes as a whole."""
        return self.role in {"weights", "adapter"} and holds_tensors(self.path)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a checkpoint folder.

    Attributes:
        folder: As given; of a GGUF file, the folder that it lies in.
        files: In order of their paths.
        index: Name of the index of the shards; `None` if there is a single file.
        weight_map: Shard of each tensor, as the index states it; empty without an index.
        ignored: Paths of the other files below the folder, which no loader of these weights
            reads: documents, images, weights in other formats, the state of a training.
    """

    folder: Path
    files: tuple[CheckpointFile, ...]
    index: str | None
    weight_map: Mapping[str, str]
    ignored: tuple[str, ...] = ()

    @property
    def config(self) -> str | None:
        """Path of the configuration; `None` if there is none."""
        return next((file.path for file in self.files if file.role == "config"), None)

    @property
    def ignored_weights(self) -> tuple[str, ...]:
        """Paths of the ignored files whose names say that they hold weights."""
        return tuple(path for path in self.ignored if could_be_weights(path))

    def of_role(self, role: str) -> tuple[CheckpointFile, ...]:
        """The files of one role."""
        return tuple(file for file in self.files if file.role == role)


def root_of(checkpoint: Path) -> Path:
    """The folder that the paths of a checkpoint's files are relative to.

    Args:
        checkpoint: A folder; or a GGUF file, whose folder it is.
    """
    is_file = checkpoint.name.endswith(GGUF_SUFFIX) and not checkpoint.is_dir()
    return checkpoint.parent if is_file else checkpoint


def list_checkpoint(folder: Path) -> Listing:
    """The files that a loader reads when it loads a checkpoint.

    The loader is transformers; for `consolidated.NN.pth` it is Meta's, and several of those are
    slices whose tensors are named `consolidated.NN/<name>`.

    Args:
        folder: A folder; or a GGUF file, which is read alone, or with the other parts of it.

    Raises:
        CheckpointError: The folder is missing, holds no weights or more than it would load, or a
            link points out of it.
    """
    if root_of(folder) != folder:
        return _list_gguf(folder)
    names = names_in(folder)
    weights = weight_files(folder, names)
    roles = {name: role for name, role in _ROLES.items() if name in names}
    roles |= dict.fromkeys(weights.names, "weights")
    if weights.config in names:
        roles[weights.config] = "config"
    if weights.index is not None:
        roles[weights.index] = "index"
    if ADAPTER_CONFIG in names:
        roles[adapter_weights(folder, names)] = "adapter"
    roles |= dict.fromkeys(_template_paths(folder), "chat_template")
    paths = tuple(file_paths(folder))
    roles |= {path: "remote_code" for path in paths if path.endswith(".py")}
    return Listing(
        folder=folder,
        files=_files(folder, roles),
        index=weights.index,
        weight_map=weights.weight_map,
        ignored=_ignored(paths, roles),
    )


def _list_gguf(file: Path) -> Listing:
    folder = file.parent
    roles = dict.fromkeys(parts_of(file.name, names_in(folder), folder), "weights")
    return Listing(folder=folder, files=_files(folder, roles), index=None, weight_map={})


def list_adapter(folder: Path) -> Listing:
    """The files of a PEFT adapter: its configuration and its weights.

    Raises:
        CheckpointError: One is missing, or a link points out of the folder.
    """
    names = names_in(folder)
    if ADAPTER_CONFIG not in names:
        raise CheckpointError(f"{folder}: expected {ADAPTER_CONFIG}, found none: not an adapter")
    roles = dict.fromkeys((ADAPTER_CONFIG, adapter_weights(folder, names)), "adapter")
    return Listing(
        folder=folder,
        files=_files(folder, roles),
        index=None,
        weight_map={},
        ignored=_ignored(tuple(file_paths(folder)), roles),
    )


def is_adapter_alone(folder: Path) -> bool:
    """Whether a folder holds a PEFT adapter and no weights of a base model.

    The state of the training that made the adapter may lie beside it.
    """
    if not (folder / ADAPTER_CONFIG).is_file():
        return False
    others = (name for name in names_in(folder) if not name.startswith("adapter_model."))
    return not any(holds_tensors(name) and could_be_weights(name) for name in others)


def _template_paths(folder: Path) -> tuple[str, ...]:
    templates = folder / TEMPLATE_FOLDER
    if not templates.is_dir():
        return ()
    return tuple(f"{TEMPLATE_FOLDER}/{n}" for n in names_in(templates) if n.endswith(".jinja"))


def _ignored(paths: Sequence[str], roles: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        # A name that is not UTF-8 is no text; nobody reads the file, and it can be shown.
        path.encode("utf-8", "backslashreplace").decode("utf-8")
        for path in paths
        if path not in roles
    )


def _files(folder: Path, roles: Mapping[str, str]) -> tuple[CheckpointFile, ...]:
    root = real_root(folder)
    prefixes = name_prefixes(path for path, role in roles.items() if role == "weights")
    files = tuple(
        CheckpointFile(
            path=path,
            role=roles[path],
            place=folder / path,
            location=located(folder, path, root),
            name_prefix=prefixes.get(path, ""),
        )
        for path in sorted(roles)
    )
    require_fetched(folder, files)
    return files
