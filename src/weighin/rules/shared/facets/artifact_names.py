"""What tells an artifact from others of its name: a label, a revision, a commit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import (
    Agreement,
    Facet,
    Grade,
    Identifier,
    Kind,
    agreement,
    deciding,
    spelling_apart,
)
from weighin.rules.interface import Case
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.wording import listed, literal

IMMUTABLE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A commit or digest in full: it names one content for ever."""

_OF_CONTENT = frozenset({Kind.LOADED, Kind.TENSORS, Kind.CONTENT, Kind.FILES})


class Aspect(StrEnum):
    """In what two artifacts of one name are told apart."""

    CHECKPOINT = "checkpoint"
    LABEL = "label"
    ARGUMENTS = "set of arguments"
    PARAMETERS = "number of parameters"
    COMMIT = "commit"
    REVISION = "revision"
    NAME = "name"


OF_IDENTIFIERS = frozenset({Aspect.ARGUMENTS, Aspect.PARAMETERS})
"""Aspects that are compared by the identifiers of the weights, and only told in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactName:
    """How one record tells its artifact from others of the name; empty where it does not.

    Attributes:
        checkpoint: Id of the checkpoint.
        label: What tells it apart where the log itself does not: a folder.
        arguments: Arguments that make other weights of the named ones.
        parameters: Number of parameters as it was counted.
        commit: `org/name@<commit>` of the weights.
        revision: The revision that was asked for.
    """

    checkpoint: str = ""
    label: str = ""
    arguments: str = ""
    parameters: str = ""
    commit: str = ""
    revision: str = ""

    def by(self, aspect: Aspect) -> str:
        """What it says of one aspect; empty if nothing."""
        match aspect:
            case Aspect.CHECKPOINT:
                return self.checkpoint
            case Aspect.LABEL:
                return self.label
            case Aspect.ARGUMENTS:
                return self.arguments
            case Aspect.PARAMETERS:
                return self.parameters
            case Aspect.COMMIT:
                return self.commit
            case Aspect.REVISION:
                return self.revision
            case Aspect.NAME:
                return ""

    @property
    def words(self) -> str:
        """The closest name, for a sentence; empty if there is none."""
        short = f"checkpoint {self.checkpoint[:12]}" if self.checkpoint else ""
        return self.label or short or self.arguments or self.commit or self.revision


def artifact_name(case: Case, record: Record) -> ArtifactName:
    """What a record, or a declaration on it, says of the artifact beyond the model's name."""
    return ArtifactName(
        checkpoint=record.checkpoint_id or "",
        label=_text(case, record, FactName.ARTIFACT_LABEL),
        arguments=_arguments(record),
        parameters=_parameters(record),
        commit=next(iter(commits_of(record, Grade.DECLARED)), ""),
        revision=_text(case, record, FactName.REVISION),
    )


def _arguments(record: Record) -> str:
    """What makes other weights of the named ones: arguments, else what stands beside the name."""
    identifiers = record.observation(Facet.WEIGHTS).identifiers
    told = listed(
        tuple(
            f"{i.scope}={literal(i.value)}"
            for i in identifiers
            if i.kind is Kind.ARGUMENT and i.grade.at_least(Grade.DECLARED)
        )
    )
    beside = (i.scope for i in identifiers if i.kind in {Kind.COMMIT, Kind.NAME} and i.scope)
    return told or next(beside, "")


def _parameters(record: Record) -> str:
    counted = (
        literal(i.value)
        for i in record.observation(Facet.WEIGHTS).identifiers
        if i.kind is Kind.TRAIT and not isinstance(i.value, dict)
    )
    return next(counted, "")


def commits_of(record: Record, least: Grade, *, is_alone: bool = False) -> tuple[str, ...]:
    """The commits of the weights that a record knows at a grade or better.

    Args:
        record: The record.
        least: The grade.
        is_alone: Leave out those beside which something makes other weights of them.
    """
    return tuple(
        str(i.value)
        for i in record.observation(Facet.WEIGHTS).identifiers
        if i.kind is Kind.COMMIT and i.grade.at_least(least) and not (is_alone and i.scope)
    )


def is_known_by_content(record: Record) -> bool:
    """Whether the weights were identified by bytes, so that no name is needed."""
    return any(i.grade.at_least(Grade.PINNED) for i in _content_of(record))


def is_one_content(records: Sequence[Record]) -> bool:
    """Whether all records are known to be of the same bytes, whatever they call them."""
    first, *others = records
    return is_known_by_content(first) and all(
        agreement(_content_of(first), _content_of(other), Grade.PINNED) is Agreement.SAME
        for other in others
    )


def are_different(case: Case, left: Record, right: Record) -> bool:
    """Whether something says that two records are of different artifacts."""
    ours, theirs = artifact_name(case, left), artifact_name(case, right)
    content = agreement(_content_of(left), _content_of(right), Grade.DECLARED)
    if content is not Agreement.UNKNOWN:
        return content is Agreement.DIFFERENT
    identifiers = (r.observation(Facet.WEIGHTS).identifiers for r in (left, right))
    if deciding(*identifiers) is not None:
        return True
    # What is counted and what was set differ by the identifiers alone.
    named = (aspect for aspect in Aspect if aspect not in OF_IDENTIFIERS)
    return any(told_apart(ours.by(aspect), theirs.by(aspect)) for aspect in named)


def told_apart(left: str, right: str) -> bool:
    """Whether two names of one aspect are two; a branch beside a commit may name that commit."""
    both_say = bool(left) and bool(right)
    is_one = left == right or ("@" in left and spelling_apart(left) == spelling_apart(right))
    return both_say and not is_one and is_immutable(left) == is_immutable(right)


def is_immutable(name: str) -> bool:
    """Whether a revision or `org/name@<revision>` names one content for ever."""
    return IMMUTABLE.fullmatch(name.rpartition("@")[2].lower()) is not None


def _content_of(record: Record) -> tuple[Identifier, ...]:
    identifiers = record.observation(Facet.WEIGHTS).identifiers
    return tuple(i for i in identifiers if i.kind in _OF_CONTENT)


def _text(case: Case, record: Record, name: FactName) -> str:
    at_hand = fact_at_hand(case, record, name)
    value = None if at_hand is None else at_hand.fact.value
    return value.strip() if isinstance(value, str) else ""
