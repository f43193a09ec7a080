"""Published scorecards, checked without any log."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from weighin.errors import UsageError
from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardReport
from weighin.rules.scorecard.judge import judge_scorecard
from weighin.rules.scorecard.tables import judge_table
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.collecting.staged import staged
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard
from weighin.sources.scorecard.tables.leaderboard_table import (
    is_leaderboard_file,
    read_leaderboard_table,
)

PathLike = str | Path

DEFAULT_MARGIN = 0.02
_LARGEST_MARGIN = 0.5


def scorecard(
    files: Iterable[PathLike],
    *,
    registry: Sequence[PathLike] = (),
    unit: Unit | str | None = None,
    evidence: Sequence[PathLike] = (),
    margin: float = DEFAULT_MARGIN,
) -> ScorecardReport:
    """What can be said of published numbers: impossible, of another artifact, undeclared, ...

    Args:
        files: Scorecard files (YAML), tables (CSV, TSV, Markdown), model cards; several are
            versions of one card, or sources on one model. Or the table of the Open LLM Leaderboard
            v2 alone, which is judged column by column.
        registry: Files with benchmarks of one's own.
        unit: Of numbers for which a table says none and nothing tells it: `percent` or `share`.
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
    cards = tuple(read_scorecard(path, _unit(unit), known) for path in paths)
    with staged(evidence) as local:
        logged = local.named(read_evidence(local.paths).records) if evidence else ()
        return judge_scorecard(
            ScorecardCase(scorecards=cards, registry=known, records=logged, margin=margin)
        )


def _unit(written: Unit | str | None) -> Unit | None:
    try:
        return None if written is None else Unit(written)
    except ValueError as error:
        units = ", ".join(Unit)
        raise UsageError(f"expected a unit of {units}, found {written!r}") from error
