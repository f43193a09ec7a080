"""What stands above every report of a verdict, in sentences."""

from collections.abc import Iterable, Iterator
from typing import Final

from weighin.rules.interface import Head, SetAside, Verdict

_FEW: Final = 2


def head_sentences(verdict: Verdict) -> tuple[str, ...]:
    """What everybody should read before the findings; empty where there is nothing of the kind."""
    return tuple(_sentences(verdict.profile, verdict.head))


def _sentences(profile: str, head: Head) -> Iterator[str]:
    if head.overrides:
        yield f"{overrides_words(head.overrides)}; the file itself was not judged"
    yield from filter(None, (head.others,))
    if head.asks_less:
        yield f"asks less than profile {profile}: {'; '.join(head.asks_less)}"
    yield from filter(None, (head.vouched,))
    yield from head.renamed
    yield from map(set_aside_words, head.set_aside)
    yield from (*head.foreign_code, *head.unplaced, *head.cut_prompts)
    if head.waived_by:
        yield f"waived by {'; '.join(head.waived_by)}"


def overrides_words(overrides: Iterable[str]) -> str:
    """What was stated otherwise than in the file; how much that is first, where it is much."""
    told = [f"--set {text}" for text in overrides]
    if len(told) <= _FEW:
        return f"the requirements were changed by {', '.join(told)}"
    return f"{len(told)} settings changed by --set (all with --full): {', '.join(told)}"


def set_aside_words(aside: SetAside) -> str:
    """Why a record decides nothing."""
    run = aside.record.run
    which = f"{aside.record.asked.task} (started {run.started or 'at an unknown time'})"
    if aside.reason:
        return f"{which}: its job is retired: {aside.reason}; it decides nothing"
    return (
        f"{which}: {aside.setting} is {aside.found}, required is {aside.stated}; a record as "
        "required is there, so that this one decides nothing"
    )
