"""Whether the places that a file names are places that a requirement can name."""

import re
from collections.abc import Iterator

from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import Keys, Problem, did_you_mean, shown_text
from weighin.requirements.checks.endpoint_urls import VARIABLE_SIGN, is_url, is_variable
from weighin.requirements.checks.placement import PLACEMENT_KEYS
from weighin.requirements.model import Endpoint

UNFILLED_COMMIT = "<40-hex commit>"
"""What stands in a first file where nobody could be asked for the commit."""

_HUB = re.compile(r"hf://[\w.-]+/[\w.-]+@[0-9a-f]{40}", re.ASCII)
_HUB_PARTS = re.compile(r"hf://(?P<repository>[^@]*)(@(?P<revision>.*))?", re.DOTALL)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
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
        if parts["revision"] == UNFILLED_COMMIT:
            command = f"weighin fingerprint hf://{parts['repository']}@main"
            return f"not filled in: in place of {UNFILLED_COMMIT}, write what `{command}` prints"
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
    yield from _one_url(document)
    url = document.get("model", "endpoint", "url")
    if isinstance(url, str) and VARIABLE_SIGN in url:
        text = "variables are not filled in here; name the one that holds the whole URL in url_env"
        yield document.problem(("model", "endpoint", "url"), text)
    elif isinstance(url, str) and url and not is_url(url):
        # The value is not shown: it may hold a password.
        yield document.problem(
            ("model", "endpoint", "url"),
            "expected a URL such as http://127.0.0.1:8000/v1/completions, without a user, password "
            "or query; name the variable that holds the key in api_key_env, or one that holds the "
            "whole URL in url_env",
        )
    for name, example in (("url_env", "ENDPOINT_URL"), ("api_key_env", "OPENAI_API_KEY")):
        variable = document.get("model", "endpoint", name)
        if isinstance(variable, str) and variable and not is_variable(variable):
            # Not shown either: a secret that was pasted here must not reach a log.
            yield document.problem(
                ("model", "endpoint", name),
                f"expected the name of an environment variable, for example {example}",
            )


def _one_url(document: Document) -> Iterator[Problem]:
    endpoint = document.get("model", "endpoint")
    if not isinstance(endpoint, dict):
        return
    if "url" in endpoint and "url_env" in endpoint:
        text = "url stands there, too; remove one of them: url_env is for a URL that holds a secret"
        yield document.key_problem(("model", "endpoint", "url_env"), text)
    if "url" in endpoint or "url_env" in endpoint:
        return
    known = tuple(Endpoint.model_fields)
    if any(
        name not in known and did_you_mean(name, known) in {"url", "url_env"} for name in endpoint
    ):
        return  # which is told as an unknown key
    yield document.problem(
        ("model", "endpoint", "url"),
        "missing; write url: full URL, for example http://127.0.0.1:8000/v1/completions, or "
        "url_env: name of the environment variable that holds it",
    )
