"""`weighin verify`: 0 unchanged, 10 changed, 11 not covered, 2 usage, 3 unreadable."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from tests.laws.cli.test_progress import terminal
from tests.making.places import MADE_BY_MODEL_SIGNING

import weighin as library
from weighin import api
from weighin.cli.application import run_application
from weighin.cli.terminal.progress import hashing as hashing_progress
from weighin.identity.fingerprint.verification import Change

MADE = MADE_BY_MODEL_SIGNING
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
    assert "\nunchanged: " in told.output


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
    assert document["format"] == "weighin.verification/2"
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
    assert "\nsignature: the signature is not by this key\n" in told.output


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


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tokenizer.json", "missing"),
        ("code/more.py", "appeared"),
        ("config.json", "changed"),
        ("generation_config.json", "appeared"),
    ],
)
def test_a_file_of_the_id_that_changed_is_told_with_both_ids(
    weighin, manifest, folder, name, change
):
    if change == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_text('{"model_type": "mistral"}')
    found = weighin("verify", manifest, folder)
    assert found.code == 10
    assert f"  - {name}: {change}\n" in found.output
    title, _, *lines = found.output.splitlines()
    assert title == f"{folder} held against {manifest}"
    told = [line.strip().rsplit(maxsplit=1) for line in lines]
    ids = {label[0]: label[-1] for label in told if label[0] in {"expected id", "found id"}}
    assert ids["expected id"] == hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert ids["found id"] != ids["expected id"]


@pytest.mark.parametrize("content", [None, "# other\n"])
def test_a_file_that_is_no_part_of_the_id_is_no_change_and_is_named_if_there(
    weighin, manifest, folder, content
):
    (folder / "README.md").unlink()
    if content is not None:
        (folder / "README.md").write_text(content)
        (folder / "notes.txt").write_text("new")
    told = weighin("verify", manifest, folder)
    assert told.code == 0
    ignored = ("there, and no part of the id" in told.output, "- notes.txt" in told.output)
    assert ignored == (content is not None, content is not None)


def test_a_truncated_shard_is_told_though_there_is_no_id_any_more(weighin, manifest, folder):
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[:-1])
    told = weighin("verify", manifest, folder)
    assert told.code == 10
    assert "found              no whole checkpoint: " in told.output
    assert "model.safetensors" in told.output


def test_verification_shows_a_bar_on_a_terminal_that_goes(manifest, folder, monkeypatch, capfd):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(hashing_progress, "_SECONDS_WITHOUT_BAR", 0)
    monkeypatch.setattr("sys.argv", ["weighin", *map(str, ("verify", manifest, folder, *SIGNED))])
    with terminal(monkeypatch) as shown:
        code = run_application()
    assert code == 0
    assert "\nunchanged: " in capfd.readouterr().out
    assert shown[0].count("fingerprinting") >= 2
    assert shown[0].endswith("\x1b[2K")


def test_a_signature_is_read_with_progress_up_to_its_last_byte(folder):
    seen = []
    api.verify_signature(
        SIGNED[1], SIGNED[3], folder, on_progress=lambda done, total: seen.append((done, total))
    )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_the_library_verifies_as_the_command_does(manifest, folder):
    assert "verify" in library.__all__
    assert library.verify(manifest, folder).is_unchanged
    (folder / "config.json").unlink()
    (change,) = library.verify(manifest, folder).files
    assert (change.path, change.change) == ("config.json", Change.MISSING)


def test_a_signature_over_another_folder_ends_with_10_and_names_every_file(weighin, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text('{"model_type": "llama"}')
    (other / "weights.bin").write_bytes(b"x")
    told = weighin("verify", other, *SIGNED, "--json")
    changes = {c["path"]: c["what"] for c in json.loads(told.output)["signature"]["changes"]}
    assert told.code == 10
    assert changes == {
        "README.md": "missing",
        "code/modeling.py": "missing",
        "model.safetensors": "missing",
        "tokenizer.json": "missing",
        "tokenizer_config.json": "missing",
        "weights.bin": "appeared",
    }


@pytest.mark.parametrize("field", ["certificate", "x509CertificateChain"])
def test_a_keyless_bundle_is_refused_with_a_way_out(weighin, folder, tmp_path, field):
    bundle = json.loads((MADE / "files.sig").read_text())
    bundle["verificationMaterial"] = {field: {"rawBytes": "AA=="}}
    (tmp_path / "keyless.sig").write_text(json.dumps(bundle))
    told = weighin("verify", folder, "--signature", tmp_path / "keyless.sig", *SIGNED[2:])
    assert (told.code, told.output) == (3, "")
    assert "signed with a certificate (keyless, or of a PKI) are not supported" in told.errors
    assert "verify it with model_signing" in told.errors
