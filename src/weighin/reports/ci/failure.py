"""The notices of a command that came to no answer."""

import re
from typing import Final

from weighin.reports.ci.faults import fault
from weighin.reports.ci.notices import Identified, Notice, Notices, Place, RuleHelp, fingerprinted
from weighin.rules.interface import Level, Outcome

_AT_A_LINE: Final = re.compile(
    r"(?P<file>.+?):(?P<line>[1-9]\d{0,8})(?::(?P<column>[1-9]\d{0,8}))?: "
)
_KIND: Final = "error"
_RULE: Final = RuleHelp(
    id="no-answer",
    sentence="There is an answer.",
    why="What could not be judged is not met.",
    how="The command ended with an error before there was an answer.",
    fix="Do what the message says, and run the command again.",
)


def notices_of_error(message: str, exit_code: int, file: str = "") -> Notices:
    """The notices of a command that failed, each at the place that its message names.

    Args:
        message: What went wrong. Where it begins with `file:line:column: `, each line of it that
            does is a notice.
        exit_code: With which the command ends.
        file: What was to be judged, for a message that names no place; empty if that is unknown.
    """
    lines = message.split("\n")
    told = [line for line in lines if _AT_A_LINE.match(line)]
    if not _AT_A_LINE.match(lines[0]):
        told = ["; ".join(filter(None, lines)) or "the command failed and does not say why"]
    notices = [
        Notice(
            rule=_RULE.id,
            level=Level.ERROR,
            outcome=Outcome.UNDECIDED,
            word="no answer",
            statement=statement,
            place=place,
        )
        for place, statement in (_placed(line, file) for line in told)
    ]
    return Notices(
        kind=_KIND,
        title=notices[0].place.file,
        outcome=Outcome.UNDECIDED,
        exit_code=exit_code,
        summary=notices[0].statement,
        place=notices[0].place,
        rules={_RULE.id: _RULE},
        notices=tuple(
            fingerprinted(_KIND, (Identified(told, (fault(told.statement),)) for told in notices))
        ),
        is_failure=True,
    )


def _placed(line: str, file: str) -> tuple[Place, str]:
    found = _AT_A_LINE.match(line)
    if found is None:
        return Place(file=file, line=1 if file else None), line
    column = found["column"]
    place = Place(
        file=found["file"], line=int(found["line"]), column=int(column) if column else None
    )
    return place, line[found.end() :]
