import json
import re
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.rules.builders import record
from tests.making.runs.stores import finished, started

from weighin.errors import EvidenceError
from weighin.evidence.store import (
    COMMIT_NAME,
    RECORD_NAME,
    Attempt,
    Store,
    attempt_folder,
    file_name,
    is_own_file,
    read_record,
)
from weighin.files.canonical import sha256_hex

HOSTILE_NAMES = [
    "",
    ".",
    "..",
    "../../x",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a b",
    "a-b",
    "a\nb",
    "a\0b",
    "-rf",
    ".hidden",
    "~",
    "café",
    "cafe\N{COMBINING ACUTE ACCENT}",
    "模型",
    "x" * 300,
    "x" * 301,
    "x" * 80,
    "x" * 81,
    "Model",
    "model",
    "checkpoints",
    "plans",
    "comparisons",
    "Ledger.jsonl",
    "ledger.jsonl",
    "README.md",
    "model~0123456789abcdef",
    file_name("a b"),
    file_name(file_name("a b")),
]


def test_no_two_of_the_hostile_names_share_a_file_name():
    assert len({file_name(text) for text in HOSTILE_NAMES}) == len(set(HOSTILE_NAMES))


@given(st.lists(st.text(max_size=12), unique=True, min_size=2, max_size=8))
def test_no_two_texts_share_a_file_name(texts):
    assert len({file_name(text) for text in texts}) == len(texts)


@given(st.text(alphabet=" -./~ab0123456789abcdef", max_size=30), st.text(max_size=8))
def test_the_name_of_a_name_is_another_name(text, other):
    assert file_name(file_name(text + "/")) != file_name(text + "/")
    assert text == other or file_name(text) != file_name(other)


@pytest.mark.parametrize("text", HOSTILE_NAMES)
def test_a_file_name_stays_in_its_folder(tmp_path, text):
    name = file_name(text)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{1,97}", name)
    assert not name.startswith((".", "-", "~"))
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize("name", ["SmolLM2-135M-Instruct", "gsm8k", "arc_easy", "v1.0"])
def test_a_plain_name_stays_as_it_is(name):
    assert file_name(name) == name


@pytest.mark.parametrize("text", HOSTILE_NAMES)
def test_a_job_of_a_hostile_name_lies_four_below_the_root(tmp_path, text):
    attempt = Store(tmp_path).new_attempt(text, text, "a" * 64)
    assert attempt.folder.relative_to(tmp_path).parts[2:] == ("a" * 12, attempt.attempt_id)
    assert attempt_folder(attempt.folder / "lm-eval" / "x.json") == attempt.folder


def test_the_first_attempt_counts_and_every_attempt_is_kept(tmp_path):
    first, second = finished(tmp_path), finished(tmp_path)
    assert (first.counts, second.counts) == (True, False)
    assert first.path.is_file()
    assert second.path.is_file()
    assert first.folder.parent == second.folder.parent
    committed = Store(tmp_path).committed(*first.job)
    assert committed is not None
    assert committed.run.attempt_id == first.folder.name


def test_what_is_committed_reads_back_as_it_was_written(tmp_path):
    written = finished(tmp_path)
    assert Store(tmp_path).committed(*written.job) == written.record


def test_a_job_that_was_only_started_has_no_record(tmp_path):
    started(tmp_path)
    assert Store(tmp_path).committed("tiny", "gsm8k", record("gsm8k").run.job_id) is None


def test_a_record_that_a_dead_writer_did_not_commit_counts(tmp_path):
    written = finished(tmp_path)
    (written.folder.parent / COMMIT_NAME).unlink()
    assert Store(tmp_path).committed(*written.job) == written.record
    assert (written.folder.parent / COMMIT_NAME).is_file()


def test_an_attempt_that_was_committed_for_its_writer_counts(tmp_path):
    written = finished(tmp_path)
    attempt = Attempt(folder=written.folder, attempt_id=written.folder.name)
    assert Store(tmp_path).commit(attempt, written.record).is_first


def test_a_commit_tells_the_digest_of_the_file_that_it_wrote(tmp_path):
    written = finished(tmp_path)
    attempt = Store(tmp_path).new_attempt(*written.job)
    told = Store(tmp_path).commit(attempt, written.record)
    assert told.record_sha256 == sha256((attempt.folder / RECORD_NAME).read_bytes()).hexdigest()
    assert not told.is_first


def one_byte_changed(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b"transformers 5.23.0", b"transformers 5.23.1"))


DAMAGES = {
    "record altered": ("record", one_byte_changed),
    "record truncated": ("record", lambda path: path.write_bytes(path.read_bytes()[:-9])),
    "record empty": ("record", lambda path: path.write_bytes(b"")),
    "record missing": ("record", Path.unlink),
    "record a folder": ("record", lambda path: (path.unlink(), path.mkdir())),
    "commit empty": ("commit", lambda path: path.write_bytes(b"")),
    "commit of nothing": ("commit", lambda path: path.write_bytes(b"{}")),
    "commit elsewhere": (
        "commit",
        lambda path: path.write_text(
            '{"format":"weighin.commit/1","attempt_id":"../../x","record_sha256":"00"}'
        ),
    ),
    "commit above": (
        "commit",
        lambda path: path.write_text(
            '{"format":"weighin.commit/1","attempt_id":"..","record_sha256":"00"}'
        ),
    ),
    "commit with a NUL": (
        "commit",
        lambda path: path.write_text(
            '{"format":"weighin.commit/1","attempt_id":"a\\u0000","record_sha256":"00"}'
        ),
    ),
    "commit too long": (
        "commit",
        lambda path: path.write_text(
            f'{{"format":"weighin.commit/1","attempt_id":"{"a" * 999}","record_sha256":"00"}}'
        ),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_record_is_refused_with_a_way_out(tmp_path, name):
    written = finished(tmp_path)
    which, damage = DAMAGES[name]
    damage(written.path if which == "record" else written.folder.parent / COMMIT_NAME)
    with pytest.raises(
        EvidenceError, match=r"weighin retire .* scored again|delete it, and the first record"
    ):
        Store(tmp_path).committed(*written.job)


def test_a_record_of_another_job_is_refused_where_this_one_was_committed(tmp_path):
    written = finished(tmp_path)
    model, task, job_id = written.job
    other = job_id[:12] + "0" * 52
    assert other != job_id
    with pytest.raises(EvidenceError, match="expected the record of 'tiny' on 'gsm8k', job"):
        Store(tmp_path).committed(model, task, other)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format": "weighin.record/2"}',
        b'{"format": "weighin.record/1"}',
        b'{"format": "weighin.record/1", "format": "weighin.record/1"}',
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"format": "weighin.record/1", "model": ' + b"9" * 5000 + b"}",
    ],
)
def test_only_our_own_error_leaves_a_hostile_record(tmp_path, content):
    (tmp_path / "record.json").write_bytes(content)
    with pytest.raises(EvidenceError, match=r"record\.json: expected"):
        read_record(tmp_path / "record.json")


def test_the_sha256_of_a_manifest_file_is_its_name(tmp_path):
    finished(tmp_path)
    (path,) = (tmp_path / "checkpoints").iterdir()
    assert sha256_hex(path.read_bytes()) == path.stem


def test_the_store_knows_every_file_that_it_writes_around_its_records(tmp_path):
    written = finished(tmp_path)
    for path in tmp_path.rglob("*"):
        if stat.S_ISREG(path.stat().st_mode) and written.folder not in path.parents:
            assert is_own_file(path), path


@pytest.mark.parametrize(
    "name", ["README.md", "notes.txt", "plans/mine.json", "checkpoints/a.json", "committed.json"]
)
def test_the_store_does_not_know_what_others_write(tmp_path, name):
    assert not is_own_file(tmp_path / name)


def test_a_record_of_the_second_format_cannot_rest_on_the_state_of_files(tmp_path):
    value = record("arc").model_dump(mode="json") | {"format": "weighin.record/2"}
    del value["taken"]
    path = tmp_path / RECORD_NAME
    path.write_text(json.dumps(value))
    with pytest.raises(EvidenceError, match=r"weighin\.record/2 has no files_state"):
        read_record(path)
    del value["loaded"]["files_state"]
    path.write_text(json.dumps(value))
    with pytest.raises(EvidenceError, match=r"weighin\.record/2 has no files_remembered"):
        read_record(path)
    del value["loaded"]["files_remembered"]
    path.write_text(json.dumps(value))
    assert read_record(path)[0].loaded.files_state == ""


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_record_of_an_older_format_cannot_have_taken_answers(tmp_path, number):
    value = record("arc").model_dump(mode="json") | {"format": f"weighin.record/{number}"}
    for field in ("sent", "in_force", "watch") if number == 1 else ():
        del value[field]
    path = tmp_path / RECORD_NAME
    path.write_text(json.dumps(value))
    with pytest.raises(EvidenceError, match=rf"weighin\.record/{number} has no "):
        read_record(path)
