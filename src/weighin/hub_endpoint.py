"""The hub that `HF_ENDPOINT` names, and proxies. Their values may hold a secret, told nowhere."""

import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from weighin.errors import UsageError

ENDPOINT: Final = "HF_ENDPOINT"
_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_SCHEMES_OF_PROXIES: Final = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_NOT_IN_URLS: Final = re.compile(r"[^!-~]")
_END_OF_HOST: Final = re.compile(r"[/?#]")


def require_endpoint(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a value that is no URL: libraries fail on it when they are imported, and print it.

    Raises:
        UsageError: `HF_ENDPOINT` is set, and no URL of a host.
    """
    value = environment.get(ENDPOINT)
    if value and not is_endpoint(value):
        raise UsageError(
            "HF_ENDPOINT: expected an http or https URL, found another value, which is not shown; "
            "write https://HOST"
        )


def require_proxies(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse proxies that are no URLs: libraries print what they take for a port.

    That is the password, where a sign in it ends the host of a URL.

    Raises:
        UsageError: A variable names one.
    """
    for name, value in environment.items():
        if value and name.casefold() in _PROXIES and not _is_proxy(value):
            raise UsageError(
                f"{name}: expected the URL of a proxy, found another value, which is not shown; "
                "write http://HOST:PORT, and %23, %2F, %3F for #, / and ? before an @"
            )


def is_endpoint(value: str) -> bool:
    """Whether a text is the URL of a host."""
    return value.lower().startswith(("http://", "https://")) and _is_of_host(value)


def _is_proxy(value: str) -> bool:
    """Whether a text is the URL of a proxy, or its host and port alone, as many write it."""
    scheme, sign, rest = value.partition("://")
    if not sign:
        return "@" not in value and _is_of_host(f"http://{value}")
    # A password that begins with digits, `12#34`, looks like a port, and the rest like a path.
    is_cut = "@" in rest[len(_END_OF_HOST.split(rest, maxsplit=1)[0]) :]
    return scheme.lower() in _SCHEMES_OF_PROXIES and not is_cut and _is_of_host(value)


def _is_of_host(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a port that is none, or half of an address in brackets
        return False
    return bool(parts.hostname) and port != 0 and _NOT_IN_URLS.search(value) is None
