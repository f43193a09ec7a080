"""Numbers of one model on one benchmark, told apart by what else their table says."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from weighin.sources.scorecard.tables.claims import Found
from weighin.sources.scorecard.tables.layout.words import is_language, is_shots, is_variant


def told_apart(found: Sequence[Found]) -> list[Found]:
    """The numbers, models with several numbers on one benchmark named with their settings.

    Two precisions of one model are two artifacts; two sections of one table can be two sets.
    Numbers that nothing tells apart stay as they are.
    """
    answer = list(found)
    for of_number, with_it in (
        (_settings, _with_settings),
        (_section, _with_section),
    ):
        twice = _twice(answer)
        if not twice:
            break
        models = {
            answer[index].artifact
            for indexes in twice
            if len({of_number(answer[index]) for index in indexes}) > 1
            for index in indexes
        }
        answer = [
            with_it(number) if number.artifact in models and of_number(number) else number
            for number in answer
        ]
    return answer


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


def _settings(number: Found) -> str:
    return ", ".join(number.settings)


def _with_settings(number: Found) -> Found:
    return replace(number, artifact=f"{number.artifact} ({_settings(number)})")


def _section(number: Found) -> str:
    return number.section


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
