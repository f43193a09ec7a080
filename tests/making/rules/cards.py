"""Small scorecards, number by number."""

from dataclasses import replace

from weighin.evidence.benchmarks import (
    Averaging,
    Benchmark,
    BenchmarkRegistry,
    BenchmarkTask,
    Certainty,
    ScoreKind,
)
from weighin.evidence.scorecard import (
    Artifact,
    JoinedFigures,
    Protocol,
    Role,
    Scorecard,
    ScorecardNumber,
    Source,
    Unit,
)
from weighin.rules.scorecard.interface import (
    ScorecardCase,
    ScorecardCheck,
    ScorecardFinding,
    ScorecardReport,
    Word,
)
from weighin.rules.scorecard.judge import judge_scorecard

CARD = Source(title="model card", date="2025-04-05")
COMMIT = "hf://org/m@" + "a" * 40
BLOG = Source(title="blog", date="2025-04-05", place="footnote 1")


def benchmark(
    name: str,
    documents: int,
    *,
    tasks: dict[str, int] | None = None,
    averaging: tuple[Averaging, ...] = (Averaging.MICRO,),
    score: ScoreKind = ScoreKind.BINARY,
    certainty: Certainty = Certainty.COUNTED,
    metric_denominators: tuple[int, ...] = (),
    lm_eval: tuple[str, ...] = (),
) -> Benchmark:
    return Benchmark(
        id=name,
        names=(name,),
        split="test",
        documents=documents,
        tasks=tuple(BenchmarkTask(name=n, documents=d) for n, d in (tasks or {}).items()),
        metric="acc",
        score=score,
        averaging=averaging,
        metric_denominators=metric_denominators,
        certainty=certainty,
        source="counted for the tests",
        lm_eval=lm_eval,
    )


_MACRO = (Averaging.MICRO, Averaging.MACRO)
MUSR = {"murder": 250, "object": 256, "team": 250}
BBH = {f"task {n}": 250 for n in range(21)} | {"causal": 187, "penguins": 146, "snarks": 178}
REGISTRY = BenchmarkRegistry(
    benchmarks=(
        benchmark("GPQA Diamond", 198, averaging=(Averaging.MICRO, Averaging.REPEATS)),
        benchmark("GPQA", 1192),
        benchmark("HumanEval", 164),
        benchmark("MBPP", 500),
        benchmark("MMMU", 900),
        benchmark("GSM8K", 1319, lm_eval=("gsm8k",)),
        benchmark("MMLU Pro", 12032),
        benchmark("MATH hard", 1324),
        benchmark("MuSR", 756, tasks=MUSR, averaging=_MACRO),
        benchmark("BBH", 5761, tasks=BBH, averaging=_MACRO),
        benchmark(
            "IFEval",
            541,
            averaging=(Averaging.MEAN_OF_METRICS, Averaging.MICRO),
            metric_denominators=(541, 834),
        ),
        benchmark("DocVQA", 5188, score=ScoreKind.CONTINUOUS),
        benchmark("AIME", 30, certainty=Certainty.REMEMBERED),
    )
)


def artifact(name: str = "m", **fields: object) -> Artifact:
    return Artifact.model_validate({"name": name, "claimed_as": "M", **fields})


def number(
    printed: str, on: str = "GPQA Diamond", *, of: str = "m", **fields: object
) -> ScorecardNumber:
    """A percentage of the model card; `shots`, `passes` and the like go to its protocol."""
    declared = {k: fields.pop(k) for k in tuple(fields) if k in Protocol.model_fields}
    return ScorecardNumber.model_validate(
        {
            "printed": printed,
            "unit": Unit.PERCENT,
            "artifact": of,
            "benchmark": on,
            "protocol": Protocol.model_validate(declared),
            "source": CARD,
            **fields,
        }
    )


def share(printed: str, on: str = "GPQA Diamond", **fields: object) -> ScorecardNumber:
    return number(printed, on, unit=Unit.SHARE, **fields)


def rerun(printed: str, on: str = "GPQA Diamond", **fields: object) -> ScorecardNumber:
    return number(printed, on, role=Role.RERUN, source=Source(title="re-run"), **fields)


def rating(printed: str, interval: tuple[str, str], *, of: str, day: str) -> ScorecardNumber:
    board = Source(title="arena", date=day)
    return number(printed, "arena", of=of, unit=Unit.RATING, interval=interval, source=board)


def snapshot(
    day: str, variant: tuple[str, tuple[str, str]], released: tuple[str, tuple[str, str]]
) -> tuple[ScorecardNumber, ScorecardNumber]:
    """Ratings of a variant and of the released model on one day, each with its interval."""
    return (
        rating(variant[0], variant[1], of="variant", day=day),
        rating(released[0], released[1], of="released", day=day),
    )


# Chatbot Arena, Llama-4-Maverick: the variant and the released model.
APRIL = snapshot("2025-04-11", ("1403", ("+12", "-9")), ("1273", ("+10", "-12")))


def scorecard(
    *numbers: ScorecardNumber,
    artifacts: tuple[Artifact, ...] = (),
    joined: tuple[JoinedFigures, ...] = (),
) -> Scorecard:
    listed = {a.name for a in artifacts}
    names = dict.fromkeys(n.artifact for n in numbers)
    return Scorecard(
        title="card",
        file="card.yaml",
        sha256="0" * 64,
        artifacts=(*artifacts, *(artifact(n) for n in names if n not in listed)),
        numbers=numbers,
        joined=joined,
    )


def case(*numbers: ScorecardNumber, artifacts: tuple[Artifact, ...] = ()) -> ScorecardCase:
    return ScorecardCase(scorecards=(scorecard(*numbers, artifacts=artifacts),), registry=REGISTRY)


def found(
    check: type[ScorecardCheck],
    *numbers: ScorecardNumber,
    artifacts: tuple[Artifact, ...] = (),
    **fields: object,
) -> tuple[ScorecardFinding, ...]:
    """What one check says of some numbers, after correction."""
    changed = replace(case(*numbers, artifacts=artifacts), **fields)  # type: ignore[arg-type]  # fields by name
    return tuple(finding for _, finding in judge_scorecard(changed, (check,)).findings)


def words(findings: tuple[ScorecardFinding, ...]) -> list[Word]:
    return [finding.word for finding in findings]


def judged(*numbers: ScorecardNumber, artifacts: tuple[Artifact, ...] = ()) -> ScorecardReport:
    return judge_scorecard(case(*numbers, artifacts=artifacts))
