"""Cases of `weights-unchanged-during-run`, and what it says."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    digest,
    gsm8k_with,
    outcome_of,
    with_record,
)

from weighin.evidence.collected import FilesHashed
from weighin.rules.interface import Case, Outcome
from weighin.rules.runs.weights_unchanged_during_run import WeightsUnchangedDuringRun

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("loaded.changed_during_run", ("head.weight",)),
    UNDECIDED: lambda: gsm8k_with("loaded", None),
}


def test_changed_tensors_and_files_are_named():
    judged = gsm8k_with("loaded.changed_during_run", ("head.weight",))
    files = ("model.safetensors: truncated",)
    judged = with_record(judged, "loaded.files_changed_during_run", files)
    tensors, files = (f for f in WeightsUnchangedDuringRun().check(judged) if f.outcome is VIOLATED)
    assert tensors.tensors == ("head.weight",)
    assert "model.safetensors: truncated" in files.statement


def test_digest_that_changed_violates_though_no_tensor_is_named():
    judged = gsm8k_with("loaded.digest_after", digest("other"))
    assert outcome_of(WeightsUnchangedDuringRun(), judged) is VIOLATED


FINISHED, LATER, EARLIER = (
    "2026-11-20T11:00:00Z",
    "2026-11-20T11:00:01.500Z",
    "2026-11-20T10:00:00Z",
)
CHANGE = ("model.safetensors: tensor 'x' changed",)


def reading(of: Case, **other: object) -> FilesHashed:
    """A reading of the files of a record, in its run and after it, that found what was there."""
    record = of.records[0]
    told = {
        "checkpoint_id": record.checkpoint_id,
        "began": LATER,
        "changes": (),
        "unseen": (),
        "state": digest("state"),
        "location": record.location,
        "host": record.run.host,
        "run_id": record.run.run_id,
    }
    return FilesHashed.model_validate(told | other)


def known_by_state(*readings: dict[str, object]) -> Outcome:
    """The outcome on a record whose files were not read after it, with what its ledger tells."""
    judged = gsm8k_with("loaded.files_state", digest("state"))
    assert judged.records[0].run.finished == FINISHED
    judged = replace(judged, files_hashed=tuple(reading(judged, **told) for told in readings))
    return outcome_of(WeightsUnchangedDuringRun(), judged)


ELSEWHERE = {"run_id": "run-2", "host": "another", "location": "elsewhere", "state": digest("o")}


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([], UNDECIDED),
        ([{}], MET),
        # It says nothing of what came after it began.
        ([{"began": EARLIER}], UNDECIDED),
        # So does a process that did not read what it remembered.
        ([{"began": EARLIER, "run_id": "run-2", "remembered": ("x.safetensors",)}], UNDECIDED),
        ([{"checkpoint_id": digest("another")}], UNDECIDED),
        # No record can name the change: it may be of any benchmark.
        ([{"changes": CHANGE, "unseen": CHANGE}], VIOLATED),
        # The benchmark in which the state moved names it.
        ([{"changes": CHANGE}], MET),
        ([{"began": "2026-11-20T11:00:01Z"}, {"changes": CHANGE, "unseen": CHANGE}], MET),
        ([{"changes": CHANGE, "unseen": CHANGE}, {"began": "2026-11-20T12:00:00Z"}], VIOLATED),
        # What moved since may have been put back.
        ([{"state": digest("touched since")}], UNDECIDED),
        ([{"state": digest("touched since"), "changes": CHANGE}], UNDECIDED),
        # After a kill: a later run reads them.
        ([{"run_id": "run-2"}], MET),
        ([{"run_id": "run-2", "state": digest("touched since")}], UNDECIDED),
        ([{"run_id": "run-2", "state": digest("touched since")}, {"run_id": "run-3"}], MET),
        ([ELSEWHERE], UNDECIDED),
        ([ELSEWHERE | {"state": digest("state")}], MET),
        ([ELSEWHERE | {"host": "scale"}], UNDECIDED),
        ([{"run_id": "run-2", "changes": CHANGE}], UNDECIDED),
        # A worker of the same run that read a copy on another machine.
        ([ELSEWHERE | {"run_id": "run-1"}], UNDECIDED),
    ],
)
def test_files_known_by_their_state_stand_once_a_later_reading_agrees(readings, expected):
    assert known_by_state(*readings) is expected


@pytest.mark.parametrize(
    ("readings", "words"),
    [([], "were not read again"), ([{"state": digest("touched")}], "touched, replaced or removed")],
)
def test_what_is_undecided_says_why_and_what_may_be_done(readings, words):
    judged = gsm8k_with("loaded.files_state", digest("state"))
    judged = replace(judged, files_hashed=tuple(reading(judged, **told) for told in readings))
    found = WeightsUnchangedDuringRun().check(judged)
    (undecided,) = (f for f in found if f.outcome is UNDECIDED)
    assert words in undecided.statement
    assert ("--new-attempt" in undecided.fix) is bool(readings)


def test_files_that_were_read_after_the_benchmark_need_no_later_reading():
    unseen = reading(case(), changes=CHANGE, unseen=CHANGE)
    judged = replace(case(), files_hashed=(unseen,))
    assert outcome_of(WeightsUnchangedDuringRun(), judged) is MET


def test_a_record_of_a_process_that_did_not_read_its_files_says_so():
    judged = gsm8k_with("loaded.files_remembered", EARLIER)
    (met,) = (f for f in WeightsUnchangedDuringRun().check(judged) if EARLIER in f.statement)
    assert met.outcome is MET


def test_a_record_that_does_not_say_when_it_finished_is_settled_by_nothing():
    judged = gsm8k_with("loaded.files_state", digest("state"))
    judged = with_record(judged, "run.finished", "")
    judged = replace(judged, files_hashed=(reading(judged),))
    assert outcome_of(WeightsUnchangedDuringRun(), judged) is UNDECIDED
