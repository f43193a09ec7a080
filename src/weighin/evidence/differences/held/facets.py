"""The facets of two runs, held against each other."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.held.values import held_mappings
from weighin.evidence.differences.words.observations import words_of_difference, words_of_doubt
from weighin.evidence.differences.words.tensors import (
    comparison_with_distances,
    tensors_of,
    weights_in_words,
)
from weighin.evidence.differences.words.wording import count, described, told_apart
from weighin.evidence.recording.of_records import how_to_identify
from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Agreement, Facet, Grade, agreement, deciding
from weighin.identity.manifest import Manifest

_MOST_TENSORS: Final = 200
_BOTH: Final = 2
_SHOWN_DIGITS: Final = 12
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoints:
    """What is known of the checkpoints that two runs scored.

    Attributes:
        manifests: By checkpoint id.
        comparisons: Measured comparisons of two of them, by their ids.
    """

    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    comparisons: Mapping[tuple[str, str], Comparison] = field(default_factory=dict)


def held_facets(first: Record, second: Record, known: Checkpoints) -> Iterator[Difference]:
    """Each facet of which at least one of two records says something, and that bears on both."""
    for facet in Facet:
        mine, theirs = first.observation(facet), second.observation(facet)
        if not (mine.applies and theirs.applies):
            continue
        if not mine.identifiers and not theirs.identifiers:
            continue
        answer = agreement(mine.identifiers, theirs.identifiers, Grade.DECLARED)
        if answer is Agreement.SAME:
            told = described(mine), described(theirs)
            yield Difference(topic=facet, agreement=answer, first=told[0], second=told[1])
        elif answer is Agreement.UNKNOWN:
            told = words_of_doubt(mine, theirs) or told_apart(mine, theirs)
            yield Difference(
                topic=facet,
                agreement=answer,
                brief=_doubt(bool(mine.identifiers), bool(theirs.identifiers), told),
                first=told[0],
                second=told[1],
                way=how_to_identify((first, second), facet, Grade.DECLARED),
            )
        else:
            told = words_of_difference(mine, theirs)
            yield _different(facet, told, first, second, known)


def unrecorded_facets(first: Record, second: Record) -> tuple[Facet, ...]:
    """The facets of which neither record says anything, though they may bear on it."""
    records = (first, second)
    return tuple(
        facet
        for facet in Facet
        if all(r.observation(facet).applies for r in records)
        and not any(r.observation(facet).identifiers for r in records)
        # Which files of the harness ran, only who ran them can tell.
        and (facet is not Facet.HARNESS_FILES or any(r.is_own for r in records))
    )


def _doubt(has_first: bool, has_second: bool, told: tuple[str, str]) -> str:  # noqa: FBT001  # values
    if has_first and has_second:
        if told[0] == told[1]:
            return "nothing that both record shows that it is the same"
        return f"{told[0]} beside {told[1]}"
    return f"recorded only of {'A' if has_first else 'B'}"


def _different(
    facet: Facet, told: tuple[str, str], first: Record, second: Record, known: Checkpoints
) -> Difference:
    brief, way = f"{told[0]} → {told[1]}", ""
    lines: tuple[str, ...] = ()
    pair = deciding(first.observation(facet).identifiers, second.observation(facet).identifiers)
    if pair is not None and isinstance(pair[0].value, dict) and isinstance(pair[1].value, dict):
        by_key = held_mappings(
            facet, _named(pair[0].value), _named(pair[1].value), is_whole=True, noun="part"
        )
        if by_key is not None and by_key.is_different:
            brief, lines = by_key.brief, by_key.lines
    if facet is Facet.WEIGHTS:
        brief, lines, way = _weights(brief, first, second, known)
    return Difference(
        topic=facet,
        agreement=Agreement.DIFFERENT,
        brief=brief,
        first=told[0],
        second=told[1],
        lines=lines,
        way=way,
    )


def _named(value: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The parts of a content by their names; digests in a few digits."""
    return {
        name: part[:_SHOWN_DIGITS] if isinstance(part, str) and _DIGEST.fullmatch(part) else part
        for name, part in value.items()
    }


def _weights(
    brief: str, first: Record, second: Record, known: Checkpoints
) -> tuple[str, tuple[str, ...], str]:
    """In brief, the tensors that differ, and what would show them where that is unknown."""
    manifests = [known.manifests.get(record.checkpoint_id or "") for record in (first, second)]
    places = [record.location for record in (first, second) if record.location is not None]
    # A record may be of anybody, and this is a line that people copy.
    compare = shlex.join(("weighin", "compare", *places)) if len(places) == _BOTH else ""
    left, right = manifests
    if left is None or right is None:
        return brief, (), compare and f"`{compare}` names the tensors"
    comparison = comparison_with_distances(left, right, known.comparisons)
    names = tensors_of(comparison)
    if not names:
        return (
            "those in memory differ, the tensors on disk are the same",
            _memory(first, second),
            "",
        )
    brief = f"{len(names)} of {count(comparison.tensors, 'tensor')}"
    lines = (weights_in_words(comparison), *(f"~{name}" for name in names[:_MOST_TENSORS]))
    if len(names) > _MOST_TENSORS:
        lines = (*lines, f"… and {len(names) - _MOST_TENSORS} tensors more")
    has_distances = comparison.relative_frobenius is not None
    return brief, lines, "" if has_distances else compare and f"`{compare}` measures by how much"


def _memory(first: Record, second: Record) -> tuple[str, ...]:
    """Tensors that are not as on disk, of either."""
    return tuple(
        f"{mark}{name}"
        for mark, record in (("-", first), ("+", second))
        if record.loaded is not None
        for name in (*record.loaded.differ_from_disk, *record.loaded.not_in_checkpoint)
    )
