"""What a log of Inspect says of itself: scores edited, samples withdrawn, a run that failed."""

from pathlib import Path

import pytest
from tests.making.logs.inspect import (
    archive,
    document,
    header,
    read,
    record_of,
    sample,
    three_of_four,
    written,
)

from weighin.evidence.facts import FactName

PROVENANCE = {"timestamp": "2030-01-03T00:00:00Z", "author": "someone", "reason": "too strict"}


def history(*values, original=True):
    """The history of a score as `edit_score` writes it: the scorer's value, then each edit."""
    entries = [{"value": value, "metadata": {}} for value in values]
    for entry in entries[1:] if original else entries:
        entry["provenance"] = PROVENANCE
    return entries


def edited(samples, place, *values, original=True):
    """The samples with the score of one set to the last of some values."""
    score = {"value": values[-1], "history": history(*values, original=original)}
    samples[place]["scores"]["match"] = score
    return samples


@pytest.mark.parametrize("kind", ["json", "eval"])
def test_an_edited_score_is_told_with_its_value_before_and_the_place(tmp_path: Path, kind):
    samples = edited(three_of_four(), 2, "I", "C")
    log = header(accuracy=1.0)
    path = (
        written(log | {"samples": samples}, tmp_path)
        if kind == "json"
        else archive(tmp_path, log, samples)
    )
    (found,) = read(path).records
    fact = found.record.fact(FactName.EDITED_SCORES)
    member = "/samples/2" if kind == "json" else "/samples~13_epoch_1.json"
    assert fact is not None
    assert fact.pointer == f"{member}/scores/match/history"
    assert fact.value == {
        "count": 1,
        "edits": [
            {
                "document": "3",
                "score": "match",
                "before": "I",
                "after": "C",
                "at": fact.pointer,
                "by": "someone",
                "why": "too strict",
            }
        ],
        "scores": {"accuracy,match": 0.75},
    }


def test_a_score_that_was_added_afterwards_has_no_value_before(tmp_path: Path):
    samples = edited(three_of_four(), 2, "C", original=False)
    fact = record_of(header() | {"samples": samples}, tmp_path).fact(FactName.EDITED_SCORES)
    assert fact is not None
    assert isinstance(fact.value, dict)
    assert fact.value["scores"] == {"accuracy,match": None}


@pytest.mark.parametrize(
    "values", [(), ("I", "UNCHANGED"), ("I", "C", "I")], ids=["none", "words only", "put back"]
)
def test_a_score_that_is_as_the_scorer_gave_it_was_not_edited(tmp_path: Path, values):
    samples = three_of_four()
    samples[2]["scores"]["match"]["history"] = history(*values)
    record = record_of(header() | {"samples": samples}, tmp_path)
    assert record.fact(FactName.EDITED_SCORES) is None


def test_a_value_that_is_not_the_last_of_its_history_was_edited(tmp_path: Path):
    samples = edited(three_of_four(), 2, "I", "C", "I")
    samples[2]["scores"]["match"]["value"] = "C"
    fact = record_of(header() | {"samples": samples}, tmp_path).fact(FactName.EDITED_SCORES)
    assert fact is not None
    assert isinstance(fact.value, dict)
    assert fact.value["scores"] == {"accuracy,match": 0.75}


def test_an_event_tells_of_an_edit_whose_history_was_removed(tmp_path: Path):
    samples = three_of_four()
    samples[0]["events"].append(
        {"event": "score_edit", "score_name": "match", "edit": {"value": "C"}}
    )
    fact = record_of(header() | {"samples": samples}, tmp_path).fact(FactName.EDITED_SCORES)
    assert fact is not None
    assert fact.pointer == "/samples/0/events"


def test_withdrawn_samples_are_named(tmp_path: Path):
    samples = [*three_of_four()[:3], sample(4, invalidation=PROVENANCE)]
    log = header() | {"samples": samples, "invalidated": True}
    fact = record_of(log, tmp_path).fact(FactName.WITHDRAWN)
    assert fact is not None
    assert fact.pointer == "/samples/3/invalidation"
    assert fact.value == {
        "log": True,
        "answers": 1,
        "documents": ["4"],
        "why": "someone: too strict",
    }


def test_a_log_without_samples_can_be_withdrawn_as_a_whole(tmp_path: Path):
    fact = record_of(header() | {"invalidated": True}, tmp_path).fact(FactName.WITHDRAWN)
    assert fact is not None
    assert (fact.pointer, fact.value) == (
        "/invalidated",
        {"log": True, "answers": 0, "documents": [], "why": ""},
    )


def test_a_run_that_failed_says_how(tmp_path: Path):
    log = document() | {"status": "error", "error": {"message": "out of memory"}}
    fact = record_of(log, tmp_path).fact(FactName.RUN_STATUS)
    assert fact is not None
    assert fact.value == {"status": "error", "why": "out of memory"}
    assert record_of(document(), tmp_path).fact(FactName.RUN_STATUS) is None


def test_a_log_as_the_run_wrote_it_says_nothing_of_changes(tmp_path: Path):
    record = record_of(document(), tmp_path)
    for name in (FactName.EDITED_SCORES, FactName.WITHDRAWN, FactName.RUN_STATUS):
        assert record.fact(name) is None


def test_a_limit_leaves_open_whether_all_were_asked_only_where_no_size_is_told(tmp_path: Path):
    log = document()
    log["eval"]["config"]["limit"] = 4
    assert record_of(log, tmp_path).fact(FactName.REACHED_LIMIT) is None
    del log["eval"]["dataset"]["samples"]
    fact = record_of(log, tmp_path).fact(FactName.REACHED_LIMIT)
    assert fact is not None
    assert (fact.value, fact.pointer) == (4, "/eval/config/limit")
