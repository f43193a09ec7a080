"""Why there is no answer, in every format: a report of the last time must not stand for one."""

from weighin.errors import WeighinError
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.page.model import Page, foreign, ours
from weighin.reports.shared import error_json
from weighin.reports.told.report import Report, answer_report

_NO_ANSWER = "this is no verdict: nothing is said of the model, its scores or its evidence"


def failure_report(error: WeighinError | str, exit_code: int, *, file: str = "") -> Report:
    """Why there is no answer.

    Args:
        error: What was raised on purpose, or what is told to people.
        exit_code: What the command ends with.
        file: The file that was to be judged; empty if that is unknown.
    """

    def page() -> Page:
        return Page(
            title=(ours("No answer"),),
            sentences=tuple(map(foreign, filter(None, str(error).split("\n")))),
            closing=f"exit code {exit_code}; {_NO_ANSWER}",
        )

    return answer_report(
        page,
        lambda: error_json.render(error, exit_code),
        lambda: notices_of_error(str(error), exit_code, file),
    )
