"""What labels that are neither model nor benchmark say of a number."""

import re

from weighin.sources.scorecard.tables.claims.found import Found
from weighin.sources.scorecard.tables.claims.labels import Labels
from weighin.sources.scorecard.tables.claims.said import (
    says,
)
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Axis, Level
from weighin.sources.scorecard.tables.layout.levels.of_models import has_parts_across
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores import (
    looks_like_score,
)
from weighin.sources.scorecard.tables.layout.words import (
    is_language,
    is_measure,
    is_model,
    is_unbounded_metric,
    is_variant,
)

_YES_OR_NO = re.compile(
    r"on|off|yes|no|true|false|enabled|disabled|[✓✗✔✘✅❌√×]|是|否|开|关|有|无", re.IGNORECASE
)
_OF_MODEL = frozenset((Kind.SETTING, Kind.MODEL))
_PARTS = frozenset(("subset", "subtask", "part", "sub task", "task", "domain", "language"))
_LANGUAGES = frozenset(
    ("language", "languages", "lang", "langs", "locale", "语言", "語言", "言語", "언어", "sprache",
     "sprachen", "langue", "langues", "idioma", "idiomas", "língua", "lingua", "lingue", "язык",
     "языки", "мова", "taal", "język", "dil")
)  # fmt: skip
_MOST = 0.5
_VERSIONS = frozenset(("version", "model version", "release", "版本", "バージョン", "버전"))
"""What a model is, and no set on which it was measured."""
_SPLITS = frozenset(("test", "dev", "val", "valid", "validation", "train", "eval"))
"""Of a column that has them they say which set it is, and elsewhere nothing."""
_ENGLISH = frozenset(("en", "english"))


def add_further_labels(labels: Labels, found: Found, row: int, column: int) -> None:
    """What labels that are neither model nor benchmark say."""
    settings = [""] * len(labels.layout.others)
    for index, level in enumerate(labels.layout.others):
        text = labels.at(level, row, column)
        is_flag = level.kind is Kind.SETTING and _YES_OR_NO.fullmatch(text) is not None
        if text in {found.label, found.artifact}:
            continue
        if not any(c.isalnum() for c in text) and not is_flag:
            continue
        if level.place < 0:
            found.section = text
            if is_unbounded_metric(text):
                found.metric = found.metric or text
        elif _names_itself(labels, level, text) or not says(found, level, text):
            settings[index] = _add_label(labels, found, level, text)
    found.settings = tuple(settings) if any(settings) else ()
    found.bases = tuple(
        index
        for index, level in enumerate(labels.layout.others)
        if settings[index] and len(level.labels) > 1 and labels.names_a_model(level)
    )


def _add_label(labels: Labels, found: Found, level: Level, text: str) -> str:
    """Take in a label that names a part, a group or a setting; a setting is returned."""
    benchmark = labels.layout.benchmark
    # `medium` between easy and hard is no effort.
    is_varied = is_variant(text) and level.share(is_variant) * 2 >= 1
    if benchmark is None and level.axis is Axis.COLUMNS and not is_varied:
        _add_part(labels, found, text)
        return ""
    is_of_benchmark = benchmark is not None and level.axis is benchmark.axis
    is_inner = benchmark is not None and level.place > benchmark.levels[-1].place
    if is_of_benchmark and is_inner and is_language(text):
        _add_language(labels, found, level, text)
        return ""
    is_of_languages = level.kind is Kind.GROUP and benchmark is not None
    is_of_parts = level.axis is Axis.ROWS and level.place in labels.layout.parts
    if is_of_parts or (is_of_languages and _are_languages(labels, level)):
        _add_part(labels, found, text)
        return ""
    if level.kind is Kind.GROUP:
        return _group(labels, found, level, text)
    if benchmark is not None and has_parts_across(level, benchmark):
        _add_part(labels, found, text)
        return ""
    is_measured = any(map(is_measure, level.labels))
    is_across = level.axis is Axis.COLUMNS and labels.layout.rows_are is Kind.VALUE
    if is_across and is_measured:
        # Where a row names its model and its benchmark, a column is a measure of these.
        found.metric, found.benchmark = text, None
        return ""
    is_claim = _is_claim_of_rows(labels) and level.axis is Axis.ROWS
    is_part = _names_part(labels, level)
    if not is_of_benchmark or level.kind in _OF_MODEL or (is_claim and not is_part):
        return _setting(labels, level, text)
    if is_inner and not is_varied:
        _add_part(labels, found, text)
        return ""
    if is_inner or (level.axis is Axis.COLUMNS and (is_variant(text) or is_model(text))):
        return text
    found.section = found.section or text
    return ""


def _add_language(labels: Labels, found: Found, level: Level, text: str) -> None:
    """Take in the language that a benchmark is in, which is a part of it beside others."""
    is_alone = level.share(is_language) * len(level.labels) <= 1
    if is_alone and name_words(text) in _ENGLISH:
        return
    # Among other domains a language is one of them, and no part.
    if level.share(is_language) > _MOST or name_words(labels.heading(level)) in _LANGUAGES:
        _add_part(labels, found, text)
    else:
        found.section = text


def _group(labels: Labels, found: Found, level: Level, text: str) -> str:
    """A group heads what stands below it; a version is returned as what a model is."""
    if name_words(labels.heading(level)) in _VERSIONS:
        return _setting(labels, level, text)
    benchmark = labels.layout.benchmark
    is_inner = benchmark is not None and level.place > benchmark.levels[-1].place
    found.section = text if is_inner else found.section or text
    return ""


def _is_claim_of_rows(labels: Labels) -> bool:
    """Whether headings name both models and benchmarks, so that each row is a claim."""
    layout = labels.layout
    named = layout.benchmark is not None and layout.benchmark.levels[-1].kind
    model = layout.model is not None and layout.model.kind
    return named is Kind.BENCHMARK and model is Kind.MODEL and layout.rows_are is Kind.VALUE


def _are_languages(labels: Labels, level: Level) -> bool:
    """Whether a column is called that of languages, and has several, known or not."""
    is_before = level.axis is Axis.ROWS and 0 <= level.place < labels.layout.numbers[0].place
    is_each = not any("," in label or "、" in label for label in level.labels)
    is_named = name_words(labels.heading(level)) in _LANGUAGES
    return is_before and is_each and is_named and len(level.labels) > 1


def _is_of_languages(labels: Labels, level: Level) -> bool:
    """Whether a column is called that of languages: `sr` in it is no rate."""
    is_group = level.kind is Kind.GROUP and level.axis is Axis.ROWS
    return is_group and name_words(labels.heading(level)) in _LANGUAGES


def _names_itself(labels: Labels, level: Level, text: str) -> bool:
    """Whether a label means nothing but what it is called: a language, or `test` beside others."""
    is_one_of_several = level.axis is Axis.ROWS and level.place >= 0 and len(level.labels) > 1
    return (is_one_of_several and text.casefold() in _SPLITS) or _is_of_languages(labels, level)


def _names_part(labels: Labels, level: Level) -> bool:
    """Whether a column is named as one of parts of benchmarks."""
    if level.axis is Axis.COLUMNS or level.place < 0:
        return False
    return name_words(labels.layout.columns[level.place].name) in _PARTS


def _setting(labels: Labels, level: Level, text: str) -> str:
    """A setting; a bare number, yes or no is nothing without the name of its column."""
    name = ""
    is_bare = looks_like_score(text) or _YES_OR_NO.fullmatch(text) is not None
    if level.axis is Axis.ROWS and level.place >= 0 and is_bare:
        name = labels.layout.columns[level.place].name
    return f"{name} {text}" if name else text


def _add_part(labels: Labels, found: Found, text: str) -> None:
    """A part of a benchmark is not the whole, unless the registry knows it by both names."""
    found.label = f"{found.label} ({text.strip('()[] ')})"
    found.benchmark = labels.benchmark(found.label).benchmark
