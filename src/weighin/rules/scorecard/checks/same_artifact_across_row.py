"""The rule `same-artifact-across-row`."""

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
    source_words,
    stated_numbers,
)
from weighin.rules.scorecard.one_artifact import are_one, distinct_artifacts
from weighin.rules.shared.wording import count, listed

_SHOWN_NUMBERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SameArtifactAcrossRow:
    """All numbers that are published under one name are of one artifact, which people can obtain.

    Why:
        A reader takes a row of numbers for one model. Where one artifact has the best rating and
        another the best price, nobody can have both.

    How:
        The artifacts that the scorecard itself tells apart under one public name. Two with the
        same immutable checkpoint are one. One whose weights were never published is told by
        itself: nobody else can score it.

    Fix:
        Publish the numbers of one checkpoint in one row, and name the checkpoint.
    """

    id: ClassVar[str] = "same-artifact-across-row"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every public name, and one for every artifact that nobody can obtain."""
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
        told = tuple(
            f"{artifact.name} ({count(_belonging(artifact, stated), 'number')})"
            for artifact in artifacts
        )
        return ScorecardFinding(
            word=Word.DIFFERENT_ARTIFACT,
            statement=f"the numbers under the name {name} are of {len(artifacts)} different "
            f"artifacts: {listed(told, len(told))}",
            arithmetic="; ".join(_figures(artifact, stated) for artifact in artifacts),
            numbers=numbers_of(stated),
            fix="publish the numbers of one checkpoint in one row, and name the checkpoint",
        )
    return ScorecardFinding(
        word=Word.CONSISTENT,
        statement=f"{count(len(stated), 'number')} under the name {name} "
        f"{'is' if len(stated) == 1 else 'are'} declared to be of one checkpoint, "
        f"{artifacts[0].checkpoint}; logs would show it",
        numbers=numbers_of(stated),
    )


def _of_no_checkpoint(stated: Sequence[StatedNumber]) -> ScorecardFinding:
    """The finding on names under which one artifact is scored, whose checkpoint nobody names."""
    names = tuple(dict.fromkeys(one.artifact.name for one in stated))
    return ScorecardFinding(
        word=Word.UNRESOLVED,
        statement=f"no checkpoint is named for {listed(names, _SHOWN_NUMBERS)}: whether all "
        f"{'its' if len(names) == 1 else 'their'} numbers are of one cannot be told",
        numbers=numbers_of(stated),
        fix="name the checkpoint: hf://org/name@<commit>, or its digest",
    )


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
        f"never published, not to the {artifact.claimed_as} that people can obtain",
        arithmetic=(f"said in {listed(sources)}" if sources else "") + note,
        numbers=numbers_of(members),
        fix="publish the weights, or the number of the artifact that is published",
    )
