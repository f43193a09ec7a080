"""`weighin verify`: 0 unchanged, 10 changed, 11 not covered, 2 usage, 3 unreadable."""

import json
import shutil
from pathlib import Path

import pytest

MADE = Path(__file__).parents[1] / "identity" / "model_signing"
SIGNED = ("--signature", MADE / "files.sig", "--public-key", MADE / "files.pem")


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(MADE / "tiny", tmp_path / "tiny"))


@pytest.fixture
def manifest(weighin, folder, tmp_path):
    path = tmp_path / "manifest.json"
    assert weighin("fingerprint", folder, "--save", path).code == 0
    return path


def test_untouched_checkpoint_ends_with_0(weighin, manifest, folder):
    told = weighin("verify", manifest, folder)
    assert (told.code, told.errors) == (0, "")
    assert told.output.startswith("unchanged: ")


def test_changed_checkpoint_ends_with_10_and_names_what_changed(weighin, manifest, folder):
    (folder / "tokenizer.json").write_text('{"model": {"vocab": {"b": 0}}, "added_tokens": []}')
    told = weighin("verify", manifest, folder)
    assert told.code == 10
    assert "tokenizer.json: changed" in told.output
    assert "facet tokenizer: changed" in told.output


def test_one_document_tells_both_and_the_worst_counts(weighin, manifest, folder):
    (folder / "README.md").write_text("# other\n")
    told = weighin("verify", manifest, folder, *SIGNED, "--json")
    document = json.loads(told.output)
    assert document["format"] == "weighin.verification/1"
    assert document["exit_code"] == told.code == 10
    assert document["manifest"]["changes"] == []
    assert document["signature"]["changes"] == [{"path": "README.md", "what": "changed"}]


def test_signature_alone_needs_no_manifest(weighin, folder):
    told = weighin("verify", folder, *SIGNED)
    assert told.code == 0
    assert "which benchmarks were run" in told.output


def test_signature_that_does_not_cover_the_tokenizer_ends_with_11(weighin, folder):
    name = "without-tokenizer"
    told = weighin(
        "verify", folder, "--signature", MADE / f"{name}.sig", "--public-key", MADE / f"{name}.pem"
    )
    assert told.code == 11
    assert "facets not covered tokenizer, special_tokens, chat_template" in told.output


def test_signature_by_another_key_ends_with_10(weighin, folder):
    told = weighin(
        "verify", folder, "--signature", MADE / "files.sig", "--public-key", MADE / "shards.pem"
    )
    assert told.code == 10
    assert told.output.startswith("signature: the signature is not by this key\n")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_names_of_files_never_reach_the_terminal_as_commands(weighin, folder, as_json):
    (folder / "a\x1b[31m\n\u202e.py").write_text("x")
    told = weighin("verify", folder, *SIGNED, *as_json)
    assert told.code == 10
    assert not {"\x1b", "\u202e"} & set(told.output)
    assert "31m" in told.output


def test_file_name_that_is_no_text_is_told(weighin, folder):
    (folder / b"\xff.txt".decode("utf-8", "surrogateescape")).write_text("x")
    told = weighin("verify", folder, *SIGNED)
    assert told.code == 10
    assert r"\udcff.txt: appeared" in told.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Missing argument"),
        (["{folder}"], "name the manifest before it"),
        (["a", "b", "{folder}"], "found 3 places"),
        (["{folder}", "--signature", "model.sig"], "--signature and --public-key together"),
        (["m.json", "{folder}", "--public-key", "k.pem"], "--signature and --public-key together"),
    ],
)
def test_a_wrong_call_ends_with_2(weighin, folder, arguments, says):
    told = weighin("verify", *(a.format(folder=folder) for a in arguments))
    assert (told.code, told.output) == (2, "")
    assert says in told.errors


def test_what_cannot_be_read_ends_with_3(weighin, manifest, folder, tmp_path):
    key = MADE / "files.pem"
    for arguments in (
        (tmp_path / "none.json", folder),
        (folder / "config.json", folder),
        (manifest, tmp_path / "nowhere"),
        (folder, "--signature", folder / "config.json", "--public-key", key),
        (folder, "--signature", MADE / "files.sig", "--public-key", folder / "config.json"),
        (tmp_path / "nowhere", *SIGNED),
    ):
        told = weighin("verify", *arguments)
        assert (told.code, told.output) == (3, "")
