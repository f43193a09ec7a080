"""Notices as SARIF 2.1.0, which code scanning reads."""

import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from weighin.reports.ci.notices import (
    Identified,
    Notice,
    Notices,
    Place,
    RuleHelp,
    fingerprinted,
)
from weighin.reports.ci.places import Repository, uri
from weighin.reports.shared.foreign_text import clipped, visible
from weighin.reports.shared.json_text import json_text
from weighin.reports.shared.wording import counted
from weighin.version import __version__

MOST_RESULTS: Final = 5_000
"""What GitHub shows of a run; it refuses one with more than 25,000."""
MOST_BYTES: Final = 10_000_000
"""What GitHub takes, compressed; the document is not larger without."""

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT: Final = "%SRCROOT%"
_LONGEST_MESSAGE: Final = 1_000
_LONGEST_DESCRIPTION: Final = 1_000
_LONGEST_VALUE: Final = 500
_LONGEST_PATH: Final = 1_000
_MOST_PLACES: Final = 10
_MOST_SUBJECTS: Final = 20
_AND_MORE: Final = "and more"
# In a message of SARIF `[words](address)` is a link.
_LINK: Final = re.compile(r"\](?=\()")

Json = Mapping[str, object]


def render(notices: Notices, root: Path | None = None) -> str:
    """The notices as a SARIF log in ASCII, with a line break at the end.

    What does not fit into GitHub's limits is left out, the mildest first, and counted in a result
    of its own. What failed before there was an answer is told as an unsuccessful execution, so
    that nobody takes missing results for mended ones.

    Args:
        notices: What is told.
        root: The folder from which files are named; by default that of the repository.
    """
    repository = Repository() if root is None else Repository(root)
    most = MOST_RESULTS
    while True:
        text = json_text(_log(notices, repository, most))
        if len(text) <= MOST_BYTES or len(zlib.compress(text.encode("ascii"))) <= MOST_BYTES:
            return text
        most //= 2


def _log(notices: Notices, repository: Repository, most: int) -> Json:
    driver = {
        "name": "weighin",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": list(map(_rule, notices.rules.values())),
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": _category(notices, repository)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the root of the repository"}}},
        "invocations": [_invocation(notices)],
        "results": _results(notices, repository, most),
        "properties": {
            "outcome": notices.outcome.value,
            "summary": _words(notices.summary, _LONGEST_MESSAGE),
            "doesNotProve": _words(notices.closing, _LONGEST_MESSAGE),
        },
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _words(text: str, longest: int) -> str:
    """Foreign text that no viewer obeys."""
    return _LINK.sub(r"\\x5d", visible(clipped(text, longest)))


def _category(notices: Notices, repository: Repository) -> str:
    """What tells this analysis from others; GitHub reads it up to its last slash."""
    file = repository.named(notices.place.file) if notices.place.file else ""
    return f"weighin/{notices.kind}/{uri(clipped(file, _LONGEST_PATH))}/"


def _invocation(notices: Notices) -> Json:
    told: dict[str, object] = {
        "executionSuccessful": not notices.is_failure,
        "exitCode": notices.exit_code,
    }
    if notices.is_failure:
        message = {"text": _words(notices.summary, _LONGEST_MESSAGE)}
        told["toolExecutionNotifications"] = [{"level": "error", "message": message}]
    return told


def _rule(rule: RuleHelp) -> Json:
    full = " ".join(filter(None, (rule.sentence, rule.why)))
    more = f"`weighin explain {rule.id}`" if rule.address else ""
    if rule.address and not rule.address.startswith("https://"):
        more += f", or {rule.address} in the repository of weighin"
    sections = (("Why", rule.why), ("How", rule.how), ("Fix", rule.fix), ("More", more))
    told = [(title, words) for title, words in sections if words]
    text = "\n\n".join((rule.sentence, *(f"{title}: {words}" for title, words in told)))
    markdown = "\n\n".join((rule.sentence, *(f"**{title}.** {words}" for title, words in told)))
    descriptor: dict[str, object] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": clipped(rule.sentence, _LONGEST_DESCRIPTION)},
        "fullDescription": {"text": clipped(full, _LONGEST_DESCRIPTION)},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": rule.level.value},
        "properties": {"tags": ["evaluation"]},
    }
    if rule.address.startswith("https://"):
        descriptor["helpUri"] = rule.address
    return descriptor


def _results(notices: Notices, repository: Repository, most: int) -> list[Json]:
    indices = {rule: index for index, rule in enumerate(notices.rules)}
    told = notices.notices
    if len(told) <= most:
        return [_result(notice, indices, repository) for notice in told]
    # Room for the one that counts the others, which is as grave as the worst of them.
    shown, rest = told[: most - 1], told[most - 1 :]
    text = f"{counted(len(rest), 'more finding')} did not fit; the JSON report holds all of them"
    more = Notice(
        rule=rest[0].rule,
        level=rest[0].level,
        outcome=rest[0].outcome,
        word=_AND_MORE,
        statement=text,
        place=notices.place,
    )
    (counting,) = fingerprinted(notices.kind, [Identified(more, (_AND_MORE,))])
    return [_result(notice, indices, repository) for notice in (*shown, counting)]


def _result(notice: Notice, indices: Mapping[str, int], repository: Repository) -> Json:
    told: dict[str, object] = {
        "ruleId": notice.rule,
        "ruleIndex": indices[notice.rule],
        "level": notice.level.value,
        "message": {"text": _message(notice)},
        "locations": _locations(notice.place, repository),
        "partialFingerprints": _fingerprints(notice.fingerprint),
    }
    if notice.acceptance is not None:
        accepted = notice.acceptance
        why = f"{accepted.owner} until {accepted.expires}: {accepted.reason}"
        told["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": _words(why, _LONGEST_VALUE),
            }
        ]
    told["properties"] = _properties(notice)
    return told


def _message(notice: Notice) -> str:
    """The sentence, then what it leaves out: where there is little room only the first is shown."""
    details = (*notice.untold, *((("fix", notice.fix),) if notice.fix else ()))
    told = (f"{label.capitalize()}: {_words(words, _LONGEST_VALUE)}" for label, words in details)
    sentence = _words(notice.sentence, _LONGEST_MESSAGE)
    return "\n".join((f"{sentence}." if details else sentence, *told))


def _properties(notice: Notice) -> Json:
    subjects = notice.subjects[:_MOST_SUBJECTS]
    lists: tuple[tuple[str, Sequence[str]], ...] = (
        ("subjects", [_words(subject, _LONGEST_VALUE) for subject in subjects]),
        ("evidence", [_words(p.words, _LONGEST_VALUE) for p in notice.where[:_MOST_PLACES]]),
    )
    texts = (*notice.details, *notice.listings, ("fix", notice.fix))
    return {
        "outcome": notice.outcome.value,
        "contradicts": notice.contradicts,
        **{name: _words(words, _LONGEST_VALUE) for name, words in texts if words},
        **{name: words for name, words in lists if words},
    }


def _fingerprints(fingerprint: str) -> Json:
    # GitHub reads this one alone, and would else take that of the line, which findings share.
    return {"primaryLocationLineHash": f"{fingerprint}:1", "weighin/1": fingerprint}


def _locations(place: Place, repository: Repository) -> Sequence[Json]:
    """Where it is: one place, and none only of an error that does not say what it is about."""
    if not place.file:
        return []
    path = repository.named(place.file)
    artifact: dict[str, object] = {"uri": uri(clipped(path, _LONGEST_PATH))}
    if not path.startswith("/"):
        artifact["uriBaseId"] = _ROOT
    region: dict[str, object] = {"startLine": place.line or 1}
    if place.column is not None:
        region["startColumn"] = place.column
    return [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]
