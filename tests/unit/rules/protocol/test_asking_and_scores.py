"""`as-required`, `all-documents-scored`, `score-recomputes` and the rules on loaded weights."""

import pytest
from tests.making.rules.builders import (
    VALUES,
    case,
    changed,
    content,
    digest,
    gsm8k_with,
    only,
    outcome_of,
    recompute_as_stated,
    record,
    requirements,
    with_gsm8k,
    with_identifiers,
)

from weighin.evidence.collected import Recomputed
from weighin.identity.facets import Facet
from weighin.requirements.model import BenchmarkRequirement, Model
from weighin.rules.interface import Outcome
from weighin.rules.protocol.as_required import AsRequired
from weighin.rules.runs.loaded_is_on_disk import LoadedIsOnDisk
from weighin.rules.runs.weights_unchanged_during_run import WeightsUnchangedDuringRun
from weighin.rules.scores.all_documents_scored import AllDocumentsScored
from weighin.rules.scores.score_recomputes import ScoreRecomputes

DECODING = tuple(Facet).index(Facet.DECODING)


def requiring(**fields):
    """The record of gsm8k alone, under one requirement alone."""
    return case(
        record(),
        requires=requirements(
            model=Model(name="tiny"), benchmarks=(BenchmarkRequirement(task="gsm8k", **fields),)
        ),
    )


def with_record(judged, path, value):
    return with_gsm8k(lambda r: changed(r, path, value), judged)


@pytest.mark.parametrize("spelling", [0, 0.0, "0"])
def test_spellings_of_one_number_are_the_same_decoding(spelling):
    judged = gsm8k_with("asked.decoding", {"temperature": spelling})
    assert outcome_of(AsRequired(), judged) is Outcome.MET


def test_decoding_of_a_benchmark_that_generates_nothing_is_not_asked_for():
    bare = gsm8k_with("asked.decoding", {})
    assert outcome_of(AsRequired(), bare) is Outcome.UNDECIDED
    judged = with_gsm8k(lambda r: changed(r, f"observations.{DECODING}.applies", value=False), bare)
    assert outcome_of(AsRequired(), judged) is Outcome.MET


def test_another_filter_violates_and_both_are_told():
    judged = gsm8k_with("scores.0.filter", "flexible-extract")
    finding = only(AsRequired(), judged, Outcome.VIOLATED)
    assert finding.statement == (
        "gsm8k: metric is exact_match,flexible-extract, required is exact_match,strict-match"
    )


def test_task_version_is_compared_as_a_number_where_it_is_one():
    assert outcome_of(AsRequired(), requiring(task_version="3")) is Outcome.MET
    assert outcome_of(AsRequired(), requiring(task_version="3.1")) is Outcome.VIOLATED


@pytest.mark.parametrize(
    ("required", "applied", "outcome"),
    [
        (True, True, Outcome.MET),
        (True, False, Outcome.VIOLATED),
        (False, True, Outcome.VIOLATED),
        (False, False, Outcome.MET),
    ],
)
def test_template_must_be_applied_or_not_as_required(required, applied, outcome):
    judged = requiring(chat_template=required)
    observed = content({"applied": applied, "sha256": digest("t") if applied else None})
    judged = with_gsm8k(lambda r: with_identifiers(r, Facet.CHAT_TEMPLATE, observed), judged)
    assert outcome_of(AsRequired(), judged) is outcome


def test_template_that_nobody_required_may_be_either():
    assert outcome_of(AsRequired(), requiring()) is Outcome.MET


def test_system_prompt_is_compared_by_its_digest():
    assert outcome_of(AsRequired(), requiring(system_prompt="You are helpful.")) is Outcome.MET
    assert outcome_of(AsRequired(), requiring(system_prompt="You are not.")) is Outcome.VIOLATED


def test_no_system_prompt_is_required_where_the_file_says_null():
    judged = case(requires=requirements(model=Model(name="tiny", system_prompt=None)))
    assert outcome_of(AsRequired(), judged) is Outcome.VIOLATED


def test_first_documents_are_required_exactly():
    assert outcome_of(AsRequired(), requiring(samples=100)) is Outcome.MET
    assert outcome_of(AsRequired(), requiring(samples=50)) is Outcome.VIOLATED


def test_first_documents_are_enough_where_so_many_are_required():
    judged = with_record(requiring(samples=50), "asked.documents_scored", 50)
    judged = with_record(judged, "is_partial", value=True)
    assert outcome_of(AllDocumentsScored(), judged) is Outcome.MET
    fewer = with_record(judged, "asked.documents_scored", 49)
    assert outcome_of(AllDocumentsScored(), fewer) is Outcome.VIOLATED


def test_more_documents_than_the_split_has_violate():
    judged = gsm8k_with("asked.documents_scored", 101)
    assert outcome_of(AllDocumentsScored(), judged) is Outcome.VIOLATED


def test_benchmark_of_no_documents_is_not_all_documents():
    judged = with_record(gsm8k_with("asked.documents_scored", 0), "asked.documents_total", 0)
    assert outcome_of(AllDocumentsScored(), judged) is Outcome.VIOLATED


def test_partial_run_is_never_all_documents():
    judged = gsm8k_with("is_partial", value=True)
    assert outcome_of(AllDocumentsScored(), judged) is Outcome.VIOLATED


def test_recomputed_score_within_the_tolerance_is_the_same():
    close = gsm8k_with("scores.0.value", VALUES["gsm8k"] * (1 + 1e-10))
    far = gsm8k_with("scores.0.value", VALUES["gsm8k"] * (1 + 1e-8))
    assert outcome_of(ScoreRecomputes(), close) is Outcome.MET
    assert outcome_of(ScoreRecomputes(), far) is Outcome.VIOLATED
    assert outcome_of(ScoreRecomputes(tolerance=1e-7), far) is Outcome.MET


def test_both_numbers_are_told_where_a_score_does_not_follow():
    finding = only(ScoreRecomputes(), gsm8k_with("scores.0.value", 0.93), Outcome.VIOLATED)
    assert (finding.expected, finding.found) == ("0.41", "0.93")


def test_score_beside_the_required_one_that_does_not_follow_violates():
    def with_another(r):
        beside = changed(r.scores[0], "filter", "flexible-extract")
        return r.model_copy(update={"scores": (*r.scores, beside)})

    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values={**stated.values, ("gsm8k", "exact_match", "flexible-extract"): 0.1},
            documents=stated.documents,
            why_not={},
        )

    judged = case(*(with_another(r) for r in case().records), recompute=recompute)
    assert outcome_of(ScoreRecomputes(), judged) is Outcome.VIOLATED
    unknown = case(*(with_another(r) for r in case().records))
    assert outcome_of(ScoreRecomputes(), unknown) is Outcome.MET


def test_samples_of_fewer_documents_violate_though_the_score_is_the_same():
    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values=stated.values, documents=dict.fromkeys(stated.documents, 99), why_not={}
        )

    assert outcome_of(ScoreRecomputes(), case(recompute=recompute)) is Outcome.VIOLATED


def test_recomputed_value_that_is_not_a_number_is_never_met():
    def recompute(r):
        stated = recompute_as_stated(r)
        return Recomputed(
            values=dict.fromkeys(stated.values, float("nan")), documents={}, why_not={}
        )

    assert outcome_of(ScoreRecomputes(), case(recompute=recompute)) is Outcome.VIOLATED


def test_changed_tensors_and_files_are_named():
    judged = gsm8k_with("loaded.changed_during_run", ("head.weight",))
    files = ("model.safetensors: truncated",)
    judged = with_record(judged, "loaded.files_changed_during_run", files)
    tensors, files = (
        f for f in WeightsUnchangedDuringRun().check(judged) if f.outcome is Outcome.VIOLATED
    )
    assert tensors.tensors == ("head.weight",)
    assert "model.safetensors: truncated" in files.statement


def test_digest_that_changed_violates_though_no_tensor_is_named():
    judged = gsm8k_with("loaded.digest_after", digest("other"))
    assert outcome_of(WeightsUnchangedDuringRun(), judged) is Outcome.VIOLATED


def test_tensor_that_the_loader_made_up_violates_and_is_named():
    judged = gsm8k_with("loaded.not_in_checkpoint", ("head.weight",))
    finding = only(LoadedIsOnDisk(), judged, Outcome.VIOLATED)
    assert "randomly initialised by the loader: head.weight" in finding.statement


def test_memory_of_which_nothing_was_matched_is_undecided():
    judged = gsm8k_with("loaded.exactly_on_disk", 0)
    assert outcome_of(LoadedIsOnDisk(), judged) is Outcome.UNDECIDED


def test_tensors_that_match_after_a_cast_are_on_disk():
    judged = with_record(gsm8k_with("loaded.exactly_on_disk", 0), "loaded.on_disk_after_cast", 2)
    assert outcome_of(LoadedIsOnDisk(), judged) is Outcome.MET


def test_of_several_attempts_the_latest_whole_one_is_claimed():
    partial = changed(
        changed(record(attempt="2", started="2026-11-20T12:00:00Z"), "is_partial", value=True),
        "asked.documents_scored",
        5,
    )
    judged = case(record("arc"), record(), partial, record("lambada"))
    assert outcome_of(AllDocumentsScored(), judged) is Outcome.MET
    alone = case(record("arc"), partial, record("lambada"))
    assert outcome_of(AllDocumentsScored(), alone) is Outcome.VIOLATED


def test_attempts_of_which_none_is_known_to_be_the_latest_are_all_claimed():
    fewer = changed(record(attempt="2", started=""), "asked.num_fewshot", 0)
    judged = case(record("arc"), record(), fewer, record("lambada"))
    assert outcome_of(AsRequired(), judged) is Outcome.VIOLATED
