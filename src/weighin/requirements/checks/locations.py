"""Whether the places that a file names are places that a requirement can name."""

import re
from collections.abc import Iterator

from weighin.files.problems import Keys, Problem, shown_text
from weighin.files.yaml.document import Document
from weighin.requirements.checks.placement import PLACEMENT_KEYS

_HUB = re.compile(r"hf://[\w.-]+/[\w.-]+@[0-9a-f]{40}", re.ASCII)
_HUB_PARTS = re.compile(r"hf://(?P<repository>[^@]*)(@(?P<revision>.*))?", re.DOTALL)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_URL = re.compile(r"https?://[^\s/@?#]+(/[^\s?#]*)?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_CHECKPOINTS = "a folder, hf://org/name@<40-hex commit> or sha256:<64-hex checkpoint id>"
_EXCLUDED_BY_ENDPOINT = ("adapter", "remote_code", "dtype", "device", *PLACEMENT_KEYS)


def check_locations(document: Document) -> Iterator[Problem]:
    """What is wrong with the checkpoint, the release, the endpoint and the folders."""
    model = document.get("model")
    if not isinstance(model, dict):
        return
    if "checkpoint" not in model and "endpoint" not in model:
        text = "no checkpoint and no endpoint; write one of them, since a name is no evidence"
        yield document.problem(("model",), text)
    yield from _checkpoints(document)
    yield from _folders(document)
    if "endpoint" in model:
        yield from _endpoint(document)
        for name in _EXCLUDED_BY_ENDPOINT:
            if name in model:
                text = "a served model is loaded elsewhere; remove this key or the endpoint"
                yield document.key_problem(("model", name), text)
    for index in range(document.length("model", "remote_code")):
        file = document.get("model", "remote_code", index)
        if isinstance(file, str) and not file.endswith(".py"):
            text = f"expected the name of a Python file (*.py), found {shown_text(file)}"
            yield document.problem(("model", "remote_code", index), text)


def _checkpoints(document: Document) -> Iterator[Problem]:
    for name in ("checkpoint", "released"):
        value = document.get("model", name)
        if isinstance(value, str) and (text := _checkpoint(value)):
            yield document.problem(("model", name), text)


def _checkpoint(value: str) -> str:
    """What is wrong with the name of a checkpoint; empty if nothing is."""
    if _SHA256.fullmatch(f"sha256:{value}"):
        return f"a checkpoint id is written sha256:{value}"
    if value.startswith("sha256:"):
        if _SHA256.fullmatch(value):
            return ""
        return f"expected sha256: and 64 digits 0-9a-f, found {shown_text(value)}"
    if parts := _HUB_PARTS.fullmatch(value):
        if _HUB.fullmatch(value):
            return ""
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", parts["repository"], re.ASCII):
            return f"expected hf://org/name@<40-hex commit>, found {shown_text(value)}"
        if parts["revision"] is None:
            return "no revision; pin the 40-hex commit: hf://org/name@<40-hex commit>"
        return (
            f"a moving revision cannot be required: pin the 40-hex commit instead of "
            f"{shown_text(parts['revision'])}"
        )
    if _SCHEME.match(value):
        return f"expected {_CHECKPOINTS}, found {shown_text(value)}"
    return ""


def _folders(document: Document) -> Iterator[Problem]:
    folders: list[Keys] = [("model", "adapter"), ("model", "offload_folder")]
    folders.append(("model", "endpoint", "tokenizer"))
    folders += [("tasks", index) for index in range(document.length("tasks"))]
    for keys in folders:
        value = document.get(*keys)
        if isinstance(value, str) and _SCHEME.match(value):
            yield document.problem(keys, f"expected a folder, found {shown_text(value)}")


def _endpoint(document: Document) -> Iterator[Problem]:
    url = document.get("model", "endpoint", "url")
    if isinstance(url, str) and url and not _URL.fullmatch(url):
        # The value is not shown: it may hold a password.
        yield document.problem(
            ("model", "endpoint", "url"),
            "expected a URL such as http://127.0.0.1:8000/v1/completions, without a user, password "
            "or query; name the variable that holds the key in api_key_env",
        )
    variable = document.get("model", "endpoint", "api_key_env")
    if isinstance(variable, str) and variable and not _VARIABLE.fullmatch(variable):
        # Not shown either: a key that was pasted here must not reach a log.
        yield document.problem(
            ("model", "endpoint", "api_key_env"),
            "expected the name of an environment variable, for example OPENAI_API_KEY",
        )
