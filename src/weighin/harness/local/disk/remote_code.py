"""Whether the Python files of a checkpoint may run on loading: all that are named, or none."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.folder.listing import located
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Model

# The files in which transformers looks for `auto_map` when it loads a language model.
_MAPS = ("config.json", "tokenizer_config.json")
# https://huggingface.co/docs/transformers/custom_models: `org/name--module.Class`.
_ELSEWHERE = "--"


def code_files(manifest: Manifest) -> tuple[str, ...]:
    """The Python files of a checkpoint, in order."""
    return tuple(sorted(file.path for file in manifest.files if file.role == "remote_code"))


def remote_code_allowed(folder: Path, manifest: Manifest, model: Model) -> bool:
    """Whether the Python files of a checkpoint may be executed on loading.

    Args:
        folder: The checkpoint folder.
        manifest: Its manifest.
        model: The requirements on the model.

    Raises:
        CheckpointError: The requirements name other files than there are, or the checkpoint asks
            for code of another repository, which no manifest holds.
    """
    if not model.remote_code:
        return False
    present, allowed = code_files(manifest), tuple(sorted(set(model.remote_code)))
    if present != allowed:
        raise CheckpointError(
            f"{folder}: model.remote_code allows {list(allowed)}, found {list(present)}; "
            "name exactly the Python files that may be executed"
        )
    for place, reference in _references(folder, manifest):
        if _ELSEWHERE in reference:
            raise CheckpointError(
                f"{place}: auto_map: expected code in the folder itself, found {reference!r}, "
                "which a hub may answer with other code every time; copy it into the folder"
            )
    return True


def _references(folder: Path, manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Every class that an `auto_map` names, with the file that holds the map."""
    present = {file.path for file in manifest.files}
    for name in _MAPS:
        if name in present:
            place = folder / name
            content = parse_json_object(read_small_file(place, located(folder, name)), place)
            for reference in _texts(content.get("auto_map")):
                yield place, reference


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)
        case _:
            return
