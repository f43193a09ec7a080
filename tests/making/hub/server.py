"""A hub on the loopback: the shapes of the real API, for one repository, with faults on demand."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

REPOSITORY = "org/tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
STORED_OUTSIDE_GIT = (".safetensors", ".bin", ".gguf")


@dataclass
class Published:
    """A file as git and LFS know it, computed without the code under test."""

    path: str
    content: bytes

    @property
    def is_lfs(self) -> bool:
        return self.path.endswith(STORED_OUTSIDE_GIT)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def pointer(self) -> bytes:
        return (
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{self.sha256}\nsize {len(self.content)}\n"
        ).encode()

    @property
    def blob_id(self) -> str:
        stored = self.pointer if self.is_lfs else self.content
        return hashlib.sha1(b"blob %d\0" % len(stored) + stored).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.is_lfs else self.blob_id

    @property
    def xet_hash(self) -> str:
        return hashlib.sha256(b"xet" + self.content).hexdigest()


Change = Callable[[object], object]


@dataclass
class Hub:
    """What is published, and what goes wrong.

    Attributes:
        files: By path.
        url: Where it listens.
        status: By a pattern of request paths: the status and `X-Error-Code` to answer with.
        change: By a pattern of request paths: a change of the JSON that is answered.
        body: By a pattern of request paths: bytes to answer with as they are.
        headers: By a pattern of request paths: headers to add, or to answer with instead.
        redirects: By a pattern of request paths: a status, and what to put in the pattern's place.
        ignores_ranges: Whether files are always sent whole.
        lies_about_range: What to add to the stated size of the file in `Content-Range`.
        cuts_body: How many bytes of a range to leave out while stating all of them.
        pads_body: How many bytes to send beyond a range.
        silent: Pattern of request paths that are never answered.
        page_size: Files on a page of the tree.
        content_host: What redirects of LFS files lead to: another host than the hub's own.
        requests: Method, path and headers of each request.
        sent_bytes: Bytes of bodies that the other side took.
    """

    files: dict[str, Published]
    url: str = ""
    status: dict[str, tuple[int, str]] = field(default_factory=dict)
    change: dict[str, Change] = field(default_factory=dict)
    body: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    ignores_ranges: bool = False
    lies_about_range: int = 0
    cuts_body: int = 0
    pads_body: int = 0
    silent: str = "$^"
    page_size: int = 1000
    content_host: str = ""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent_bytes: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    def info(self) -> object:
        return {
            "_id": "65f0",
            "id": REPOSITORY,
            "modelId": REPOSITORY,
            "author": "org",
            "sha": COMMIT,
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": ["safetensors"],
            "downloads": 3,
            "siblings": [
                {
                    "rfilename": f.path,
                    "size": len(f.content),
                    "blobId": f.blob_id,
                    **(
                        {
                            "lfs": {
                                "sha256": f.sha256,
                                "size": len(f.content),
                                "pointerSize": len(f.pointer),
                            }
                        }
                        if f.is_lfs
                        else {}
                    ),
                }
                for f in self.files.values()
            ],
        }

    def tree(self) -> list[object]:
        folders = sorted({p.rpartition("/")[0] for p in self.files if "/" in p})
        return [
            *({"type": "directory", "oid": "0" * 40, "size": 0, "path": p} for p in folders),
            *(
                {
                    "type": "file",
                    "oid": f.blob_id,
                    "size": len(f.content),
                    "path": f.path,
                    **(
                        {
                            "lfs": {
                                "oid": f.sha256,
                                "size": len(f.content),
                                "pointerSize": len(f.pointer),
                            },
                            "xetHash": f.xet_hash,
                        }
                        if f.is_lfs
                        else {}
                    ),
                }
                for f in self.files.values()
            ),
        ]


def published(folder: Path) -> dict[str, Published]:
    """The files of a folder, as they would be after `hf upload`."""
    return {
        path.relative_to(folder).as_posix(): Published(
            path.relative_to(folder).as_posix(), path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub, answering on the loopback until the context ends."""
    server = _Server(hub)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    hub.content_host = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: Hub) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub = hub

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the hub."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(is_head=True)

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def _answer(self, *, is_head: bool) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        self.hub.requests.append((self.command, self.path, dict(self.headers)))
        if re.search(self.hub.silent, path):
            self.hub.released.wait(10)
            self.close_connection = True
            return
        if self._goes_wrong(path):
            return
        if path.startswith(f"/api/models/{REPOSITORY}/revision/"):
            self._json(path, self.hub.info())
        elif path.startswith(f"/api/models/{REPOSITORY}/tree/{COMMIT}"):
            self._page(path, url.query)
        elif path.startswith(f"/{REPOSITORY}/resolve/{COMMIT}/"):
            self._resolve(path.split("/", 5)[5], is_head=is_head)
        elif path.startswith("/content/"):
            self._content(self.hub.files[path.removeprefix("/content/")], is_head=is_head)
        else:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _goes_wrong(self, path: str) -> bool:
        """Whether it was answered with what a test asked for."""
        for pattern, (status, place) in self.hub.redirects.items():
            if re.search(pattern, self.path):
                self._send(status, b"", {"Location": re.sub(pattern, place, self.path)})
                return True
        for pattern, (status, code) in self.hub.status.items():
            if re.search(pattern, path):
                headers = {"X-Error-Code": code, "X-Error-Message": code} if code else {}
                self._send(status, b'{"error":"no"}', headers)
                return True
        for pattern, body in self.hub.body.items():
            if re.search(pattern, path):
                self._send(200, body, {"Content-Type": "application/json"})
                return True
        return False

    def _page(self, path: str, query: str) -> None:
        entries = self.hub.tree()
        start = int(parse_qs(query).get("cursor", ["0"])[0])
        following = start + self.hub.page_size
        headers = {}
        if following < len(entries):
            link = f"{self.hub.url}{path}?recursive=true&expand=false&cursor={following}"
            headers["Link"] = f'<{link}>; rel="next"'
        self._json(path, entries[start:following], headers)

    def _resolve(self, name: str, *, is_head: bool) -> None:
        file = self.hub.files.get(name)
        if file is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{file.etag}"'}
        if not file.is_lfs:
            self._content(file, is_head=is_head, headers=headers)
            return
        self._send(
            302,
            b"",
            {
                **headers,
                "X-Linked-Etag": f'"{file.etag}"',
                "X-Linked-Size": str(len(file.content)),
                "Location": f"{self.hub.content_host}/content/{name}",
            },
        )

    def _content(
        self, file: Published, *, is_head: bool, headers: dict[str, str] | None = None
    ) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        content, status = file.content, 200
        found = dict(headers or {})
        if wanted and not self.hub.ignores_ranges:
            begin = int(wanted[1])
            end = min(int(wanted[2] or len(content)), len(content) - 1)
            size = len(content) + self.hub.lies_about_range
            found["Content-Range"] = f"bytes {begin}-{end}/{size}"
            content, status = content[begin : end + 1] + bytes(self.hub.pads_body), 206
        self._send(status, content, found, is_head=is_head, cut=self.hub.cuts_body)

    def _json(self, path: str, value: object, headers: dict[str, str] | None = None) -> None:
        for pattern, change in self.hub.change.items():
            if re.search(pattern, path):
                value = change(value)
        self._send(200, json.dumps(value).encode(), headers or {})

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str],
        *,
        is_head: bool = False,
        cut: int = 0,
    ) -> None:
        self.send_response(status)
        found = {"Content-Length": str(len(body)), **headers}
        for pattern, others in self.hub.headers.items():
            if re.search(pattern, unquote(urlsplit(self.path).path)):
                found |= others
        for name, value in found.items():
            self.send_header(name, value)
        self.end_headers()
        for begin in range(0, 0 if is_head else len(body) - cut, 1 << 16):
            self.hub.sent_bytes += self.wfile.write(
                body[begin : min(begin + (1 << 16), len(body) - cut)]
            )
        self.close_connection = self.close_connection or cut > 0
