"""Whether what a served model needs is set, and whether anybody listens there."""

import socket
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from weighin.identity.folder.mistaken_places import meant_by
from weighin.requirements.checks.endpoint_urls import parted
from weighin.requirements.model import Endpoint, EndpointApi, Requirements
from weighin.sources.environment.examined import (
    BAD_FILE,
    RETRYABLE,
    USAGE,
    Examined,
    Health,
    Topic,
)

_SECONDS: Final = 5.0
_PORTS: Final = {"http": 80, "https": 443}
_PROXIES: Final = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)


def examined_endpoint(
    requirements: Requirements, environment: Mapping[str, str], *, asks: bool
) -> Iterator[Examined]:
    """The variables that hold its URL and key, its tokenizer, and its server.

    Args:
        requirements: They name an endpoint.
        environment: Variables; of no value is anything told.
        asks: Whether its server may be asked whether it is there.
    """
    endpoint = requirements.model.endpoint
    if endpoint is None:
        return
    url = endpoint.url
    if endpoint.url_env is not None:
        value = environment.get(endpoint.url_env, "")
        is_there = parted(value) is not None
        url = value if is_there else None
        yield _variable(requirements, "url_env", endpoint.url_env, value, is_right=is_there)
    if (name := endpoint.api_key_env) is not None:
        value = environment.get(name, "")
        is_key = value.isascii() and value.isprintable() and " " not in value
        yield _variable(requirements, "api_key_env", name, value, is_right=is_key)
    yield from _tokenizer(requirements, endpoint)
    if url is not None and asks:
        yield _listening(url, "" if endpoint.url_env else url, environment)


def _variable(
    requirements: Requirements, field: str, name: str, value: str, *, is_right: bool
) -> Examined:
    if value and is_right:
        return _told(field, f"{name} is set", Health.OK)
    where = requirements.required_at(f"model.endpoint.{field}")
    found = "it is not set" if not value else "it holds something else"
    what = "a URL" if field == "url_env" else "a key"
    words = f"{where}: model.endpoint.{field}: expected {what} in {name}, found that {found}"
    return _told(field, words, Health.PROBLEM, f"set it (export {name}=...)", USAGE)


def _tokenizer(requirements: Requirements, endpoint: Endpoint) -> Iterator[Examined]:
    if endpoint.tokenizer is None:
        if endpoint.api is EndpointApi.COMPLETIONS:
            words = "no tokenizer is named: tasks that weigh choices cannot be scored"
            yield _told(
                "tokenizer", words, Health.NOTE, "name its folder in model.endpoint.tokenizer"
            )
        return
    folder = requirements.resolve(endpoint.tokenizer)
    if folder.is_dir():
        yield _told("tokenizer", str(folder), Health.OK)
        return
    where = requirements.required_at("model.endpoint.tokenizer")
    words = f"{where}: model.endpoint.tokenizer: expected a folder, found nothing at {folder}"
    fix = meant_by(endpoint.tokenizer).removeprefix("; ") or "check the path"
    yield _told("tokenizer", words, Health.PROBLEM, fix, BAD_FILE)


def _listening(url: str, told: str, environment: Mapping[str, str]) -> Examined:
    """Whether a connection is accepted there; nothing is sent."""
    parts = urlsplit(url)
    place = told or f"{parts.scheme}://{parts.hostname}"
    try:
        address = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
        with socket.create_connection(address, timeout=_SECONDS):
            return _told("server", f"{place}: somebody listens", Health.OK)
    except (OSError, ValueError, KeyError, UnicodeError):
        if any(environment.get(name) for name in _PROXIES):
            words = f"{place}: not reached but through a proxy, which is not asked here"
            return _told("server", words, Health.NOTE)
        words = f"{place}: nobody listens"
        return _told(
            "server", words, Health.PROBLEM, "start the server, or check the URL", RETRYABLE
        )


def _told(name: str, words: str, health: Health, fix: str = "", code: int = 0) -> Examined:
    return Examined(
        topic=Topic.FILE, name=name, health=health, words=words, fix=fix, exit_code=code
    )
