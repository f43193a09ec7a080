"""Bounded requests to a hub. What it answers is foreign until it was parsed."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from weighin.errors import CheckpointError, InfrastructureError, UsageError, WeighinError
from weighin.extras import installing
from weighin.files.canonical import strict_json
from weighin.hub_endpoint import ENDPOINT, require_endpoint, require_proxies
from weighin.identity.published.revision import HubReference
from weighin.log import masked
from weighin.telemetry import switch_off
from weighin.version import __version__

MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_PAGES = 1000

_OK, _PARTIAL, _TOO_MANY = 200, 206, 429
_FIRST_OF_THE_SERVERS_ERRORS = 500
_MAY_HELP_LATER = frozenset({408, 425, _TOO_MANY})
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", re.ASCII)
_SECONDS = re.compile(r"\d{1,6}", re.ASCII)


class RangeIgnoredError(WeighinError):
    """The server answered a request for a range with something else than that range's bytes."""


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]
    links: Mapping[str, Mapping[str, str]]

    def iter_bytes(self) -> Iterator[bytes]: ...


class _Session(Protocol):
    def stream(
        self, method: str, url: str, *, headers: Mapping[str, str], timeout: float
    ) -> AbstractContextManager[_Response]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where to ask, and how long to wait.

    Attributes:
        endpoint: Without a slash at its end, for example `https://huggingface.co`.
        timeout_seconds: Of silence, after which a request has failed.
        deadline_seconds: After which a request has failed however much it still sends.
    """

    endpoint: str
    timeout_seconds: float
    deadline_seconds: float = 300

    @property
    def place(self) -> str:
        """The endpoint as it may be told: its host alone, for all else in it may be a secret."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def json_pages(self, path: str, query: str, what: str) -> Iterator[JsonValue]:
        """The pages of a listing.

        Args:
            path: Below the endpoint.
            query: Of the first page, without `?`.
            what: Named in errors.

        Raises:
            WeighinError: The hub cannot be reached, refuses, or answers no strict JSON.
        """
        for _ in range(MAX_PAGES):
            url = f"{self.endpoint}/{path}?{query}"
            with self._response(url, {}, what) as response:
                _require_status(response, {_OK}, what)
                content = self._body(response, MAX_PAGE_BYTES, what)
                following = _next_query(response, what)
            try:
                yield strict_json(content)
            except ValueError as error:
                raise CheckpointError(
                    f"{what}: expected strict JSON from {self.place}, found: {error}"
                ) from error
            if following is None:
                return
            query = following
        raise CheckpointError(f"{what}: expected at most {MAX_PAGES} pages, found more")

    def file_range(self, url: str, begin: int, end: int, size: int, what: str) -> bytes:
        """The bytes of a file from `begin` to before `end`.

        Args:
            url: Of the file.
            begin: From the start of the file.
            end: After `begin`.
            size: Of the whole file, as the hub lists it.
            what: Named in errors.

        Raises:
            RangeIgnoredError: The server serves no ranges.
            WeighinError: The hub cannot be reached, refuses, or contradicts itself.
        """
        headers = {"range": f"bytes={begin}-{end - 1}"}
        with self._response(url, headers, what) as response:
            _require_status(response, {_OK, _PARTIAL}, what)
            encoding = response.headers.get("content-encoding", "identity")
            if response.status_code == _OK or encoding != "identity":
                raise RangeIgnoredError(f"{what}: the server does not serve ranges of files")
            stated = response.headers.get("content-range", "")
            match = _CONTENT_RANGE.fullmatch(stated)
            expected = (begin, end - 1, size)
            if match is None or tuple(map(int, match.groups())) != expected:
                raise CheckpointError(
                    f"{what}: expected bytes {begin}-{end - 1} of {size}, as the hub lists the "
                    f"file, found {stated[:100]!r}"
                )
            content = self._body(response, end - begin, what)
        if len(content) != end - begin:
            raise CheckpointError(f"{what}: expected {end - begin} bytes, found {len(content)}")
        return content

    def file_url(self, reference: HubReference, commit: str, path: str) -> str:
        """Where a file of a revision is served."""
        return f"{self.endpoint}/{reference.repository}/resolve/{commit}/{quote(path)}"

    def _body(self, response: _Response, max_bytes: int, what: str) -> bytes:
        begun, content = time.monotonic(), bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > max_bytes:
                raise CheckpointError(f"{what}: expected at most {max_bytes} bytes, found more")
            if time.monotonic() - begun > self.deadline_seconds:
                raise InfrastructureError(
                    f"{what}: {self.place} did not answer whole within "
                    f"{self.deadline_seconds:g} s; try again"
                )
        return bytes(content)

    @contextmanager
    def _response(self, url: str, headers: Mapping[str, str], what: str) -> Iterator[_Response]:
        switch_off()
        from huggingface_hub import errors

        if is_offline():
            raise UsageError(
                f"{what}: is not in the hub cache, and HF_HUB_OFFLINE forbids to ask the hub"
            )
        try:
            with _session(what).stream(
                "GET", url, headers={**_headers(), **headers}, timeout=self.timeout_seconds
            ) as response:
                yield response
        except errors.HTTPError as error:
            reason = " ".join(masked(str(error)).split())[:200] or type(error).__name__
            raise InfrastructureError(
                f"{what}: {self.place} cannot be read: {reason}; try again"
            ) from error


def _session(what: str) -> _Session:
    """What asks a hub; a proxy that it cannot use is not shown, for it may hold a password.

    Raises:
        UsageError: It cannot be made.
    """
    switch_off()
    from huggingface_hub import get_session

    try:
        require_proxies()
        session: _Session = get_session()
    except UsageError as error:
        raise UsageError(f"{what}: a hub cannot be asked: {error}") from None
    except (ValueError, ImportError) as error:  # an unknown scheme, or SOCKS without its package
        raise UsageError(
            f"{what}: a hub cannot be asked, for what asks it cannot be made "
            f"({type(error).__name__}); see HTTP_PROXY, HTTPS_PROXY and ALL_PROXY"
        ) from None
    return session


def default_hub() -> Hub:
    """The hub that `HF_ENDPOINT` names, else huggingface.co.

    Raises:
        UsageError: huggingface_hub is not installed, or `HF_ENDPOINT` is no URL.
    """
    switch_off()
    try:
        from huggingface_hub import constants
    except ModuleNotFoundError as error:
        raise UsageError(f"huggingface_hub is not installed; {installing('hub')}") from error
    endpoint = str(constants.ENDPOINT).rstrip("/")
    # Whoever leaves out the scheme may have written a password into it.
    require_endpoint({ENDPOINT: endpoint})
    return Hub(endpoint=endpoint, timeout_seconds=float(constants.HF_HUB_DOWNLOAD_TIMEOUT))


def is_installed() -> bool:
    """Whether huggingface_hub is there, without which neither a hub nor its cache is read."""
    return find_spec("huggingface_hub") is not None


def is_offline() -> bool:
    """Whether `HF_HUB_OFFLINE` forbids to ask a hub."""
    switch_off()
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


def _headers() -> Mapping[str, str]:
    switch_off()
    from huggingface_hub import constants, get_token

    # A compressed answer would have no ranges.
    headers = {"user-agent": f"weighin/{__version__}", "accept-encoding": "identity"}
    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    return headers if token is None else {**headers, "authorization": f"Bearer {token}"}


def _next_query(response: _Response, what: str) -> str | None:
    """What follows `?` in the address of the next page; `None` if there is none.

    Nothing else of that address is taken over: the token must reach no other host.
    """
    following = response.links.get("next", {}).get("url")
    if following is None:
        return None
    try:
        query = urlsplit(following).query
    except ValueError as error:
        raise CheckpointError(
            f"{what}: expected the address of the next page, found {following[:100]!r}"
        ) from error
    if not (query.isascii() and query.isprintable()):
        raise CheckpointError(f"{what}: expected a plain query, found {query[:100]!r}")
    return query


def _require_status(response: _Response, expected: set[int], what: str) -> None:
    status = response.status_code
    if status in expected:
        return
    code = response.headers.get("x-error-code", "")
    if status in _MAY_HELP_LATER or status >= _FIRST_OF_THE_SERVERS_ERRORS:
        why = " (too many requests)" if status == _TOO_MANY else ""
        wait = response.headers.get("retry-after", "").strip()
        when = f" in {wait} s" if _SECONDS.fullmatch(wait) else ""
        raise InfrastructureError(
            f"{what}: the hub answered with status {status}{why}; try again{when}"
        )
    if code == "GatedRepo":
        raise CheckpointError(
            f"{what}: the repository is gated; accept its terms on the hub and log in with "
            "`hf auth login`, or set HF_TOKEN"
        )
    if code == "RevisionNotFound":
        raise CheckpointError(f"{what}: the repository has no such revision")
    if code == "EntryNotFound":
        raise CheckpointError(f"{what}: the hub lists this file and does not have it")
    if status in {401, 403, 404}:
        raise CheckpointError(
            f"{what}: not found, or not for everybody (status {status}); check the name, and log "
            "in with `hf auth login` or set HF_TOKEN if it is private"
        )
    raise CheckpointError(f"{what}: expected status {min(expected)} from the hub, found {status}")
