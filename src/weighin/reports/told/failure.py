"""Why there is no answer, in every format: a report of the last time must not stand for one."""

from weighin.errors import WeighinError
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.page.model import Guide, Page, foreign, ours
from weighin.reports.shared import error_json
from weighin.reports.told.report import Report, answer_report

_NO_ANSWER = "this is no verdict: nothing is said of the model, its scores or its evidence"


def failure_report(
    error: WeighinError | str,
    exit_code: int,
    *,
    file: str = "",
    command: tuple[str, ...] = (),
) -> Report:
    """Why there is no answer.

    Args:
        error: What was raised on purpose, or what is told to people.
        exit_code: What the command ends with.
        file: The file that was to be judged; empty if that is unknown.
        command: What was typed, for who runs it again; empty if that is unknown.
    """

    def page() -> Page:
        return Page(
            title=(ours("No answer"),),
            sentences=(
                *map(foreign, filter(None, str(error).split("\n"))),
                ours(f"exit code {exit_code}; {_NO_ANSWER}"),
            ),
            guide=Guide(command=command),
        )

    return answer_report(
        page,
        lambda: error_json.render(error, exit_code),
        lambda: notices_of_error(str(error), exit_code, file),
    )
