"""The rule `claimed-scores-are-recorded`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from weighin.evidence.records import Origin, Record, Score
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.facets.artifact_names import are_different, artifact_name
from weighin.rules.shared.per_record import (
    by_benchmark,
    is_stated,
    nothing_recorded,
    required_records,
    required_statements,
    tasks,
)
from weighin.rules.shared.wording import count, listed, number, run_only
from weighin.statistics.printed_numbers import PrintedNumber, printed_number

_LONGEST_FOUND = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedScoresAreRecorded(Rule):
    """Every published score is the recorded one, and one artifact has them all.

    Why:
        The number in a table is typed by a person, and may be of another run, another metric or
        another checkpoint than the one beside it.

    How:
        Rounds the recorded score of the required metric to the digits of `benchmarks[].claimed`,
        exactly, as a share or a percentage, and so to those of each claim of a scorecard among
        the evidence; what a card or scorecard states is never the record of a run. A number that
        was cut off instead of rounded counts. Where every claimed score is found, but not all on
        records of one artifact, the claims are not those of any artifact.

    Fix:
        Publish the recorded score, or give the record of the run that gave the published one.
    """

    id: ClassVar[str] = "claimed-scores-are-recorded"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each claim that is not recorded, one on the artifacts, else one met."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        logged = by_benchmark(r for r in records if not is_stated(r))
        claims = [
            *(
                _Claim.of(case, logged, b, b.claimed)
                for b in case.requirements.benchmarks
                if b.claimed
            ),
            *(_Claim.of(case, logged, b, printed) for b, printed in _stated(case)),
        ]
        if not claims:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements state no published score",
                benchmarks=tasks(records),
            )
            return
        for claim in claims:
            if not claim.matching:
                yield claim.not_found(case)
        if found := [claim for claim in claims if claim.matching]:
            yield _of_one_artifact(case, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A published score, and what was recorded of its benchmark.

    Attributes:
        task: The benchmark.
        printed: The score as printed.
        recorded: Every recorded score of the required metric, with its record.
        matching: Those of them that print so.
    """

    task: str
    printed: str
    recorded: tuple[tuple[Record, Score], ...]
    matching: tuple[tuple[Record, Score], ...]

    @classmethod
    def of(
        cls,
        case: Case,
        records: Mapping[str, tuple[Record, ...]],
        benchmark: BenchmarkRequirement,
        printed: str,
    ) -> "_Claim":
        recorded = tuple(
            (record, score)
            for record in records.get(benchmark.task, ())
            for score in claimed_scores(case, record)
        )
        return cls(
            task=benchmark.task,
            printed=printed,
            recorded=recorded,
            matching=tuple(pair for pair in recorded if prints_as(printed, pair[1].value)),
        )

    def not_found(self, case: Case) -> Finding:
        """The finding on a claim that no record holds."""
        if not self.recorded:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{self.task}: no score of the required metric is recorded to hold the "
                f"published {self.printed} against",
                benchmarks=(self.task,),
                expected=self.printed,
                found="not recorded",
                fix=run_only(case.requirements.as_given, self.task),
            )
        values = tuple(dict.fromkeys(number(score.value) for _, score in self.recorded))
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{self.task}: the published score {self.printed} is none of those recorded",
            benchmarks=(self.task,),
            expected=self.printed,
            found=listed(values, _LONGEST_FOUND),
            where=_where(self.recorded),
            fix="publish the recorded score, or give the record of the run that gave this one",
        )


def _stated(case: Case) -> Iterator[tuple[BenchmarkRequirement, str]]:
    """The published scores that scorecards in the evidence state, as printed."""
    for record in required_statements(case):
        settings = record.run.settings
        printed, benchmark = settings.get("printed"), case.required(record.asked.task)
        if not isinstance(printed, str):
            continue
        if benchmark is not None and settings.get("role") == "claim":
            yield benchmark, f"{printed}%" if settings.get("unit") == "percent" else printed


def prints_as(text: str, value: float) -> bool:
    """Whether a score is printed so, as a share or a percentage, rounded or cut off.

    Args:
        text: The printed score, for example `57.2`, `80%` or `0.572`.
        value: The score in the harness's unit, finite.
    """
    exact = Fraction(repr(value))
    return any(_is_rounded_or_cut(printed, exact) for printed in _readings(text, exact))


def _readings(text: str, value: Fraction) -> Iterator[PrintedNumber]:
    """The printed number in the unit of the recorded score: the same, or one a hundredth of it."""
    is_percentage = text.endswith("%")
    plain = printed_number(text, is_percentage=False)
    if not is_percentage or abs(value) > 1:
        yield plain
    if is_percentage or plain.value >= 1:
        yield printed_number(text, is_percentage=True)
    elif abs(value) > 1:
        yield PrintedNumber(text=plain.text, value=plain.value * 100, unit=plain.unit * 100)


def _is_rounded_or_cut(printed: PrintedNumber, value: Fraction) -> bool:
    is_rounded = abs(value - printed.value) <= printed.rounding
    return is_rounded or 0 <= value - printed.value < printed.unit


def _of_one_artifact(case: Case, claims: Sequence[_Claim]) -> Finding:
    """Whether some artifact has all of the claims that are recorded."""
    chosen, wanting = _closest(case, claims)
    benchmarks = tuple(claim.task for claim in claims)
    if not wanting:
        return Finding(
            outcome=Outcome.MET,
            statement=f"{listed(benchmarks)}: the published "
            f"{'score is' if len(claims) == 1 else 'scores are'} recorded",
            benchmarks=benchmarks,
            found=", ".join(f"{claim.printed} on {claim.task}" for claim in claims),
            where=tuple(record.origin for record in chosen.values()),
        )
    by_claim = [
        f"{claim.printed} on {claim.task} is of {_artifacts(case, claim)}" for claim in claims
    ]
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{listed(benchmarks)}: each published score is recorded, but no one artifact "
        f"has them all: {'; '.join(by_claim)}",
        benchmarks=benchmarks,
        expected="all published scores on records of one artifact",
        found=f"at most {count(len(chosen), 'score')} of {len(claims)} on one artifact",
        where=tuple(dict.fromkeys(o for claim in claims for o in _where(claim.matching))),
        fix="publish the scores of one checkpoint, or each row under the name of its own",
    )


def _closest(
    case: Case, claims: Sequence[_Claim]
) -> tuple[Mapping[str, Record], tuple[_Claim, ...]]:
    """Records by benchmark of the artifact with the most of the claims; the claims it lacks."""
    best: dict[str, Record] = {}
    for anchor in (record for claim in claims for record, _ in claim.matching):
        chosen: dict[str, Record] = {}
        for claim in claims:
            fitting = (r for r, _ in claim.matching if not are_different(case, anchor, r))
            if (record := next(fitting, None)) is not None:
                chosen[claim.task] = record
        if len(chosen) > len(best):
            best = chosen
        if len(best) == len(claims):
            break
    return best, tuple(claim for claim in claims if claim.task not in best)


def _artifacts(case: Case, claim: _Claim) -> str:
    names = dict.fromkeys(
        artifact_name(case, record).words or record.origin.file for record, _ in claim.matching
    )
    return listed(tuple(names))


def _where(pairs: Sequence[tuple[Record, Score]]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(record.origin for record, _ in pairs))
