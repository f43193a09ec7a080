"""Cases of `different-models-answer-differently`, and what it says."""

from dataclasses import replace

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    content,
    digest,
    only,
    outcome_of,
    record,
    with_identifiers,
)

from weighin.identity.facets import Facet
from weighin.rules.answers.different_models_answer_differently import (
    DifferentModelsAnswerDifferently,
)
from weighin.rules.interface import Case, Outcome


def with_other_adapter(*, samples: str | None) -> Case:
    """The golden case beside gsm8k of another model, with another adapter."""
    other = record().model_copy(update={"model": "tiny-tuned"})
    other = with_identifiers(other, Facet.ADAPTERS, content("an adapter"))
    if samples is None:
        other = other.model_copy(update={"files": ()})
    else:
        other = changed(other, "files.0.sha256", samples)
    return replace(case(), other_records=(other,))


CASES = {
    MET: lambda: with_other_adapter(samples=digest("other samples")),
    VIOLATED: lambda: with_other_adapter(samples=digest("samples of gsm8k")),
    UNDECIDED: lambda: with_other_adapter(samples=None),
}


def test_adapter_that_was_silently_dropped_is_seen_in_its_samples():
    finding = only(
        DifferentModelsAnswerDifferently(),
        with_other_adapter(samples=digest("samples of gsm8k")),
        VIOLATED,
    )
    assert finding.statement == (
        "gsm8k: two records of tiny and tiny-tuned differ in adapters and hold the same samples, "
        "byte for byte"
    )


def test_one_model_beside_itself_may_answer_alike():
    judged = replace(case(), other_records=(record(),))
    assert outcome_of(DifferentModelsAnswerDifferently(), judged) is Outcome.NOT_APPLICABLE
