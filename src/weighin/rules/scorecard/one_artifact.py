"""Which artifact each number of a scorecard belongs to."""

from collections.abc import Sequence

from weighin.evidence.scorecard import Artifact
from weighin.rules.scorecard.numbers import StatedNumber


def are_one(first: Artifact, second: Artifact) -> bool:
    """Whether two artifacts of a scorecard are the same by name or by checkpoint."""
    has_checkpoint = first.checkpoint is not None
    return first.name == second.name or (has_checkpoint and first.checkpoint == second.checkpoint)


def by_artifact(stated: Sequence[StatedNumber]) -> tuple[tuple[StatedNumber, ...], ...]:
    """Numbers by the artifact that they are of, each of one name or checkpoint once."""
    found: dict[str, list[StatedNumber]] = {}
    names: dict[str, str] = {}
    checkpoints: dict[str, str] = {}
    for one in stated:
        name, checkpoint = one.artifact.name, one.artifact.checkpoint
        known = names.get(name) or (checkpoints.get(checkpoint) if checkpoint else None) or name
        names[name] = known
        if checkpoint:
            checkpoints.setdefault(checkpoint, known)
        found.setdefault(known, []).append(one)
    return tuple(map(tuple, found.values()))
