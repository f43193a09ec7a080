"""Which formats a file comes near that is of none: by the keys or columns that it has."""

from collections.abc import Iterable, Sequence

from weighin.sources.formats.reader import Reader

_MOST_TOLD = 2
_MOST_LACKING = 4


def nearest_formats(names: Iterable[str], readers: Iterable[Reader]) -> str:
    """The formats whose keys or columns some names share, the nearest first, and what lacks.

    Args:
        names: The top keys of a JSON or YAML document, or the columns of a table.
        readers: Those that would have known it.

    Returns:
        In words, without a stop; empty if no format has any of them.
    """
    present = {_spelled(name) for name in names}
    ranked = sorted(
        (-len(shared) / len(signs), -len(shared), name, signs)
        for reader in readers
        for name, signs in reader.signs.items()
        if (shared := present & {_spelled(sign) for sign in signs})
    )
    near = [(name, signs) for _, _, name, signs in ranked]
    return "; ".join(_told(name, signs, present) for name, signs in near[:_MOST_TOLD])


def _told(name: str, signs: Sequence[str], present: set[str]) -> str:
    lacking = [repr(sign) for sign in signs if _spelled(sign) not in present]
    more = f" and {len(lacking) - _MOST_LACKING} more" if len(lacking) > _MOST_LACKING else ""
    if not lacking:
        return f"{name}, whose names it has, with other values"
    return f"{name}, without {', '.join(lacking[:_MOST_LACKING])}{more}"


def _spelled(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")
