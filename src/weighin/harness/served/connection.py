"""Requests to a server: few quick retries, and no response that goes unnoticed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus

import requests
from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import JsonValue
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
)

from weighin.errors import InfrastructureError, KeyRefusedError, RunError
from weighin.files.canonical import strict_json
from weighin.harness.observed.responses import Heard, JsonObject, self_description
from weighin.harness.served.address import SHORTEST_SECRET, Address
from weighin.log import masked

ATTEMPTS = 3
CONNECT_SECONDS = 10
ANSWER_SECONDS = 300
_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 30.0
_LONGEST_MESSAGE = 300
_PASSING = frozenset({
    HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS,
})  # fmt: skip
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|/)")


class _PassingError(InfrastructureError):
    """Trying again may help."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Connection:
    """One server, asked as often as a benchmark needs.

    lm-eval's own transport logs response bodies, retries what cannot change, and reads a key from
    an environment variable of its own choice; this one does not.
    """

    def __init__(
        self, address: Address, key: str | None, key_name: str | None, *, served_model: str
    ) -> None:
        """A connection; nothing is sent yet.

        Args:
            address: Where requests go.
            key: API key; `None` sends none. It leaves this object in a request header only.
            key_name: The environment variable that it stood in, for errors.
            served_model: The model that every request must ask for.
        """
        self.served_model = served_model
        self._address = address
        self._key = key
        self._key_name = key_name
        self._place = address.told
        self.heard = Heard()

    def listen(self, benchmark: str) -> Heard:
        """Start a benchmark: what is heard from now on belongs to it."""
        self._place = f"{benchmark}: {self._address.told}"
        self.heard = Heard()
        return self.heard

    @property
    def place(self) -> str:
        """The benchmark and what may be told of the URL, for errors."""
        return self._place

    def ask(self, payload: JsonObject) -> dict[str, JsonValue]:
        """The response to one request.

        Raises:
            InfrastructureError: The server cannot be reached, or fails again and again.
            RunError: The server refuses the request, or its response is no JSON object.
        """
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait_seconds,
            retry=retry_if_exception_type(_PassingError),
            reraise=True,
        )
        return retrying(self._ask_once, payload)

    async def ask_async(self, session: ClientSession, payload: JsonObject) -> dict[str, JsonValue]:
        """As `ask`, while other requests are under way."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait_seconds,
            retry=retry_if_exception_type(_PassingError),
            reraise=True,
        )
        return await retrying(self._ask_once_async, session, payload)

    def _ask_once(self, payload: JsonObject) -> dict[str, JsonValue]:
        with self._translated():
            response = requests.post(
                self._address.url,
                json=payload,
                headers=self._headers(),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                auth=_as_it_is,
            )
        return self._read(response.status_code, response.headers, response.content)

    async def _ask_once_async(
        self, session: ClientSession, payload: JsonObject
    ) -> dict[str, JsonValue]:
        url = self._address.url
        with self._translated():
            proxies = requests.utils.get_environ_proxies(url)
            async with session.post(
                url,
                json=payload,
                headers=self._headers(),
                timeout=ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS),
                allow_redirects=False,
                proxy=requests.utils.select_proxy(url, proxies),
            ) as response:
                content = await response.read()
        return self._read(response.status, response.headers, content)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What the libraries raise, as our own errors: theirs may show the URL."""
        is_secret = self._address.is_secret
        try:
            yield
        except (requests.RequestException, ClientError, OSError, TimeoutError) as error:
            is_hidden = is_secret or masked(str(error)) != str(error)
            raise self._unreachable(error) from (None if is_hidden else error)
        except Exception as error:
            if not is_secret:
                raise
            raise RunError(
                f"{self._place}: the request could not be sent: {type(error).__name__}; check the "
                f"URL in the environment variable {self._address.variable}"
            ) from None

    def _headers(self) -> dict[str, str]:
        return {} if self._key is None else {"Authorization": f"Bearer {self._key}"}

    def _unreachable(self, error: Exception) -> _PassingError:
        return _PassingError(
            f"{self._place}: asked {ATTEMPTS} times without a response: "
            f"{self._shown(self._reason(error))}; start the server and run the same command again"
        )

    def _reason(self, error: Exception) -> str:
        """Why there was no response, as the operating system says it, else as the library does."""
        if isinstance(error, TimeoutError | requests.Timeout):
            return f"no answer within {ANSWER_SECONDS} s"
        for cause in _chain(error):
            if isinstance(cause, OSError) and cause.errno is not None and cause.strerror:
                return cause.strerror.lower()
        name = type(error).__name__
        # The libraries spell a URL in ways of their own.
        return name if self._address.is_secret else masked(f"{name}: {error}")

    def _read(
        self, status: int, headers: Mapping[str, str], content: bytes
    ) -> dict[str, JsonValue]:
        text = content.decode("utf-8", errors="replace")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refusal(status, headers, text)
        if secret := self._repeated_in(text):
            raise RunError(
                f"{self._place}: the response repeats {secret}; nothing of it is recorded"
            )
        try:
            body = strict_json(content)
        except ValueError as error:
            raise RunError(
                f"{self._place}: expected JSON, found {self._shown(text)!r}: "
                f"{self._shown(str(error))}"
            ) from error
        if not isinstance(body, dict):
            raise RunError(f"{self._place}: expected a JSON object, found {self._shown(text)!r}")
        # Before anything else is read: what comes after may fail, and a retry may ask another.
        self.heard.note_answer(self_description(body, self._place))
        return body

    def _refusal(
        self, status: int, headers: Mapping[str, str], text: str
    ) -> _PassingError | RunError:
        body: JsonObject = {}
        with suppress(ValueError):  # a proxy's error is a page, which is told as it is
            match strict_json(text):
                case dict(found):
                    body = found
                case _:
                    pass
        if "model" in body and not self._repeated_in(text):
            self.heard.note_answer(self_description(body, self._place))
        told = f"{self._place}: HTTP {status}: {self._shown(_message(body) or text) or 'no text'}"
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _PassingError(
                f"{told}; asked {ATTEMPTS} times, run the same command again later",
                _seconds(headers.get("Retry-After", "")),
            )
        refused = KeyRefusedError if status == HTTPStatus.UNAUTHORIZED else RunError
        return refused(f"{told}; {self._way_out(status)}")

    def _repeated_in(self, text: str) -> str:
        """What a response repeats that nobody may see; empty for nothing."""
        text, key = f"{text}\n{_unescaped(text)}", self._key
        if key is not None and len(key) >= SHORTEST_SECRET and key in text:
            return "the API key"
        if self._address.is_repeated_in(text):
            return f"a part of the URL in {self._address.variable}"
        return ""

    def _way_out(self, status: int) -> str:
        match status:
            case 401 | 403 if self._key_name is None:
                return "name the environment variable that holds the key in api_key_env"
            case 401 | 403:
                return f"the key in the environment variable {self._key_name} is not accepted"
            case 404:
                variable = self._address.variable
                url = f"the URL in {variable}" if variable else "model.endpoint.url"
                return f"check {url}, with its path, and served_model"
            case _ if status < HTTPStatus.BAD_REQUEST:
                return "redirects are not followed: write the URL that answers"
            case _:
                return "the server does not accept the request of this benchmark"

    def _shown(self, text: str) -> str:
        """A foreign text on one line, shortened, without the key and what is secret of the URL."""
        plain = _unescaped(text)
        if self._address.is_told_in(f"{text}\n{plain}"):
            return f"(a text that repeats a part of the URL in {self._address.variable})"
        if self._key is not None:
            # Before it is shortened: a part of the key is still a part of the key.
            text = plain if self._key in plain else text
            text = text.replace(self._key, "<api key>")
        line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _line(text))
        return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No authentication of its own: requests would put a login of ~/.netrc over the key."""
    return request


def _unescaped(text: str) -> str:
    """A text with what JSON may escape in a secret as it is meant."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "/", text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _message(body: JsonObject) -> str:
    """The error message where the usual servers put it."""
    for holder in (body.get("error"), body):
        if isinstance(holder, str):
            return holder
        if isinstance(holder, dict):
            for name in ("message", "detail"):
                told = holder.get(name)
                if isinstance(told, str):
                    return told
    return ""


def _wait_seconds(state: RetryCallState) -> float:
    error = None if state.outcome is None else state.outcome.exception()
    asked_for = error.wait_seconds if isinstance(error, _PassingError) else None
    if asked_for is not None:
        return min(asked_for, _LONGEST_WAIT_SECONDS)
    wait: float = _FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1)
    return wait


def _seconds(retry_after: str) -> float | None:
    """The wait that a server asks for in seconds; `None` for a date or nothing."""
    return float(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
