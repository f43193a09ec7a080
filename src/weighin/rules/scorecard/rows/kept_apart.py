"""What a source says itself of the artifacts behind its numbers: in headings and in footnotes."""

import re
from collections.abc import Iterator, Sequence

from weighin.evidence.scorecard import Availability
from weighin.rules.scorecard.declared.disclosed import Disclosures
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    in_short,
    numbers_of,
    source_key,
)
from weighin.rules.shared.wording import listed

STAGE = re.compile(
    r"\b(base|foundation|pre-?train\w*|instruct\w*|chat|(post|fine|instruction)[- ]?tun\w*|tuned"
    r"|post-?train\w*|thinking|non-?reasoning"
    r"|reasoning[- ](models?|mode|on|off|enabled|disabled))\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\bunreleased\b|\bnot (yet )?(publicly )?(the )?released\b|\bvariant of\b"
    r"|\b(experimental|internal|preview|custom\w*|another|different|earlier|older|newer|later)"
    r" ([\w-]+ )?(version|variant|checkpoint|snapshot)(?! of (the )?(benchmark|data|prompt))",
    re.IGNORECASE,
)
_SHOWN = 8


def headed_apart(names: Sequence[Sequence[StatedNumber]]) -> Iterator[ScorecardFinding]:
    """Notes on names whose numbers differ under headings of base and of tuned models.

    Args:
        names: The numbers under each name.
    """
    same: dict[tuple[str, ...], list[Sequence[StatedNumber]]] = {}
    for stated in names:
        headings = _headings(stated)
        if len(headings) > 1 and any(map(STAGE.search, headings)):
            same.setdefault(headings, []).append(stated)
    for headings, members in same.items():
        told = listed(tuple(of_one[0].artifact.name for of_one in members), _SHOWN)
        is_one = len(members) == 1
        numbers = numbers_of(s for of_one in members for s in of_one)
        yield ScorecardFinding(
            word=Word.NOTE,
            statement=f"{told} {'has' if is_one else 'have'} numbers under "
            f"{listed(tuple(map(repr, headings)), _SHOWN)}, which the source keeps apart: "
            "one name there may be of several artifacts",
            arithmetic=in_short(numbers, _SHOWN),
            numbers=numbers,
        )


def _headings(stated: Sequence[StatedNumber]) -> tuple[str, ...]:
    """The headings under which one name has different numbers on one benchmark of a source."""
    places = dict.fromkeys(s.number.source.place for s in stated)
    if len(places) < 2:  # noqa: PLR2004  # nothing to tell apart
        return ()
    found: dict[str, None] = {}
    for alike in grouped(stated, lambda s: (source_key(s.number.source), s.subject)).values():
        if len({s.value for s in alike}) > 1:
            found.update(dict.fromkeys(s.number.source.place for s in alike))
    return tuple(place for place in found if place)


def said_of_another(
    case: ScorecardCase, stated: Sequence[StatedNumber]
) -> Iterator[ScorecardFinding]:
    """Notes on numbers of which a footnote or heading says that they are of another version."""
    said = Disclosures(case.scorecards)
    found: dict[str, list[StatedNumber]] = {}
    for one in stated:
        if one.artifact.availability is not Availability.NEVER_PUBLISHED:
            place = one.number.source.place
            headed = (f"the source heads it {place!r}",) if place else ()
            for sentence in (*said.sentences((one.number,)), *headed):
                if _ANOTHER.search(sentence):
                    found.setdefault(sentence, []).append(one)
    for sentence, members in found.items():
        names = listed(tuple(dict.fromkeys(s.artifact.name for s in members)), _SHOWN)
        yield ScorecardFinding(
            word=Word.NOTE,
            statement=f"beside {in_short(numbers_of(members), _SHOWN)} under the name {names} the "
            "source speaks of a version of its own",
            numbers=numbers_of(members),
            disclosed=(sentence,),
            fix="name the artifact of each number",
        )
