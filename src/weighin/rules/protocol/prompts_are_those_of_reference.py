"""The rule `prompts-are-those-of-reference`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding
from weighin.rules.protocol.task_digests import ASK_ALIKE
from weighin.rules.shared.counterparts import HeldAgainst, attempts_alike, references
from weighin.rules.shared.per_record import ClaimedRecordRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsAreThoseOfReference(ClaimedRecordRule):
    """Every prompt is the one that the reference, and every other attempt, was asked.

    Why:
        Shots, separators and templates change prompts without changing the name of a benchmark;
        a row of prompts of one's own is another benchmark.

    How:
        Compares the digest of the set of prompts with that of every reference record of the
        benchmark, and with other attempts at as many documents. Digests that differ decide only
        where both sides are of one harness in one version.

    Fix:
        Score with the harness version, shots and template of the reference.
    """

    id: ClassVar[str] = "prompts-are-those-of-reference"
    aliases: ClassVar[tuple[str, ...]] = ("same-prompts",)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on the digest of the prompts."""
        held = HeldAgainst(
            what="prompts",
            of=lambda asked: asked.prompts_digest,
            part=Part.PROMPTS,
            fix=ASK_ALIKE,
        )
        others = (*references(case, record), *attempts_alike(case, record))
        yield from held.findings(case, record, others)
