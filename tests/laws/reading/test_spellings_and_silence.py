"""One thing in several spellings is one, and no row of a log is without a score in silence."""

from pathlib import Path

import pytest
from tests.laws.reading.test_names_and_runs import (
    judged,
    of_model,
    outcome,
    with_row,
)
from tests.making.logs import lm_eval

from weighin.rules.interface import Outcome
from weighin.sources.collecting.evidence import read_evidence

FIRST, SECOND = "a" * 40, "b" * 40
LATER = 1763769999.5
IDENTITY = ("same-weights", "same-adapters", "same-tokenizer", "one-artifact-per-name")


def snapshot(name: str, commit: str) -> str:
    return f"/cache/hub/models--{name.replace('/', '--')}/snapshots/{commit}"


def with_argument(name: str, value: str) -> dict:
    return lm_eval.with_config(model_args=f"pretrained=org/model,{name}={value}")


def later(document: dict) -> dict:
    return document | {"date": LATER}


@pytest.mark.parametrize("owner", ["", "acme/"])
def test_a_snapshot_of_a_cache_is_of_the_model_that_it_is_of(owner: str, tmp_path: Path):
    name = f"{owner}small"
    logs = (of_model(name), later(of_model(snapshot(name, lm_eval.COMMIT))))
    verdict, _ = judged(tmp_path, *logs, name=name)
    assert len(verdict.records) == 2
    assert outcome(verdict, "one-artifact-per-name") == [Outcome.MET]


def test_a_snapshot_of_another_commit_is_not_one_artifact(tmp_path: Path):
    logs = (of_model("acme/small"), later(of_model(snapshot("acme/small", SECOND))))
    verdict, _ = judged(tmp_path, *logs, name="acme/small")
    assert Outcome.MET not in outcome(verdict, "one-artifact-per-name")


@pytest.mark.parametrize("argument", ["peft", "delta", "tokenizer"])
@pytest.mark.parametrize(
    "spelling", ["acme/part/", "./acme/part", "Acme/Part", snapshot("acme/part", FIRST)]
)
def test_spellings_of_an_argument_contradict_nothing(argument, spelling, tmp_path: Path):
    logs = (with_argument(argument, "acme/part"), later(with_argument(argument, spelling)))
    verdict, _ = judged(tmp_path, *logs)
    for rule in IDENTITY:
        assert Outcome.VIOLATED not in outcome(verdict, rule)


@pytest.mark.parametrize(
    ("argument", "rules"),
    [("peft", ("same-weights", "same-adapters")), ("tokenizer", ("same-tokenizer",))],
)
def test_two_commits_of_an_argument_are_not_one(argument, rules, tmp_path: Path):
    first, second = (snapshot("acme/part", commit) for commit in (FIRST, SECOND))
    logs = (with_argument(argument, first), later(with_argument(argument, second)))
    verdict, _ = judged(tmp_path, *logs)
    for rule in rules:
        assert Outcome.MET not in outcome(verdict, rule)


def test_two_commits_of_one_name_are_not_one_even_where_a_name_is_evidence_enough(tmp_path: Path):
    logs = (lm_eval.modern(), later(lm_eval.with_config(model_sha=SECOND)))
    verdict, _ = judged(tmp_path, *logs)
    assert Outcome.MET not in outcome(verdict, "same-weights")


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"acc": "30%"}, "/results/arc/acc"),
        ({"acc": None}, "/results/arc/acc"),
        ({"acc": float("nan")}, "/results/arc/acc"),
        ({"acc": "N/A"}, "/results/arc/acc"),
        ({"acc": True}, "/results/arc/acc"),
        ({"acc": {"strict": 0.3, "flexible": 0.4}}, "/results/arc/acc"),
        ({"2022-01-01": {"acc": [0.3]}}, "/results/arc/2022-01-01"),
        ({"acc": "30%", "f1": 0.5}, "/results/arc/acc"),
        ({"alias": "arc"}, "/results/arc"),
        ({}, "/results/arc"),
        ([0.3], "/results/arc"),
        (0.3, "/results/arc"),
    ],
)
def test_no_row_is_without_a_score_in_silence(row: object, place: str, tmp_path: Path):
    evidence = read_evidence([lm_eval.written(with_row(row), tmp_path)])
    (note,) = evidence.notes
    assert f"{place}: " in note
    scores = [score for record in evidence.records for score in record.scores]
    assert [s.metric for s in scores] == (["f1"] if isinstance(row, dict) and "f1" in row else [])


def test_a_metric_that_has_no_number_beside_others_is_no_news(tmp_path: Path):
    row = {"acc,none": 0.5, "acc_norm,none": "N/A", "acc_stderr,none": "N/A"}
    assert read_evidence([lm_eval.written(with_row(row), tmp_path)]).notes == ()
