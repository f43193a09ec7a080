"""Which artifact each number of a scorecard belongs to."""

from collections.abc import Sequence

from weighin.evidence.scorecard import Artifact
from weighin.rules.scorecard.numbers import StatedNumber


def are_one(first: Artifact, second: Artifact) -> bool:
    """Whether two artifacts of a scorecard are the same by name or by checkpoint."""
    has_checkpoint = first.checkpoint is not None
    return first.name == second.name or (has_checkpoint and first.checkpoint == second.checkpoint)


def distinct_artifacts(stated: Sequence[StatedNumber]) -> tuple[Artifact, ...]:
    """The artifacts behind some numbers, each of one checkpoint once."""
    found: list[Artifact] = []
    for one in stated:
        if not any(are_one(one.artifact, other) for other in found):
            found.append(one.artifact)
    return tuple(found)
