"""A verification in every format."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from weighin.reports.checkpoint.verification import Held
from weighin.reports.shared.formats import Format
from weighin.reports.told.report import Report, answer_report

if TYPE_CHECKING:
    from weighin.reports.ci.notices import Notices


def verification_report(
    held: Held,
    notices: "Callable[[], Notices]",
    *,
    verbose: bool = False,
    command: tuple[str, ...] = (),
) -> Report:
    """A verification in every format.

    Args:
        held: What is told.
        notices: Says it to machines.
        verbose: Whether its text lists everything.
        command: What comes to it again, with its arguments; empty if unknown.
    """
    from weighin.reports.checkpoint import verification_json
    from weighin.reports.checkpoint.verification_page import verification_page
    from weighin.reports.page import lines

    def text() -> str:
        return lines.render(verification_page(held), verbose=verbose)

    told = answer_report(
        lambda: verification_page(held, command),
        lambda: verification_json.render(held),
        notices,
        # Digests and paths are copied: their lines are not wrapped.
        own={Format.TEXT: text},
    )
    return replace(told, page=None)
