"""The chat templates of a checkpoint and their digest."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import sha256_hex
from weighin.files.opened import parse_json_object
from weighin.identity.folder.file_names import LEGACY_TEMPLATE_FILE, TEMPLATE_FILE, TEMPLATE_FOLDER
from weighin.identity.parts.config import json_digest

DEFAULT_TEMPLATE = "default"
_SUFFIX = ".jinja"


def chat_template_digest(text: str) -> str:
    """Digest of one chat template: SHA-256 of its UTF-8 text, which lm-eval records too.

    Raises:
        ValueError: The text holds a lone surrogate.
    """
    return sha256_hex(text.encode("utf-8"))


def chat_templates_digest(templates: Mapping[str, str]) -> str | None:
    """Digest of the chat templates of a tokenizer.

    Args:
        templates: Text by name; a single template is named `default`.

    Returns:
        For a single template that of its text; for several, that of the canonical JSON of all.
        `None` if there are none.

    Raises:
        ValueError: A text holds a lone surrogate.
    """
    if not templates:
        return None
    if set(templates) == {DEFAULT_TEMPLATE}:
        return chat_template_digest(templates[DEFAULT_TEMPLATE])
    return json_digest(dict(templates))


def chat_templates(
    contents: Mapping[str, bytes], tokenizer_config: Mapping[str, JsonValue], folder: Path
) -> dict[str, str]:
    """The chat templates that a loader takes from a checkpoint.

    Template files win over `tokenizer_config.json`, as in transformers. `chat_template.json`,
    which only processors read, counts if nothing else holds a template.

    Args:
        contents: Bytes of the files by their path in the folder.
        tokenizer_config: Content of `tokenizer_config.json`; empty if there is none.
        folder: Named in errors only.

    Returns:
        Text by name; a single template is named `default`.

    Raises:
        CheckpointError: A template is not a text.
    """
    if files := _template_files(contents, folder):
        return files
    if tokenizer_config.get("chat_template") is not None:
        return _stated(tokenizer_config["chat_template"], folder / "tokenizer_config.json")
    if LEGACY_TEMPLATE_FILE in contents:
        place = folder / LEGACY_TEMPLATE_FILE
        legacy = parse_json_object(contents[LEGACY_TEMPLATE_FILE], place)
        if legacy.get("chat_template") is not None:
            return _stated(legacy["chat_template"], place)
    return {}


def _template_files(contents: Mapping[str, bytes], folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, content in contents.items():
        name = _template_name(path)
        if name is None:
            continue
        if name in found:
            # `default.jinja` in the folder: which one wins depends on the loader.
            raise CheckpointError(
                f"{folder / path}: chat template {name!r}: expected one template of that name, "
                "found two"
            )
        found[name] = _text(content, folder / path)
    return found


def _template_name(path: str) -> str | None:
    """Name of the template that a file holds; `None` if it holds none."""
    if path == TEMPLATE_FILE:
        return DEFAULT_TEMPLATE
    begin = f"{TEMPLATE_FOLDER}/"
    if path.startswith(begin) and path.endswith(_SUFFIX):
        return path.removeprefix(begin).removesuffix(_SUFFIX)
    return None


def _text(content: bytes, place: Path) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"{place}: expected UTF-8 text, found: {error}") from error
    # A loader opens templates in text mode, which translates line ends.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _stated(value: JsonValue, place: Path) -> dict[str, str]:
    match value:
        case str():
            return {DEFAULT_TEMPLATE: value}
        case dict():
            pairs = list(value.items())
        case list():
            pairs = [_named(item, place) for item in value]
        case _:
            raise CheckpointError(
                f"{place}: chat_template: expected a text or named texts, "
                f"found {type(value).__name__}"
            )
    templates: dict[str, str] = {}
    for name, text in pairs:
        if not isinstance(text, str):
            raise CheckpointError(
                f"{place}: chat_template: {name!r}: expected a text, found {type(text).__name__}"
            )
        if name in templates:
            raise CheckpointError(
                f"{place}: chat_template: {name!r}: expected one template of that name, found two"
            )
        templates[name] = text
    return templates


def _named(item: JsonValue, place: Path) -> tuple[str, JsonValue]:
    if isinstance(item, dict):
        name, template = item.get("name"), item.get("template")
        if isinstance(name, str):
            return name, template
    raise CheckpointError(
        f"{place}: chat_template: expected a list of objects with `name` and `template`"
    )
