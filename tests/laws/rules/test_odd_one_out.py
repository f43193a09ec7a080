"""One row, one odd benchmark: mixed dtype under one commit, an adapter on top of one commit."""

from tests.making.rules.builders import case, content, only, outcome_of, record, with_identifiers
from tests.making.rules.builders import requirements as golden_requirements

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.artifact.same_artifact import SameAdapters, SameDtype, SameWeights
from weighin.rules.interface import Case, Outcome

BASE = "org/llama@0123456789abcdef0123456789abcdef01234567"


def row(task: str, dtype: str = "bfloat16", adapter: str = "none") -> Record:
    """A record of a log that states commit, dtype and adapter."""
    scope = "" if adapter == "none" else f"with {adapter} on top"
    commit = Identifier(kind=Kind.COMMIT, value=BASE, grade=Grade.DECLARED, scope=scope)
    of = with_identifiers(record(task), Facet.WEIGHTS, commit)
    of = with_identifiers(of, Facet.DTYPE, content(dtype, Grade.DECLARED))
    return with_identifiers(of, Facet.ADAPTERS, content(adapter, Grade.DECLARED))


def judged(odd: Record) -> Case:
    asked = golden_requirements(evidence=Grade.DECLARED)
    return case(row("arc"), odd, row("lambada"), requires=asked)


def test_mixed_dtype_under_one_commit_names_the_odd_one():
    finding = only(SameDtype(), judged(row("gsm8k", dtype="float32")), Outcome.VIOLATED)
    assert finding.statement == "dtype: 2 of 3 benchmarks agree; gsm8k differs"
    assert finding.benchmarks == ("gsm8k",)


def test_one_commit_is_the_same_weights_whatever_they_were_loaded_as():
    assert outcome_of(SameWeights(), judged(row("gsm8k", dtype="float32"))) is Outcome.MET


def test_adapter_on_top_of_one_commit_is_not_the_same_weights():
    assert outcome_of(SameWeights(), judged(row("gsm8k", adapter="lora"))) is Outcome.UNDECIDED


def test_adapter_on_top_of_one_commit_names_the_odd_one():
    finding = only(SameAdapters(), judged(row("gsm8k", adapter="lora")), Outcome.VIOLATED)
    assert finding.statement == "adapters: 2 of 3 benchmarks agree; gsm8k differs"


def test_a_benchmark_that_was_scored_both_ways_is_never_among_those_that_all_agree():
    asked = golden_requirements(evidence=Grade.DECLARED)
    again = row("gsm8k", dtype="float32")
    run = again.run.model_copy(
        update={"attempt_id": "attempt-2", "started": "2026-11-22T10:00:00Z"}
    )
    rows = (row("arc"), row("gsm8k"), row("lambada"), again.model_copy(update={"run": run}))
    finding = only(SameDtype(), case(*rows, requires=asked), Outcome.VIOLATED)
    assert "agree" not in finding.statement
    assert finding.statement.startswith("dtype: gsm8k (started 2026-11-22T10:00:00Z) differs from ")
