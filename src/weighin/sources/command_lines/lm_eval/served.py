"""A served model as lm-eval's API backends ask it, in the keys of `model.endpoint`."""

from pathlib import Path

from weighin.errors import UsageError
from weighin.requirements.checks.endpoint_urls import is_url
from weighin.requirements.model import EndpointApi
from weighin.sources.command_lines.described import Keys
from weighin.sources.command_lines.lm_eval.backends import Served
from weighin.sources.command_lines.lm_eval.model_arguments import Taken
from weighin.sources.command_lines.values import HIDDEN

_ENDPOINT = ("model", "endpoint")
_NAMES = ("model", "pretrained")


def take_serving(name: str, served: Served, taken: Taken) -> dict[Keys, list[str]]:
    """Take what says where a model is served and how it is asked.

    Args:
        name: Of the backend.
        served: What is known of the backend.
        taken: Its arguments.

    Returns:
        Lines that wait for a person, by the mapping in which they stand.

    Raises:
        UsageError: Nothing says where it is served, or as what.
    """
    _take_name(name, taken)
    _take_url(name, served, taken)
    taken.add("--model", name, *_ENDPOINT, "api", value=str(served.api))
    ready: list[str] = []
    if served.is_key_needed:
        taken.add("--model", name, *_ENDPOINT, "api_key_env", value=served.api_key_env)
    else:
        ready.append(f"api_key_env: {served.api_key_env}  # if the server asks for a key")
    concurrent = taken.given.get("num_concurrent")
    if isinstance(concurrent, int) and concurrent >= 1:
        taken.carry("num_concurrent", *_ENDPOINT, "concurrent_requests", value=concurrent)
    length = taken.given.get("max_length")
    if isinstance(length, int) and length is not True:
        taken.carry("max_length", "model", "max_length", value=length)
    if served.api is EndpointApi.COMPLETIONS:
        if not _take_tokenizer(taken):
            ready.append("tokenizer: FOLDER  # for benchmarks that ask for log-likelihoods")
    elif "tokenizer" in taken.given:
        why = "a chat interface applies its own, and is sent texts"
        taken.leave("tokenizer", why, may_change_scores=False)
    for backend in ("tokenizer_backend", "tokenized_requests"):
        if backend in taken.given:
            why = "tokens are sent where model.endpoint.tokenizer names a folder, else texts"
            is_told = served.api is EndpointApi.COMPLETIONS
            taken.leave(backend, why, may_change_scores=is_told)
    return {_ENDPOINT: ready}


def _take_name(name: str, taken: Taken) -> None:
    for argument in _NAMES:
        served_model = taken.given.get(argument)
        if isinstance(served_model, str) and served_model:
            short = served_model.rstrip("/").rpartition("/")[2] or served_model
            taken.add(f"--model_args {argument}", served_model, "model", "name", value=short)
            taken.carry(argument, *_ENDPOINT, "served_model", value=served_model)
            return
    raise UsageError(
        f"--from: --model {name}: expected the name of the model in --model_args model=…, found "
        "none"
    )


def _take_url(name: str, served: Served, taken: Taken) -> None:
    url = taken.given.get("base_url", served.url)
    if not isinstance(url, str) or not url:
        raise UsageError(
            f"--from: --model {name}: expected the full URL in --model_args base_url=…, found none"
        )
    if not is_url(url):
        taken.given.pop("base_url", None)
        taken.add(
            "--model_args base_url", HIDDEN, *_ENDPOINT, "url_env", value="ENDPOINT_URL",
            note="set this variable to the full URL: a user, password or query in it are secrets",
        )  # fmt: skip
    elif "base_url" in taken.given:
        taken.carry("base_url", *_ENDPOINT, "url", value=url)
    else:
        taken.add("--model", name, *_ENDPOINT, "url", value=url)


def _take_tokenizer(taken: Taken) -> bool:
    """Whether the folder of a tokenizer was named."""
    tokenizer = taken.given.get("tokenizer")
    if not isinstance(tokenizer, str):
        return False
    if Path(tokenizer).is_dir():
        taken.carry("tokenizer", *_ENDPOINT, "tokenizer", value=tokenizer)
        return True
    why = "no folder here; download it and write its folder as model.endpoint.tokenizer"
    taken.leave("tokenizer", why, may_change_scores=True)
    return False
