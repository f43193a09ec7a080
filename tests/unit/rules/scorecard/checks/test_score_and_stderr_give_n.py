"""What `score-and-stderr-give-n` says."""

import json
import re

import pytest
from tests.making.places import DATASETS
from tests.making.rules.cards import found, number, share, words

from weighin.rules.scorecard.checks.score_and_stderr_give_n import ScoreAndStderrGiveN
from weighin.rules.scorecard.interface import Word

_VECTORS = DATASETS / "llama4" / "test_vectors.json"


def gsm8k(score, error, **fields):
    return share(score, "GSM8K", standard_error=error, **fields)


# Rows printed by lm-eval in public pull requests: 250 by --limit 250, 100 by --limit 100.
@pytest.mark.parametrize(
    ("score", "error", "documents"),
    [("0.8920", "0.0197", "250"), ("0.8100", "0.0394", "100"), ("0.9167", "0.0328", "72")],
)
def test_a_hidden_limit_shows_in_score_and_error(score, error, documents):
    (finding,) = found(ScoreAndStderrGiveN, gsm8k(score, error))
    assert finding.word is Word.UNDECLARED
    assert f"comes from {documents} documents, not the 1319 of the benchmark" in finding.statement


def test_a_full_run_is_consistent():
    # 1066/1319 = 0.8082 ± 0.0108
    assert words(found(ScoreAndStderrGiveN, gsm8k("0.8082", "0.0108"))) == [Word.CONSISTENT]


def test_a_limit_that_is_stated_is_consistent():
    assert words(found(ScoreAndStderrGiveN, gsm8k("0.8920", "0.0197", documents=250))) == [
        Word.CONSISTENT
    ]


def test_an_error_of_other_documents_than_are_stated_is_impossible():
    (finding,) = found(ScoreAndStderrGiveN, gsm8k("0.8920", "0.0197", documents=1319))
    assert finding.word is Word.IMPOSSIBLE
    assert "comes from 250 documents" in finding.statement


def test_an_error_in_percent_gives_the_same_documents():
    (finding,) = found(ScoreAndStderrGiveN, number("89.20", "GSM8K", standard_error="1.97"))
    assert "comes from 250 documents" in finding.statement


def test_an_error_that_rounds_to_nothing_is_void():
    assert words(found(ScoreAndStderrGiveN, gsm8k("0.8920", "0.0"))) == [Word.VOID]


def test_scores_of_several_passes_or_tasks_give_no_n():
    several = gsm8k("0.8920", "0.0197", passes="several")
    tasks = share("0.8920", "MuSR", standard_error="0.0197")
    assert found(ScoreAndStderrGiveN, several, tasks) == ()


@pytest.mark.skipif(not _VECTORS.is_file(), reason=f"{_VECTORS} is not there")
def test_the_vectors_of_the_case_study_recover_their_documents():
    for score, error, (low, high), candidates in json.loads(_VECTORS.read_text())["n_from_stderr"]:
        card = gsm8k(f"{score:.4f}", f"{error:.4f}", documents=5000)
        (finding,) = found(ScoreAndStderrGiveN, card)
        bounds = re.search(r"n is from (\d+) to (\d+)", finding.arithmetic)
        # The vectors are rounded outwards to whole documents.
        assert low <= int(bounds[1]) <= int(bounds[2]) <= high
        assert finding.arithmetic.endswith(f"over: {', '.join(map(str, candidates))}")
