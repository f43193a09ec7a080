"""Numbers of one model on one benchmark, told apart by what else their table says."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.layout.words import is_language, is_shots, is_variant


def told_apart(found: Sequence[Found]) -> list[Found]:
    """The numbers, models with several numbers on one benchmark named with their settings.

    Two precisions of one model are two artifacts; two sections of one table can be two sets.
    Numbers that nothing tells apart stay as they are.
    """
    answer = _by_settings(list(found))
    for indexes in _twice(answer):
        if len({answer[index].section for index in indexes}) > 1:
            for index in indexes:
                if answer[index].section:
                    answer[index] = _with_section(answer[index])
    return answer


def _by_settings(found: list[Found]) -> list[Found]:
    """Models whose numbers on one benchmark differ in a setting, named with it."""
    told: dict[str, tuple[int, ...]] = {}
    for indexes in _twice(found):
        settings = [found[index].settings for index in indexes]
        places = range(min(map(len, settings), default=0))
        said = {place: {one[place] for one in settings} for place in places}
        # Words tell runs apart before numbers do.
        by_words = sorted(places, key=lambda place: _are_numbers(said[place]))
        alone = next((p for p in by_words if len(said[p] - {""}) == len(settings)), None)
        if alone is not None:
            told.setdefault(found[indexes[0]].artifact, (alone,))
        elif len(set(settings)) > 1:
            told[found[indexes[0]].artifact] = tuple(p for p in places if len(said[p]) > 1)
    return [_named(number, told.get(number.artifact, ())) for number in found]


def _are_numbers(texts: set[str]) -> bool:
    return all(text[-1:].isdecimal() for text in texts if text)


def _named(number: Found, places: tuple[int, ...]) -> Found:
    settings = [
        number.settings[place]
        for place in places
        if place < len(number.settings) and number.settings[place]
    ]
    if not settings:
        return number
    return replace(number, artifact=f"{number.artifact} ({', '.join(settings)})")


def _twice(found: Sequence[Found]) -> list[list[int]]:
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, number in enumerate(found):
        stated = number.stated
        key = (
            number.artifact, number.label, number.metric, number.split, stated.shots,
            stated.passes, stated.votes, stated.attempts, stated.tools,
        )  # fmt: skip
        places[key].append(index)
    return [indexes for indexes in places.values() if len(indexes) > 1]


def _with_section(number: Found) -> Found:
    section = number.section
    if is_shots(section):
        number.stated.takes(section)
        return number
    if is_variant(section):
        return replace(number, artifact=f"{number.artifact} ({section})")
    if is_language(section) or number.row != number.artifact:
        # A part of a benchmark is not the whole.
        return replace(number, label=f"{number.label} ({section})", benchmark=None)
    return replace(number, artifact=f"{number.artifact} ({section})")
