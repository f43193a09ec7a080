"""What explains a verdict to who meets weighin for the first time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from weighin.evidence.records import Record, Score
from weighin.reports.page.model import (
    CellState,
    Guide,
    Meaning,
    ReadFile,
    RuleNote,
    ScoreRow,
    Scores,
)
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import (
    GRADES_MEAN,
    metric_words,
    score_words,
)
from weighin.reports.verdict.explained.answer import gist_of
from weighin.reports.verdict.facet_table import BenchmarkRow, FacetTable
from weighin.reports.verdict.wording import documents_words
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Outcome, Verdict
from weighin.rules.judging.causes import Told
from weighin.rules.judging.explanations import JUDGE_ID, explanation
from weighin.statistics.distributions import normal_quantile

LIMITS: Final = (
    "that a benchmark measures anything worth knowing",
    "that the training data held none of the questions",
    (
        "that whoever controls the machine that ran the benchmarks is honest: that needs a "
        "signature by someone you trust, a replay by you, or both"
    ),
)
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)
_95: Final = normal_quantile(0.975)
_NO_LINE: Final = "no line: its documents all scored alike, of which no error can be told"


def guide_of(
    verdict: Verdict, table: FacetTable, causes: Iterable[Told], command: tuple[str, ...] = ()
) -> Guide:
    """What explains a verdict.

    Args:
        verdict: The verdict.
        table: Its benchmarks by facet.
        causes: What keeps it from being met.
        command: What came to it, with its arguments; made up from what was judged if empty.
    """
    return Guide(
        answer=gist_of(verdict, table, tuple(causes)),
        scores=_scores(table),
        meanings=_meanings(table),
        limits=LIMITS,
        command=command or _command(verdict),
        files=tuple(_files(verdict)),
        rules=tuple(_notes(verdict)),
    )


def _scores(table: FacetTable) -> Scores | None:
    if not any(row.score for row in table.rows):
        return None
    meaning = (
        "a line is the 95 % confidence interval of the score over all documents of such a kind, "
        "1.96 standard errors to each side, as the harness states them"
    )
    return Scores(rows=tuple(map(_score_row, table.rows)), meaning=meaning)


def _score_row(row: BenchmarkRow) -> ScoreRow:
    score = row.score
    return ScoreRow(
        name=row.task,
        metric=metric_words(score),
        value=None if score is None else score.value,
        interval=_interval(score),
        words=score_words(score),
        documents=documents_words(row),
        remark=_NO_LINE if score is not None and score.stderr == 0 else "",
    )


def _interval(score: Score | None) -> tuple[float, float] | None:
    if score is None or not score.stderr:
        return None
    low, high = score.value - _95 * score.stderr, score.value + _95 * score.stderr
    # What is a share cannot leave its range; of other metrics the range is not known.
    return (max(0.0, low), min(1.0, high)) if 0 <= score.value <= 1 else (low, high)


def _meanings(table: FacetTable) -> tuple[Meaning, ...]:
    cells = [c for row in table.rows for c in row.cells if c.state is not CellState.NOT_APPLICABLE]
    number = Counter(cell.grade for cell in cells)
    return tuple(
        Meaning(
            word=grade,
            words=words,
            extent=f"{number[grade]} of {len(cells)} cells" if number[grade] else "",
        )
        for grade, words in GRADES_MEAN.items()
    )


def _command(verdict: Verdict) -> tuple[str, ...]:
    files = dict.fromkeys(record.origin.file for record in verdict.records)
    changed = (f"--set={text}" for text in verdict.head.overrides)
    return ("weighin", "check", *changed, verdict.requirements_file, *files)


def _files(verdict: Verdict) -> Iterator[ReadFile]:
    if verdict.head.overrides:
        # Its own digest is not known here: what was judged is another content.
        yield ReadFile(path=verdict.requirements_file, role="requirements, changed by --set")
    else:
        yield ReadFile(
            path=verdict.requirements_file, role="requirements", sha256=verdict.requirements_sha256
        )
    for file in dict.fromkeys(record.origin.file for record in verdict.records):
        yield ReadFile(path=file, role="evidence")
    yield from dict.fromkeys(beside for record in verdict.records for beside in _beside(record))


def _beside(record: Record) -> Iterator[ReadFile]:
    folder = PurePosixPath(record.origin.file).parent
    for file in record.files:
        yield ReadFile(path=str(folder / file.path), role=file.role, sha256=file.sha256)


def _notes(verdict: Verdict) -> Iterator[RuleNote]:
    """The rules that were judged, those first that keep the verdict from being met."""
    unlike = [judged for judged in verdict.findings if judged.finding.outcome not in _IS_FINE]
    decisive = dict.fromkeys(judged.rule for judged in unlike)
    for rule in decisive | dict.fromkeys(judged.rule for judged in verdict.findings):
        # A rule of a catalogue of one's own has no page.
        if rule == JUDGE_ID or CATALOGUE.find(rule) is not None:
            told = explanation(rule)
            yield RuleNote(
                rule=rule,
                sentence=told.sentence,
                why=told.why,
                fix=told.fix,
                address=rule_address(rule),
                decides=rule in decisive,
            )
