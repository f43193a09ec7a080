"""What a run that scored benchmarks anew did to their scores."""

import os
import shlex
from collections.abc import Iterable, Iterator
from typing import Final

from weighin.evidence.collected import Evidence, ReadRecord
from weighin.evidence.differences.benchmark import benchmark_difference
from weighin.evidence.differences.headline import headline
from weighin.evidence.differences.held.facets import Checkpoints
from weighin.executors.planned.anew import ScoredAnew

_TO_JOB: Final = 2


def told_anew(evidence: Evidence, anew: Iterable[ScoredAnew], run_id: str) -> Iterator[str]:
    """The first line on each benchmark that a run scored anew, and what shows the rest.

    Args:
        evidence: What lies in the results folder.
        anew: Benchmarks that were scored anew, and what each is held against.
        run_id: The run.
    """
    attempts = {read.record.run.attempt_id: read for read in evidence.read_records}
    scored = {
        read.record.run.job_id: read
        for read in evidence.read_records
        if read.record.run.run_id == run_id
    }
    known = Checkpoints(manifests=evidence.manifests, comparisons=evidence.comparisons)
    for one in anew:
        before, after = attempts.get(one.before), scored.get(one.job_id)
        if before is not None and after is not None and before is not after:
            found = benchmark_difference(before, after, known, examples=0)
            levels = 1 if before.record.run.job_id == after.record.run.job_id else _TO_JOB
            places = (_above(before, levels), _above(after, levels))
            yield f"{headline((found,))}; `{shlex.join(('weighin', 'diff', *places))}` shows it"


def _above(read: ReadRecord, levels: int) -> str:
    """The folder of the attempt that a record lies in, or that of its job."""
    return "/".join(read.record.origin.file.replace(os.sep, "/").split("/")[:-levels])
