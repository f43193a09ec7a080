"""The rule `same-artifact-across-row`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.scorecard import Artifact, Availability
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    in_short,
    numbers_of,
    source_key,
    source_words,
    stated_numbers,
)
from weighin.rules.scorecard.one_artifact import are_one, distinct_artifacts
from weighin.rules.scorecard.rows.two_numbers import names_with_two_numbers
from weighin.rules.shared.wording import count, listed

_SHOWN_NUMBERS = 8
_STAGE = re.compile(
    r"\b(base|foundation|pre-?train\w*|instruct\w*|chat|(post|fine|instruction)[- ]?tun\w*|tuned"
    r"|post-?train\w*|thinking|reasoning)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameArtifactAcrossRow:
    """All numbers that are published under one name are of one artifact, which people can obtain.

    Why:
        A reader takes a row of numbers for one model. Where one artifact has the best rating and
        another the best price, nobody can have both.

    How:
        The artifacts that the scorecard itself tells apart under one public name. Two with the
        same immutable checkpoint are one. One whose weights were never published is told by
        itself: nobody else can score it. One that stands only under headings of its own, such as
        "pre-trained models", is told apart by the source: a note. A name that one table prints
        with two numbers on one benchmark is told, too.

    Fix:
        Publish the numbers of one checkpoint in one row, and name the checkpoint.
    """

    id: ClassVar[str] = "same-artifact-across-row"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every public name, and one for every artifact that nobody can obtain."""
        yield from names_with_two_numbers(case)
        claims = [s for s in stated_numbers(case) if s.is_claim]
        unknown: list[StatedNumber] = []
        rows = grouped(claims, lambda s: s.artifact.claimed_as).items()
        for name, stated in sorted(rows, key=lambda row: -len(distinct_artifacts(row[1]))):
            artifacts = distinct_artifacts(stated)
            if len(artifacts) == 1 and artifacts[0].checkpoint is None:
                unknown.extend(stated)
            else:
                yield _under_one_name(name, stated, artifacts)
            for members in grouped(stated, lambda s: s.artifact.name).values():
                if members[0].artifact.availability is Availability.NEVER_PUBLISHED:
                    yield _not_obtainable(members)
        if unknown:
            yield _of_no_checkpoint(unknown)


def _under_one_name(
    name: str, stated: Sequence[StatedNumber], artifacts: Sequence[Artifact]
) -> ScorecardFinding:
    if len(artifacts) > 1:
        mixed = [a for a in artifacts if not _is_headed_apart(a, stated)]
        if len(mixed) <= 1:
            return _told_apart(name, stated, artifacts)
        hidden = [a for a in mixed if a.availability is Availability.NEVER_PUBLISHED]
        told = tuple(
            f"{artifact.name} ({count(_belonging(artifact, stated), 'number')})"
            for artifact in artifacts
        )
        return ScorecardFinding(
            word=Word.DIFFERENT_ARTIFACT,
            statement=f"the numbers under the name {name} are of {len(artifacts)} different "
            f"artifacts: {listed(told, len(told))}",
            arithmetic="; ".join(_figures(artifact, stated) for artifact in artifacts)
            + "".join(f"; {_headings(a, stated)}" for a in artifacts if a not in mixed),
            numbers=numbers_of(stated),
            about=hidden[0].name if len(hidden) == 1 and len(mixed) == 2 else "",  # noqa: PLR2004  # it and one other
            fix="publish the numbers of one checkpoint in one row, and name the checkpoint",
        )
    return ScorecardFinding(
        word=Word.CONSISTENT,
        statement=f"{count(len(stated), 'number')} under the name {name} "
        f"{'is' if len(stated) == 1 else 'are'} declared to be of one checkpoint, "
        f"{artifacts[0].checkpoint}; logs would show it",
        numbers=numbers_of(stated),
        has_power=False,
    )


def _of_no_checkpoint(stated: Sequence[StatedNumber]) -> ScorecardFinding:
    """The finding on names under which one artifact is scored, whose checkpoint nobody names."""
    names = tuple(dict.fromkeys(one.artifact.name for one in stated))
    return ScorecardFinding(
        word=Word.VOID,
        statement=f"no checkpoint is named for {listed(names, _SHOWN_NUMBERS)}: whether all "
        f"{'its' if len(names) == 1 else 'their'} numbers are of one cannot be told",
        numbers=numbers_of(stated),
        fix="name the checkpoint: hf://org/name@<commit>, or its digest",
    )


def _told_apart(
    name: str, stated: Sequence[StatedNumber], artifacts: Sequence[Artifact]
) -> ScorecardFinding:
    """The note on artifacts of one name that the headings of a source tell apart."""
    told = tuple(f"{a.name} ({count(_belonging(a, stated), 'number')})" for a in artifacts)
    headed = [_headings(a, stated) for a in artifacts if _is_headed_apart(a, stated)]
    return ScorecardFinding(
        word=Word.NOTE,
        statement=f"the name {name} stands for {listed(told, len(told))} in tables of their own, "
        f"and the source says so: {'; '.join(headed)}",
        arithmetic="; ".join(_figures(artifact, stated) for artifact in artifacts),
        numbers=numbers_of(stated),
    )


def _is_headed_apart(artifact: Artifact, stated: Sequence[StatedNumber]) -> bool:
    """Whether an artifact that people can obtain stands only under headings that name its stage."""
    if artifact.availability is Availability.NEVER_PUBLISHED:
        return False
    ours = {_heading(one) for one in stated if are_one(artifact, one.artifact)}
    others = {_heading(one) for one in stated if not are_one(artifact, one.artifact)}
    return not ours & others and all(_STAGE.search(place) for _, place in ours)


def _heading(stated: StatedNumber) -> tuple[object, str]:
    return (source_key(stated.number.source), stated.number.source.place)


def _headings(artifact: Artifact, stated: Sequence[StatedNumber]) -> str:
    places = dict.fromkeys(
        one.number.source.place for one in stated if are_one(artifact, one.artifact)
    )
    return f"{artifact.name} is headed {listed(tuple(map(repr, places)))}"


def _belonging(artifact: Artifact, stated: Sequence[StatedNumber]) -> int:
    return sum(are_one(artifact, one.artifact) for one in stated)


def _figures(artifact: Artifact, stated: Sequence[StatedNumber]) -> str:
    figures = (one for one in stated if are_one(artifact, one.artifact))
    return f"{artifact.name}: {in_short(numbers_of(figures), _SHOWN_NUMBERS)}"


def _not_obtainable(members: Sequence[StatedNumber]) -> ScorecardFinding:
    artifact = members[0].artifact
    sources = [source_words(source) for source in artifact.sources]
    note = f"; {artifact.note}" if artifact.note else ""
    is_one = len({one.short for one in members}) == 1
    return ScorecardFinding(
        word=Word.DIFFERENT_ARTIFACT,
        statement=f"{in_short(numbers_of(members), _SHOWN_NUMBERS)} "
        f"{'belongs' if is_one else 'belong'} to {artifact.name}, whose weights were "
        f"never published, not to the {artifact.claimed_as} that people can obtain{note}",
        arithmetic=f"said in {listed(sources)}" if sources else "",
        numbers=numbers_of(members),
        about=artifact.name,
        is_headline=True,
        fix="publish the weights, or the number of the artifact that is published",
    )
