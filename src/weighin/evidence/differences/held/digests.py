"""Digests of what was asked, held against each other."""

from collections.abc import Callable

from weighin.evidence.records import Asked, Record
from weighin.identity.facets import Agreement


def digests_agree(left: Record, right: Record, of: Callable[[Asked], str | None]) -> Agreement:
    """Whether two records hold the same digest.

    Harnesses, and their versions, write what a digest is over in ways of their own: two digests
    that differ say something only where the harness is known to be the same.
    """
    mine, other = of(left.asked), of(right.asked)
    if mine is None or other is None:
        return Agreement.UNKNOWN
    if mine == other:
        return Agreement.SAME
    return Agreement.DIFFERENT if is_same_harness(left, right) else Agreement.UNKNOWN


def is_same_harness(left: Record, right: Record) -> bool:
    """Whether two records are of one harness in one version, and that is known."""
    harness = left.run.harness
    return harness == right.run.harness and any(character.isdigit() for character in harness)
