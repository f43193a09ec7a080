"""Requirements files told valid or not, where nothing is judged."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from weighin.cli.command import Asked
from weighin.cli.environment import default_results
from weighin.cli.terminal.next_step import changed, tell_next
from weighin.cli.terminal.telling import tell
from weighin.errors import RequirementsError, UsageError
from weighin.reports.shared.formats import EVERYWHERE


def has_evidence(evidence: Sequence[str] | None) -> bool:
    """Whether evidence is named, or lies where it is looked for by default."""
    place = default_results()
    return bool(evidence) or "://" in place or os.path.lexists(place)


def tell_validation(
    files: Iterable[Path],
    asked: Asked,
    judging: Sequence[str],
    *,
    is_asked_for: bool,
    overrides: Sequence[str] = (),
) -> int:
    """Tell whether requirements files are valid.

    Args:
        files: The files.
        asked: In which formats, and where.
        judging: Options that were given and say how to judge.
        is_asked_for: Whether `--validate` is given, and not evidence missing.
        overrides: What is stated otherwise than in each file.

    Returns:
        The exit code.

    Raises:
        UsageError: A verdict or a report on one is asked for, and nothing is judged.
        RequirementsError: A verdict was asked for, and a file is not valid.
    """
    from weighin.api.validations import validate
    from weighin.reports.requirements.exit_code import validation_exit_code
    from weighin.reports.requirements.report import validation_report

    why = (
        "--validate reads requirements files alone"
        if is_asked_for
        else f"no evidence was named and there is no folder {default_results()} here; with "
        "--validate that is all that is asked"
    )
    if judging:
        raise UsageError(
            f"{', '.join(judging)}: expected evidence to judge, found none: {why}; name the "
            "evidence, or leave the option out"
        )
    formats = [asked.printed, *(told for told, _ in asked.files)]
    if of_a_verdict := [told for told in formats if told is not None and told not in EVERYWHERE]:
        raise UsageError(
            f"{', '.join(of_a_verdict)}: expected evidence to report on, found none: {why}; name "
            "the evidence, or leave the report out"
        )
    validation = validate(files, why_nothing_was_judged=why, overrides=overrides)
    if not (is_asked_for or validation.is_valid):
        raise RequirementsError("\n".join(p for file in validation.files for p in file.problems))
    code = validation_exit_code(validation, is_asked_for=is_asked_for)
    tell(validation_report(validation, code), asked)
    if is_asked_for and validation.is_valid and len(validation.files) == 1:
        tell_next(asked, "plan", validation.files[0].file, *changed(overrides))
    return code
