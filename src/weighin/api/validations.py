"""Requirements files held against what they may say, without any evidence."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from weighin.rules.judging.validating import Validation, validated

PathLike = str | Path


def validate(
    requirements: Iterable[PathLike],
    *,
    why_nothing_was_judged: str = "evidence was not asked for",
    today: date | None = None,
    overrides: Sequence[str] = (),
) -> Validation:
    """Load requirements files strictly and build their rules. Nothing is judged.

    Args:
        requirements: The files.
        why_nothing_was_judged: Said beside the answer, which is none about a model.
        today: The day on which waivers should hold; the current day (UTC) by default.
        overrides: What is stated otherwise than in each file, as `model.dtype=float32`.

    Returns:
        All mistakes of all files, each with its line and column.
    """
    day = today or datetime.now(UTC).date()
    return Validation(
        files=tuple(validated(Path(path), day, overrides) for path in requirements),
        why_nothing_was_judged=why_nothing_was_judged,
    )
