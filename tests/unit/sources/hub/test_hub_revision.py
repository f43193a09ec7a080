"""What a hub publishes is known without a download, and as huggingface_hub itself reads it."""

import json

import pytest
from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile
from tests.making.hub.release import FIRST, SECOND
from tests.making.hub.server import COMMIT, REPOSITORY, Hub, Published, serving

from weighin import api
from weighin.errors import UsageError
from weighin.identity.facets import Grade
from weighin.identity.published.revision import weight_sets
from weighin.sources.hub.tensors import FIRST_REQUEST_BYTES

PINNED = f"hf://{REPOSITORY}@{COMMIT}"


def test_files_are_those_that_huggingface_hub_lists(hub: Hub):
    tree = HfApi(endpoint=hub.url).list_repo_tree(REPOSITORY, recursive=True, revision=COMMIT)
    listed = {
        (f.path, f.size, f.blob_id, f.lfs and f.lfs.sha256, f.xet_hash)
        for f in tree
        if isinstance(f, RepoFile)
    }

    files = api.fingerprint_revision(PINNED).files

    assert {(f.path, f.size_bytes, f.blob_id, f.lfs_sha256, f.xet_hash) for f in files} == listed
    assert [f.path for f in files] == sorted(hub.files)


def test_tensors_are_those_that_huggingface_hub_reads(hub: Hub):
    metadata = HfApi(endpoint=hub.url).get_safetensors_metadata(REPOSITORY, revision=COMMIT)
    read = {
        (name, info.dtype, tuple(info.shape), file)
        for file, of_file in metadata.files_metadata.items()
        for name, info in of_file.tensors.items()
    }

    tensors = api.fingerprint_revision(PINNED).tensors

    assert tensors is not None
    assert {(t.name, t.dtype, t.shape, t.file) for t in tensors} == read
    assert [t.name for t in tensors] == ["embed.weight", "layers.0.weight", "norm.weight"]


def test_commit_is_pinned():
    revision = api.fingerprint_revision(PINNED)

    assert (revision.commit, revision.is_pinned, revision.grade, revision.source) == (
        COMMIT, True, Grade.PINNED, "hub",
    )  # fmt: skip


@pytest.mark.parametrize("written", ["", "@main", "@v1.0", "@refs/pr/1"])
def test_moving_revision_is_resolved_and_only_declared(written):
    revision = api.fingerprint_revision(f"hf://{REPOSITORY}{written}")

    assert (revision.commit, revision.is_pinned, revision.grade) == (COMMIT, False, Grade.DECLARED)


def test_after_a_branch_was_resolved_only_its_commit_is_asked_for(hub: Hub):
    api.fingerprint_revision(f"hf://{REPOSITORY}@main")

    assert "revision/main" in hub.paths()[0]
    assert all(COMMIT in path or path.startswith("/content/") for path in hub.paths()[1:])


def test_no_weights_are_downloaded(hub: Hub):
    size = 50 * FIRST_REQUEST_BYTES
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(size)
    hub.files = {"model.safetensors": Published("model.safetensors", content)}

    api.fingerprint_revision(PINNED)

    ranges = [headers["range"] for _, path, headers in hub.requests if "content" in path]
    assert ranges == [f"bytes=0-{FIRST_REQUEST_BYTES - 1}"]


def test_header_longer_than_the_first_request_is_read_whole(hub: Hub):
    names = [f"layers.{n}.{'x' * 90}" for n in range(1500)]
    fields = {
        name: {"dtype": "U8", "shape": [1], "data_offsets": [n, n + 1]}
        for n, name in enumerate(names)
    }
    header = json.dumps(fields).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(len(names))
    assert len(header) > FIRST_REQUEST_BYTES
    hub.files = {"model.safetensors": Published("model.safetensors", content)}

    tensors = api.fingerprint_revision(PINNED).tensors

    assert tensors is not None
    assert {t.name for t in tensors} == set(names)


def test_pages_of_a_long_listing_are_all_read(hub: Hub):
    whole = api.fingerprint_revision(PINNED)
    hub.page_size = 2

    assert api.fingerprint_revision(PINNED).model_copy(update={"asked": whole.asked}) == whole


def test_pickled_weights_have_no_header_that_could_be_read(hub: Hub):
    hub.files = {"pytorch_model.bin": Published("pytorch_model.bin", b"PK")}

    revision = api.fingerprint_revision(PINNED)

    assert revision.tensors is None
    assert revision.tensors_why_not == "pytorch_model.bin has no header that could be read alone"


def test_token_is_sent_to_the_hub_and_not_where_it_redirects(hub: Hub):
    with serving(Hub(files=hub.files)) as content_host:
        hub.content_host = content_host.content_host
        assert api.fingerprint_revision(PINNED).tensors is not None

    sent = [{k.lower(): v for k, v in headers.items()} for _, _, headers in hub.requests]
    elsewhere = {name.lower() for _, _, headers in content_host.requests for name in headers}
    assert {headers["authorization"] for headers in sent} == {"Bearer hf_test"}
    assert content_host.requests
    assert "authorization" not in elsewhere


def test_token_is_not_sent_where_the_api_redirects(hub: Hub):
    with serving(Hub(files=hub.files)) as other:
        hub.redirects["^/api/"] = (307, f"{other.content_host}/api/")
        api.fingerprint_revision(PINNED)

    api_requests = [headers for _, path, headers in other.requests if path.startswith("/api/")]
    assert api_requests
    assert all("authorization" not in map(str.lower, headers) for headers in api_requests)


def test_renamed_repository_is_followed_and_told(hub: Hub):
    hub.redirects = {
        "^/api/models/org/old/": (307, "/api/models/org/tiny/"),
        "^/org/old/": (307, "/org/tiny/"),
    }

    revision = api.fingerprint_revision(f"hf://org/old@{COMMIT}")

    assert (revision.repository, revision.moved_to) == ("org/old", "org/tiny")
    assert revision.states_the_same_files_as(api.fingerprint_revision(PINNED))
    assert revision.tensors is not None


def test_repository_under_its_own_name_has_not_moved():
    assert api.fingerprint_revision(PINNED).moved_to == ""


def test_next_page_elsewhere_is_asked_for_at_the_hub(hub: Hub):
    with serving(Hub(files=hub.files)) as other:
        hub.page_size = 2
        hub.url = other.url
        assert len(api.fingerprint_revision(PINNED).files) == len(hub.files)

    assert other.requests == []


@pytest.mark.parametrize(
    "reference",
    ["hf://", "hf://tiny", "hf://org/tiny@", "hf://org/tiny/x", "hf://../tiny@main",
     "hf://org/tiny@a/../b", "hf://org/tiny@a b", "org/tiny", "hf://org/tiny@x?y"],
)  # fmt: skip
def test_what_is_no_reference_is_a_usage_error(reference):
    with pytest.raises(UsageError, match="expected hf://org/name"):
        api.fingerprint_revision(reference)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["model.safetensors", "consolidated.safetensors"], (("model.safetensors",),)),
        ([SECOND, FIRST, "config.json"], ((FIRST, SECOND),)),
        ([FIRST], ()),
        ([FIRST, SECOND, "model-00001-of-00001.safetensors"], ()),
        (
            ["model.safetensors", "pytorch_model.bin"],
            (("model.safetensors",), ("pytorch_model.bin",)),
        ),
        (["model.safetensors", FIRST, SECOND], (("model.safetensors",), (FIRST, SECOND))),
        (["onnx/model.safetensors"], ()),
        (["consolidated.01.pth", "consolidated.00.pth"],
         (("consolidated.00.pth", "consolidated.01.pth"),)),
        (["consolidated.01.pth"], ()),
    ],
)  # fmt: skip
def test_weight_sets_are_whole_and_in_the_order_of_transformers(paths, expected):
    assert weight_sets(paths) == expected
