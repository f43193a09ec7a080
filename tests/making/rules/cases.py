"""For every rule: a case that is met, one that violates it, one that leaves it undecided."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.making.rules.builders import (
    DECLARED,
    VARIANT,
    case,
    changed,
    content,
    foreign,
    gsm8k_with,
    recompute_nothing,
    record,
    setting,
    with_gsm8k,
    with_identifiers,
)
from tests.making.rules.identity_cases import IDENTITY_CASES
from tests.making.rules.identity_cases import PARAMETERS as IDENTITY_PARAMETERS
from tests.making.rules.protocol_cases import NOT_VIOLATED, PROTOCOL_CASES
from tests.making.rules.protocol_cases import PARAMETERS as PROTOCOL_PARAMETERS

from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest
from weighin.rules.interface import Case, Outcome, Rule

CANNOT_BE_VIOLATED = NOT_VIOLATED | {
    "evidence-at-least",
    "every-benchmark-present",
    "bundle-is-signed",
}
"""Rules on what evidence there is: where it is missing, nothing contradicts the claim."""

CANNOT_BE_MET = {"bundle-is-signed"}
"""weighin verifies no signature over records yet; what evidence says of itself is no proof."""


def _scored_on_variant(r):
    return r.model_copy(update={"checkpoint_id": VARIANT.checkpoint_id})


def _of_another_name(scored: Manifest) -> Record:
    return record(scored=scored).model_copy(update={"model": "another"})


def _without_a_time(**changes: float) -> Record:
    return changed(foreign(record(**changes)), "run.started", "")


def _facet_cases(facet: Facet) -> Mapping[Outcome, Callable[[], Case]]:
    def violated() -> Case:
        if facet is Facet.WEIGHTS:
            return gsm8k_with("observations.0.identifiers.0.value", VARIANT.weights)
        return with_gsm8k(lambda r: with_identifiers(r, facet, content("another")))

    return {
        Outcome.MET: case,
        Outcome.VIOLATED: violated,
        Outcome.UNDECIDED: lambda: with_gsm8k(lambda r: with_identifiers(r, facet)),
    }


BROKEN = BrokenFile(
    file="gsm8k/1/samples.jsonl", benchmark="gsm8k", expected="sha256:00", found="missing"
)

CASES: dict[str, Mapping[Outcome, Callable[[], Case]]] = {
    "every-benchmark-present": {
        Outcome.MET: case,
        Outcome.UNDECIDED: lambda: case(record("arc"), record("gsm8k")),
    },
    "checkpoint-is-declared": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: with_gsm8k(_scored_on_variant),
        Outcome.UNDECIDED: lambda: replace(
            case(), declared=None, declared_why_not="nothing lies there"
        ),
    },
    "released-is-scored": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: replace(case(), released=VARIANT),
        Outcome.UNDECIDED: lambda: replace(case(), released=None, released_why_not="offline"),
    },
    "distinct-checkpoints-differ": {
        Outcome.MET: lambda: replace(case(), other_records=(_of_another_name(VARIANT),)),
        Outcome.VIOLATED: lambda: replace(case(), other_records=(_of_another_name(DECLARED),)),
        Outcome.UNDECIDED: lambda: replace(
            case(), other_records=(foreign(_of_another_name(VARIANT)),)
        ),
    },
    "weights-unchanged-during-run": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("loaded.changed_during_run", ("head.weight",)),
        Outcome.UNDECIDED: lambda: gsm8k_with("loaded", None),
    },
    "loaded-is-on-disk": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("loaded.not_in_checkpoint", ("head.weight",)),
        Outcome.UNDECIDED: lambda: gsm8k_with("loaded.not_comparable", ("fused.weight",)),
    },
    "as-required": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("asked.num_fewshot", 0),
        Outcome.UNDECIDED: lambda: gsm8k_with("asked.num_fewshot", None),
    },
    "all-documents-scored": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("asked.documents_scored", 99),
        Outcome.UNDECIDED: lambda: gsm8k_with("asked.documents_scored", None),
    },
    "score-recomputes": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("scores.0.value", 0.93),
        Outcome.UNDECIDED: lambda: case(recompute=recompute_nothing),
    },
    "one-attempt": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: case(record(), record(attempt="2", value=0.44)),
        Outcome.UNDECIDED: lambda: with_gsm8k(foreign),
    },
    "records-intact": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: replace(case(), broken_files=(BROKEN,)),
        Outcome.UNDECIDED: lambda: with_gsm8k(foreign),
    },
    "no-conflicting-scores": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: case(record(), record(value=0.44)),
        Outcome.UNDECIDED: lambda: case(_without_a_time(), _without_a_time(value=0.44)),
    },
    "evidence-at-least": {
        Outcome.MET: case,
        Outcome.UNDECIDED: lambda: with_gsm8k(foreign),
    },
} | {f"same-{facet.replace('_', '-')}": _facet_cases(facet) for facet in Facet}
CASES |= PROTOCOL_CASES
CASES |= IDENTITY_CASES
PARAMETERS = {**PROTOCOL_PARAMETERS, **IDENTITY_PARAMETERS}


def made(rule: type[Rule]) -> Rule:
    """The rule, with the parameters that its cases need."""
    return rule(**PARAMETERS.get(rule.id, {}))


def requested_in(of: Case, rule: str) -> Case:
    """The case under requirements that name the rule, with the parameters that its cases need."""
    asked = setting(**json.loads(json.dumps(PARAMETERS.get(rule, {}))))
    rules = {**of.requirements.rules, rule: asked}
    return replace(of, requirements=of.requirements.model_copy(update={"rules": rules}))
