"""What differs between two plans."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from pathlib import Path

from weighin.evidence.differences.difference import Difference, DifferenceReport
from weighin.evidence.differences.headline import first_line_of
from weighin.evidence.differences.held.jobs import held_jobs
from weighin.evidence.differences.held.values import held_mappings, held_values
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.differences.words.wording import count, listed
from weighin.executors.planned.document import MAX_PLAN_BYTES, PlanDocument, read_plan
from weighin.files.bounded import read_foreign_file
from weighin.identity.facets import Agreement


def between_plans(first: str, second: str) -> DifferenceReport:
    """What two plans ask otherwise: of what answers, of each benchmark, and of the files.

    Raises:
        EvidenceError: One cannot be read.
    """
    ours, theirs = (
        read_plan(read_foreign_file(Path(given), max_bytes=MAX_PLAN_BYTES), given)
        for given in (first, second)
    )
    left, right = ({job.label: job for job in plan.jobs} for plan in (ours, theirs))
    differences = (*_jobs(ours, theirs), *_files(ours, theirs), *_plans(ours, theirs))
    return DifferenceReport(
        first=first,
        second=second,
        kind="plans",
        headline=_headline(ours, theirs, differences),
        differences=differences,
        only_first=tuple(label for label in left if label not in right),
        only_second=tuple(label for label in right if label not in left),
    )


def _headline(ours: PlanDocument, theirs: PlanDocument, differences: tuple[Difference, ...]) -> str:
    jobs = {job.job_id for job in ours.jobs} & {job.job_id for job in theirs.jobs}
    told = f"{len(jobs)} of {count(max(len(ours.jobs), len(theirs.jobs)), 'job')} the same"
    return f"{first_line_of(differences)} · {told}"


def _jobs(ours: PlanDocument, theirs: PlanDocument) -> Iterator[Difference]:
    """What the jobs of one label are made of otherwise, with the labels where not all are."""
    there = {job.label: job for job in theirs.jobs}
    shared = [(job, there[job.label]) for job in ours.jobs if job.label in there]
    found: dict[Difference, list[str]] = {}
    for job, other in shared:
        for difference in held_jobs(job.description, other.description):
            found.setdefault(difference, []).append(job.label)
    for difference, labels in found.items():
        scope = "" if len(labels) == len(shared) else f" ({listed(labels)})"
        yield Difference(
            topic=difference.topic,
            agreement=difference.agreement,
            brief=f"{difference.brief}{scope}",
            first=difference.first,
            second=difference.second,
            lines=difference.lines,
        )


def _files(ours: PlanDocument, theirs: PlanDocument) -> Iterator[Difference]:
    """The requirements and the user's own files: those that changed as a unified diff."""
    sides = [_contents(plan) for plan in (ours, theirs)]
    for path in {**sides[0], **sides[1]}:
        digests = [side[path][0] if path in side else "" for side in sides]
        if digests[0] == digests[1]:
            continue
        texts = [_text(side[path][1]) if path in side else "" for side in sides]
        what = "added" if not digests[0] else "gone" if not digests[1] else "changed"
        known = [text for text in texts if text is not None]
        yield Difference(
            topic="file",
            agreement=Agreement.DIFFERENT,
            brief=f"{path} {what}",
            first=digests[0],
            second=digests[1],
            lines=unified_diff(*known) if len(known) == len(texts) and what == "changed" else (),
        )


def _contents(plan: PlanDocument) -> Mapping[str, tuple[str, str | None]]:
    """Digest and content of each file by its path; the requirements under the name of their file.

    Two folders of one plan may be two of another: the requirements are the same file all the same.
    """
    requirements = plan.requirements
    name = requirements.path.rpartition("/")[2]
    return {
        name: (requirements.sha256, requirements.content),
        **{file.path: (file.sha256, file.content) for file in plan.files},
    }


def _text(content: str | None) -> str | None:
    """A file as text; `None` if it is not in the plan, or is none."""
    if content is None:
        return None
    try:
        return base64.b64decode(content, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _plans(ours: PlanDocument, theirs: PlanDocument) -> Iterator[Difference]:
    held = (
        held_values("model", ours.model, theirs.model),
        held_mappings(
            "options",
            ours.options.model_dump(mode="json"),
            theirs.options.model_dump(mode="json"),
            is_whole=True,
            noun="option",
        ),
        held_mappings(
            "versions", {**ours.versions}, {**theirs.versions}, is_whole=True, noun="package"
        ),
    )
    yield from (found for found in held if found is not None and found.is_different)
