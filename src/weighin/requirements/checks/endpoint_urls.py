"""How the URL of an endpoint is written: in a requirements file, in a variable, and in records."""

import ipaddress
import re

VARIABLE_SIGN = "${"

_URL = re.compile(r"https?://[^\s/@?#]+(/[^\s?#]*)?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# The host is told, so that it must be one: what a mistyped URL has there may be the secret.
_IN_VARIABLE = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>([/?][!-\"$-~]*)?)"
)
_HIDDEN = re.compile(r"(?P<origin>https?://[^\s/@?#]+)/\$\{(?P<variable>[A-Za-z0-9_]+)\}")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535


def is_url(text: str) -> bool:
    """Whether a text is a URL that may stand in a requirements file: nothing in it is secret."""
    return _URL.fullmatch(text) is not None and VARIABLE_SIGN not in text


def is_variable(text: str) -> bool:
    """Whether a text can be the name of an environment variable."""
    return _VARIABLE.fullmatch(text) is not None


def parted(url: str) -> tuple[str, str] | None:
    """A URL in two: `https://host:8000`, and its path and query.

    Returns:
        The first part in one spelling: in lower case, without the scheme's own port. `None` if
        the text is no URL, or has a user, a password or a fragment.
    """
    found = _IN_VARIABLE.fullmatch(url)
    if found is None:
        return None
    scheme, host = found["scheme"], found["host"].lower()
    port = _DEFAULT_PORTS[scheme] if found["port"] is None else int(found["port"])
    if not 0 < port <= _LAST_PORT or (host.startswith("[") and not _is_address(host[1:-1])):
        return None
    told_port = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{told_port}", found["rest"]


def hidden(origin: str, variable: str) -> str:
    """The one spelling of a URL whose path is not told: `https://host:8000/${NAME}`."""
    return f"{origin}/{VARIABLE_SIGN}{variable}}}"


def of_hidden(told: str) -> tuple[str, str] | None:
    """The origin and the variable of a URL whose path is not told; `None` for any other URL."""
    found = _HIDDEN.fullmatch(told)
    return None if found is None else (found["origin"], found["variable"])


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
