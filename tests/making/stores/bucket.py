"""A small S3 server on the loopback: what obstore asks of one, and what goes wrong with others."""

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

BUCKET = "bucket"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "key-id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
}


@dataclass
class Bucket:
    """What a server holds, and how it behaves.

    Attributes:
        endpoint: Its address.
        objects: Content by key.
        honours_conditions: Whether it looks at If-None-Match.
        answers: Statuses that it gives to the next requests instead of answering them.
        requests: Method and path of each request.
        page: The most keys that it lists at once.
        writes_left: How many more writes it takes before it refuses all; `None` for any number.
    """

    endpoint: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    honours_conditions: bool = True
    answers: list[int] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    page: int = 1000
    writes_left: int | None = None
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.endpoint}


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:  # noqa: C901  # a method a verb
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _error(self, status: int, code: str) -> None:
            self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            name, _, key = unquote(parts.path).lstrip("/").partition("/")
            asked = parse_qs(parts.query, keep_blank_values=True)
            with bucket.lock:
                bucket.requests.append((self.command, self.path))
                if bucket.answers:
                    return self._error(bucket.answers.pop(0), "Told")
                if self.command == "PUT" and bucket.writes_left is not None:
                    if bucket.writes_left == 0:
                        return self._error(403, "AccessDenied")
                    bucket.writes_left -= 1
                if name != BUCKET:
                    return self._error(404, "NoSuchBucket")
                return self._of_bucket(key, asked, body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  # the library's names

        def _of_bucket(self, key, asked, body) -> None:  # noqa: C901, PLR0912  # a case a request
            if self.command == "PUT" and "uploadId" in asked:
                bucket.uploads[asked["uploadId"][0]][int(asked["partNumber"][0])] = body
                self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')
            elif self.command == "PUT":
                is_conditional = self.headers.get("If-None-Match") == "*"
                if is_conditional and bucket.honours_conditions and key in bucket.objects:
                    self._error(412, "PreconditionFailed")
                else:
                    bucket.objects[key] = body
                    self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')
            elif self.command == "POST" and "uploads" in asked:
                upload = os.urandom(8).hex()
                bucket.uploads[upload] = {}
                told = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                self._answer(200, f"{told}</InitiateMultipartUploadResult>".encode())
            elif self.command == "POST" and "delete" in asked:
                for deleted in re.findall(r"<Key>(.*?)</Key>", body.decode()):
                    bucket.objects.pop(unescape(deleted), None)
                self._answer(200, b"<DeleteResult></DeleteResult>")
            elif self.command == "POST" and "uploadId" in asked:
                pieces = bucket.uploads.pop(asked["uploadId"][0])
                bucket.objects[key] = b"".join(pieces[n] for n in sorted(pieces))
                told = "<CompleteMultipartUploadResult><ETag>e</ETag>"
                self._answer(200, f"{told}</CompleteMultipartUploadResult>".encode())
            elif self.command == "DELETE":
                bucket.uploads.pop(asked.get("uploadId", [""])[0], None)
                if "uploadId" not in asked:
                    bucket.objects.pop(key, None)
                self._answer(204)
            elif self.command == "GET" and "list-type" in asked:
                self._list(asked)
            elif key not in bucket.objects:
                self._error(404, "NoSuchKey")
            else:
                self._answer(
                    200,
                    bucket.objects[key],
                    ETag=f'"{hashlib.md5(bucket.objects[key]).hexdigest()}"',
                    Last_Modified="Mon, 30 Nov 2026 12:00:00 GMT",
                )

        def _list(self, asked) -> None:
            prefix = asked.get("prefix", [""])[0]
            after = asked.get("continuation-token", [""])[0]
            keys = sorted(k for k in bucket.objects if k.startswith(prefix) and k > after)
            shown = keys[: bucket.page]
            more = len(keys) > len(shown)
            entries = "".join(
                f"<Contents><Key>{escape(quote(k) if 'encoding-type' in asked else k)}</Key>"
                "<LastModified>2026-11-30T12:00:00.000Z</LastModified><ETag>e</ETag>"
                f"<Size>{len(bucket.objects[k])}</Size></Contents>"
                for k in shown
            )
            last = escape(shown[-1]) if more else ""
            token = f"<NextContinuationToken>{last}</NextContinuationToken>" if more else ""
            self._answer(
                200,
                f"<ListBucketResult>{entries}<IsTruncated>{str(more).lower()}</IsTruncated>"
                f"{token}</ListBucketResult>".encode(),
            )

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


@contextmanager
def served_bucket() -> Iterator[Bucket]:
    """A server with one empty bucket, for as long as the body runs."""
    bucket = Bucket()
    server = _Server(("127.0.0.1", 0), _handler(bucket))
    bucket.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
