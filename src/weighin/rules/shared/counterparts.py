"""The other records that a record is compared with, and the ways out where there are none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Asked, Record
from weighin.identity.facets import Agreement, Facet
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.once import once_a_case
from weighin.rules.shared.per_record import by_benchmark, required_by_benchmark
from weighin.rules.shared.row import BenchmarkNames, renamed
from weighin.rules.shared.wording import digest

GIVE_A_REFERENCE = "give the records to compare with: `weighin check … --reference FOLDER`"
ONE_HARNESS = "score both with one version of one harness"

_NO_REFERENCE = "there is no record of the other side"


def references(case: Case, record: Record) -> tuple[Record, ...]:
    """The reference records of a record's benchmark, under whatever name they hold it."""
    return _references(case).get(record.asked.task, ())


@once_a_case
def _references(case: Case) -> Mapping[str, tuple[Record, ...]]:
    names = BenchmarkNames(case.requirements)
    return by_benchmark(renamed(r, names.required(r.asked.task)) for r in case.reference)


def attempts_alike(case: Case, record: Record) -> tuple[Record, ...]:
    """The other records of the benchmark in which as many documents were scored."""
    return tuple(
        other
        for other in required_by_benchmark(case).get(record.asked.task, ())
        if other is not record
        and other.is_partial == record.is_partial
        and other.asked.documents_scored == record.asked.documents_scored
    )


def named(case: Case, other: Record) -> str:
    """What a counterpart is called in a sentence."""
    if any(other is record for record in case.records):
        return "another attempt"
    return f"the reference ({other.model})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgainst:
    """One digest of what was asked, held against other records.

    Attributes:
        what: What the digest is over, for a sentence, for example `prompts`.
        of: The digest.
        part: The part of a log that it is taken from.
        fix: What to do where it differs.
    """

    what: str
    of: Callable[[Asked], str | None]
    part: Part
    fix: str

    def findings(self, case: Case, record: Record, others: tuple[Record, ...]) -> Iterator[Finding]:
        """A finding for each of the others that is not the same; one that is met if all are."""
        mine = self.of(record.asked)
        if mine is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"no digest of the {self.what} is recorded",
                fix=how_to_record((record,), self.part),
                cause=Cause(CauseKind.NO_SAMPLES),
            )
            return
        if not others:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"there is nothing to hold the {self.what} against",
                found=digest(mine),
                fix=GIVE_A_REFERENCE,
                cause=Cause(CauseKind.NO_REFERENCE),
            )
            return
        problems = dict.fromkeys(
            finding for other in others if (finding := self._problem(case, record, other))
        )
        yield from problems or [
            Finding(
                outcome=Outcome.MET,
                statement=f"the {self.what} are the same as in "
                + " and ".join(dict.fromkeys(named(case, other) for other in others)),
                found=digest(mine),
            )
        ]

    def _problem(self, case: Case, record: Record, other: Record) -> Finding | None:
        answer = digests_agree(record, other, self.of)
        if answer is Agreement.SAME:
            return None
        mine, theirs = self.of(record.asked), self.of(other.asked)
        if answer is Agreement.DIFFERENT:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the {self.what} are other than in {named(case, other)}",
                expected=digest(theirs or ""),
                found=digest(mine or ""),
                where=(record.origin, other.origin),
                fix=self.fix,
            )
        why = f"{named(case, other)} records no digest of them"
        way = how_to_record((other,), self.part)
        if theirs is not None:
            way = ONE_HARNESS
            why = (
                f"{named(case, other)} is of {other.run.harness or 'an unnamed harness'}, this of "
                f"{record.run.harness or 'an unnamed harness'}, and their digests differ"
            )
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"whether the {self.what} are the same is not known: {why}",
            expected="" if theirs is None else digest(theirs),
            found=digest(mine or ""),
            where=(record.origin, other.origin),
            fix=way,
        )


def without_reference() -> Finding:
    """The finding where a rule compares with another side, and there is none."""
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=_NO_REFERENCE,
        fix=GIVE_A_REFERENCE,
        cause=Cause(CauseKind.NO_REFERENCE),
    )


def nothing_measured(case: Case) -> Finding:
    """The finding on a record without a digest of what was in memory."""
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement="nothing was measured in memory",
        fix=f"score it in process with `weighin run {case.requirements.as_given}`, "
        "which fingerprints the tensors after loading and after every benchmark",
        cause=Cause(CauseKind.NOTHING_MEASURED),
    )
