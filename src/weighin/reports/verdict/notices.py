"""A verdict in notices: what is not met, each at the line of the file that asks for it."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import PurePath
from typing import Final

from weighin.errors import UsageError
from weighin.evidence.records import Origin, Record
from weighin.reports.ci.faults import fault, file_kind
from weighin.reports.ci.notices import (
    Identified,
    Notice,
    Notices,
    Passed,
    Place,
    RuleHelp,
    fingerprinted,
    never_green,
    worst_first,
)
from weighin.reports.page.model import Acceptance
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import listed
from weighin.reports.verdict.heading.head import head_sentences
from weighin.reports.verdict.heading.head_notices import summed_up
from weighin.reports.verdict.wording import DOES_NOT_PROVE, headline, weakest_evidence
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict
from weighin.rules.judging.causes import is_contradiction
from weighin.rules.judging.explanations import JUDGE_ID, explanation

_KIND: Final = "verdict"
_WHOLE: Final = "row"
_SHOWN_TENSORS: Final = 20
_AT_A_LINE: Final = re.compile(r":(\d+)$")
_NOT_MET: Final = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED})


def verdict_notices(verdict: Verdict, *, code: int | None = None) -> Notices:
    """The notices of a verdict.

    Args:
        verdict: The verdict.
        code: The exit code that it is told by; by default that of its outcome.
    """
    columns = _columns(verdict.places)
    first, default = _first_place(verdict), _default_place(verdict)
    about = _About(verdict)
    found = fingerprinted(
        _KIND,
        (
            Identified(_notice(judged, verdict, columns, default), about(judged))
            for judged in verdict.findings
            if _is_told(judged)
        ),
    )
    notices = (*summed_up(verdict, _KIND, default), *worst_first(found))
    named = dict.fromkeys(notice.rule for notice in notices)
    told = Notices(
        kind=_KIND,
        title=verdict.model,
        outcome=verdict.outcome,
        exit_code=exit_code(verdict.outcome) if code is None else code,
        summary=headline(verdict),
        place=first,
        rules={rule: rule_help(rule) for rule in named},
        notices=notices,
        passed=tuple(_passed(judged) for judged in verdict.findings if not _is_told(judged)),
        closing=DOES_NOT_PROVE,
        head=head_sentences(verdict),
        properties=_properties(verdict),
        whole=_WHOLE,
    )
    return never_green(told, rule_help(JUDGE_ID))


def rule_help(rule: str) -> RuleHelp:
    """What a rule says of itself, and the address of its page."""
    address = rule_address(rule)
    try:
        told = explanation(rule)
    except UsageError:
        # One of another catalogue.
        return RuleHelp(id=rule, sentence=f"The rule {rule} is met.", address=address)
    return RuleHelp(
        id=rule,
        sentence=told.sentence,
        why=told.why,
        how=told.how,
        fix=told.fix,
        address=address,
        level=told.level,
    )


def _is_told(judged: JudgedFinding) -> bool:
    """Whether it is not met, or the file itself asks less than its profile."""
    is_note = judged.level is Level.NOTE and judged.finding.outcome is Outcome.NOT_APPLICABLE
    return judged.finding.outcome in _NOT_MET or (is_note and bool(judged.required_at))


def _passed(judged: JudgedFinding) -> Passed:
    return Passed(
        rule=judged.rule,
        subjects=judged.finding.benchmarks,
        statement=judged.finding.statement,
        is_judged=judged.finding.outcome is Outcome.MET,
    )


def _properties(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    return (
        ("requirements-sha256", verdict.requirements_sha256),
        ("profile", verdict.profile),
        ("weakest-evidence", weakest_evidence(verdict)),
        *((f"ignored-{number}", words) for number, words in enumerate(verdict.ignored, start=1)),
    )


class _About:
    """What a finding is about, in words that are the same in every run and at every place."""

    def __init__(self, verdict: Verdict) -> None:
        required = (j.finding.benchmarks for j in verdict.findings)
        self._names = frozenset(
            (*verdict.scores, *(r.asked.task for r in verdict.records), *chain(*required))
        )
        folders = {_folder(verdict.requirements_file), _folder_of(verdict.records)}
        # The longest first: one may lie in another.
        self._roots = sorted(folders - {"", ".", "/"}, key=len, reverse=True)

    def __call__(self, judged: JudgedFinding) -> tuple[str, ...]:
        finding = judged.finding
        files = {origin.file for origin in finding.where}
        return (
            "" if finding.facet is None else finding.facet.value,
            "" if finding.cause is None else finding.cause.kind.value,
            fault(finding.statement, self._names, self._roots),
            # Of several files another benchmark may add one, or come first.
            file_kind(files.pop()) if len(files) == 1 else "",
        )


def _folder(file: str) -> str:
    return str(PurePath(file).parent)


def _folder_of(records: Sequence[Record]) -> str:
    """The folder of all records; empty if they have none in common."""
    try:
        return os.path.commonpath([_folder(record.origin.file) for record in records])
    except ValueError:
        return ""


def _notice(
    judged: JudgedFinding, verdict: Verdict, columns: Mapping[int, int], default: Place
) -> Notice:
    finding, waiver = judged.finding, judged.waiver
    accepted = None
    if waiver is not None:
        accepted = Acceptance(waiver.owner, waiver.reason, waiver.expires.isoformat())
    return Notice(
        rule=judged.rule,
        level=judged.level if accepted is None else Level.NOTE,
        outcome=finding.outcome,
        statement=finding.statement,
        place=_place(judged, verdict, columns, default),
        subjects=finding.benchmarks,
        contradicts=is_contradiction(judged),
        details=(("expected", finding.expected), ("found", finding.found)),
        listings=(("tensors", listed(finding.tensors, _SHOWN_TENSORS)),),
        fix=finding.fix,
        where=tuple(_evidence(finding.where)),
        cause="" if finding.cause is None else " ".join((finding.cause.kind, *finding.cause.about)),
        acceptance=accepted,
    )


def _evidence(where: tuple[Origin, ...]) -> Iterator[Place]:
    return (Place(file=origin.file, pointer=origin.pointer) for origin in where)


def _columns(places: Mapping[str, tuple[int, int]]) -> Mapping[int, int]:
    """The first column of each line at which something is required."""
    columns: dict[int, int] = {}
    for line, column in places.values():
        columns[line] = min(column, columns.get(line, column))
    return columns


def _first_place(verdict: Verdict) -> Place:
    """The first key of the file, which stands for all of it."""
    line, _ = min(verdict.places.values(), default=(1, 1))
    return Place(file=verdict.requirements_file, line=line)


def _default_place(verdict: Verdict) -> Place:
    """Where the file names its profile, which asks for what the file itself does not."""
    if (found := verdict.places.get("profile")) is None:
        return _first_place(verdict)
    return Place(file=verdict.requirements_file, line=found[0], column=found[1])


def _place(
    judged: JudgedFinding, verdict: Verdict, columns: Mapping[int, int], default: Place
) -> Place:
    found = _AT_A_LINE.search(judged.required_at)
    if found is None:
        return default
    line = int(found.group(1))
    return Place(file=verdict.requirements_file, line=line, column=columns.get(line))
