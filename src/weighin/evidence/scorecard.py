"""A published scorecard: numbers as they were printed, and what is said of what they belong to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from weighin.files.strict_model import StrictModel

Text = Annotated[str, Field(min_length=1)]


class Unit(StrEnum):
    """What a printed number counts in."""

    PERCENT = "percent"
    SHARE = "share"
    RATING = "rating"
    """Of an arena: only differences mean something."""
    OTHER = "other"


class Role(StrEnum):
    """Who a number comes from."""

    CLAIM = "claim"
    """Published by whoever made the model, or whoever copied it from there."""
    RERUN = "rerun"
    """Scored again by somebody else, or later."""


class Availability(StrEnum):
    """Whether everybody can obtain an artifact."""

    PUBLISHED = "published"
    """Its weights can be downloaded."""
    SERVED = "served"
    """It answers over a public interface."""
    NEVER_PUBLISHED = "never-published"
    UNKNOWN = "unknown"


class Source(StrictModel):
    """Where something was read.

    Attributes:
        title: In words, for example `model card`.
        url: Address; empty if there is none.
        date: Day on which it said so, as `2025-04-05`; empty if unknown.
        place: Page, table or footnote; empty for the whole.
        commit: Of the document, if it is versioned.
    """

    title: Text
    url: str = ""
    date: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""
    place: str = ""
    commit: str = ""


class Artifact(StrictModel):
    """One thing that was scored, under the name that tells it from others.

    Attributes:
        name: For example `Llama-4-Maverick-17B-128E-Instruct`.
        claimed_as: The name under which the public knows it, which several artifacts may share.
        checkpoint: `hf://org/name@<40-hex>` or `sha256:<checkpoint id>`; `None` if unknown.
        availability: Whether everybody can obtain it.
        variants_tested: How many variants were scored before it was chosen; `None` if unknown.
        sources: Where this is said.
        note: Anything else, for example what its maker says of it.
    """

    name: Text
    claimed_as: Text
    checkpoint: Text | None = None
    availability: Availability = Availability.UNKNOWN
    variants_tested: Annotated[int, Field(ge=1)] | None = None
    sources: tuple[Source, ...] = ()
    note: str = ""


class Protocol(StrictModel):
    """How a number was made, as far as its own source declares it.

    Attributes:
        shots: Examples in the prompt; `None` if not declared.
        passes: Answers to each document that are averaged; `several` if more than one is declared
            without a number; `None` if not declared, which readers take for one.
        votes: Answers of which the most frequent counts; `None` if not declared.
        temperature: `None` if not declared.
        averaging: `micro`, `macro` or another word; empty if not declared.
        tools: Tools that the model had; empty if none is declared.
        effort: Thinking effort or budget, as declared; empty if not.
        subset: What was scored where it was not the whole split; empty if not declared.
    """

    shots: Annotated[int, Field(ge=0)] | None = None
    passes: Literal["several"] | Annotated[int, Field(ge=1)] | None = None
    votes: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0)] | None = None
    averaging: str = ""
    tools: str = ""
    effort: str = ""
    subset: str = ""


class ScorecardNumber(StrictModel):
    """One printed number.

    Attributes:
        printed: As printed, trailing zeros kept: `57.2`; a hyphen before it where it is below zero.
        unit: What it counts in.
        is_unit_sure: Whether it does; not where its neighbours are percentages and it looks like a
            share, so that nothing can be held against it before somebody says which it is.
        artifact: Name of one of the scorecard's artifacts.
        benchmark: As printed.
        registered_as: Id in the registry of benchmarks; empty to find it by its name.
        split: As declared; empty if not.
        metric: As printed; empty if not.
        protocol: How it was made, as far as its source declares it.
        documents: Number behind it, if stated; votes, for a rating.
        standard_error: As printed; empty if not.
        interval: Half-widths of a 95 % interval as printed, upper first: `["+13", "-12"]`.
        role: Claim or re-run.
        by: Who published or ran it.
        source: Where it was read.
        footnotes: Keys of the scorecard's footnotes that its source attaches to it.
        row: Label of the row of the table that it stands in; empty if it stands alone.
        pointer: JSON pointer, line or cell in the scorecard's file.
    """

    printed: Annotated[str, Field(pattern=r"^-?[0-9]{0,12}(\.[0-9]{0,30})?$", min_length=1)]
    unit: Unit
    is_unit_sure: bool = True
    artifact: Text
    benchmark: Text
    registered_as: str = ""
    split: str = ""
    metric: str = ""
    protocol: Protocol = Protocol()
    documents: Annotated[int, Field(ge=1)] | None = None
    standard_error: str = ""
    interval: tuple[str, str] | None = None
    role: Role = Role.CLAIM
    by: str = ""
    source: Source
    footnotes: tuple[str, ...] = ()
    row: str = ""
    pointer: str = ""

    def __hash__(self) -> int:
        """That of what tells numbers of a table apart: all fields take ten times as long."""
        return hash((self.artifact, self.benchmark, self.printed, self.pointer))


class Scorecard(StrictModel):
    """Numbers that are published together, or about one name.

    Attributes:
        title: For example `Llama 4, as published in April 2025`.
        file: As given.
        sha256: Of its bytes.
        artifacts: Everything that was scored.
        numbers: In the order of the file.
        footnotes: Text by key.
        joined: Pairs of artifacts whose figures one source joins in one sentence or chart, for
            example the price of one and the rating of another.
        remarks: Sentences of whoever wrote the file, which reports print as theirs.
        passed_over: What of its tables was not read, each with its line and why.
    """

    title: Text
    file: Text
    sha256: Text
    artifacts: tuple[Artifact, ...]
    numbers: tuple[ScorecardNumber, ...]
    footnotes: dict[str, str] = Field(default_factory=dict)
    joined: tuple["JoinedFigures", ...] = ()
    remarks: tuple[Text, ...] = ()
    passed_over: tuple[Text, ...] = ()

    def artifact(self, name: str) -> Artifact:
        """The artifact of a name.

        Raises:
            KeyError: There is none.
        """
        return {a.name: a for a in self.artifacts}[name]


class JoinedFigures(StrictModel):
    """Figures of two artifacts in one sentence, chart or cell.

    Attributes:
        first: Name of an artifact.
        first_figure: What is said of it, for example `$0.19 to $0.49 per million tokens`.
        second: Name of another.
        second_figure: What is said of it.
        source: Where.
        quote: The words, if they are few.
    """

    first: Text
    first_figure: Text
    second: Text
    second_figure: Text
    source: Source
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column of scores.

    Attributes:
        name: As printed.
        registered_as: Id of the benchmark in the registry, or a task of lm-eval that scores it.
    """

    name: str
    registered_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """The scores of one model.

    Attributes:
        name: Under which they are listed.
        revision: Commit of the model, as listed; empty if none is.
        line: In the file, from 1.
        printed: A share a column, in digits; empty where there is none.
    """

    name: str
    revision: str
    line: int
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """A table whose numbers are floats in full, so that trailing zeros are not written.

    Attributes:
        title: For example `Open LLM Leaderboard v2`.
        file: As given.
        sha256: Of its bytes.
        decimals: Decimals to which every number is exact.
        columns: In the order of the file.
        rows: In the order of the file.
    """

    title: str
    file: str
    sha256: str
    decimals: int
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
