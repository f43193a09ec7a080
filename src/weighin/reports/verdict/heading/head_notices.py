"""What stands above a verdict as a notice, so that nothing asked less of looks plainly green."""

from collections.abc import Iterator
from typing import Final

from weighin.reports.ci.notices import Identified, Notice, Place, fingerprinted
from weighin.reports.shared.wording import counted, listed
from weighin.reports.verdict.heading.head import overrides_words, set_aside_words
from weighin.rules.interface import Head, Level, Outcome, Verdict
from weighin.rules.judging.explanations import JUDGE_ID

_SHOWN: Final = 3


def summed_up(verdict: Verdict, kind: str, place: Place) -> Iterator[Notice]:
    """One notice on what was changed, asked less, waived and set aside, if anything was.

    It is a warning unless all of it is waived, by somebody, for a reason and until a day.
    """
    head = verdict.head
    told = (*_changed(head), *_asked_less(verdict), *_set_aside(head), *_waived(head))
    if not told:
        return
    is_waived = not (head.overrides or head.asks_less or head.set_aside)
    notice = Notice(
        rule=JUDGE_ID,
        level=Level.NOTE if is_waived else Level.WARNING,
        outcome=Outcome.WAIVED if is_waived else Outcome.NOT_APPLICABLE,
        statement="; ".join(told),
        place=place,
        is_head=True,
    )
    # Who dismissed it has to see what else is asked less, waived or set aside later.
    aside = (f"{a.record.asked.task} {a.setting} {a.reason}" for a in head.set_aside)
    about = (
        "above the answer",
        *head.overrides,
        *head.asks_less,
        "",
        *head.waived_by,
        "",
        *sorted(aside),
    )
    yield from fingerprinted(kind, [Identified(notice, about)])


def _changed(head: Head) -> Iterator[str]:
    if head.overrides:
        yield overrides_words(head.overrides)


def _asked_less(verdict: Verdict) -> Iterator[str]:
    if verdict.head.asks_less:
        less = "; ".join(verdict.head.asks_less)
        yield f"the requirements ask less than profile {verdict.profile}: {less}"


def _set_aside(head: Head) -> Iterator[str]:
    if head.set_aside:
        words = listed(map(set_aside_words, head.set_aside[:_SHOWN]), None)
        rest = len(head.set_aside) - _SHOWN
        more = f" and {rest} more" if rest > 0 else ""
        yield f"{counted(len(head.set_aside), 'record')} set aside: {words}{more}"


def _waived(head: Head) -> Iterator[str]:
    if head.waived_by:
        yield f"waived by {'; '.join(head.waived_by)}"
