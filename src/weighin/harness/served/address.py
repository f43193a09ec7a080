"""Where requests go, and what may be told of it."""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, unquote_plus

from weighin.requirements.checks.endpoint_urls import hidden, parted

# A response that repeats less may do so by chance: keys and paths of servers that need none are
# words that a model may well write.
SHORTEST_SECRET = 16
_SHORTEST_PIECE = 4
# Words of the interface, which servers put into errors and which are no secret.
_OF_THE_INTERFACE = frozenset({"api", "chat", "completions", "openai", "v1"})
# Their records show the path that was asked, some of them by default on standard error.
_TELLING_LOGS = frozenset({"aiohttp", "asyncio", "http", "requests", "urllib3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where requests go.

    Attributes:
        url: What is asked. If a variable holds it, it leaves this object in requests only.
        told: What is told, planned and recorded of it.
        origin: Scheme, host and port of a secret URL; empty where all of it is told.
        variable: The environment variable that holds the URL; `None` if nothing in it is secret.
        reading: Tells this reading of the variable from all others; empty if there is none.
        pieces: Parts of the URL that no text may show, in lower case.
    """

    url: str = field(repr=False)
    told: str
    origin: str = ""
    variable: str | None = None
    reading: str = ""
    pieces: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_secret(self) -> bool:
        """Whether the path may not be told."""
        return self.variable is not None

    @property
    def identified(self) -> str:
        """What is told, apart for each reading: what the variable held in another is unknown."""
        return f"{self.told} (reading {self.reading})" if self.reading else self.told

    def is_told_in(self, text: str) -> bool:
        """Whether a text shows a part of what may not be told."""
        folded = text.lower()
        return any(piece in folded for piece in self.pieces)

    def is_repeated_in(self, text: str) -> bool:
        """Whether a text shows so long a part of it that it is no chance."""
        folded = text.lower()
        return any(len(p) >= SHORTEST_SECRET and p in folded for p in self.pieces)


def open_address(url: str) -> Address:
    """A URL of which all may be told."""
    return Address(url=url, told=url)


def secret_address(url: str, variable: str, *, served_model: str) -> Address | None:
    """The URL that a variable holds, of which scheme, host and port are told.

    Args:
        url: The variable's value.
        variable: Its name.
        served_model: What every request asks for by name, so that no part of it is secret.

    Returns:
        `None` if the value is no URL, or has a user, a password or a fragment.
    """
    parts = parted(url)
    if parts is None:
        return None
    origin, rest = parts
    return Address(
        url=url,
        told=hidden(origin, variable),
        origin=origin,
        variable=variable,
        reading=secrets.token_hex(8),
        pieces=frozenset(_pieces(url, rest, served_model)),
    )


def _pieces(url: str, rest: str, served_model: str) -> Iterator[str]:
    path, _, query = rest.partition("?")
    values = [part.partition("=")[2] or part for part in re.split("[&;]", query)]
    known = served_model.lower()
    parts = (part for part in (*path.split("/"), *values) if part.lower() not in known)
    found = [part for part in parts if part.lower() not in _OF_THE_INTERFACE]
    for text in (*found, *((rest, url) if found else ())):
        decoded = unquote(text)
        for spelling in (text, decoded, unquote_plus(text), quote(decoded, safe="")):
            if len(spelling) >= _SHORTEST_PIECE:
                yield spelling.lower()


@contextmanager
def unlogged(address: Address) -> Iterator[None]:
    """Keep a secret URL out of the logs of the libraries that ask it, while the context lasts."""
    known = list(logging.root.manager.loggerDict) if address.is_secret else []
    loggers = [logging.getLogger(n) for n in known if n.partition(".")[0] in _TELLING_LOGS]
    for logger in loggers:
        logger.addFilter(_nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
