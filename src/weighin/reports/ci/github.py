"""Notices as annotations of a GitHub workflow run, and a page as the summary of its step."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from weighin.reports.ci.notices import Notice, Notices
from weighin.reports.ci.places import Repository
from weighin.reports.page import markdown
from weighin.reports.page.model import Page
from weighin.reports.shared.foreign_text import clipped, visible
from weighin.reports.shared.wording import MARKS, counted
from weighin.rules.interface import Level

MOST_OF_A_LEVEL: Final = 10
"""What GitHub shows of one level in one step; it drops the rest without a word."""
LONGEST_SUMMARY_BYTES: Final = 1024 * 1024
"""What GitHub takes as the summary of a step; it drops a longer one whole."""

_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_LONGEST_MESSAGE: Final = 1_000
_LONGEST_DETAIL: Final = 500
_LONGEST_TITLE: Final = 200
_LONGEST_PATH: Final = 1_000
_IN_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES: Final = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})
_CUT: Final = "\n\n**Cut to fit into a summary.** The JSON report holds all of it.\n"
_BYTES_TO_SAY_WHAT_IS_CUT: Final = 1024


def render(notices: Notices, root: Path | None = None) -> str:
    """The notices as workflow commands, one a line, each an annotation that GitHub shows.

    The answer itself comes first, as a notice. Of every level only as many are there as GitHub
    shows, the worst; the last of them counts the rest.

    Every line is one command `error`, `warning` or `notice`. Foreign text is within it and cannot
    begin another, so that the text may be printed as it is where a runner obeys commands.

    Args:
        notices: What is told.
        root: The folder from which files are named; by default that of the repository.
    """
    repository = Repository() if root is None else Repository(root)
    lines: list[str] = []
    is_answered = notices.is_failure or any(notice.is_answer for notice in notices.notices)
    if not is_answered:
        lines.append(_answer(notices, repository))
    for level in Level:
        most = MOST_OF_A_LEVEL - (level is Level.NOTE and not is_answered)
        lines += _of_level(notices, level, most, repository)
    return "".join(f"{line}\n" for line in lines)


def step_summary(page: Page) -> str:
    """A page as the Markdown of a step summary below 1 MiB, with a line break at the end.

    The first look is on top. Where the rest does not all fit, the lightest is cut first.
    """
    told = markdown.comment(page, longest_bytes=LONGEST_SUMMARY_BYTES)
    if len(told.encode("utf-8")) < LONGEST_SUMMARY_BYTES:
        return told
    # Blocks that no printer cuts, of a page without a first look: their lines are cut.
    left = LONGEST_SUMMARY_BYTES - _BYTES_TO_SAY_WHAT_IS_CUT
    kept: list[str] = []
    for line in told.splitlines(keepends=True):
        left -= len(line.encode("utf-8"))
        if left < 0:
            break
        kept.append(line)
    return f"{''.join(kept)}{_CUT}"


def _of_level(notices: Notices, level: Level, most: int, repository: Repository) -> Iterator[str]:
    told = [notice for notice in notices.notices if notice.level is level]
    shown = told if len(told) <= most else told[: most - 1]
    for notice in shown:
        yield _annotation(notice, notices, repository)
    if rest := told[len(shown) :]:
        yield _more(rest, notices, repository)


def _answer(notices: Notices, repository: Repository) -> str:
    message = _words(notices.summary, _LONGEST_MESSAGE)
    place = notices.place
    where = _at(place.file, place.line, place.column, repository)
    return _command(Level.NOTE, where, _title(notices), message)


def _title(notices: Notices) -> str:
    return f"weighin: {MARKS[notices.outcome]} {notices.outcome.upper()} {notices.title}"


def _annotation(notice: Notice, notices: Notices, repository: Repository) -> str:
    place, address = notice.place, notices.rules[notice.rule].address
    details = (*notice.untold, *((("fix", notice.fix),) if notice.fix else ()))
    lines = (
        _words(notice.sentence, _LONGEST_MESSAGE),
        *(f"{label.capitalize()}: {_words(words, _LONGEST_DETAIL)}" for label, words in details),
        _rule_page(notice.rule, address),
    )
    message = "\n".join(filter(None, lines))
    where = _at(place.file, place.line, place.column, repository)
    title = _title(notices) if notice.is_answer else f"weighin: {notice.rule}"
    return _command(notice.level, where, title, message)


def _rule_page(rule: str, address: str) -> str:
    if address.startswith("https://"):
        return f"Rule: {address}"
    return f"Rule: weighin explain {rule}" if address else ""


def _more(rest: Sequence[Notice], notices: Notices, repository: Repository) -> str:
    level = rest[0].level
    message = (
        f"{counted(len(rest), f'more {_COMMANDS[level]}')}; a report in another format has all"
    )
    return _command(
        level, _at(notices.place.file, 1, None, repository), "weighin: and more", message
    )


def _words(text: str, longest: int) -> str:
    return visible(clipped(text, longest))


def _at(
    file: str, line: int | None, column: int | None, repository: Repository
) -> Sequence[tuple[str, str]]:
    if not file:
        return ()
    path = visible(clipped(repository.named(file), _LONGEST_PATH))
    found = [("file", path), ("line", str(line or 1))]
    return found if column is None else (*found, ("col", str(column)))


def _command(level: Level, where: Sequence[tuple[str, str]], title: str, message: str) -> str:
    properties = (*where, ("title", _words(title, _LONGEST_TITLE)))
    told = ",".join(f"{name}={words.translate(_IN_PROPERTIES)}" for name, words in properties)
    return f"::{_COMMANDS[level]} {told}::{message.translate(_IN_DATA)}"
