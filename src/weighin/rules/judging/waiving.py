"""Which findings somebody accepts, in the open and for a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from weighin.requirements.model import Waiver
from weighin.rules.interface import Finding, Outcome

MOST_DAYS_AHEAD = 366
"""A waiver is for a time: one that ends later than this does not apply yet."""

_WAIVABLE = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED})


def waived(
    findings: Sequence[Finding], waivers: Sequence[Waiver], today: date
) -> tuple[tuple[Finding, Waiver | None], ...]:
    """One rule's findings, each with the waiver that covers it.

    A finding on several benchmarks of which a waiver covers some is split: a waiver never reaches
    beyond its scope.

    Args:
        findings: All of one rule.
        waivers: Those of that rule. Those that expired or do not apply yet cover nothing.
        today: Holds a waiver up to and including its last day.
    """
    valid = tuple(w for w in waivers if not is_expired(w, today) and not is_too_far_ahead(w, today))
    return tuple(pair for finding in findings for pair in _split(finding, valid))


def is_expired(waiver: Waiver, today: date) -> bool:
    """Whether its last day is over."""
    return waiver.expires < today


def is_too_far_ahead(waiver: Waiver, today: date) -> bool:
    """Whether it ends so late that it does not apply yet."""
    return (waiver.expires - today).days > MOST_DAYS_AHEAD


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver of this rule is about the finding, wholly or in part."""
    return finding.outcome in _WAIVABLE and (
        waiver.benchmark is None or waiver.benchmark in finding.benchmarks
    )


def _split(finding: Finding, waivers: Sequence[Waiver]) -> Iterator[tuple[Finding, Waiver | None]]:
    rest: Finding | None = finding
    for waiver in waivers:
        if rest is None or not covers(waiver, rest):
            continue
        accepted = replace(rest, outcome=Outcome.WAIVED, before_waiver=rest.outcome)
        remaining: tuple[str, ...] = ()
        if waiver.benchmark is not None:
            accepted = replace(accepted, benchmarks=(waiver.benchmark,))
            remaining = tuple(b for b in rest.benchmarks if b != waiver.benchmark)
        yield accepted, waiver
        rest = replace(rest, benchmarks=remaining) if remaining else None
    if rest is not None:
        yield rest, None


def expired(waiver: Waiver) -> Finding:
    """The violation that an expired waiver is."""
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the waiver of {waiver.rule} by {waiver.owner} expired on {waiver.expires}",
        benchmarks=(waiver.benchmark,) if waiver.benchmark else (),
        expected=f"a waiver that holds, or none; its reason was: {waiver.reason}",
        found=f"expired on {waiver.expires}",
        fix="mend what it waived and delete it, or have its owner renew it",
    )


def too_far_ahead(waiver: Waiver, today: date) -> Finding:
    """The note on a waiver that does not apply yet."""
    first = waiver.expires - timedelta(days=MOST_DAYS_AHEAD)
    return Finding(
        outcome=Outcome.NOT_APPLICABLE,
        statement=f"the waiver of {waiver.rule} by {waiver.owner} until {waiver.expires} ends more "
        f"than {MOST_DAYS_AHEAD} days after {today}, and does not apply before {first}",
        benchmarks=(waiver.benchmark,) if waiver.benchmark else (),
        fix=f"let it end within {MOST_DAYS_AHEAD} days, and renew it then",
    )


def unused(waiver: Waiver) -> Finding:
    """The note on a waiver that nothing needs."""
    return Finding(
        outcome=Outcome.NOT_APPLICABLE,
        statement=f"the waiver of {waiver.rule} by {waiver.owner} matches no finding",
        benchmarks=(waiver.benchmark,) if waiver.benchmark else (),
        fix="delete it",
    )
