"""Score differences over documents that two logs have in common, and over those they have not."""

import pytest
from tests.making.logs.lm_eval_samples import log_with_samples

from weighin.api import diff

EIGHT = {f"q{number}": float(number % 2) for number in range(8)}


def main_score(first, second, examples=5):
    (benchmark,) = diff(first, second, examples=examples).benchmarks
    return benchmark.scores[0], benchmark


def test_scores_of_0_and_1_are_tested_by_mcnemar(tmp_path):
    better = EIGHT | {"q0": 1.0, "q2": 1.0, "q3": 0.0}
    score, benchmark = main_score(
        log_with_samples(tmp_path / "a", EIGHT), log_with_samples(tmp_path / "b", better)
    )
    assert (score.only_first, score.only_second, score.paired) == (1, 2, 8)
    assert score.p_value == 1.0
    assert score.paired_value == pytest.approx(score.value) == pytest.approx(1 / 8)
    assert benchmark.flipped == 3
    assert {(flip.name, flip.first, flip.second) for flip in benchmark.flips} == {
        ("0", 0.0, 1.0), ("2", 0.0, 1.0), ("3", 1.0, 0.0),
    }  # fmt: skip


def test_other_scores_are_tested_by_student(tmp_path):
    ours = {"a": 0.25, "b": 0.5, "c": 0.75}
    theirs = {"a": 0.5, "b": 0.5, "c": 1.0}
    score, _ = main_score(
        log_with_samples(tmp_path / "a", ours), log_with_samples(tmp_path / "b", theirs)
    )
    # Differences 1/4, 0, 1/4: mean 1/6, standard error 1/12, t = 2 with 2 degrees of freedom.
    assert score.p_value == pytest.approx(1 - 2 / (2 + 4) ** 0.5)
    assert score.only_first is None


def test_documents_are_paired_by_content_whatever_their_order(tmp_path):
    turned = dict(reversed(EIGHT.items()))
    score, benchmark = main_score(
        log_with_samples(tmp_path / "a", EIGHT), log_with_samples(tmp_path / "b", turned)
    )
    assert (score.only_first, score.only_second, score.paired) == (0, 0, 8)
    assert benchmark.flipped == 0


def test_documents_of_both_are_tested_and_told_where_others_were_added(tmp_path):
    more = EIGHT | {"new 1": 1.0, "new 2": 1.0}
    score, benchmark = main_score(
        log_with_samples(tmp_path / "a", EIGHT), log_with_samples(tmp_path / "b", more)
    )
    assert score.value == pytest.approx(0.6 - 0.5)
    assert (score.paired, score.paired_value) == (8, 0.0)
    assert score.note == "over the 8 documents that both scored"
    documents = next(d for d in benchmark.differences if d.topic == "documents")
    assert (documents.brief, documents.lines) == ("2 added", ("+arc/8", "+arc/9"))


def test_a_document_that_stands_twice_is_paired_once(tmp_path):
    (tmp_path / "b").mkdir()
    ours = log_with_samples(tmp_path / "a", EIGHT)
    theirs = log_with_samples(tmp_path / "b", EIGHT)
    (samples,) = theirs.glob("samples_*")
    lines = samples.read_text().splitlines(keepends=True)
    samples.write_text("".join([*lines, lines[1].replace('"doc_id": 1', '"doc_id": 8')]))
    score, benchmark = main_score(ours, theirs)
    documents = next(d for d in benchmark.differences if d.topic == "documents")
    assert documents.brief == "1 added"
    # Nine samples whose mean is not the score of the log.
    assert score.paired == 0
    assert score.note == "the score is not the mean of what its documents have"


def test_without_samples_the_standard_errors_give_an_unpaired_interval(tmp_path):
    ours = log_with_samples(tmp_path / "a", EIGHT)
    theirs = log_with_samples(tmp_path / "b", dict.fromkeys(EIGHT, 1.0) | {"q0": 0.0})
    for folder in (ours, theirs):
        for samples in folder.glob("samples_*"):
            samples.unlink()
    score, benchmark = main_score(ours, theirs)
    assert (score.paired, score.test) == (0, "unpaired, from the standard errors")
    low, high = score.interval
    assert low < score.value < high
    assert score.note == "which documents are the same is not known"
    assert benchmark.flipped is None


def test_scores_of_one_side_alone_are_named(tmp_path):
    ours = log_with_samples(tmp_path / "a", EIGHT)
    results = {"results": {"arc": {"exact_match,none": 0.5}}}
    theirs = log_with_samples(tmp_path / "b", EIGHT, **results)
    (benchmark,) = diff(ours, theirs).benchmarks
    assert benchmark.scores == ()
    assert (benchmark.only_first, benchmark.only_second) == (("acc,none",), ("exact_match,none",))


def test_a_score_that_is_no_number_is_told(tmp_path):
    ours = log_with_samples(tmp_path / "a", EIGHT)
    results = {"results": {"arc": {"acc,none": float("nan")}}}
    theirs = log_with_samples(tmp_path / "b", EIGHT, **results)
    (benchmark,) = diff(ours, theirs).benchmarks
    assert benchmark.only_first == ("acc,none",)
    assert any("no finite number" in note for note in benchmark.notes)


def test_examples_are_as_many_as_are_asked_for(tmp_path):
    ours = log_with_samples(tmp_path / "a", dict.fromkeys(EIGHT, 0.0))
    theirs = log_with_samples(tmp_path / "b", dict.fromkeys(EIGHT, 1.0), answers=["yes"] * 8)
    for number in (0, 3, 50):
        _, benchmark = main_score(ours, theirs, examples=number)
        assert benchmark.flipped == 8
        assert len(benchmark.flips) == min(number, 8)
        assert all(flip.answers[1] == "yes" for flip in benchmark.flips)
