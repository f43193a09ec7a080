"""Numbers of one model on one benchmark, told apart by what else their table says."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from weighin.evidence.benchmarks import plain_name
from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.corrections import UNNAMED_MODEL
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_mean,
    is_metric,
    is_model,
    is_shots,
    is_variant,
)

_ADDED = re.compile(r"[+&→↳└├]|-\s|w/|with(?:out)?\b|\(?[+-] ", re.IGNORECASE)
_SIZE = re.compile(r"\(?[0-9]{1,4}(?:\.[0-9]{1,2})?\s?[BMbm](?:-A[0-9.]{1,4}B)?\)?")
_KINDS = re.compile(
    r"\b(?:models|llms|lms|vlms|mllms|methods?|baselines?|open|closed|proprietary|commercial|api|scales?"
    r"|sizes?|parameters?|params|range|class|category|group|others?|ours|released|published|reported)\b"
    r"|[<>≤≥~]|模型|开源|闭源|基线|方法|規模|モデル",
    re.IGNORECASE,
)


def told_apart(found: Sequence[Found]) -> list[Found]:
    """The numbers, models with several numbers on one benchmark named with their settings.

    Two precisions of one model are two artifacts; two sections of one table can be two sets.
    Numbers that nothing tells apart stay as they are.
    """
    answer = _with_rows_above(_by_settings(_with_models_of_sections(found)))
    sections = {number.section for number in answer}
    if len(sections) > 1 and all(map(is_language, sections)):
        # A benchmark in one language is a part of it, whether or not it comes in another.
        return [_with_section(number) for number in answer]
    twice = [
        indexes
        for indexes in _twice(answer)
        if len({answer[index].section for index in indexes}) > 1
    ]
    apart = {index for indexes in twice for index in indexes}
    # A set that tells some numbers of a column apart is named with all of them.
    labels = {answer[indexes[0]].label for indexes in twice}
    return [
        _with_section(number)
        if number.section and (index in apart or (number.label in labels and _names_set(number)))
        else number
        for index, number in enumerate(answer)
    ]


def _with_rows_above(found: list[Found]) -> list[Found]:
    """The numbers; `+ DPO` below two models is an addition to each of them."""
    models: list[str] = []
    additions: dict[str, set[str]] = defaultdict(set)
    for number in found:
        is_added = _ADDED.match(number.artifact) is not None
        models.append((models[-1] if models else "") if is_added else number.artifact)
        if is_added:
            additions[number.artifact].add(models[-1])
    return [
        replace(number, artifact=f"{above} {number.artifact}")
        if above and len(additions[number.artifact]) > 1
        else number
        for number, above in zip(found, models, strict=True)
    ]


def _with_models_of_sections(found: Sequence[Found]) -> list[Found]:
    """The numbers; where sections name models and rows do not, rows are runs of these.

    `7B` below `Lark` is Lark 7B, `AWQ` below `Lark 7B` is that model in that precision.
    """
    sections = {number.section for number in found} - {""}
    rows = {number.artifact for number in found if number.section}
    sizes = sum(map(_is_of_size, rows))
    is_by_size = sizes * 2 > len(rows) and not any(map(_is_of_kinds, sections))
    named = sum(is_model(s) and not _is_of_kinds(s) for s in sections)
    others = sum(not is_model(row) or is_variant(row) or row == UNNAMED_MODEL for row in rows)
    is_by_name = named * 2 > len(sections) and others * 2 > len(rows)
    if not (is_by_size or is_by_name):
        return list(found)
    return [_of_section(number) if number.section else number for number in found]


def _is_of_size(text: str) -> bool:
    return _SIZE.fullmatch(text) is not None


def _is_of_kinds(section: str) -> bool:
    """Whether a section is of a kind of models, and names none."""
    return _KINDS.search(section) is not None


def _of_section(number: Found) -> Found:
    section, artifact = number.section.rstrip(": "), number.artifact
    is_named = is_model(artifact) and not is_variant(artifact)
    if is_named or plain_name(section) in plain_name(artifact):
        return number
    if artifact == UNNAMED_MODEL:
        name = section
    elif _is_of_size(artifact):
        name = f"{section} {artifact.strip('()')}"
    else:
        name = f"{artifact} ({section})"
    return replace(number, artifact=name)


def _by_settings(found: list[Found]) -> list[Found]:
    """Models whose numbers on one benchmark differ in a setting, named with it."""
    told: dict[str, tuple[int, ...]] = {}
    for indexes in _twice(found):
        printed = [found[index].settings for index in indexes]
        places = range(max(map(len, printed), default=0))
        settings = [one or ("",) * len(places) for one in printed]
        said = {place: {one[place] for one in settings} for place in places}
        # Words tell runs apart before numbers do.
        by_words = sorted(places, key=lambda place: _are_numbers(said[place]))
        alone = next((p for p in by_words if len(said[p] - {""}) == len(settings)), None)
        if alone is not None:
            told.setdefault(found[indexes[0]].artifact, (alone,))
        elif len(set(settings)) > 1:
            told[found[indexes[0]].artifact] = tuple(p for p in places if len(said[p]) > 1)
    return [
        _named(number, tuple(sorted({*told.get(number.artifact, ()), *_bases(number)})))
        for number in found
    ]


def _bases(number: Found) -> tuple[int, ...]:
    """Places of models that a name does not tell by itself."""
    name = plain_name(number.artifact)
    return tuple(p for p in number.bases if plain_name(number.settings[p]) not in name)


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
    is_of_metric = is_metric(number.label) and not is_mean(number.label)
    if is_of_metric and _names_set(number) and not is_language(section):
        metric = number.metric or number.label
        return replace(number, label=section.rstrip(": "), metric=metric, benchmark=None)
    if _names_set(number):
        # A part of a benchmark is not the whole.
        return replace(number, label=f"{number.label} ({section})", benchmark=None)
    return replace(number, artifact=f"{number.artifact} ({section})")


def _names_set(number: Found) -> bool:
    """Whether a section names what a benchmark was scored on, and not how a model was made."""
    section = number.section
    if is_variant(section) or (is_model(section) and not _is_of_kinds(section)):
        return False
    # Below metrics alone, sections are the sets on which they were measured.
    is_of_metric = is_metric(number.label) and not _is_of_kinds(section)
    return is_language(section) or is_of_metric or number.row != number.artifact
