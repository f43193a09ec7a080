"""A hub that refuses, fails, hangs or lies: an error of weighin, and never a result."""

import contextlib
import json
import socket
import struct
import traceback

import pytest
from huggingface_hub import close_session, constants
from tests.making.hub.release import FIRST
from tests.making.hub.server import COMMIT, REPOSITORY, Hub, Published

from weighin import api
from weighin.errors import CheckpointError, InfrastructureError, UsageError, WeighinError

PINNED = f"hf://{REPOSITORY}@{COMMIT}"


def error_of(reference: str = PINNED) -> WeighinError:
    with pytest.raises(WeighinError) as raised:
        api.fingerprint_revision(reference)
    assert REPOSITORY in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (401, "GatedRepo", CheckpointError, "the repository is gated"),
        (403, "GatedRepo", CheckpointError, "hf auth login"),
        (401, "", CheckpointError, "not found, or not for everybody"),
        (404, "RepoNotFound", CheckpointError, "not found, or not for everybody"),
        (404, "RevisionNotFound", CheckpointError, "no such revision"),
        (404, "EntryNotFound", CheckpointError, "lists this file and does not have it"),
        (416, "", CheckpointError, "found 416"),
        (429, "", InfrastructureError, "try again"),
        (500, "", InfrastructureError, "status 500; try again"),
        (503, "", InfrastructureError, "status 503; try again"),
    ],
)
def test_refusal_is_named(hub: Hub, status, code, kind, words):
    hub.status["/revision/"] = (status, code)

    error = error_of()

    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize(
    ("stated", "told"),
    [("120", "try again in 120 s"), ("0", "try again in 0 s"), (None, "requests); try again")]
    + [(odd, "requests); try again") for odd in ("9" * 5000, "-1", "soon", "1e9", "", "\u0661")],
)
def test_too_many_requests_says_how_long_the_hub_wants_to_wait(hub: Hub, stated, told):
    hub.status["/tree/"] = (429, "")
    if stated is not None:
        hub.headers["/tree/"] = {"Retry-After": stated.encode("utf-8").decode("latin-1")}

    error = error_of()

    assert isinstance(error, InfrastructureError)
    assert str(error).endswith(told)


@pytest.mark.parametrize("request_of", ["/tree/", "/resolve/", "/content/"])
def test_refusal_of_a_later_request_is_an_error(hub: Hub, request_of):
    hub.status[request_of] = (401, "GatedRepo")

    assert "the repository is gated" in str(error_of())


@pytest.mark.parametrize("request_of", ["/revision/", "/tree/", "/content/"])
def test_silence_is_a_retryable_error(hub: Hub, request_of, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    hub.silent = request_of

    assert isinstance(error_of(), InfrastructureError)


def test_nobody_listening_is_a_retryable_error(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{port}")

    assert isinstance(error_of(), InfrastructureError)


@pytest.mark.parametrize(
    "endpoint",
    [
        "user:password@hub.example",
        "ftp://user:password@hub.example",
        "http://hub.example:password",
        "http://[password",
        "http://hub.example/\npassword",
    ],
)
def test_endpoint_that_is_no_url_is_a_usage_error(monkeypatch, endpoint):
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)

    with pytest.raises(UsageError, match="HF_ENDPOINT: expected an http or https URL") as refused:
        api.fingerprint_revision(PINNED)

    assert "password" not in str(refused.value)
    assert "hub.example" not in str(refused.value)


def test_body_shorter_than_stated_is_a_retryable_error(hub: Hub):
    hub.cuts_body = 10

    assert isinstance(error_of(), InfrastructureError)


def test_ignored_ranges_leave_the_tensors_unknown_and_the_digests_known(hub: Hub):
    hub.ignores_ranges = True

    revision = api.fingerprint_revision(PINNED)

    assert revision.tensors is None
    assert "the server does not serve ranges of files" in revision.tensors_why_not
    assert {f.path: f.lfs_sha256 for f in revision.files}[FIRST] == hub.files[FIRST].sha256


def test_ignored_range_of_a_huge_file_is_not_read(hub: Hub):
    hub.files = {"model.safetensors": Published("model.safetensors", bytes(30_000_000))}
    hub.ignores_ranges = True

    assert api.fingerprint_revision(PINNED).tensors is None
    assert hub.sent_bytes < 30_000_000


def test_file_of_another_size_than_listed_is_refused(hub: Hub):
    hub.lies_about_range = 1

    assert "as the hub lists the file" in str(error_of())


@pytest.mark.parametrize(
    "stated",
    ["", "bytes", "bytes */9", "bytes 0-9/*", "bytes 0-0/1", "bytes 1-9/9", "items 0-9/10",
     f"bytes 0-{'9' * 5000}/{'9' * 5000}", "bytes 0-\u0661/1", "bytes -1-9/10"],
)  # fmt: skip
def test_other_range_than_was_asked_for_is_refused(hub: Hub, stated):
    hub.headers["/content/"] = {"Content-Range": stated.encode("utf-8").decode("latin-1")}

    error = error_of()

    assert isinstance(error, CheckpointError)
    assert "as the hub lists the file" in str(error)


def test_more_bytes_than_the_range_are_refused_and_not_read_to_their_end(hub: Hub):
    hub.pads_body = 30_000_000

    assert "bytes, found more" in str(error_of())
    assert hub.sent_bytes < 30_000_000


def test_compressed_answer_to_a_range_leaves_the_tensors_unknown(hub: Hub):
    hub.headers["/content/"] = {"Content-Encoding": "gzip"}

    assert api.fingerprint_revision(PINNED).tensors is None


def test_listing_that_cannot_be_decompressed_is_an_error(hub: Hub):
    hub.headers["/tree/"] = {"Content-Encoding": "gzip"}

    assert isinstance(error_of(), InfrastructureError)


@pytest.mark.parametrize(
    "link",
    ['<http://[>; rel="next"', '<>; rel="next"', "rel=next", "<<<>>>;;;",
     '<?cursor=\xff>; rel="next"', '<?cursor=\t>; rel="next"',
     f'<?cursor={"9" * 30000}>; rel="next"', ";" * 30000],
)  # fmt: skip
def test_odd_address_of_a_next_page_never_crashes(hub: Hub, link, monkeypatch):
    monkeypatch.setattr("weighin.sources.hub.requests.MAX_PAGES", 3)
    hub.headers["/tree/"] = {"Link": link}

    with contextlib.suppress(CheckpointError, InfrastructureError):
        api.fingerprint_revision(PINNED)


@pytest.mark.parametrize(
    "place", ["http://[::", "ftp://x/y", "http://", "\xff", "//", "http://127.0.0.1:99999/x"]
)
def test_odd_redirect_is_an_error(hub: Hub, place):
    hub.redirects["^/api/.*"] = (307, place)

    assert isinstance(error_of(), InfrastructureError | CheckpointError)


def test_redirects_in_a_circle_are_an_error(hub: Hub):
    hub.redirects["^/api/.*"] = (307, r"\g<0>")

    assert isinstance(error_of(), InfrastructureError)


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(monkeypatch, variable):
    close_session()
    monkeypatch.setenv(variable, "nonsense://me:password@proxy.example")
    try:
        error = error_of()
    finally:
        close_session()

    assert isinstance(error, UsageError)
    assert variable in str(error)
    assert "password" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("secret", ["//me:secret@", "//secret@"])
def test_password_in_the_endpoint_is_told_nowhere(hub: Hub, monkeypatch, secret):
    monkeypatch.setattr(constants, "ENDPOINT", f"{hub.url.replace('//', secret)}")
    revision = api.fingerprint_revision(PINNED)
    hub.silent = "/api/"
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)

    assert revision.endpoint == hub.url
    assert "secret" not in revision.model_dump_json() + str(error_of())


@pytest.mark.parametrize(
    ("key", "value"), [("size", 5), ("oid", "0" * 40), ("xetHash", "short"), ("oid", None)]
)
def test_tree_that_contradicts_the_description_or_the_format_is_refused(hub: Hub, key, value):
    hub.change["/tree/"] = lambda entries: [
        {**e, key: value} if e["path"] == FIRST else e for e in entries
    ]

    assert isinstance(error_of(), CheckpointError)


def test_two_sha256_of_one_file_are_refused(hub: Hub):
    hub.change["/tree/"] = lambda entries: [
        {**e, "lfs": {**e["lfs"], "oid": "0" * 64}} if e["path"] == FIRST else e for e in entries
    ]

    assert "one size and digest" in str(error_of())


def test_file_in_only_one_of_two_listings_is_refused(hub: Hub):
    hub.change["/tree/"] = lambda entries: [e for e in entries if e["path"] != FIRST]

    assert "the same files twice" in str(error_of())


def test_file_listed_twice_is_refused(hub: Hub):
    hub.change["/tree/"] = lambda entries: [*entries, entries[-1]]

    assert "found two" in str(error_of())


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "a//b", "", "a\\b", "a\0b"])
def test_path_out_of_the_repository_is_refused(hub: Hub, path):
    hub.change["/tree/"] = lambda entries: [{**entries[-1], "path": path}, *entries[:-1]]

    assert "expected paths inside the repository" in str(error_of())


def test_another_commit_than_the_one_asked_for_is_refused(hub: Hub):
    hub.change["/revision/"] = lambda info: {**info, "sha": "f" * 40}

    assert "expected that commit from the hub" in str(error_of())


def test_branch_without_a_commit_is_refused(hub: Hub):
    hub.change["/revision/"] = lambda info: {**info, "sha": "main"}

    assert isinstance(error_of(f"hf://{REPOSITORY}@main"), CheckpointError)


@pytest.mark.parametrize("request_of", ["/revision/", "/tree/"])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"null", b"[]x", b'{"a": 1, "a": 2}', b"[NaN]", b"\xff", b"[" * 9000]
)
def test_answer_that_is_no_listing_is_refused(hub: Hub, request_of, body):
    hub.body[request_of] = body

    assert isinstance(error_of(), CheckpointError)


def safetensors(header: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "8 bytes"),
        (b"\0\0\0", "8 bytes"),
        (struct.pack("<Q", 10**9) + b"{}", "expected at most"),
        (struct.pack("<Q", 500) + b"{}", "truncated"),
        (safetensors(b"[]"), "expected to start with"),
        (safetensors(b"{}", b"x"), "trailing"),
        (
            safetensors(b'{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'),
            "truncated",
        ),
        (safetensors(b'{"w": {"dtype": "XX", "shape": [], "data_offsets": [0, 0]}}'), "dtype"),
        (safetensors(b'{"w": 1, "w": 1}'), "stands twice"),
    ],
)
def test_header_that_is_not_strict_safetensors_is_refused(hub: Hub, content, words):
    hub.files = {"model.safetensors": Published("model.safetensors", content)}

    assert words in str(error_of())


def test_tensor_in_two_shards_is_refused(hub: Hub):
    second = FIRST.replace("00001-", "00002-")
    hub.files[second] = Published(second, hub.files[FIRST].content)

    assert "expected in one file" in str(error_of())


def test_endless_pages_are_refused(hub: Hub, monkeypatch):
    monkeypatch.setattr("weighin.sources.hub.requests.MAX_PAGES", 3)
    hub.page_size = 1

    assert "expected at most 3 pages" in str(error_of())


def test_listing_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("weighin.sources.hub.requests.MAX_PAGE_BYTES", 100)

    assert "expected at most 100 bytes" in str(error_of())


def test_headers_too_large_in_all_are_refused(monkeypatch):
    monkeypatch.setattr("weighin.sources.hub.tensors.MAX_HEADERS_BYTES", 100)

    assert "headers of at most 100 bytes in all" in str(error_of())


def test_error_of_a_foreign_name_is_one_line(hub: Hub):
    hub.change["/tree/"] = lambda entries: [{**entries[-1], "path": "../\x1b[2J\n"}, *entries[:-1]]

    assert str(error_of()).isprintable()


def test_nothing_is_printed_of_the_token(hub: Hub):
    hub.status["/tree/"] = (401, "")

    assert "hf_test" not in json.dumps(str(error_of()))
