"""The hub that `HF_ENDPOINT` names. Its value may hold a secret, and is told nowhere."""

import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from weighin.errors import UsageError

ENDPOINT: Final = "HF_ENDPOINT"
_NOT_IN_URLS: Final = re.compile(r"[^!-~]")


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


def is_endpoint(value: str) -> bool:
    """Whether a text is the URL of a host."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a port that is none, or half of an address in brackets
        return False
    is_whole = bool(parts.hostname) and port != 0 and _NOT_IN_URLS.search(value) is None
    return parts.scheme in {"http", "https"} and is_whole
