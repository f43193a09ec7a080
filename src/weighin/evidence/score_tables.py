"""Tables of scores at full precision, thousands of rows: plain data, no record a cell."""

from dataclasses import dataclass


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
