"""What is told of the columns of a table that give no number, or a part of no name."""

from collections.abc import Iterator, Sequence

from weighin.sources.scorecard.tables.claims.found import Found, PassedOver, column_over
from weighin.sources.scorecard.tables.claims.labels import Labels
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.levels.level import Axis
from weighin.sources.scorecard.tables.layout.no_scores import says_nothing

_MOST_SHOWN = 3
_LONGEST_SHOWN = 60


def columns_without_scores(labels: Labels) -> Iterator[PassedOver]:
    """The columns of a table that hold no scores, and that it names no benchmark if it does not."""
    layout = labels.layout
    if layout.is_of_metrics and layout.benchmark is not None and not layout.title_benchmark:
        first = layout.benchmark.labels[0]
        yield PassedOver(
            what="table", name="", line=_line(labels), column=0,
            why=f"it names no benchmark; say of what its {first} is, for example --column "
            f"'{first}=MMLU-Pro'",
        )  # fmt: skip
    known = {layout.model, *layout.others}
    if layout.benchmark is not None:
        known |= set(layout.benchmark.levels)
    levels = {level.place for level in known if level is not None and level.axis is Axis.ROWS}
    for column in layout.columns:
        is_silent = column.why == "empty" or (column.why == "signs" and not column.name)
        if column.place in levels or is_silent:
            continue
        if column.kind is Kind.SKIPPED or (column.kind is Kind.GROUP and column.why):
            yield column_over(column, _line(labels), column.why or "no scores")


def settings_in_no_name(labels: Labels, found: Sequence[Found]) -> Iterator[PassedOver]:
    """The columns of settings that are in no name of a model, for rows are told apart without."""
    for index, level in enumerate(labels.layout.others):
        if level.axis is Axis.COLUMNS or level.place < 0:
            continue
        said = [n for n in found if n.settings and n.settings[index]]
        said = [n for n in said if n.settings[index] not in n.artifact]
        if not said:
            continue
        column = labels.layout.columns[level.place]
        is_score = labels.benchmark(column.name).benchmark is not None
        if is_score or all(says_nothing(number.settings[index]) for number in said):
            continue
        texts = list(dict.fromkeys(number.settings[index] for number in said))
        names = list(dict.fromkeys(number.artifact for number in said))
        of = "a model" if len(said) == len(found) else _shown(names)
        why = f"settings, in no name of {of}: {_shown(texts)}"
        yield column_over(column, _line(labels), why)


def _shown(texts: Sequence[str]) -> str:
    shown = [t if len(t) <= _LONGEST_SHOWN else f"{t[:_LONGEST_SHOWN]}…" for t in texts]
    return ", ".join([*shown[:_MOST_SHOWN], *(["…"] if len(texts) > _MOST_SHOWN else [])])


def _line(labels: Labels) -> int:
    table = labels.table
    return table.header[-1][0].line if table.header else table.body[0][0].line
