"""The rule `weights-unchanged-during-run`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.counterparts import nothing_measured
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import count, digest, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsUnchangedDuringRun(RecordRule):
    """The tensors in memory and the files on disk were the same before and after each benchmark.

    Why:
        Files that are hashed before loading prove nothing about what answers: a memory-mapped
        model changes when its file is overwritten in place, and code can change any tensor.

    How:
        Compares the digest of the tensors in memory before the benchmark with the one after it,
        and the checkpoint's files between the first and the last look.

    Fix:
        Let nothing write to the checkpoint during a run, and score the benchmark again.
    """

    id: ClassVar[str] = "weights-unchanged-during-run"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on a tensor or a file that changed, else one answer."""
        loaded = record.loaded
        if loaded is None or not loaded.digest_before or not loaded.digest_after:
            yield nothing_measured(case)
            return
        if loaded.digest_before != loaded.digest_after or loaded.changed_during_run:
            which = count(len(loaded.changed_during_run), "tensor")
            yield Finding(
                outcome=Outcome.VIOLATED,
                facet=Facet.WEIGHTS,
                statement=f"{which} in memory changed during the run: "
                f"{listed(loaded.changed_during_run)}"
                if loaded.changed_during_run
                else "the digest of the tensors in memory changed during the run",
                expected=f"{digest(loaded.digest_before)}, as before",
                found=f"{digest(loaded.digest_after)} after",
                fix="let nothing write to the checkpoint or the model, and score it again",
                tensors=loaded.changed_during_run,
            )
        if loaded.files_changed_during_run:
            yield Finding(
                outcome=Outcome.VIOLATED,
                facet=Facet.WEIGHTS,
                statement="files of the checkpoint changed during the run: "
                + listed(loaded.files_changed_during_run),
                fix="let nothing write to the checkpoint, and score it again",
            )
        computed = loaded.computed
        if computed is not None and computed.changed_during_run:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                facet=Facet.WEIGHTS,
                statement=f"{count(len(computed.changed_during_run), 'tensor')} that no checkpoint "
                f"stores became another while it ran: {listed(computed.changed_during_run)}",
                fix="find out what computes them anew, for example code of the checkpoint",
                tensors=computed.changed_during_run,
            )
        elif (
            loaded.digest_before == loaded.digest_after
            and not loaded.changed_during_run
            and not loaded.files_changed_during_run
        ):
            yield Finding(
                outcome=Outcome.MET,
                facet=Facet.WEIGHTS,
                statement=f"{count(loaded.tensors, 'tensor')} in memory and all files are the same "
                "before and after",
                found=digest(loaded.digest_after),
            )
