"""Published scorecards, checked without any log."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from weighin.errors import UsageError
from weighin.evidence.records import Record
from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardReport
from weighin.rules.scorecard.judge import judge_scorecard
from weighin.rules.scorecard.tables import judge_table
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.leaderboard_table import (
    is_leaderboard_file,
    read_leaderboard_table,
)
from weighin.sources.scorecard.reading import read_scorecard, reading_of
from weighin.sources.scorecard.tables.corrections import Corrections, corrections
from weighin.sources.scorecard.tables.read_tables import ReadTables

PathLike = str | Path

DEFAULT_MARGIN = 0.02
_LARGEST_MARGIN = 0.5


def scorecard(
    files: Iterable[PathLike],
    *,
    registry: Sequence[PathLike] = (),
    unit: Unit | str | Sequence[Unit | str] | None = None,
    columns: Sequence[str] = (),
    models: Sequence[str] = (),
    evidence: Sequence[PathLike] = (),
    margin: float = DEFAULT_MARGIN,
) -> ScorecardReport:
    """What can be said of published numbers: impossible, of another artifact, undeclared, ...

    Args:
        files: Scorecard files (YAML), texts with tables (Markdown, CSV, HTML, LaTeX, aligned text;
            `-` for standard input), model cards; several are versions of one card, or sources on
            one model. Or the table of the Open LLM Leaderboard v2 alone, which is judged column by
            column.
        registry: Files with benchmarks of one's own.
        unit: Of numbers for which a table says none and nothing tells it: `percent` or `share`;
            or several, with `BENCHMARK=UNIT` for one benchmark.
        columns: What columns or rows of tables hold, as `NAME=KIND` or `NAME=BENCHMARK`.
        models: The name of a model that a table does not name, or `OLD=NEW`.
        evidence: Logged runs to hold claims against: records and logs of any kind.
        margin: The largest difference between a claim and a re-run that does not matter, a share.

    Raises:
        EvidenceError: A file cannot be read, or contradicts itself.
        RequirementsError: A registry file is wrong.
        UsageError: No file is given, or the unit of a number cannot be told.
    """
    paths = [Path(file) for file in files]
    if not paths:
        raise UsageError("expected at least one scorecard, found none")
    if not 0 < margin < _LARGEST_MARGIN:
        raise UsageError(f"expected a margin above 0 and below 0.5, as a share, found {margin}")
    known = load_registry([Path(path) for path in registry])
    tables = [path for path in paths if is_leaderboard_file(path)]
    if tables:
        if len(paths) > 1 or evidence:
            raise UsageError(
                f"{tables[0]}: expected a table of thousands of rows alone, found other files or "
                "evidence beside it; check them one by one"
            )
        return judge_table(read_leaderboard_table(tables[0]), known)
    told = _told(unit, columns, models)
    cards = tuple(read_scorecard(path, registry=known, corrections=told) for path in paths)
    return judge_scorecard(
        ScorecardCase(scorecards=cards, registry=known, records=_logged(evidence), margin=margin)
    )


def _logged(evidence: Sequence[PathLike]) -> tuple[Record, ...]:
    """Logged runs; most scorecards are checked without any, and without what reads them."""
    if not evidence:
        return ()
    from weighin.sources.collecting.evidence import read_evidence
    from weighin.sources.collecting.staged import staged

    with staged(evidence) as local:
        return tuple(local.named(read_evidence(local.paths).records))


def scorecard_reading(
    files: Iterable[PathLike],
    *,
    registry: Sequence[PathLike] = (),
    unit: Unit | str | Sequence[Unit | str] | None = None,
    columns: Sequence[str] = (),
    models: Sequence[str] = (),
) -> tuple[ReadTables, ...]:
    """How the tables of files are understood, cell by cell; arguments as for `scorecard`.

    Raises:
        EvidenceError: A file cannot be read, or holds no table.
        RequirementsError: A registry file is wrong.
        UsageError: No file is given, or one is a scorecard file.
    """
    paths = [Path(file) for file in files]
    if not paths:
        raise UsageError("expected at least one file with tables, found none")
    known = load_registry([Path(path) for path in registry])
    told = _told(unit, columns, models)
    return tuple(reading_of(path, told, known) for path in paths)


def _told(
    unit: Unit | str | Sequence[Unit | str] | None, columns: Sequence[str], models: Sequence[str]
) -> Corrections:
    units = () if unit is None else (unit,) if isinstance(unit, str) else unit
    return corrections(units, columns, models)
