"""Reading a scorecard file (YAML): every problem is told with its line."""

from collections.abc import Iterator

from weighin.errors import EvidenceError
from weighin.evidence.scorecard import Scorecard, Unit
from weighin.files.canonical import sha256_hex
from weighin.files.yaml.own_files import strict_file, with_printed_numbers
from weighin.files.yaml.problems import Keys
from weighin.sources.scorecard.building import ScorecardBuilding
from weighin.sources.scorecard.format import (
    ColumnEntry,
    NumberEntry,
    RowEntry,
    ScorecardDocument,
    TableEntry,
)
from weighin.sources.scorecard.number import NumberPlace, StatedNumber

MAX_SCORECARD_BYTES = 1 << 20
"""What people write by hand is far below."""

_PRINTED_KEYS = frozenset({"printed", "standard_error"})
_PRINTED_LISTS = frozenset({"values", "interval"})


def read_scorecard_file(content: bytes, shown: str, unit: Unit | None = None) -> Scorecard:
    """The scorecard in a YAML file.

    Args:
        content: Its bytes.
        shown: How it is named in messages and in the scorecard.
        unit: Of the numbers for which the file states none.

    Raises:
        EvidenceError: It is wrong; a line a problem, `file:line:column: key: problem`.
    """
    if len(content) > MAX_SCORECARD_BYTES:
        raise EvidenceError(
            f"{shown}: expected at most {MAX_SCORECARD_BYTES} bytes, found {len(content)}"
        )
    file = with_printed_numbers(strict_file(content, shown, EvidenceError), content, _is_printed)
    read = file.as_model(ScorecardDocument)
    building = ScorecardBuilding(read, file.document, unit)
    artifacts = tuple(building.artifacts())
    numbers = tuple(building.numbers(_stated(read, building)))
    joined = tuple(building.joined())
    if building.problems:
        file.fail(building.problems)
    return Scorecard(
        title=read.title,
        file=shown,
        sha256=sha256_hex(content),
        artifacts=artifacts,
        numbers=numbers,
        footnotes=dict(read.footnotes),
        joined=joined,
        remarks=read.remarks,
    )


def _is_printed(keys: Keys) -> bool:
    return keys[-1] in _PRINTED_KEYS or (len(keys) > 1 and keys[-2] in _PRINTED_LISTS)


def _stated(read: ScorecardDocument, building: ScorecardBuilding) -> Iterator[StatedNumber]:
    """The numbers of the file with all that is said of them, in its order."""
    for index, table in enumerate(read.tables):
        shown = table.title or (f"table {index + 1}" if len(read.tables) > 1 else "")
        yield from _of_table(read, table, ("tables", index), shown, building)
    for index, entry in enumerate(read.numbers):
        at: Keys = ("numbers", index)
        if entry.artifact is None:
            building.missing(at, "artifact", "the name of one of the artifacts")
        if entry.benchmark is None:
            building.missing(at, "benchmark", "the benchmark as printed")
        if entry.artifact is None or entry.benchmark is None:
            continue
        place = NumberPlace(at=(*at, "printed"), said_at=at)
        building.known_artifact((*at, "artifact"), entry.artifact)
        yield StatedNumber(
            place=place,
            levels=(read, entry),
            notes=entry.footnotes,
            artifact=entry.artifact,
            benchmark=entry.benchmark,
            entry=entry,
        )


def _of_table(
    read: ScorecardDocument,
    table: TableEntry,
    at: Keys,
    shown: str,
    building: ScorecardBuilding,
) -> Iterator[StatedNumber]:
    columns = [c if isinstance(c, ColumnEntry) else ColumnEntry(artifact=c) for c in table.columns]
    for index, column in enumerate(columns):
        building.known_artifact((*at, "columns", index), column.artifact)
    labels = row_labels([(row.benchmark, row.metric or "") for row in table.rows], shown)
    for index, row in enumerate(table.rows):
        here: Keys = (*at, "rows", index, "values")
        if len(row.values) != len(columns):
            building.add(
                here,
                f"expected {len(columns)} values, one a column, found {len(row.values)}; write - "
                "where there is none",
            )
            continue
        for number, (column, value) in enumerate(zip(columns, row.values, strict=True)):
            if value is None:
                continue
            entry = value if isinstance(value, NumberEntry) else NumberEntry(printed=value)
            cell: Keys = (*here, number)
            if entry.artifact is not None or entry.benchmark is not None:
                building.add(cell, "its column and row say artifact and benchmark; remove them")
                continue
            yield StatedNumber(
                place=NumberPlace(
                    at=(*cell, "printed") if isinstance(value, NumberEntry) else cell,
                    said_at=cell,
                ),
                levels=(read, table, column, row, entry),
                notes=_notes(table, column, row, entry),
                artifact=column.artifact,
                benchmark=row.benchmark,
                entry=entry.model_copy(
                    update={
                        "registered_as": entry.registered_as or row.registered_as,
                        "documents": entry.documents or row.documents,
                    }
                ),
                row=labels[index],
            )


def _notes(
    table: TableEntry, column: ColumnEntry, row: RowEntry, entry: NumberEntry
) -> tuple[str, ...]:
    return (*table.footnotes, *column.footnotes, *row.footnotes, *entry.footnotes)


def row_labels(rows: list[tuple[str, str]], table: str) -> list[str]:
    """Labels that tell the rows of all tables apart.

    Args:
        rows: Benchmark and metric of each.
        table: What tells the table from others; empty if there is no other.
    """
    benchmarks = [benchmark for benchmark, _ in rows]
    labels: list[str] = []
    for number, (benchmark, metric) in enumerate(rows, start=1):
        label = benchmark
        if benchmarks.count(benchmark) > 1:
            is_told = bool(metric) and rows.count((benchmark, metric)) == 1
            label += f", {metric}" if is_told else f", row {number}"
        labels.append(f"{table}: {label}" if table else label)
    return labels
