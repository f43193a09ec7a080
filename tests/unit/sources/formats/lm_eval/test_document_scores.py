"""What samples files of lm-eval say of single documents, and what is left out."""

import json
from pathlib import Path

import pytest
from tests.making.rules.builders import changed, record

from weighin.errors import EvidenceError
from weighin.sources.formats.lm_eval.samples import (
    document_hashes_of,
    document_scores_of,
    read_document_scores,
)


def samples(folder: Path, *lines: object) -> Path:
    path = folder / "samples.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def sample(document: int, name: str = "strict-match", **scores: object) -> dict:
    return {"doc_id": document, "filter": name, "metrics": list(scores), **scores}


def test_score_of_each_document_is_read_by_metric_and_filter(tmp_path):
    path = samples(
        tmp_path,
        sample(0, exact_match=1.0),
        sample(1, exact_match=False),
        sample(0, "flexible", exact_match=1),
    )
    assert read_document_scores(path) == {
        ("exact_match", "strict-match"): {"0": 1.0, "1": 0.0},
        ("exact_match", "flexible"): {"0": 1.0},
    }


def test_what_is_no_finite_number_is_left_out(tmp_path):
    path = samples(tmp_path, sample(0, f1=float("nan")), sample(1, f1=[1, 2]), sample(2, f1="1"))
    assert read_document_scores(path) == {("f1", "strict-match"): {}}


def test_metric_under_which_a_document_stands_twice_is_left_out(tmp_path):
    path = samples(tmp_path, sample(0, f1=1.0), sample(0, f1=0.0), sample(0, "other", f1=1.0))
    assert set(read_document_scores(path)) == {("f1", "other")}


def test_line_without_a_document_is_refused(tmp_path):
    with pytest.raises(EvidenceError, match="doc_id"):
        read_document_scores(samples(tmp_path, {"metrics": ["f1"], "f1": 1.0}))


def test_scores_stand_under_the_task_of_their_file(tmp_path):
    samples(tmp_path, sample(0, exact_match=1.0))
    assert document_scores_of(record(), tmp_path) == {
        ("gsm8k", "exact_match", "strict-match"): {"0": 1.0}
    }


def test_hash_of_each_document_stands_under_the_task_of_its_file_whatever_the_filter(tmp_path):
    lines = (sample(n, name) | {"doc_hash": f"hash of {n}"} for n in (0, 1) for name in ("a", "b"))
    samples(tmp_path, *lines)
    assert document_hashes_of(record(), tmp_path) == {"gsm8k": {"0": "hash of 0", "1": "hash of 1"}}


def test_documents_of_which_one_has_no_hash_are_not_known(tmp_path):
    samples(tmp_path, sample(0) | {"doc_hash": "hash of 0"}, sample(1))
    assert document_hashes_of(record(), tmp_path) == {}


def test_files_outside_the_folder_are_not_read(tmp_path):
    samples(tmp_path, sample(0, exact_match=1.0) | {"doc_hash": "hash of 0"})
    inner = tmp_path / "inner"
    inner.mkdir()
    outside = changed(record(), "files.0.path", "../samples.jsonl")
    assert document_scores_of(outside, inner) == {}
    assert document_hashes_of(outside, inner) == {}


def test_samples_that_cannot_be_read_say_nothing_of_documents(tmp_path):
    (tmp_path / "samples.jsonl").write_text("{")
    assert document_scores_of(record(), tmp_path) == {}
    assert document_hashes_of(record(), tmp_path) == {}
