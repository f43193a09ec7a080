"""The facets of what was scored, how well each is known, and when two observations agree.

And when two names are spellings of one.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pydantic import JsonValue

from weighin.files.strict_model import StrictModel

_CACHED = re.compile(
    r"(?:^|/)models--(?:(?P<owner>[^/]+?)--)?(?P<name>[^/]+?)"
    r"(?:/snapshots/(?P<commit>[0-9a-f]{40}))?$"
)
# As lm-eval and others make a folder of `org/name`.
_FOLDER = re.compile(
    r"(?P<owner>[A-Za-z0-9](?:[\w.-]*?[A-Za-z0-9])?)__(?P<name>[A-Za-z0-9][\w.-]*)"
)
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_SCHEME = "hf://"


class Facet(StrEnum):
    """One aspect of "the model" that can differ between two rows of a scorecard."""

    # As a text it is equal to, and many times faster than that of `Enum`, which is in Python.
    __hash__ = str.__hash__

    WEIGHTS = "weights"
    CONFIG = "config"
    GENERATION_CONFIG = "generation_config"
    REMOTE_CODE = "remote_code"
    TOKENIZER = "tokenizer"
    SPECIAL_TOKENS = "special_tokens"
    CHAT_TEMPLATE = "chat_template"
    SYSTEM_PROMPT = "system_prompt"
    DTYPE = "dtype"
    QUANTIZATION = "quantization"
    ADAPTERS = "adapters"
    ENGINE = "engine"
    DECODING = "decoding"
    TEST_TIME_COMPUTE = "test_time_compute"
    ENDPOINT = "endpoint"
    HARNESS_FILES = "harness_files"


FACETS_OF_LOGS = tuple(facet for facet in Facet if facet is not Facet.HARNESS_FILES)
"""Those of which a log can tell; which files of the harness ran, only who ran them can."""


class Grade(StrEnum):
    """How an observation is known, from best to worst."""

    MEASURED = "measured"
    """weighin hashed the bytes that were loaded."""
    PINNED = "pinned"
    """An immutable identifier: a 40-hex commit, an LFS sha256, an image digest."""
    DECLARED = "declared"
    """A mutable revision, an argument, a field in a log."""
    NAMED = "named"
    """Just a name."""
    ABSENT = "absent"
    """Nothing was recorded."""

    def at_least(self, other: "Grade") -> bool:
        """Whether this grade is as good as `other` or better."""
        order = tuple(Grade)
        return order.index(self) <= order.index(other)


class Agreement(StrEnum):
    """The three answers of a comparison."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What an identifier identifies, which decides what its (in)equality means."""

    COMPUTED = "computed"
    """What a machine computed and no checkpoint stores; comparable within one `scope` (a kind of
    machine and stack). Equal says nothing of the rest; unequal is a difference."""
    ARGUMENT = "argument"
    """One argument that was set, named by its `scope`. Equal says nothing of what it was applied
    to; unequal is a difference, or unknown where its effect is not known (grade `named`); set
    beside unset is unknown."""
    TRAIT = "trait"
    """What follows from it, such as a count of parameters, or all arguments from a list that is
    written whole; comparable within one `scope`. Equal says nothing of the rest; unequal is a
    difference."""
    LOADED = "loaded"
    """Digest of the tensors in memory; only comparable within one `scope` (loader and dtype)."""
    TENSORS = "tensors"
    """Weights digest of the tensors on disk."""
    CONTENT = "content"
    """Digest or literal of the facet itself."""
    FILES = "files"
    """Digest of files. Two files may differ and hold the same tensors."""
    COMMIT = "commit"
    """`org/name@<40-hex>`. Two commits may hold the same content."""
    NAME = "name"
    """Just a name. Two names may mean one artifact."""


_UNSET: Final = object()
SHOW_DIFFERENCES_ONLY = frozenset({Kind.COMPUTED, Kind.ARGUMENT, Kind.TRAIT})
"""Kinds of which equality says nothing of the rest."""

_INEQUALITY_IS_DIFFERENCE = SHOW_DIFFERENCES_ONLY | {Kind.LOADED, Kind.TENSORS, Kind.CONTENT}

_NAMES = frozenset({Kind.COMMIT, Kind.NAME})


class Identifier(StrictModel):
    """One way in which a facet was identified.

    Attributes:
        kind: What the value identifies.
        value: The digest, name or literal, as JSON.
        grade: How it is known.
        scope: Values are comparable only within one scope, for example one loader version.
    """

    kind: Kind
    value: JsonValue
    grade: Grade
    scope: str = ""


def agreement(
    left: Iterable[Identifier], right: Iterable[Identifier], at_least: Grade
) -> Agreement:
    """Whether two observations of one facet are of the same thing.

    Kinds are tried from the closest to what was scored to a mere name; the first that decides wins,
    and what can only tell a difference goes before all. Sameness needs evidence of grade `at_least`
    on both sides, and no argument that only one side sets. A difference counts from `declared` up:
    a log that contradicts another is a contradiction.

    Args:
        left: Identifiers of one observation; empty if the facet was not recorded.
        right: Identifiers of the other.
        at_least: The least grade that counts for sameness.

    Returns:
        `unknown` if one side is unset or nothing comparable decides.
    """
    ours, theirs = tuple(left), tuple(right)
    for mine, other in _comparable(ours, theirs):
        if _spelling(mine) == _spelling(other):
            if mine.kind in SHOW_DIFFERENCES_ONLY:
                continue
            if mine.grade.at_least(at_least) and other.grade.at_least(at_least):
                return Agreement.UNKNOWN if unequal_arguments(ours, theirs) else Agreement.SAME
        elif _is_difference(mine, other):
            return Agreement.DIFFERENT
        elif mine.kind is Kind.COMMIT:
            # Two commits under one name: that the name is one decides no more.
            return Agreement.UNKNOWN
    return Agreement.UNKNOWN


def deciding(
    left: Iterable[Identifier], right: Iterable[Identifier]
) -> tuple[Identifier, Identifier] | None:
    """The two identifiers by which two observations are different; `None` if none tells."""
    for mine, other in _comparable(tuple(left), tuple(right)):
        if _spelling(mine) != _spelling(other) and _is_difference(mine, other):
            return mine, other
    return None


def unequal_arguments(left: Iterable[Identifier], right: Iterable[Identifier]) -> tuple[str, ...]:
    """Names of the arguments that only one of two observations sets, or both in unlike ways."""
    mine, other = (
        {i.scope: normalised(i.value) for i in side if i.kind is Kind.ARGUMENT}
        for side in (left, right)
    )
    return tuple(
        name for name in {**mine, **other} if mine.get(name, _UNSET) != other.get(name, _UNSET)
    )


def _comparable(
    left: tuple[Identifier, ...], right: tuple[Identifier, ...]
) -> Iterator[tuple[Identifier, Identifier]]:
    """Pairs of one kind and scope, from the closest kind to the furthest."""
    for kind in Kind:
        for mine in (i for i in left if i.kind is kind):
            for other in (i for i in right if i.kind is kind and i.scope == mine.scope):
                yield mine, other


def _spelling(identifier: Identifier) -> JsonValue:
    """The value as it is compared: names in any spelling, other values as what they mean."""
    if identifier.kind in _NAMES and isinstance(identifier.value, str):
        return spelling_apart(identifier.value)
    return normalised(identifier.value)


def _is_difference(mine: Identifier, other: Identifier) -> bool:
    return mine.kind in _INEQUALITY_IS_DIFFERENCE and all(
        i.grade.at_least(Grade.DECLARED) for i in (mine, other)
    )


def normalised(value: JsonValue) -> JsonValue:
    """The value with spellings that mean one thing made equal: `0` and `"0"`, `1` and `1.0`.

    Source:
        Design section 1, idea 3: `0` and `"0"` are the same token id.
    """
    match value:
        case bool() | None:
            return value
        case dict():
            return {key: normalised(item) for key, item in value.items()}
        case list():
            return [normalised(item) for item in value]
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            return value


def plain_name(name: str) -> str:
    """A name or path without what changes nothing: slashes too many, `./`, a hub's cache around it.

    `models--org--name/snapshots/<commit>` is `org/name`; of what commit, `cached_commit` says.
    """
    text = name.strip().removeprefix(_HUB_SCHEME)
    text = re.sub(r"/(?:\./)+", "/", re.sub(r"/{2,}", "/", text))
    while text.startswith("./"):
        text = text[2:]
    text = text.rstrip("/").removesuffix("/.") or name
    found = _CACHED.search(text)
    if found is None:
        return text
    return "/".join(part for part in (found["owner"], found["name"]) if part)


def cached_commit(name: str) -> str:
    """The commit whose snapshot in a hub's cache a path is; empty if it is none."""
    found = _CACHED.search(name.rstrip("/"))
    return (found["commit"] or "") if found else ""


@lru_cache(maxsize=4096)
def spelling_apart(name: str) -> str:
    """What is equal for all spellings of one name: `Org/Name`, `org/name/` and `org__name`.

    Ids of hubs are alike in any case; paths and revisions are not.
    """
    text, at, revision = name.partition("@")
    text = plain_name(text)
    if (folder := _FOLDER.fullmatch(text)) is not None:
        text = f"{folder['owner']}/{folder['name']}"
    is_hub_id = _HUB_ID.fullmatch(text) is not None and not text.startswith(".")
    return f"{text.casefold() if is_hub_id else text}{at}{revision}"
