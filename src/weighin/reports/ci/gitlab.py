"""Notices as a code quality report of GitLab."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Final

from weighin.reports.ci.notices import Notice, Notices
from weighin.reports.ci.places import Repository
from weighin.reports.shared.foreign_text import clipped, visible
from weighin.reports.shared.json_text import json_text
from weighin.reports.shared.wording import counted
from weighin.rules.interface import Level, Outcome

MOST_ENTRIES: Final = 5_000
"""What a person can make use of, and far below the size that GitLab refuses."""

_LONGEST_DESCRIPTION: Final = 1_000
_LONGEST_PATH: Final = 1_000
_SEVERITIES: Final = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def render(notices: Notices, root: Path | None = None) -> str:
    """The notices as a JSON array in ASCII, with a line break at the end.

    The array is empty where nothing is wrong: GitLab compares it with that of the target branch,
    and shows what is no longer there as resolved.

    Args:
        notices: What is told.
        root: The folder from which files are named; by default that of the repository.
    """
    repository = Repository() if root is None else Repository(root)
    told = [_entry(notice, notices, repository) for notice in notices.notices[:MOST_ENTRIES]]
    if rest := notices.notices[len(told) :]:
        told[-1] = _more(notices.notices[len(told) - 1], len(rest) + 1, notices, repository)
    return json_text(told)


def _entry(notice: Notice, notices: Notices, repository: Repository) -> dict[str, object]:
    path = repository.named(notice.place.file) if notice.place.file else "weighin"
    return {
        "description": _description(notice, notices.rules[notice.rule].address),
        "check_name": notice.rule,
        "fingerprint": _fingerprint(notice.fingerprint, path),
        "severity": _severity(notice, notices),
        "location": {
            "path": visible(clipped(path, _LONGEST_PATH)),
            "lines": {"begin": notice.place.line or 1},
        },
    }


def _description(notice: Notice, address: str) -> str:
    """The sentence, and the page of its rule: GitLab shows nothing else of an entry."""
    sentence = visible(clipped(notice.sentence, _LONGEST_DESCRIPTION))
    return f"{sentence} ({address})" if address.startswith("https://") else sentence


def _severity(notice: Notice, notices: Notices) -> str:
    if notices.is_failure:
        return "blocker"
    is_violated = notice.level is Level.ERROR and notice.outcome is Outcome.VIOLATED
    return "critical" if is_violated else _SEVERITIES[notice.level]


def _fingerprint(fingerprint: str, path: str) -> str:
    """One over all reports of a pipeline, which GitLab puts together."""
    told = json.dumps([fingerprint, path]).encode("ascii")
    return sha256(told).hexdigest()[: len(fingerprint)]


def _more(first: Notice, rest: int, notices: Notices, repository: Repository) -> dict[str, object]:
    words = f"{counted(rest, 'more finding')} did not fit; the JSON report holds all of them"
    return {**_entry(first, notices, repository), "check_name": "more", "description": words}
