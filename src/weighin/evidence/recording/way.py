"""What a log may lack, and how a harness records it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from weighin.evidence.facts import FactName
from weighin.identity.facets import Facet


class Part(StrEnum):
    """A part of a log that is neither facet nor fact."""

    SAMPLES = "samples"
    """The answer and score of each document, from which a score can be recomputed."""
    DOCUMENTS = "documents digest"
    """What the documents were."""
    PROMPTS = "prompts digest"
    """What the prompts were."""
    TASK_CONFIGURATION = "task configuration"
    """The settings of the task."""
    DATASET_REVISION = "dataset revision"
    """The commit of the dataset."""
    DOCUMENT_COUNT = "number of documents"
    """How many documents the split has, and how many have a score."""
    UNCERTAINTY = "standard error"
    """The standard error of a score."""
    HARNESS_VERSION = "harness version"
    """Which version or commit of the harness ran."""
    STOP_SEQUENCES = "stop sequences"
    """What ended an answer."""
    START = "start"
    """When it ran."""


Recorded = Facet | FactName | Part
"""What can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A flag, field or command that records something.

    Attributes:
        text: What to do, with what is typed or written in backquotes.
        since: First version that has it, as in `0.4.3`; empty if all that are read have it.
    """

    text: str
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWay:
    """That a harness cannot record something.

    Attributes:
        text: What it does instead, after its name; empty where it has no field for it.
    """

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """A harness, or another writer of logs, and what it can record.

    Attributes:
        name: As records have it before the version, and as a person is told.
        ways: How it records what it is asked to; what is missing it has no field for.
        of_servers: The same of a model that is served, where that is otherwise.
    """

    name: str
    ways: Mapping[Recorded, Way | NoWay]
    of_servers: Mapping[Recorded, Way | NoWay] = field(default_factory=dict)
