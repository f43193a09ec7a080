"""What a look found, for whoever has to know at once."""

from dataclasses import dataclass

from weighin.evidence.watched import Looks


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a process until now.

    Attributes:
        is_as_loaded: Whether nothing was seen to change.
        looks: How closely it was watched; `None` if nothing watches it.
    """

    is_as_loaded: bool
    looks: Looks | None = None


UNWATCHED = Seen(is_as_loaded=True)
