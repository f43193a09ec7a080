"""What is behind two observations of one facet that are not alike."""

from weighin.evidence.differences.words.observations import settings_apart
from weighin.evidence.records import Observation
from weighin.rules.cause import Cause, CauseKind


def cause_of_difference(left: Observation, right: Observation) -> Cause | None:
    """The arguments or the count that two observations have otherwise; `None` if it is neither."""
    names = settings_apart(left, right)
    return Cause(CauseKind.SETTINGS, names) if names else None
