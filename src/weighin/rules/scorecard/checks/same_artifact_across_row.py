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
    source_key,
    source_words,
    stated_numbers,
)
from weighin.rules.scorecard.one_artifact import by_artifact
from weighin.rules.scorecard.rows.kept_apart import STAGE, headed_apart, said_of_another
from weighin.rules.scorecard.rows.two_numbers import (
    names_with_numbers_apart,
    names_with_two_numbers,
)
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
        itself: nobody else can score it. One that stands only under headings of its own, such as
        "pre-trained models", is told apart by the source: a note, as are names with numbers under
        several such headings, and numbers of which a footnote or heading says that they are of
        another version. A name that one source prints with two numbers on one benchmark is told,
        too, in one table or in two; where their headings speak of settings it is a note.

    Fix:
        Publish the numbers of one checkpoint in one row, and name the checkpoint.
    """

    id: ClassVar[str] = "same-artifact-across-row"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every public name, and one for every artifact that nobody can obtain."""
        yield from names_with_two_numbers(case)
        yield from names_with_numbers_apart(case)
        claims = [s for s in stated_numbers(case) if s.is_claim]
        unknown: list[Sequence[StatedNumber]] = []
        rows = grouped(claims, lambda s: s.artifact.claimed_as).items()
        split = [(name, stated, by_artifact(stated)) for name, stated in rows]
        for name, stated, artifacts in sorted(split, key=lambda row: -len(row[2])):
            if len(artifacts) == 1 and artifacts[0][0].artifact.checkpoint is None:
                unknown.append(stated)
            else:
                yield _under_one_name(name, stated, artifacts)
            for members in grouped(stated, lambda s: s.artifact.name).values():
                if _is_hidden(members[0].artifact):
                    yield _not_obtainable(members)
        yield from headed_apart(unknown)
        yield from said_of_another(case, claims)
        if unknown:
            yield _of_no_checkpoint([one for stated in unknown for one in stated])


_OfOne = Sequence[StatedNumber]
"""Numbers of one artifact."""


def _under_one_name(
    name: str, stated: Sequence[StatedNumber], artifacts: Sequence[_OfOne]
) -> ScorecardFinding:
    if len(artifacts) == 1:
        return ScorecardFinding(
            word=Word.CONSISTENT,
            statement=f"{count(len(stated), 'number')} under the name {name} "
            f"{'is' if len(stated) == 1 else 'are'} declared to be of one checkpoint, "
            f"{stated[0].artifact.checkpoint}; logs would show it",
            numbers=numbers_of(stated),
            has_power=False,
        )
    apart = _headed_apart(artifacts)
    names = {of_one[0].artifact.name for of_one in apart}
    mixed = [of_one for of_one in artifacts if of_one[0].artifact.name not in names]
    told = tuple(f"{one[0].artifact.name} ({count(len(one), 'number')})" for one in artifacts)
    figures = [f"{one[0].artifact.name}: {_figures(one)}" for one in artifacts[:_SHOWN_NUMBERS]]
    headed = [_headings(of_one) for of_one in apart[:_SHOWN_NUMBERS]]
    if len(mixed) <= 1:
        return ScorecardFinding(
            word=Word.NOTE,
            statement=f"the name {name} stands for {listed(told, _SHOWN_NUMBERS)} in tables of "
            f"their own, and the source says so: {'; '.join(headed)}",
            arithmetic="; ".join(figures),
            numbers=numbers_of(stated),
        )
    hidden = [one[0].artifact for one in mixed if _is_hidden(one[0].artifact)]
    is_part_of_it = len(hidden) == 1 and len(mixed) == 2  # noqa: PLR2004  # it and one other
    return ScorecardFinding(
        word=Word.DIFFERENT_ARTIFACT,
        statement=f"the numbers under the name {name} are of {len(artifacts)} different "
        f"artifacts: {listed(told, _SHOWN_NUMBERS)}",
        arithmetic="; ".join((*figures, *headed)),
        numbers=numbers_of(stated),
        about=hidden[0].name if is_part_of_it else "",
        fix="publish the numbers of one checkpoint in one row, and name the checkpoint",
    )


def _is_hidden(artifact: Artifact) -> bool:
    return artifact.availability is Availability.NEVER_PUBLISHED


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


def _headed_apart(artifacts: Sequence[_OfOne]) -> list[_OfOne]:
    """Artifacts that people can obtain and that stand only under headings that name their stage."""
    standing: dict[object, set[str]] = {}
    for of_one in artifacts:
        for one in of_one:
            standing.setdefault(_heading(one), set()).add(of_one[0].artifact.name)
    return [
        of_one
        for of_one in artifacts
        if not _is_hidden(of_one[0].artifact)
        and all(
            STAGE.search(place) and len(standing[source, place]) == 1
            for source, place in {_heading(one) for one in of_one}
        )
    ]


def _heading(stated: StatedNumber) -> tuple[object, str]:
    return (source_key(stated.number.source), stated.number.source.place)


def _headings(of_one: _OfOne) -> str:
    places = dict.fromkeys(repr(one.number.source.place) for one in of_one)
    return f"{of_one[0].artifact.name} is headed {listed(tuple(places), _SHOWN_NUMBERS)}"


def _figures(of_one: _OfOne) -> str:
    return in_short(numbers_of(of_one), _SHOWN_NUMBERS)


def _not_obtainable(members: Sequence[StatedNumber]) -> ScorecardFinding:
    artifact = members[0].artifact
    sources = [source_words(source) for source in artifact.sources]
    is_one = len({one.short for one in members}) == 1
    return ScorecardFinding(
        word=Word.DIFFERENT_ARTIFACT,
        statement=f"{in_short(numbers_of(members), _SHOWN_NUMBERS)} "
        f"{'belongs' if is_one else 'belong'} to {artifact.name}, whose weights were "
        f"never published, not to the {artifact.claimed_as} that people can obtain",
        disclosed=(f"of {artifact.name}: {artifact.note}",) if artifact.note else (),
        arithmetic=f"said in {listed(sources)}" if sources else "",
        numbers=numbers_of(members),
        about=artifact.name,
        is_headline=True,
        fix="publish the weights, or the number of the artifact that is published",
    )
