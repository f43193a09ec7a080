"""What `same-<facet>` rules say, and how they compare."""

import re
from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    DECLARED,
    EDITED_TEMPLATE,
    VARIANT,
    case,
    changed,
    content,
    foreign,
    only,
    outcome_of,
    record,
    requirements,
    setting,
    with_gsm8k,
    with_identifiers,
)

from weighin.evidence.records import Origin
from weighin.identity.comparison.manifests import TensorDistance, compare_manifests
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.artifact.same_artifact import SameConfig, SameDtype, SameWeights
from weighin.rules.interface import Outcome
from weighin.rules.protocol.same_protocol import SameChatTemplate, SameDecoding

MOVED = (record("arc"), record("gsm8k", scored=VARIANT, value=0.93), record("lambada"))
LARGE_GROUP = ("arc", "lambada")


def llama_4_move(**replaced):
    return replace(case(*MOVED), reference=(record("gsm8k", value=0.41),), **replaced)


def test_odd_one_out_is_named_with_what_it_differs_from():
    finding = only(SameWeights(), llama_4_move(), Outcome.VIOLATED)
    assert finding.statement.startswith("weights: 2 of 3 benchmarks agree; gsm8k differs")
    assert finding.benchmarks == ("gsm8k",)
    assert finding.facet is Facet.WEIGHTS


def test_tensors_that_differ_are_named_and_counted():
    finding = only(SameWeights(), llama_4_move(), Outcome.VIOLATED)
    assert finding.tensors == ("head.weight",)
    # head.weight has 10 * 4 of 10 * 6 + 10 * 4 parameters.
    assert "1 of 2 tensors differ (40% of the parameters)" in finding.statement


def test_measured_distance_is_told():
    comparison = compare_manifests(DECLARED, VARIANT).model_copy(
        update={
            "distances": (
                TensorDistance(
                    name="head.weight", parameters=40, relative_frobenius=0.0125, max_abs=1.0
                ),
            ),
            "relative_frobenius": 0.0125,
        }
    )
    judged = llama_4_move(comparisons={(comparison.first, comparison.second): comparison})
    statement = only(SameWeights(), judged, Outcome.VIOLATED).statement
    assert "at a relative distance of 0.0125" in statement


def test_measured_comparison_that_contradicts_the_manifests_is_not_believed():
    false = compare_manifests(DECLARED, VARIANT).model_copy(update={"differing": ()})
    judged = llama_4_move(comparisons={(false.first, false.second): false})
    assert only(SameWeights(), judged, Outcome.VIOLATED).tensors == ("head.weight",)


def test_score_that_the_other_checkpoint_bought_is_told():
    statement = only(SameWeights(), llama_4_move(), Outcome.VIOLATED).statement
    assert "scored 0.93 here, 0.41 on the declared checkpoint: +0.52" in statement


def test_score_of_a_record_that_was_asked_otherwise_is_not_set_beside():
    other = changed(record("gsm8k", value=0.41), "asked.num_fewshot", 0)
    judged = replace(llama_4_move(), reference=(other,))
    assert "scored" not in only(SameWeights(), judged, Outcome.VIOLATED).statement


def test_finding_points_at_the_observation():
    finding = only(SameWeights(), llama_4_move(), Outcome.VIOLATED)
    assert finding.where[0] == Origin(
        producer="weighin 0.1.0", file="gsm8k/1/record.json", pointer="/observations/weights"
    )


def test_edited_template_differs_on_its_own_facet_alone():
    judged = case(record("arc"), record("gsm8k", scored=EDITED_TEMPLATE), record("lambada"))
    assert outcome_of(SameWeights(), judged) is Outcome.MET
    assert only(SameChatTemplate(), judged, Outcome.VIOLATED).benchmarks == ("gsm8k",)


def test_of_two_that_differ_the_declared_checkpoint_is_the_norm():
    judged = case(record("arc", scored=VARIANT), record("gsm8k"))
    assert only(SameWeights(), judged, Outcome.VIOLATED).benchmarks == ("arc",)


def test_unset_beside_set_is_unknown_and_says_how_to_record_it():
    finding = only(SameDtype(), with_gsm8k(foreign), Outcome.UNDECIDED)
    assert finding.benchmarks == ("gsm8k",)
    assert finding.fix == "score it with `weighin run`"
    judged = replace(with_gsm8k(foreign), requirements=requirements(evidence=Grade.DECLARED))
    assert only(SameDtype(), judged, Outcome.UNDECIDED).fix == "flag for dtype"


def test_zero_and_its_text_are_the_same():
    judged = case(
        with_identifiers(record("arc"), Facet.DTYPE, content(0)),
        with_identifiers(record("gsm8k"), Facet.DTYPE, content("0")),
    )
    assert outcome_of(SameDtype(), judged) is Outcome.MET


def test_single_record_is_met_only_at_the_required_grade():
    assert outcome_of(SameDtype(), case(record())) is Outcome.MET
    weak = with_identifiers(record(), Facet.DTYPE, content("F32", Grade.DECLARED))
    assert outcome_of(SameDtype(), case(weak)) is Outcome.UNDECIDED


def test_declared_difference_is_a_difference_though_sameness_must_be_measured():
    judged = case(
        with_identifiers(record("arc"), Facet.DTYPE, content("F32", Grade.DECLARED)),
        with_identifiers(record("gsm8k"), Facet.DTYPE, content("BF16", Grade.DECLARED)),
    )
    assert outcome_of(SameDtype(), judged) is Outcome.VIOLATED


def test_difference_of_two_benchmarks_is_found_where_most_have_nothing_recorded():
    judged = case(
        with_identifiers(record("arc"), Facet.CONFIG, content("one")),
        with_identifiers(record("gsm8k"), Facet.CONFIG),
        with_identifiers(record("lambada"), Facet.CONFIG, content("two")),
    )
    assert only(SameConfig(), judged, Outcome.VIOLATED).benchmarks == ("lambada",)
    assert only(SameConfig(), judged, Outcome.UNDECIDED).benchmarks == ("gsm8k",)


def test_difference_of_two_benchmarks_is_found_where_neither_compares_with_the_norm():
    commit = Identifier(kind=Kind.COMMIT, value=f"org/m@{'0' * 40}", grade=Grade.MEASURED)
    judged = case(
        with_identifiers(record("arc"), Facet.CONFIG, commit),
        with_identifiers(record("gsm8k"), Facet.CONFIG, content("one")),
        with_identifiers(record("lambada"), Facet.CONFIG, content("two")),
    )
    assert {
        b for f in SameConfig().check(judged) if f.outcome is Outcome.VIOLATED for b in f.benchmarks
    } >= {"lambada"}


def test_two_commits_may_hold_the_same_and_are_undecided():
    def at(task, commit):
        identifier = Identifier(kind=Kind.COMMIT, value=f"org/m@{commit * 40}", grade=Grade.PINNED)
        return with_identifiers(record(task), Facet.WEIGHTS, identifier)

    judged = case(at("arc", "0"), at("gsm8k", "1"), requires=requirements(evidence=Grade.PINNED))
    finding = only(SameWeights(), judged, Outcome.UNDECIDED)
    assert finding.contradicts
    assert {"0" * 40, "1" * 40} <= set(re.findall(r"[01]{40}", finding.statement))


def test_all_attempts_of_a_benchmark_are_judged():
    judged = case(record("arc"), record(), record(attempt="2", scored=VARIANT))
    finding = only(SameWeights(), judged, Outcome.VIOLATED)
    assert finding.benchmarks == ("gsm8k",)
    assert "(started 2026-11-20T10:00:00Z)" in finding.statement


def test_facet_that_changed_during_the_run_violates_its_rule():
    position = tuple(Facet).index(Facet.CONFIG)
    judged = with_gsm8k(
        lambda r: changed(r, f"observations.{position}.changed_during_run", "sha256:ff")
    )
    finding = only(SameConfig(), judged, Outcome.VIOLATED)
    assert finding.found == "sha256:ff after it"


@pytest.mark.parametrize("facet", [Facet.DECODING, Facet.CHAT_TEMPLATE])
def test_facet_without_bearing_on_a_benchmark_is_left_out_of_the_comparison(facet):
    rule = {Facet.DECODING: SameDecoding(), Facet.CHAT_TEMPLATE: SameChatTemplate()}[facet]

    def without(r):
        bare = with_identifiers(r, facet)
        return changed(bare, f"observations.{tuple(Facet).index(facet)}.applies", value=False)

    assert outcome_of(rule, with_gsm8k(without)) is Outcome.MET
    nowhere = case(*(without(r) for r in case().records))
    assert outcome_of(rule, nowhere) is Outcome.NOT_APPLICABLE


def test_weights_cannot_be_declared_without_bearing():
    def without(r):
        return changed(with_identifiers(r, Facet.WEIGHTS), "observations.0.applies", value=False)

    assert outcome_of(SameWeights(), with_gsm8k(without)) is Outcome.UNDECIDED


def test_facet_that_is_not_required_is_not_applicable():
    judged = case(requires=requirements(same=(Facet.DTYPE,)))
    assert outcome_of(SameWeights(), judged) is Outcome.NOT_APPLICABLE


def test_facet_rule_that_is_set_by_its_id_is_judged():
    judged = case(requires=requirements(same=(), rules={"same-weights": setting("warning")}))
    assert outcome_of(SameWeights(), judged) is Outcome.MET
