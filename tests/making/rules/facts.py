"""Records with facts, as logs and declarations give them."""

from pydantic import JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    MET,
    UNDECIDED,
    VIOLATED,
    Cases,
    case,
    content,
    digest,
    foreign,
    record,
    with_identifiers,
    with_records,
)

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.rules.interface import Case

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DATED, OTHER_DATED = "gpt-4o-2024-08-06", "gpt-4o-2024-11-20"
DENIED_IMAGE = f"swe@sha256:{'d' * 64}"
HARNESS_FILE = digest("scorer.py")


def fact_of(of: Record, name: FactName, value: JsonValue, grade: Grade = Grade.DECLARED) -> Record:
    fact = Fact(name=name, value=value, grade=grade, pointer=f"/{name}")
    return of.model_copy(update={"facts": (*of.facts, fact)})


def golden(name: FactName, value: JsonValue, **others: JsonValue) -> Case:
    """The golden case, every record with a fact, that of gsm8k with another value if one is given.

    `gsm8k=…` is the value of gsm8k's fact.
    """
    records = (fact_of(record(task), name, others.get(task, value)) for task in BENCHMARKS)
    return case(*records)


def of_fact(name: FactName, met: JsonValue, violated: JsonValue) -> Cases:
    """The cases of a rule on one fact."""
    return {
        MET: lambda: golden(name, met),
        VIOLATED: lambda: golden(name, met, gsm8k=violated),
        UNDECIDED: case,
    }


def of_statement(name: FactName) -> Cases:
    """The cases of a rule on what somebody states: silence contradicts nothing."""
    return {
        MET: lambda: golden(name, "a probe found nothing"),
        UNDECIDED: lambda: golden(name, "a probe found nothing", gsm8k=" "),
    }


def unknown(task: str, **replaced: object) -> Record:
    """A record as a plain log would give it, with fields replaced."""
    return foreign(record(task)).model_copy(update=replaced)


def logs(name: FactName, value: JsonValue, **others: JsonValue) -> Case:
    """Plain logs, each with a fact; `gsm8k=…` is the value of gsm8k's, `None` for none."""
    rows = []
    for task in BENCHMARKS:
        found = others.get(task, value)
        bare = unknown(task)
        rows.append(bare if found is None else fact_of(bare, name, found))
    return case(*rows)


def with_commit(of: Record, commit: str, grade: Grade) -> Record:
    """The record with a commit of the weights beside what it knows of them."""
    weights = Identifier(kind=Kind.COMMIT, value=f"org/tiny@{commit}", grade=grade)
    known = of.observation(Facet.WEIGHTS).identifiers
    return with_identifiers(of, Facet.WEIGHTS, *known, weights)


def row_of_open_rs() -> Case:
    """AMC23 and AIME24 of three checkpoints, whose logs carry one name and no commit."""
    scores = {
        ("RS1", "arc"): 0.700, ("RS1", "gsm8k"): 0.3,
        ("RS2", "arc"): 0.800, ("RS2", "gsm8k"): 0.3,
        ("RS3", "arc"): 0.725, ("RS3", "gsm8k"): 14 / 30,
    }  # fmt: skip
    rows = []
    for (label, task), value in scores.items():
        row = unknown(task, scores=record(task, value=value).scores)
        row = row.model_copy(update={"origin": row.origin.model_copy(update={"file": label})})
        rows.append(fact_of(row, FactName.ARTIFACT_LABEL, label, Grade.NAMED))
    return case(*rows)


def served(of: Case) -> Case:
    """The case with records of a server, which loaded nothing in process."""
    rows = (
        with_identifiers(
            r.model_copy(update={"loaded": None}),
            Facet.ENDPOINT,
            content("https://api.example.org/v1", Grade.DECLARED),
        )
        for r in of.records
    )
    return with_records(of, rows)


def sentinels(*p_values: float) -> list[JsonValue]:
    """Probes at ten, half past ten and eleven: start, middle and end of the golden records."""
    times = ("2026-11-20T10:00:00Z", "2026-11-20T10:30:00Z", "2026-11-20T11:00:00Z")
    return [{"at": at, "p_value": p} for at, p in zip(times, p_values, strict=False)]


def of_answers(of: Record, answers: int, **settings: JsonValue) -> Record:
    """The record with a number of answers a document."""
    observed = content({"answers_per_document": answers, **settings})
    return with_identifiers(of, Facet.TEST_TIME_COMPUTE, observed)


def answered(answers: int, **settings: JsonValue) -> Case:
    """The golden case with a number of answers a document."""
    return case(*(of_answers(record(task), answers, **settings) for task in BENCHMARKS))


def single_answers(of: Case) -> Case:
    """The case with one answer a document, as the harness of weighin records it."""
    return with_records(of, (of_answers(r, 1) for r in of.records))
