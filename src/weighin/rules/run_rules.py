"""Whether the weights in memory were those on disk, and stayed what they were."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import LoadedWeights, Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import for_each_record, required_records
from weighin.rules.wording import count, digest, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsUnchangedDuringRun:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record with a tensor or a file that changed."""
        yield from for_each_record(
            case, required_records(case), lambda record: _changes(case, record)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedIsOnDisk:
    """Every tensor in memory came from the checkpoint on disk.

    Why:
        A loader initialises a tensor that it does not find with random numbers, ties a head that
        the checkpoint stores apart, or converts silently: then the checkpoint is not what
        answered.

    How:
        Each tensor in memory is matched with the one of its name on disk, exactly or after a
        cast to the loaded dtype. Aliases of tied tensors are counted with the tensor they share.

    Fix:
        Repair the checkpoint's tensor names, or load it with an engine that keeps them.
    """

    id: ClassVar[str] = "loaded-is-on-disk"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record with tensors that are not those on disk."""
        yield from for_each_record(
            case, required_records(case), lambda record: _matches(case, record)
        )


def _nothing_measured(case: Case) -> Finding:
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement="nothing was measured in memory",
        fix=f"score it in process with `weighin run {case.requirements.source}`, "
        "which fingerprints the tensors after loading and after every benchmark",
    )


def _changes(case: Case, record: Record) -> Iterator[Finding]:
    loaded = record.loaded
    if loaded is None or not loaded.digest_before or not loaded.digest_after:
        yield _nothing_measured(case)
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
    if (
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


def _matches(case: Case, record: Record) -> Iterator[Finding]:
    loaded = record.loaded
    if loaded is None:
        yield _nothing_measured(case)
        return
    problems = [*_not_from_disk(loaded), *_not_matched(loaded)]
    yield from problems or [
        Finding(
            outcome=Outcome.MET,
            facet=Facet.WEIGHTS,
            statement=f"of {count(loaded.tensors, 'tensor')} in memory none is other than on disk",
            found=f"{loaded.exactly_on_disk} exactly as on disk, {loaded.on_disk_after_cast} after "
            f"a cast, {len(loaded.tied)} tied to another"
            + (
                f"; {len(unused)} on disk were not used"
                if (unused := loaded.unused_on_disk)
                else ""
            ),
        )
    ]


def _not_from_disk(loaded: LoadedWeights) -> Iterator[Finding]:
    if names := loaded.not_in_checkpoint:
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet.WEIGHTS,
            statement=f"{count(len(names), 'tensor')} not in the checkpoint, "
            f"randomly initialised by the loader: {listed(names)}",
            fix="complete the checkpoint, and score it again",
            tensors=names,
        )
    if names := loaded.differ_from_disk:
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet.WEIGHTS,
            statement=f"{count(len(names), 'tensor')} in memory other than on disk: "
            f"{listed(names)}",
            fix="find out what changed them on loading, and score it again",
            tensors=names,
        )


def _not_matched(loaded: LoadedWeights) -> Iterator[Finding]:
    if names := loaded.not_comparable:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            facet=Facet.WEIGHTS,
            statement=f"{count(len(names), 'tensor')} in memory without a counterpart on disk, "
            f"for example fused or repacked: {listed(names)}",
            fix="load it with an engine that keeps the names and shapes of the checkpoint",
            tensors=names,
        )
    matched = loaded.exactly_on_disk + loaded.on_disk_after_cast
    # A tied name may have a tensor of its own on disk and count there, too: at least all of them.
    told = (*loaded.tied, *loaded.not_saved, *loaded.not_comparable, *loaded.differ_from_disk)
    if matched + len(told) < loaded.tensors or not (matched or told):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            facet=Facet.WEIGHTS,
            statement=f"of {count(loaded.tensors, 'tensor')} in memory "
            f"{loaded.tensors - matched - len(told)} are not accounted for",
            fix="score it again with `weighin run`",
        )
