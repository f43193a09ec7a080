"""Documents that were swapped between two attempts are told and counted, under every profile.

The samples are real files, and what is compared is read from them.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.making.rules.builders import (
    MET,
    TODAY,
    VIOLATED,
    case,
    changed,
    digest,
    outcome_of,
    read_record,
    record,
)

from weighin.evidence.collected import ReadRecord
from weighin.evidence.differences.documents.document_changes import (
    DocumentChanges,
    document_changes,
)
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.requirements.profiles import available_profiles
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Case, JudgedFinding, Level, Outcome
from weighin.rules.judging.judge import judge
from weighin.rules.protocol.same_documents import SameDocuments
from weighin.sources.formats.lm_eval.samples import document_hashes_of, read_samples

BEFORE = tuple(f"question {number}" for number in range(20))
FIRST = 10
Documents = tuple[str, ...]
# The documents afterwards, and how many were added, lost and changed.
SWAPS: dict[str, tuple[Documents, tuple[int, int, int]]] = {
    "drop": ((*BEFORE[:3], *BEFORE[4:]), (0, 1, 0)),
    "drop the last five": (BEFORE[:-5], (0, 5, 0)),
    "add": (("another", *BEFORE), (1, 0, 0)),
    "add two at the end": ((*BEFORE, "another", "and another"), (2, 0, 0)),
    "edit one": ((*BEFORE[:4], "edited", *BEFORE[5:]), (0, 0, 1)),
    "duplicate": ((*BEFORE[:6], *BEFORE[5:]), (1, 0, 0)),
    "drop one and edit one": (("edited", *BEFORE[1:3], *BEFORE[4:]), (0, 1, 1)),
}
REORDERED = tuple(reversed(BEFORE))


def attempt(
    folder: Path, number: int, documents: Documents, first: int | None = None
) -> ReadRecord:
    """An attempt at gsm8k on some documents, or on the first of them, with its samples file."""
    place = folder / str(number)
    place.mkdir(parents=True)
    asked = documents[:first]
    rows = (
        {"doc_id": position, "doc_hash": digest(text), "metrics": [], "resps": []}
        for position, text in enumerate(asked)
    )
    samples = place / "samples.jsonl"
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    of = record(attempt=str(number), started=f"2026-11-20T1{number}:00:00Z")
    of = changed(of, "asked.documents_digest", read_samples(samples).documents_digest)
    of = changed(of, "asked.documents_total", len(documents))
    of = changed(of, "asked.documents_scored", len(asked))
    of = changed(of, "is_partial", first is not None)
    return replace(read_record(of), document_hashes=partial(document_hashes_of, of, place))


def attempts(folder: Path, *of: tuple[Documents, int | None]) -> Case:
    read = tuple(attempt(folder, number, *one) for number, one in enumerate(of))
    return replace(case(), read_records=read)


def told(counts: tuple[int, int, int]) -> str:
    added, lost, edited = counts
    return f": {added} added, {lost} lost, {edited} changed"


@pytest.fixture(scope="module", params=available_profiles())
def under_profile(request, tmp_path_factory) -> Requirements:
    path = tmp_path_factory.mktemp(request.param) / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel: {{name: tiny, checkpoint: .}}\nprofile: {request.param}\n"
        "benchmarks: [{task: gsm8k}]\n"
    )
    return load_requirements(path, rule_shapes())


def judged_documents(of: Case, requirements: Requirements) -> list[JudgedFinding]:
    verdict = judge(replace(of, requirements=requirements), today=TODAY)
    return [judged for judged in verdict.findings if judged.rule == SameDocuments.id]


@pytest.mark.parametrize("swap", SWAPS)
def test_a_swap_between_attempts_is_an_error_under_every_profile_and_is_counted(
    under_profile, tmp_path, swap
):
    after, counts = SWAPS[swap]
    (found,) = judged_documents(attempts(tmp_path, (BEFORE, None), (after, None)), under_profile)
    assert (found.finding.outcome, found.level) == (Outcome.VIOLATED, Level.ERROR)
    assert found.finding.statement.endswith(told(counts))


def test_another_order_is_no_difference_under_any_profile(under_profile, tmp_path):
    judged = attempts(tmp_path, (BEFORE, None), (REORDERED, None))
    (found,) = judged_documents(judged, under_profile)
    assert found.finding.outcome is Outcome.MET


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_undone_is_counted_the_other_way_round(tmp_path, swap):
    after, (added, lost, edited) = SWAPS[swap]
    (found,) = SameDocuments().check(attempts(tmp_path, (after, None), (BEFORE, None)))
    assert found.statement.endswith(told((lost, added, edited)))


PARTS = {
    "a part after the whole": (None, FIRST),
    "the whole after a part": (FIRST, None),
    "two parts": (FIRST, FIRST),
    "parts of different sizes": (FIRST, FIRST + 3),
}


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("swap", SWAPS)
def test_a_swap_is_told_by_the_documents_of_a_part_and_the_size_of_the_split(tmp_path, swap, parts):
    after, counts = SWAPS[swap]
    before_first, after_first = PARTS[parts]
    (found,) = SameDocuments().check(
        attempts(tmp_path, (BEFORE, before_first), (after, after_first))
    )
    assert found.outcome is VIOLATED
    assert f"{told(counts)}, as far as the part that was asked tells" in found.statement


def test_a_swap_is_counted_against_the_whole_attempt_where_there_is_a_part_too(tmp_path):
    after, counts = SWAPS["drop one and edit one"]
    (found,) = SameDocuments().check(
        attempts(tmp_path, (BEFORE, FIRST), (BEFORE, None), (after, None))
    )
    assert found.statement.endswith(told(counts))


@pytest.mark.parametrize("parts", PARTS)
def test_a_part_of_the_same_documents_is_no_difference(tmp_path, parts):
    before_first, after_first = PARTS[parts]
    judged = attempts(tmp_path, (BEFORE, before_first), (BEFORE, after_first))
    assert outcome_of(SameDocuments(), judged) is MET


@pytest.mark.parametrize("parts", ["a part after the whole", "the whole after a part"])
def test_a_part_of_the_same_documents_in_another_order_is_no_difference(tmp_path, parts):
    before_first, after_first = PARTS[parts]
    judged = attempts(tmp_path, (BEFORE, before_first), (REORDERED, after_first))
    assert outcome_of(SameDocuments(), judged) is MET


def test_two_parts_are_the_same_in_any_order_of_their_own(tmp_path):
    turned = (*reversed(BEFORE[:FIRST]), *BEFORE[FIRST:])
    judged = attempts(tmp_path, (BEFORE, FIRST), (turned, FIRST))
    assert outcome_of(SameDocuments(), judged) is MET


def test_two_parts_that_are_the_first_of_other_orders_asked_other_documents(tmp_path):
    (found,) = SameDocuments().check(attempts(tmp_path, (BEFORE, FIRST), (REORDERED, FIRST)))
    assert told((0, 0, FIRST)) in found.statement


def test_what_a_part_did_not_ask_is_not_compared(tmp_path):
    after = (*BEFORE[:-1], "edited")
    judged = attempts(tmp_path, (BEFORE, FIRST), (after, None))
    assert outcome_of(SameDocuments(), judged) is MET


@pytest.mark.parametrize("parts", PARTS)
def test_a_split_of_another_size_is_told_without_samples(tmp_path, parts):
    before_first, after_first = PARTS[parts]
    judged = attempts(tmp_path, (BEFORE, before_first), (BEFORE[:-1], after_first))
    first, second = judged.read_records
    hidden = replace(judged, read_records=(first, _without_samples(second)))
    (found,) = SameDocuments().check(hidden)
    assert found.outcome is VIOLATED
    assert told((0, 1, 0)) in found.statement


def test_documents_of_a_group_are_counted_task_by_task():
    both = {"one": {"0": "a", "1": "b"}, "other": {"0": "a", "1": "c"}}
    swapped = {"one": {"0": "a", "1": "c"}, "other": {"0": "a", "1": "b"}}
    lacking = {"one": both["one"]}
    of = record()
    counted = [
        document_changes(of, mine, of, both)
        for mine in (swapped, lacking, {**both, "new": {"0": "d"}})
    ]
    assert counted == [
        DocumentChanges(added=0, lost=0, changed=2),
        DocumentChanges(added=0, lost=2, changed=0),
        DocumentChanges(added=1, lost=0, changed=0),
    ]


def _without_samples(read: ReadRecord) -> ReadRecord:
    return replace(read, document_hashes=dict)


def _torn(read: ReadRecord) -> ReadRecord:
    (place,) = {read.document_hashes.args[1]}
    (place / "samples.jsonl").write_text('{"doc_id"')
    return read


@pytest.mark.parametrize("hide", [_without_samples, _torn])
def test_a_swap_is_told_by_its_digest_where_the_samples_cannot_be_read(
    tmp_path, hide: Callable[[ReadRecord], ReadRecord]
):
    judged = attempts(tmp_path, (BEFORE, None), (BEFORE[:8], None))
    first, second = judged.read_records
    (found,) = SameDocuments().check(replace(judged, read_records=(first, hide(second))))
    assert found.outcome is VIOLATED
    assert found.statement.endswith(": 8 and 20")
