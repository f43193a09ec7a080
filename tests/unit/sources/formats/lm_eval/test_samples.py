"""Samples files of lm-eval: read as a stream, checked against lm-eval's own hashes."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.logs.evaluated import Log
from tests.making.logs.lm_eval import read_log

from weighin.errors import EvidenceError
from weighin.sources.formats.lm_eval import samples as lm_eval_samples
from weighin.sources.formats.lm_eval.samples import read_samples


def sample(number: int = 0, **replaced: object) -> dict:
    return {
        "doc_id": number,
        "filter": "none",
        "metrics": ["acc"],
        "acc": 1.0,
        "doc_hash": f"{number:064x}",
        "arguments": {"gen_args_0": {"arg_0": f"{number}?", "arg_1": " yes"}},
        **replaced,
    }


def samples_file(folder: Path, *rows: dict) -> Path:
    path = folder / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def broken(log: Log) -> list[tuple[str, str]]:
    found = read_log(log.path, str(log.path)).broken
    return [(Path(b.file).name.split("_2")[0], b.found) for b in found]


@pytest.mark.model
def test_compressed_and_plain_hold_the_same(log: Log, tmp_path: Path):
    plain = log.samples("replies")
    packed = tmp_path / "replies.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_samples(packed) == read_samples(plain)


@pytest.mark.model
def test_every_filter_has_its_documents(log: Log):
    content = read_samples(log.samples("replies"))
    assert {name: len(ids) for name, ids in content.documents_by_filter.items()} == {
        "first": 20,
        "bare": 20,
    }
    assert len(content.documents) == 20
    assert not content.duplicates


def test_order_of_samples_does_not_change_the_digests(tmp_path: Path):
    rows = [sample(n) for n in range(5)]
    (tmp_path / "reversed").mkdir()
    one = read_samples(samples_file(tmp_path, *rows))
    other = read_samples(samples_file(tmp_path / "reversed", *reversed(rows)))
    assert one.documents_digest == other.documents_digest
    assert one.prompts_digest == other.prompts_digest


@pytest.mark.parametrize("argument", ["arg_0", "arg_1"])
def test_any_argument_of_a_request_changes_the_prompts_digest(argument: str, tmp_path: Path):
    before = read_samples(samples_file(tmp_path, sample()))
    edited = sample(arguments={"gen_args_0": {"arg_0": "0?", "arg_1": " yes", argument: "other"}})
    after = read_samples(samples_file(tmp_path, edited))
    assert before.documents_digest == after.documents_digest
    assert before.prompts_digest != after.prompts_digest


def test_document_without_a_hash_leaves_no_digest(tmp_path: Path):
    content = read_samples(samples_file(tmp_path, sample(0), sample(1, doc_hash=None)))
    assert (content.documents_digest, content.prompts_digest, content.task_hash) == (None,) * 3


def test_document_that_stands_twice_is_named(tmp_path: Path):
    assert read_samples(samples_file(tmp_path, sample(7), sample(7))).duplicates == {"7"}


def test_sample_without_a_list_of_metrics_has_those_that_are_left(tmp_path: Path):
    old = sample(f1=0.5)
    del old["metrics"]
    assert set(read_samples(samples_file(tmp_path, old)).values) == {
        ("acc", "none"),
        ("f1", "none"),
    }


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "3", '{"doc": 1}', '{"doc_id": 1, "metrics": ["acc"]}', '{"doc_id": "\\ud800"}'],
)
def test_line_that_is_no_sample_is_refused_with_its_number(line: str, tmp_path: Path):
    path = samples_file(tmp_path, sample(), sample(1))
    with path.open("a") as stream:
        stream.write(line)
    with pytest.raises(EvidenceError, match=r"samples\.jsonl:3: expected a sample, found"):
        read_samples(path)


def test_torn_compressed_file_is_refused(tmp_path: Path):
    path = tmp_path / "samples.jsonl.gz"
    whole = gzip.compress("".join(json.dumps(sample(n)) + "\n" for n in range(999)).encode())
    for content in (whole[:-9], whole[:60] + b"\0\1\2" + whole[60:], b"no gzip"):
        path.write_bytes(content)
        with pytest.raises(EvidenceError, match="expected a sample, found"):
            read_samples(path)


def test_line_without_an_end_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(lm_eval_samples, "_LONGEST_LINE_BYTES", 1000)
    path = tmp_path / "samples.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 1001))
    with pytest.raises(EvidenceError, match="a line longer than 1000 bytes"):
        read_samples(path)


@pytest.mark.model
def test_honest_samples_have_their_hashes(log: Log, tiny_log: Log):
    assert broken(log) == []
    assert broken(tiny_log) == []


@pytest.mark.model
@pytest.mark.parametrize(
    ("part", "edit"),
    [
        ("doc", lambda row: row["doc"].update(question="1 plus 1 is")),
        ("target", lambda row: row.update(target="7")),
        ("prompt", lambda row: row["arguments"]["gen_args_0"].update(arg_0="easier")),
    ],
)
def test_edited_sample_lacks_its_hash(log: Log, part: str, edit):
    log.edit_samples("classes", lambda rows: edit(rows[3]))
    assert broken(log) == [("samples_classes", f"without its hash: document 3: {part}")]


@pytest.mark.model
def test_only_some_edited_samples_are_named(log: Log):
    log.edit_samples("classes", lambda rows: [row.update(target="x") for row in rows])
    ((_, found),) = broken(log)
    assert found.endswith("document 2: target and 17 more")


@pytest.mark.model
def test_samples_of_another_run_are_not_those_of_the_results(log: Log):
    log.edit_samples("classes", lambda rows: rows.pop())
    ((_, found),) = broken(log)
    assert found.startswith("other samples than those of the results: their digest is ")


@pytest.mark.model
def test_messages_of_a_chat_are_no_text_to_hash(log: Log):
    def chat(rows: list[dict]) -> None:
        rows[0]["arguments"]["gen_args_0"]["arg_0"] = [{"role": "user", "content": "hello"}]

    log.edit_samples("replies", chat)
    assert broken(log) == []


@pytest.mark.child
@pytest.mark.parametrize(
    ("count", "words", "bound_bytes"),
    [
        # Open LLM Leaderboard v2 has 21,606 samples a model; the texts of these are 96 MB.
        (20_000, 600, 40_000_000),
        # A large benchmark: what is kept is some hundred bytes a document.
        pytest.param(100_000, 50, 120_000_000, marks=pytest.mark.soak),
    ],
)
def test_many_samples_are_read_in_little_time_and_memory(
    tmp_path: Path, count: int, words: int, bound_bytes: int
):
    text = "why " * words
    path = tmp_path / "samples.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as stream:
        for number in range(count):
            doc = {"question": text, "n": number}
            stream.write(json.dumps(sample(number, doc=doc, resps=[[text]])) + "\n")
    program = (
        "import resource, sys, time; from pathlib import Path\n"
        "from weighin.sources.formats.lm_eval.samples import read_samples\n"
        "unit = 1 if sys.platform == 'darwin' else 1024\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit\n"
        "content = read_samples(Path(sys.argv[1]), check_hashes=True)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(len(content.documents), after.ru_maxrss * unit - before, after.ru_utime)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    documents, memory, seconds = finished.stdout.split()
    assert int(documents) == count
    assert int(memory) < bound_bytes
    assert float(seconds) < 30
