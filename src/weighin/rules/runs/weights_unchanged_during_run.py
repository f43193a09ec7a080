"""The rule `weights-unchanged-during-run`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.collected import FilesHashed
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
        and the checkpoint's files between the first and the last look. Files of which the file
        system says what it said when they were read are not read again after each benchmark, but
        at the end of the run: where the run ended before, or they are other by then, the benchmark
        is not met. A later run that finds them as they were settles what an interrupted one left.
        Digests that an earlier process left on the machine say nothing of the time since. Of an
        attempt that was ended and gone on with, the tensors were hashed before its first answer
        and looked at until the last one that was kept: where something was seen to change, none is.

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
        yield from _otherwise_taken(record)
        by_state = tuple(self._files_known_by_state(case, record))
        yield from by_state
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
            and not by_state
            and not any(_otherwise_taken(record))
        ):
            yield Finding(
                outcome=Outcome.MET,
                facet=Facet.WEIGHTS,
                statement=f"{count(loaded.tensors, 'tensor')} in memory and all files are the same "
                f"before and after{_remembered(record)}{_taken(record)}",
                found=digest(loaded.digest_after),
            )

    @staticmethod
    def _files_known_by_state(case: Case, record: Record) -> Iterator[Finding]:
        """What speaks against files that were not read after the benchmark; nothing if all is well.

        Only a reading that began after the benchmark says anything of it.
        """
        if record.loaded is None or not record.loaded.files_state:
            return
        since = [h for h in case.files_hashed if _is_of(h, record) and _is_later(h, record)]
        in_its_run = [h for h in since if _is_in_its_run(h, record)]
        first = min(in_its_run, key=lambda h: _in_order(h.began), default=None)
        if first is not None and first.unseen:
            yield Finding(
                outcome=Outcome.VIOLATED,
                facet=Facet.WEIGHTS,
                statement="files of the checkpoint were other at the end of the run, and the file "
                f"system did not say when they became so: {listed(first.unseen)}",
                fix="let nothing write to the checkpoint, and score it again",
            )
        elif not any(_settles(hashed, record) for hashed in since):
            yield _unsettled(are_moved=bool(since))


def _otherwise_taken(record: Record) -> Iterator[Finding]:
    """Answers of earlier attempts that were given by other tensors."""
    before = "" if record.loaded is None else record.loaded.digest_before
    if odd := tuple(taken for taken in record.taken if taken.weights != before):
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet.WEIGHTS,
            statement="answers were taken that other tensors gave: "
            + listed([f"of attempt {taken.attempt_id}" for taken in odd]),
            expected=digest(before),
            found=listed([digest(taken.weights) for taken in odd]),
            fix="score the benchmark again",
        )


def _taken(record: Record) -> str:
    """What is to be known of answers of earlier attempts; mostly nothing."""
    if not record.taken:
        return ""
    answers = sum(sum(taken.answers.values()) for taken in record.taken)
    return (
        f"; those that gave {count(answers, 'answer')} before, in "
        f"{count(len(record.taken), 'attempt')} that ended early, were the same when they began, "
        "and are known from then on by the looks at them"
    )


def _unsettled(*, are_moved: bool) -> Finding:
    """What is said where no reading settles a record."""
    if are_moved:
        statement = (
            "the files of the checkpoint were touched, replaced or removed before they were read "
            "again, or those of another copy were read: what they were after it is not known"
        )
        fix = (
            "run weighin again where it was scored, if its files are as they were there; else "
            "score it again with --new-attempt, and let nothing touch the checkpoint before the "
            "end of the run"
        )
    else:
        statement = (
            "the files of the checkpoint were not read again after it: the run ended before that, "
            "or its ledger is not at hand"
        )
        fix = "run weighin again with the same checkpoint and results: it reads the files"
    return Finding(outcome=Outcome.UNDECIDED, facet=Facet.WEIGHTS, statement=statement, fix=fix)


def _remembered(record: Record) -> str:
    """What is to be known of digests that were there before the process was; mostly nothing."""
    if record.loaded is None or not record.loaded.files_remembered:
        return ""
    return (
        f"; the files were hashed at {record.loaded.files_remembered}, before this process began, "
        "and not by it"
    )


def _is_of(hashed: FilesHashed, record: Record) -> bool:
    """Whether files were read that were at first what those of a record were."""
    return bool(hashed.checkpoint_id) and hashed.checkpoint_id == record.checkpoint_id


def _is_later(hashed: FilesHashed, record: Record) -> bool:
    """Whether a reading began after a record was finished."""
    finished = record.run.finished
    return bool(finished) and _in_order(hashed.began) >= _in_order(finished)


def _in_order(time: str) -> str:
    """A time in UTC as a text that sorts, whether written to the second or closer."""
    return time.removesuffix("Z")


def _is_in_its_run(hashed: FilesHashed, record: Record) -> bool:
    """Whether a record's own run read its own files: others may have read copies elsewhere."""
    return (hashed.run_id, hashed.location, hashed.host) == (
        record.run.run_id,
        record.location,
        record.run.host,
    )


def _settles(hashed: FilesHashed, record: Record) -> bool:
    """Whether a later reading found the files of a record as they were.

    Only where the file system says of them what it said after the benchmark: of a file that was
    touched, replaced or put back since, nothing shows what it was until then. In the run itself,
    what changed is the matter of the benchmark in which it was seen to.
    """
    if record.loaded is None or hashed.state != record.loaded.files_state:
        return False
    return not (hashed.unseen if _is_in_its_run(hashed, record) else hashed.changes)
