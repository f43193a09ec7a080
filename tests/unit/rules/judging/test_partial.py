"""A smoke run says that it was one; a contradiction on the way is told."""

from dataclasses import replace

import pytest
from tests.making.reports.builders import judged, verdict

from weighin.rules.interface import Level, Outcome
from weighin.rules.judging.explanations import JUDGE_ID
from weighin.rules.judging.partial import as_partial
from weighin.rules.scores.all_documents_scored import IN_THE_REGISTRY

ASKED = ("demo_capitals",)
OF_A_PART = (
    judged("as-required", outcome=Outcome.VIOLATED, benchmarks=ASKED,
           statement="demo_capitals: samples is a part of the documents, required is all"),
    judged("all-documents-scored", outcome=Outcome.VIOLATED, benchmarks=ASKED),
    judged("every-benchmark-present", outcome=Outcome.UNDECIDED, benchmarks=("demo_elements",)),
    judged("same-weights", outcome=Outcome.VIOLATED, benchmarks=("demo_elements",)),
    judged(JUDGE_ID, outcome=Outcome.UNDECIDED),
    judged("same-weights", outcome=Outcome.UNDECIDED, benchmarks=ASKED),
    judged("one-attempt", level=Level.WARNING, outcome=Outcome.VIOLATED, benchmarks=ASKED),
)  # fmt: skip
CONTRADICTIONS = (
    judged("as-required", outcome=Outcome.VIOLATED, benchmarks=ASKED,
           statement="demo_capitals: num_fewshot is 4, required is 5"),
    judged("all-documents-scored", outcome=Outcome.VIOLATED, benchmarks=ASKED,
           statement=f"demo_capitals: the split of org/c has 9 documents, {IN_THE_REGISTRY} 8"),
    judged("checkpoint-is-declared", outcome=Outcome.VIOLATED, benchmarks=ASKED),
    judged("same-weights", outcome=Outcome.VIOLATED, benchmarks=(*ASKED, "demo_elements")),
    judged("records-intact", outcome=Outcome.VIOLATED),
)  # fmt: skip


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.WAIVED, Outcome.UNDECIDED])
def test_a_part_is_partial_whatever_it_lacks(outcome):
    found = as_partial(verdict(OF_A_PART, outcome), ASKED, has_failed=False)
    assert found.outcome is Outcome.PARTIAL
    assert found.head.partial == "120 of 120 documents of demo_capitals; the file was not judged"


@pytest.mark.parametrize("contradiction", CONTRADICTIONS, ids=lambda j: j.finding.statement)
@pytest.mark.parametrize("has_failed", [True, False])
def test_a_contradiction_on_the_way_is_violated(contradiction, has_failed):
    found = as_partial(
        verdict((*OF_A_PART, contradiction), Outcome.VIOLATED), ASKED, has_failed=has_failed
    )
    assert found.outcome is Outcome.VIOLATED


def test_a_benchmark_that_failed_leaves_the_run_undecided():
    failed = as_partial(verdict(OF_A_PART), ASKED, has_failed=True)
    assert failed.outcome is Outcome.UNDECIDED


def test_no_finding_is_lost():
    before = verdict((*OF_A_PART, *CONTRADICTIONS), Outcome.VIOLATED)
    after = as_partial(before, ASKED, has_failed=False)
    told = [replace(j, level=Level.NOTE) for j in before.findings]
    assert [replace(j, level=Level.NOTE) for j in after.findings] == told
