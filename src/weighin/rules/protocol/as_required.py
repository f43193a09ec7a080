"""The rule `as-required`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import ClaimedRecordRule, place
from weighin.rules.shared.stated.against_file import CHECKPOINT, stated_parts
from weighin.rules.shared.stated.part import StatedPart
from weighin.rules.shared.wording import run_only

_ALL_SAMPLES = ("samples", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRequired(ClaimedRecordRule):
    """Every benchmark was asked as the requirements say.

    Why:
        Shots, filter, task version, decoding and prompt format move scores by more than most
        models differ, and so do a dtype, a limit on the input or code that was allowed.

    How:
        Holds what the record says against each value that the requirements state under `model` and
        `benchmarks`: dtype, input limit, BOS, adapter, code, endpoint, shots, metric and filter,
        task version, decoding as configured and as sent, documents, chat template, system prompt,
        repeats and seeds. Code of a checkpoint that is not allowed may not have been executed.
        What an older record could not hold is not asked of it.

    Fix:
        Score the benchmark again as required, or require what was done.
    """

    id: ClassVar[str] = "as-required"
    lack: ClassVar[CauseKind | None] = CauseKind.SETTING_NOT_RECORDED

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each required value that differs or is not recorded, else one answer."""
        # Of which checkpoint it is, the rule checkpoint-is-declared says.
        parts = tuple(p for p in stated_parts(case, record) if p.key != CHECKPOINT)
        wrong = tuple(part for part in parts if part.agreement is not Agreement.SAME)
        for part in wrong:
            yield _finding(case, record, part)
        if not wrong:
            yield Finding(
                outcome=Outcome.MET,
                statement=f"asked as required: {', '.join(part.key for part in parts)}",
            )


def _finding(case: Case, record: Record, part: StatedPart) -> Finding:
    again = run_only(case.requirements.as_given, record.asked.task)
    at = case.requirements.required_at(part.path)
    where = () if part.facet is None else (place(record, part.facet),)
    if part.agreement is Agreement.UNKNOWN:
        recorded_by = "" if part.facet is None else record.observation(part.facet).how_to_record
        unknown = f"whether {part.key} is {part.expected} is not known: {part.found}"
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{part.key} is not recorded" if part.found is None else unknown,
            facet=part.facet,
            expected=part.expected,
            found=part.found or "not recorded",
            where=where,
            fix=recorded_by or f"score it with `{again}`, which records it",
        )
    aside = f" {part.aside}" if part.aside else ""
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{part.key} is {part.found}{aside}, required is {part.expected}",
        facet=part.facet,
        expected=part.expected,
        found=part.found or "",
        where=where,
        fix=f"score it again as {at or 'required'}{' says' if at else ''}: {again}",
        cause=Cause(CauseKind.PART) if (part.key, part.expected) == _ALL_SAMPLES else None,
    )
