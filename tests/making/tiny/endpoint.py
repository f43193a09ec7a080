"""A real HTTP server on the loopback interface that speaks the OpenAI-compatible interfaces."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.making.places import TINY_TASKS

Json = dict[str, Any]


def says_its_name(_number: int) -> Json:
    return {"model": "tiny-1", "system_fingerprint": "fp_1", "provider": "loopback"}


def _never(_number: int) -> None:
    return None


def _by_token(tokens: list[int]) -> list[float]:
    return [-((token * 7919) % 97) / 10 - 0.1 for token in [*tokens[1:], 0]]


@dataclass
class TinyServer:
    """A server that runs while `served` lasts.

    Attributes:
        says: What it says of itself, by the number of the request (from 0).
        refuses: Status, headers and body of an error by the number of the request; `None`
            answers.
        requests: Path, headers and body of every request.
    """

    says: Callable[[int], Json] = says_its_name
    refuses: Callable[[int], tuple[int, dict[str, str], bytes] | None] = _never
    alters: Callable[[Json], Json | bytes] = dict
    log_probabilities: Callable[[list[int]], list[float]] = _by_token
    requests: list[tuple[str, dict[str, str], Json]] = field(default_factory=list)
    _port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _together: threading.Barrier | None = None

    def url(self, api: str) -> str:
        path = {"completions": "completions", "chat": "chat/completions"}[api]
        return f"http://127.0.0.1:{self._port}/v1/{path}"

    @property
    def bodies(self) -> list[Json]:
        return [body for _, _, body in self.requests]

    def answer(
        self, path: str, headers: dict[str, str], body: Json
    ) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            number = len(self.requests)
            self.requests.append((path, headers, body))
        if self._together is not None:
            self._together.wait(timeout=10)
        if refusal := self.refuses(number):
            return refusal
        altered = self.alters({**self.says(number), "choices": _choices(self, body)})
        content = altered if isinstance(altered, bytes) else json.dumps(altered).encode()
        return 200, {"Content-Type": "application/json"}, content


TEXT = " 2"


def _choices(server: TinyServer, body: Json) -> list[Json]:
    if "messages" in body:
        message = {"role": "assistant", "content": TEXT}
        return [{"index": 0, "message": message, "finish_reason": "stop"}]
    prompts = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
    if not body.get("echo"):
        return [{"index": i, "text": TEXT} for i, _ in enumerate(prompts)]
    choices = []
    for index, tokens in enumerate(prompts):
        each = server.log_probabilities(tokens)
        logprobs = {
            "token_logprobs": [None, *each],
            "top_logprobs": [None, *({"most likely": number} for number in each)],
        }
        choices.append({"index": index, "text": "", "logprobs": logprobs})
    return choices


@contextmanager
def served(server: TinyServer, *, together: int | None = None) -> Iterator[TinyServer]:
    """Serve on a free port; `together` requests are awaited before any of them is answered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content = server.answer(self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    class Http(ThreadingHTTPServer):
        def handle_error(self, *request: object) -> None:
            # Who stops at the first failure of several requests does not wait for the others.
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(*request)

    if together is not None:
        server._together = threading.Barrier(together)
    http = Http(("127.0.0.1", 0), Handler)
    server._port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def refusal(
    status: int, body: Json | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """An error as a server gives it."""
    return status, headers, json.dumps(body or {}).encode()


def endpoint_requirements(
    folder: Path,
    server: TinyServer,
    *,
    api: str = "completions",
    benchmarks: str = "  - {task: tiny_generate, samples: 4}\n",
    endpoint: str = "",
    model: str = "",
    rest: str | None = None,
    url_env: str = "",
) -> Path:
    """A requirements file for a served model, by default with what a server can show.

    With `url_env` it names that variable instead of the server's URL.
    """
    path = folder / "requirements.yaml"
    hosted = (
        "same: [endpoint, system_prompt]\nevidence: declared\n"
        "rules: {weights-unchanged-during-run: off, loaded-is-on-disk: off}\n"
    )
    chat = "  chat_template: true\n" if api == "chat" and "chat_template" not in model else ""
    url = f"url_env: {url_env}" if url_env else f"url: {server.url(api)}"
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n{chat}{model}  endpoint:\n    {url}\n"
        f"    served_model: tiny\n    api: {api}\n{endpoint}"
        f"tasks: ['{TINY_TASKS}']\nbenchmarks:\n{benchmarks}" + (hosted if rest is None else rest)
    )
    return path
