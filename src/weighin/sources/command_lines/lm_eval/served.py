"""A served model as lm-eval's API backends ask it, in the keys of `model.endpoint`."""

from weighin.errors import UsageError
from weighin.files.opened import is_folder
from weighin.requirements.checks.endpoint_urls import is_url
from weighin.requirements.model import EndpointApi
from weighin.sources.command_lines.described import Keys
from weighin.sources.command_lines.lm_eval.backends import Served
from weighin.sources.command_lines.lm_eval.model_arguments import Arguments, take_length

_ENDPOINT = ("model", "endpoint")
_NAMES = ("model", "pretrained")
_CHAT = "/chat/completions"


def take_serving(name: str, served: Served, arguments: Arguments) -> dict[Keys, tuple[str, ...]]:
    """Take what says where a model is served and how it is asked.

    Args:
        name: Of the backend.
        served: What is known of the backend.
        arguments: Its arguments.

    Returns:
        Lines that wait for a person, by the mapping in which they stand.

    Raises:
        UsageError: Nothing says where it is served, or as what.
    """
    is_chat = served.api is EndpointApi.CHAT
    found = arguments.found
    _take_name(name, arguments)
    _take_url(name, served, arguments)
    found.carry("--model", name, *_ENDPOINT, "api", value=str(served.api))
    ready: list[str] = []
    if served.is_key_needed:
        found.carry("--model", name, *_ENDPOINT, "api_key_env", value=served.api_key_env)
    elif not found.has(*_ENDPOINT, "api_key_env"):
        ready.append(f"api_key_env: {served.api_key_env}  # if the server asks for a key")
    concurrent = arguments.number("num_concurrent")
    if concurrent is not None and concurrent >= 1:
        arguments.carry("num_concurrent", *_ENDPOINT, "concurrent_requests", value=concurrent)
    take_length(arguments)
    if is_chat:
        note = "a chat interface always applies one"
        found.carry("--model", name, "model", "chat_template", value=True, note=note)
        why = "a chat interface is sent texts, and applies its own"
        arguments.leave("tokenizer", why, may_change_scores=False)
    elif not _take_tokenizer(arguments):
        ready.append("tokenizer: FOLDER  # for benchmarks that ask for log-likelihoods")
    for backend in ("tokenizer_backend", "tokenized_requests"):
        why = "tokens are sent where model.endpoint.tokenizer names a folder, else texts"
        arguments.leave(backend, why, may_change_scores=not is_chat)
    return {_ENDPOINT: tuple(ready)}


def _take_name(name: str, arguments: Arguments) -> None:
    for argument in _NAMES:
        if served_model := arguments.text(argument):
            short = served_model.rstrip("/").rpartition("/")[2] or served_model
            flag = f"--model_args {argument}"
            arguments.found.carry(flag, served_model, "model", "name", value=short)
            arguments.carry(argument, *_ENDPOINT, "served_model", value=served_model)
            return
    raise UsageError(
        f"--from: --model {name}: expected the name of the model in --model_args model=…, found "
        "none"
    )


def _take_url(name: str, served: Served, arguments: Arguments) -> None:
    flag = "--model_args base_url" if "base_url" in arguments.given else "--model"
    url = arguments.given.pop("base_url", served.url)
    if not isinstance(url, str) or not url:
        raise UsageError(
            f"--from: --model {name}: expected the full URL in --model_args base_url=…, found none"
        )
    found = arguments.found
    if not is_url(url):
        note = "set this variable to the full URL: a user, password or query in it are secrets"
        found.carry(flag, True, *_ENDPOINT, "url_env", value="ENDPOINT_URL", note=note)  # noqa: FBT003  # what was given is a secret
        return
    note = ""
    if served.api is EndpointApi.COMPLETIONS and url.endswith(_CHAT):
        note = f"ends as a chat interface does; for one, give --model {name.replace('-', '-chat-')}"
    found.carry(flag, url if flag != "--model" else name, *_ENDPOINT, "url", value=url, note=note)


def _take_tokenizer(arguments: Arguments) -> bool:
    """Whether the folder of a tokenizer was named."""
    if not (tokenizer := arguments.text("tokenizer")):
        return False
    if is_folder(tokenizer):
        arguments.carry("tokenizer", *_ENDPOINT, "tokenizer", value=tokenizer)
        return True
    why = "no folder here; download it and write its folder as model.endpoint.tokenizer"
    arguments.leave("tokenizer", why, may_change_scores=True)
    return False
