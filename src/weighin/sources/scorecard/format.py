"""The scorecard file that a person writes: numbers in tables or one by one, defaults inherited."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from weighin.evidence.scorecard import Artifact, Availability, Protocol, Role, Source, Text, Unit
from weighin.files.strict_model import StrictModel

Cell: TypeAlias = Text | None


class Stated(StrictModel):
    """What can be said of a number where it stands, or before, for all that follow.

    Attributes:
        unit: `percent`, `share`, `rating` or `other`; a `%` in a cell says it too.
        by: Who published or ran it.
        role: `claim` or `rerun`; without it a claim.
        source: Key of one of the file's sources; without it the only one.
        place: Page, table or footnote of the source.
        split: As declared.
        metric: As printed.
        protocol: How it was made, as its source declares it; merged key by key.
    """

    unit: Unit | None = None
    by: Text | None = None
    role: Role | None = None
    source: Text | None = None
    place: Text | None = None
    split: Text | None = None
    metric: Text | None = None
    protocol: Protocol = Protocol()


class Noted(Stated):
    """The same of a part of the file, to which footnotes can be attached.

    Attributes:
        footnotes: Keys of the file's footnotes; those of table, column, row and number add up.
    """

    footnotes: tuple[Text, ...] = ()


class ArtifactEntry(StrictModel):
    """Something that was scored.

    Attributes:
        name: The name that tells it from others; numbers refer to it.
        claimed_as: The name under which the public knows it; without it `name`.
        checkpoint: `hf://org/name@<40-hex>` or `sha256:<checkpoint id>`, if known.
        availability: `published`, `served`, `never-published` or `unknown`.
        variants_tested: How many variants were scored before it was chosen, if known.
        sources: Keys of the sources that say so.
        note: Anything else.
    """

    name: Text
    claimed_as: Text | None = None
    checkpoint: (
        Annotated[
            str,
            Field(pattern=r"^(hf://[^/@\s]+/[^/@\s]+@[0-9a-f]{40}|sha256:[0-9a-f]{64})$"),
        ]
        | None
    ) = None
    availability: Availability = Availability.UNKNOWN
    variants_tested: Annotated[int, Field(ge=1)] | None = None
    sources: tuple[Text, ...] = ()
    note: str = ""

    def artifact(self, sources: dict[str, Source]) -> Artifact:
        """The entry as an artifact."""
        return Artifact(
            name=self.name,
            claimed_as=self.claimed_as or self.name,
            checkpoint=self.checkpoint,
            availability=self.availability,
            variants_tested=self.variants_tested,
            sources=tuple(sources[key] for key in self.sources),
            note=self.note,
        )


class NumberEntry(Noted):
    """One number that stands alone, or a cell with more to say than its number.

    Attributes:
        printed: As printed, trailing zeros kept: `57.20`, or `-0.12` in version 2; no quotes.
        artifact: Name of an artifact; left out in a cell, where the column says it.
        benchmark: As printed; left out in a cell, where the row says it.
        registered_as: Id in the registry of benchmarks, where the name does not find it.
        documents: Number behind it, if stated; votes, for a rating.
        standard_error: As printed.
        interval: Half-widths of a 95 % interval as printed, upper first: `[+13, -12]`.
    """

    printed: Text
    artifact: Text | None = None
    benchmark: Text | None = None
    registered_as: Text | None = None
    documents: Annotated[int, Field(ge=1)] | None = None
    standard_error: Text | None = None
    interval: tuple[Text, Text] | None = None


class ColumnEntry(Noted):
    """A column of a table with more to say than its artifact.

    Attributes:
        artifact: Name of an artifact.
    """

    artifact: Text


class RowEntry(Noted):
    """A row of a table: one benchmark.

    Attributes:
        benchmark: As printed.
        registered_as: Id in the registry of benchmarks, where the name does not find it.
        documents: Number of documents, if stated.
        values: A number for each column, or `-`; or a mapping where one has more to say.
    """

    benchmark: Text
    registered_as: Text | None = None
    documents: Annotated[int, Field(ge=1)] | None = None
    values: tuple[Cell | NumberEntry, ...]


class TableEntry(Noted):
    """A table: artifacts are columns, benchmarks are rows.

    Attributes:
        title: As printed; tells its rows from those of other tables.
        columns: Names of artifacts, or mappings where one has more to say.
        rows: The rows.
    """

    title: Text | None = None
    columns: Annotated[tuple[Text | ColumnEntry, ...], Field(min_length=1)]
    rows: Annotated[tuple[RowEntry, ...], Field(min_length=1)]


class JoinedEntry(StrictModel):
    """Figures of two artifacts in one sentence, chart or cell.

    Attributes:
        first: Name of an artifact.
        first_figure: What is said of it.
        second: Name of another.
        second_figure: What is said of it.
        source: Key of a source.
        place: Where in the source.
        quote: The words, if they are few.
    """

    first: Text
    first_figure: Text
    second: Text
    second_figure: Text
    source: Text | None = None
    place: Text | None = None
    quote: str = ""


class ScorecardDocument(Stated):
    """A published scorecard: what was printed, where, and of what.

    Attributes:
        weighin_scorecard: Version of this format: 2; in 1 no number lies below zero.
        title: For example `Llama 4, as published in April 2025`.
        sources: Where the numbers were read, by a key of one's own.
        artifacts: What was scored.
        tables: Tables of numbers.
        numbers: Numbers that stand alone.
        footnotes: Text of the footnotes by key.
        joined: Figures of two artifacts in one sentence or chart.
        remarks: Sentences of your own, which reports print as yours, unchecked.
    """

    weighin_scorecard: Literal[1, 2]
    title: Text
    sources: dict[Text, Source] = Field(default_factory=dict)
    artifacts: Annotated[tuple[ArtifactEntry, ...], Field(min_length=1)]
    tables: tuple[TableEntry, ...] = ()
    numbers: tuple[NumberEntry, ...] = ()
    footnotes: dict[Text, Text] = Field(default_factory=dict)
    joined: tuple[JoinedEntry, ...] = ()
    remarks: tuple[Text, ...] = ()
