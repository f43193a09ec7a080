"""A verification in every format."""

from weighin.reports.checkpoint.verification import Held
from weighin.reports.report import Report, document_report
from weighin.reports.shared.formats import Format


def verification_report(held: Held, *, verbose: bool = False) -> Report:
    """A verification in every format.

    Args:
        held: What is told.
        verbose: Whether its text lists everything.
    """
    from weighin.reports.checkpoint import verification_json
    from weighin.reports.checkpoint.verification_page import verification_page
    from weighin.reports.page import lines

    def text() -> str:
        return lines.render(verification_page(held), verbose=verbose)

    told = document_report(lambda: verification_page(held), lambda: verification_json.render(held))
    # Digests and paths are copied: their lines are not wrapped.
    return Report(printers={**told.printers, Format.TEXT: text})
