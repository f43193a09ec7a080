"""The rule `task-configuration-as-required`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding
from weighin.rules.protocol.task_digests import ASK_ALIKE, Sha256, against_requirement
from weighin.rules.shared.counterparts import HeldAgainst, attempts_alike, references
from weighin.rules.shared.per_record import ClaimedRecordRule


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskConfigurationAsRequired(ClaimedRecordRule):
    """Every benchmark has the task configuration that is required.

    Why:
        One task name hides many configurations: another prompt, filter or split moves a score by
        more than most models differ.

    How:
        Compares the digest of the task's configuration with the required one; where none is
        required, with that of the reference records and of other attempts.

    Fix:
        Score with the required version of the harness and the task as it ships.

    Attributes:
        digests: The required digest of the task configuration, by benchmark.
    """

    id: ClassVar[str] = "task-configuration-as-required"

    digests: dict[str, Sha256] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on the digest of the task's configuration."""
        held = HeldAgainst(
            what="settings of the task",
            of=lambda asked: asked.config_digest,
            part=Part.TASK_CONFIGURATION,
            fix=ASK_ALIKE,
        )
        required = self.digests.get(record.asked.task)
        found = record.asked.config_digest
        if required is None or found is None:
            others = (*references(case, record), *attempts_alike(case, record))
            yield from held.findings(case, record, others)
            return
        yield against_requirement("settings of the task", required, found)
