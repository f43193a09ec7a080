"""One number of a scorecard file with all that is said of it where it stands and before."""

from dataclasses import dataclass
from functools import reduce

from weighin.files.yaml.problems import Keys
from weighin.sources.scorecard.format import NumberEntry, Stated


@dataclass(frozen=True, slots=True)
class NumberPlace:
    """Where a number stands in its file.

    Attributes:
        at: Keys of the printed text.
        said_at: Keys of what is said of it.
    """

    at: Keys
    said_at: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedNumber:
    """A number with all that is said of it.

    Attributes:
        place: Where it stands.
        levels: What is said, the nearest last.
        notes: Keys of footnotes.
        artifact: Name of its artifact.
        benchmark: As printed.
        entry: What stands at the number itself.
        row: Label of its row; empty if it stands alone.
    """

    place: NumberPlace
    levels: tuple[Stated, ...]
    notes: tuple[str, ...]
    artifact: str
    benchmark: str
    entry: NumberEntry
    row: str = ""

    def stated(self) -> Stated:
        """What holds for it: of each key what is said nearest, of the protocol key by key."""
        return reduce(_over, self.levels, Stated())


def _over(further: Stated, nearer: Stated) -> Stated:
    update = {
        name: value
        for name in Stated.model_fields
        if name != "protocol" and (value := getattr(nearer, name)) is not None
    }
    ours = nearer.protocol
    protocol = further.protocol.model_copy(
        update={name: getattr(ours, name) for name in ours.model_fields_set}
    )
    return further.model_copy(update={**update, "protocol": protocol})
