"""The rule `comparison-is-paired`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.counterparts import named, references, without_reference
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonIsPaired(ClaimedRecordRule):
    """Both sides of a comparison were scored on the same documents.

    Why:
        Item by item, the same documents show a difference of a third of the size; scores of
        different documents differ for that alone.

    How:
        Compares the digest of the documents, else their number, with each reference record of the
        benchmark.

    Fix:
        Score both sides on all documents of one revision of the dataset, and keep the samples.
    """

    id: ClassVar[str] = "comparison-is-paired"
    level: ClassVar[Level] = Level.WARNING

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each reference record of the benchmark."""
        others = references(case, record)
        if not others:
            yield without_reference()
        for other in others:
            mine, theirs = record.asked, other.asked
            where = (record.origin, other.origin)
            answer = digests_agree(record, other, lambda asked: asked.documents_digest)
            scored = (mine.documents_scored, theirs.documents_scored)
            is_other_number = None not in scored and scored[0] != scored[1]
            if answer is Agreement.SAME:
                yield Finding(
                    outcome=Outcome.MET,
                    statement=f"scored on the documents of {named(case, other)}",
                    found=digest(mine.documents_digest or ""),
                    where=where,
                )
            elif answer is Agreement.DIFFERENT or is_other_number:
                numbers = [count(n or 0, "document") for n in scored]
                yield Finding(
                    outcome=Outcome.VIOLATED,
                    statement=f"scored on other documents than {named(case, other)}",
                    expected=numbers[1]
                    if is_other_number
                    else digest(theirs.documents_digest or ""),
                    found=numbers[0] if is_other_number else digest(mine.documents_digest or ""),
                    where=where,
                    fix="score both sides on all documents of one revision of the dataset",
                )
            else:
                yield Finding(
                    outcome=Outcome.UNDECIDED,
                    statement=f"whether the documents are those of {named(case, other)} "
                    "is not known",
                    where=where,
                    fix=how_to_record((record, other), Part.SAMPLES),
                )
