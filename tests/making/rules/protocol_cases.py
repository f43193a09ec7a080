"""Cases for the rules on protocol, coverage, answers, sandboxes, declarations and comparisons."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pydantic import JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    case,
    changed,
    content,
    digest,
    foreign,
    gsm8k_with,
    record,
    with_identifiers,
)

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Case, Outcome

Cases = Mapping[Outcome, Callable[[], Case]]

DENIED_IMAGE = f"swe@sha256:{'d' * 64}"
PARAMETERS: Mapping[str, Mapping[str, object]] = {
    "score-is-plausible": {
        "chance": {"arc": 0.25, "gsm8k": 0.0, "lambada": 1.0},
        "ceiling": {"gsm8k": 0.989},
    },
    "images-are-allowed": {"denied": (DENIED_IMAGE,)},
    "lineage-is-declared": {"denied": ("org/contaminated",)},
    "own-stop-sequences": {"stops": dict.fromkeys(BENCHMARKS, ("\n\n", "Q:"))},
}
"""Parameters of the rules that have nothing to judge without any."""


def golden(name: FactName, value: JsonValue, **others: JsonValue) -> Case:
    """The golden case, every record with a fact, that of gsm8k with another value if one is given.

    `gsm8k=…` is the value of gsm8k's fact.
    """
    records = (fact_of(record(task), name, others.get(task, value)) for task in BENCHMARKS)
    return case(*records)


def fact_of(of: Record, name: FactName, value: JsonValue, grade: Grade = Grade.DECLARED) -> Record:
    fact = Fact(name=name, value=value, grade=grade, pointer=f"/{name}")
    return of.model_copy(update={"facts": (*of.facts, fact)})


def _of_fact(name: FactName, met: JsonValue, violated: JsonValue) -> Cases:
    return {
        Outcome.MET: lambda: golden(name, met),
        Outcome.VIOLATED: lambda: golden(name, met, gsm8k=violated),
        Outcome.UNDECIDED: case,
    }


def _stated(name: FactName) -> Cases:
    return {
        Outcome.MET: lambda: golden(name, "a probe found nothing"),
        Outcome.UNDECIDED: lambda: golden(name, "a probe found nothing", gsm8k=" "),
    }


def with_reference(of: Case, *paths: tuple[str, object], model: str = "baseline") -> Case:
    """The case beside a reference that is the golden row, with fields of gsm8k changed."""
    rows = [record(task).model_copy(update={"model": model}) for task in BENCHMARKS]
    for path, value in paths:
        rows = [changed(r, path, value) if r.asked.task == "gsm8k" else r for r in rows]
    return replace(of, reference=tuple(rows))


def single_answers(of: Case) -> Case:
    """The case with one answer a document, as the harness of weighin records it."""
    return replace(of, records=tuple(of_answers(r, 1) for r in of.records))


def of_answers(of: Record, answers: int, **settings: JsonValue) -> Record:
    observed = content({"answers_per_document": answers, **settings})
    return with_identifiers(of, Facet.TEST_TIME_COMPUTE, observed)


def in_both(of: Case) -> Case:
    """The case and its reference with one answer a document on both sides."""
    both = single_answers(of)
    return replace(both, reference=tuple(of_answers(r, 1) for r in both.reference))


def stopping(*stops: str) -> Case:
    until: JsonValue = list(stops)
    records = (
        changed(
            record(task), "asked.decoding", {"until": until if task == "gsm8k" else ["Q:", "\n\n"]}
        )
        for task in BENCHMARKS
    )
    return case(*records)


def _limits(multiplier: float) -> Case:
    bare = golden(FactName.TIMEOUT_MULTIPLIER, 1, gsm8k=multiplier)
    return replace(
        bare,
        records=tuple(fact_of(r, FactName.RESOURCE_OVERRIDES, []) for r in bare.records),
    )


IMAGE = f"swe@sha256:{'a' * 64}"
NOT_VIOLATED = frozenset({"contamination-is-stated", "test-data-access-is-stated"})
"""Rules on what people state: silence contradicts nothing."""

PROTOCOL_CASES: dict[str, Cases] = {
    "prompts-are-those-of-reference": {
        Outcome.MET: lambda: with_reference(case()),
        Outcome.VIOLATED: lambda: with_reference(gsm8k_with("asked.prompts_digest", digest("?"))),
        Outcome.UNDECIDED: case,
    },
    "task-configuration-as-required": {
        Outcome.MET: lambda: with_reference(case()),
        Outcome.VIOLATED: lambda: with_reference(gsm8k_with("asked.config_digest", digest("?"))),
        Outcome.UNDECIDED: lambda: with_reference(gsm8k_with("asked.config_digest", None)),
    },
    "dataset-as-required": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: with_reference(gsm8k_with("asked.documents_digest", digest("?"))),
        Outcome.UNDECIDED: lambda: gsm8k_with("asked.dataset_revision", None),
    },
    "no-task-override": _of_fact(FactName.TASK_OVERRIDES, [], ["num_fewshot=32"]),
    "own-stop-sequences": {
        Outcome.MET: lambda: stopping("Q:", "\n\n"),
        Outcome.VIOLATED: lambda: stopping("."),
        Outcome.UNDECIDED: case,
    },
    "tools-as-required": _of_fact(FactName.TOOLS, [], ["web_search"]),
    "aggregation-as-required": {
        Outcome.MET: lambda: single_answers(case()),
        Outcome.VIOLATED: lambda: golden(FactName.AGGREGATION, "pass@1", gsm8k="cons@64"),
        Outcome.UNDECIDED: case,
    },
    "test-time-compute-as-declared": {
        Outcome.MET: lambda: single_answers(case()),
        Outcome.VIOLATED: lambda: golden(FactName.AGGREGATION, "pass@1", gsm8k="cons@64"),
        Outcome.UNDECIDED: case,
    },
    "errors-count-as-wrong": _of_fact(
        FactName.ERRORS,
        {"errors": 3, "counted_as_wrong": True},
        {"errors": 3, "counted_as_wrong": False},
    ),
    "one-continuous-run": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: golden(
            FactName.RUNS_OF_DOCUMENTS, {"run-1": 100}, gsm8k={"run-1": 60, "run-2": 40}
        ),
        Outcome.UNDECIDED: lambda: case(foreign(record())),
    },
    "uncertainty-is-shown": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("scores.0.stderr", None),
        Outcome.UNDECIDED: lambda: gsm8k_with("scores", ()),
    },
    "answers-are-not-truncated": _of_fact(
        FactName.FINISH_REASONS, {"stop": 100}, {"stop": 89, "length": 11}
    ),
    "answers-parse": _of_fact(
        FactName.UNPARSED_ANSWERS,
        {"unparsed": 2, "answers": 100},
        {"unparsed": 41, "answers": 100},
    ),
    "outputs-vary": _of_fact(
        FactName.DISTINCT_OUTPUTS,
        {"distinct": 97, "outputs": 100},
        {"distinct": 1, "outputs": 805},
    ),
    "lengths-near-reference": {
        Outcome.MET: lambda: lengths(100.0, 105.0),
        Outcome.VIOLATED: lambda: lengths(100.0, 60.0),
        Outcome.UNDECIDED: lambda: golden(FactName.OUTPUT_TOKENS, 100.0),
    },
    "score-is-plausible": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: gsm8k_with("scores.0.value", 0.992),
        Outcome.UNDECIDED: lambda: gsm8k_with("scores", ()),
    },
    "images-are-allowed": _of_fact(FactName.IMAGES, {IMAGE: 100}, {IMAGE: 60, DENIED_IMAGE: 40}),
    "default-limits": {
        Outcome.MET: lambda: _limits(1.0),
        Outcome.VIOLATED: lambda: _limits(2.0),
        Outcome.UNDECIDED: lambda: golden(FactName.TIMEOUT_MULTIPLIER, 1),
    },
    "network-as-required": _of_fact(FactName.NETWORK, "none", "open"),
    "trajectories-are-complete": _of_fact(
        FactName.TRAJECTORIES,
        {"passed": 41, "with_trajectory": 41},
        {"passed": 41, "with_trajectory": 40},
    ),
    "no-forbidden-access": _of_fact(FactName.FORBIDDEN_ACCESSES, {}, {"17": "git log --all"}),
    "lineage-is-declared": _of_fact(FactName.PARENTS, [], ["Org/Contaminated"]),
    "contamination-is-stated": _stated(FactName.CONTAMINATION),
    "test-data-access-is-stated": _stated(FactName.TEST_DATA_ACCESS),
    "reference-was-scored-alike": {
        Outcome.MET: lambda: in_both(with_reference(case())),
        Outcome.VIOLATED: lambda: in_both(with_reference(case(), ("asked.num_fewshot", 0))),
        Outcome.UNDECIDED: lambda: in_both(with_reference(case(), ("asked.num_fewshot", None))),
    },
    "comparison-is-paired": {
        Outcome.MET: lambda: with_reference(case()),
        Outcome.VIOLATED: lambda: with_reference(case(), ("asked.documents_digest", digest("?"))),
        Outcome.UNDECIDED: lambda: with_reference(case(), ("asked.documents_digest", None)),
    },
}


def lengths(expected: float, found: float) -> Case:
    """Every answer as long as in the reference, but for those of gsm8k."""
    mine = golden(FactName.OUTPUT_TOKENS, expected, gsm8k=found)
    theirs = golden(FactName.OUTPUT_TOKENS, expected)
    return replace(mine, reference=theirs.records)
