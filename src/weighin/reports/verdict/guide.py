"""What explains a verdict to who meets weighin for the first time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from weighin.evidence.records import Record, Score
from weighin.reports.page.model import (
    CellState,
    Gist,
    Guide,
    Meaning,
    ReadFile,
    RuleNote,
    ScoreRow,
    Scores,
    ours,
)
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import (
    GRADES_MEAN,
    capitalised,
    counted,
    facet_name,
    listed,
    metric_words,
    score_words,
)
from weighin.reports.verdict.facet_table import BenchmarkRow, FacetTable
from weighin.reports.verdict.wording import documents_words
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Level, Outcome, Verdict
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
_ANSWERS: Final = {
    Outcome.VIOLATED: "No.",
    Outcome.UNDECIDED: "It cannot be told from this evidence.",
    Outcome.WAIVED: "Yes, but for what somebody has waived.",
    Outcome.PARTIAL: "Not judged: only a part was done.",
    Outcome.MET: "Yes, as far as this evidence goes.",
    Outcome.NOT_APPLICABLE: "Nothing was judged.",
}
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)
_95: Final = normal_quantile(0.975)
_SHOWN_NAMES: Final = 3
_SHOWN_REASONS: Final = 2
_LONGEST_REASON: Final = 140
_SHOWN_FACETS: Final = 4
_LONGEST_NAME: Final = 60


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
        answer=Gist(
            question=_question(verdict),
            answer=ours(_ANSWERS[verdict.outcome], verdict.outcome),
            why=tuple(_why(verdict, table, causes)),
        ),
        scores=_scores(table),
        meanings=_meanings(table),
        limits=LIMITS,
        command=command or _command(verdict),
        files=tuple(_files(verdict)),
        rules=tuple(_notes(verdict)),
    )


def _question(verdict: Verdict) -> str:
    number = len(verdict.scores)
    scores = "Does the one score" if number == 1 else f"Do all {number} scores"
    verb = (
        "belong to the model that is declared"
        if number == 1
        else "belong to one and the same model"
    )
    return f"{scores} of {verdict.model} {verb}, obtained as the requirements file asks?"


def _why(verdict: Verdict, table: FacetTable, causes: Iterable[Told]) -> Iterator[str]:
    decisive = [cause for cause in causes if cause.level is Level.ERROR]
    contradictions = [cause for cause in decisive if cause.is_contradiction]
    missing = [cause for cause in decisive if not cause.is_contradiction]
    match verdict.outcome:
        case Outcome.VIOLATED:
            yield from (_contradiction(cause, verdict) for cause in contradictions[:_SHOWN_REASONS])
            if rest := len(contradictions[_SHOWN_REASONS:]):
                yield f"{counted(rest, 'more contradiction')} below."
        case Outcome.UNDECIDED:
            if contradictions:
                number = counted(len(contradictions), "contradiction")
                yield f"It holds {number} that nothing in it settles."
            else:
                yield "Nothing in it speaks against that, but too little speaks for it."
            yield from (_lack(cause, verdict) for cause in missing[:_SHOWN_REASONS])
            if rest := len(missing[_SHOWN_REASONS:]):
                yield f"{counted(rest, 'more cause')} below."
        case Outcome.MET | Outcome.WAIVED if same := _same_everywhere(table):
            yield f"On every benchmark the same {listed(same, _SHOWN_FACETS)}."


def _same_everywhere(table: FacetTable) -> list[str]:
    is_fine = {CellState.SAME, CellState.NOT_APPLICABLE}
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [
        facet_name(facet)
        for facet, cells in zip(table.facets, columns, strict=False)
        if len(table.rows) > 1 and {cell.state for cell in cells} <= is_fine
    ]


def _plain(cause: Told) -> str:
    """What is behind it, without the list that a long statement ends with."""
    statement = cause.statement
    if len(statement) <= _LONGEST_REASON:
        return statement
    end = max(statement.rfind(sign, 0, _LONGEST_REASON) for sign in (": ", "; "))
    return statement[:end] if end > 0 else clipped(statement, _LONGEST_REASON)


def _lack(cause: Told, verdict: Verdict) -> str:
    """What is missing, and where, unless it is missing everywhere."""
    names = [task for task in cause.benchmarks if task in verdict.scores]
    if cause.kind is None or not names or len(names) == len(verdict.scores):
        return f"{capitalised(_plain(cause))}."
    where = listed((clipped(task, _LONGEST_NAME) for task in names), _SHOWN_NAMES)
    return f"On {where}, {_plain(cause)}."


def _contradiction(cause: Told, verdict: Verdict) -> str:
    """A contradiction for who knows no rule: where, in which part of the model, what came of it."""
    odd = [task for task in cause.benchmarks if task in verdict.scores]
    others = len(verdict.scores) - len(odd)
    if cause.outcome is not Outcome.VIOLATED or not cause.facets or not odd or others < 1:
        # It may begin with a name.
        return f"{_plain(cause)}."
    facets = listed(map(facet_name, cause.facets), _SHOWN_NAMES)
    names = listed((clipped(task, _LONGEST_NAME) for task in odd), _SHOWN_NAMES)
    verb = "was" if len(odd) == 1 else "were"
    rest = "the other one" if others == 1 else f"the other {others}"
    effect = f" It {clipped(cause.effect, _LONGEST_REASON)}." if cause.effect else ""
    return f"{names} {verb} not scored with the same {facets} as {rest}.{effect}"


def _scores(table: FacetTable) -> Scores | None:
    if not any(row.score for row in table.rows):
        return None
    meaning = "a line reaches over 95 % of where the score would fall with other documents"
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
    )


def _interval(score: Score | None) -> tuple[float, float] | None:
    if score is None or score.stderr is None:
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
    return ("weighin", "check", verdict.requirements_file, *files)


def _files(verdict: Verdict) -> Iterator[ReadFile]:
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
