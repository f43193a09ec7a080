"""The verdict on a run that was asked to do less than the requirements."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict
from weighin.rules.judging.explanations import JUDGE_ID
from weighin.rules.protocol.as_required import AsRequired
from weighin.rules.runs.every_benchmark_present import EveryBenchmarkPresent
from weighin.rules.scores.all_documents_scored import IN_THE_REGISTRY, AllDocumentsScored

# Rules that a part contradicts by being one.
_ON_THE_WHOLE = frozenset({JUDGE_ID, EveryBenchmarkPresent.id, AllDocumentsScored.id})
_ON_SAMPLES = re.compile(r"(^|: )samples is ")


def as_partial(verdict: Verdict, asked: Collection[str], *, has_failed: bool) -> Verdict:
    """The verdict on a run of some benchmarks, or of their first documents.

    Args:
        verdict: As all evidence is judged.
        asked: The benchmarks that the run was to score.
        has_failed: Whether one of them could not be scored.

    Returns:
        `violated` where something contradicts the requirements for another reason than that it is
        a part, `undecided` where a benchmark failed, else `partial`. What a part cannot meet
        counts as a note.
    """
    findings = tuple(
        replace(judged, level=Level.NOTE) if _is_of_the_whole(judged, asked) else judged
        for judged in verdict.findings
    )
    outcome = Outcome.UNDECIDED if has_failed else Outcome.PARTIAL
    if any(_contradicts(judged) for judged in findings):
        outcome = Outcome.VIOLATED
    told = f"{'; '.join(_done(verdict, asked)) or 'nothing was scored'}; the file was not judged"
    return replace(
        verdict, outcome=outcome, findings=findings, head=replace(verdict.head, partial=told)
    )


def _is_of_the_whole(judged: JudgedFinding, asked: Collection[str]) -> bool:
    """Whether a finding says no more than that not everything was asked for."""
    finding = judged.finding
    is_elsewhere = bool(finding.benchmarks) and not any(b in asked for b in finding.benchmarks)
    is_on_samples = judged.rule == AsRequired.id and _ON_SAMPLES.search(finding.statement)
    # How large the split is does not depend on how much of it was asked.
    is_on_size = judged.rule == AllDocumentsScored.id and IN_THE_REGISTRY in finding.statement
    is_on_the_whole = judged.rule in _ON_THE_WHOLE and not is_on_size
    return is_elsewhere or is_on_the_whole or bool(is_on_samples)


def _contradicts(judged: JudgedFinding) -> bool:
    return judged.level is Level.ERROR and judged.finding.outcome is Outcome.VIOLATED


def _done(verdict: Verdict, asked: Collection[str]) -> Iterator[str]:
    """What was scored, a benchmark at a time, by the latest record of each."""
    latest = {record.asked.task: record.asked for record in verdict.records}
    for task in asked:
        if (found := latest.get(task)) is None:
            continue
        scored, total = found.documents_scored, found.documents_total
        of = "" if total is None else f" of {total}"
        yield f"{'some' if scored is None else scored}{of} documents of {task}"
