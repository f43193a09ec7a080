"""The rule `loaded-is-on-disk`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import LoadedWeights, Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.counterparts import nothing_measured
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedIsOnDisk(RecordRule):
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

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on tensors that are not those on disk, else one answer."""
        loaded = record.loaded
        if loaded is None:
            yield nothing_measured(case)
            return
        yield from (*_not_from_disk(loaded), *_not_matched(loaded)) or [_from_disk(loaded)]


def _from_disk(loaded: LoadedWeights) -> Finding:
    unused = f"; {len(names)} on disk were not used" if (names := loaded.unused_on_disk) else ""
    return Finding(
        outcome=Outcome.MET,
        facet=Facet.WEIGHTS,
        statement=f"of {count(loaded.tensors, 'tensor')} in memory none is other than on disk",
        found=f"{loaded.exactly_on_disk} exactly as on disk, {loaded.on_disk_after_cast} after "
        f"a cast, {len(loaded.tied)} tied to another{unused}",
    )


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
