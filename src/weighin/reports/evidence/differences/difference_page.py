"""What differs between two runs, told: what moved, what it did, and what is not known."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from weighin.evidence.differences.benchmark import of_benchmarks
from weighin.evidence.differences.difference import (
    BenchmarkDifference,
    Difference,
    DifferenceReport,
    Flip,
    ScoreDifference,
)
from weighin.evidence.differences.headline import number, p_in_words, signed, topic_name
from weighin.identity.facets import Agreement
from weighin.reports.page.model import (
    Block,
    Column,
    Fact,
    Facts,
    Gist,
    Guide,
    Lines,
    Page,
    Phrase,
    Run,
    Section,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import counted, listed
from weighin.rules.interface import Outcome

LIMITS: Final = (
    "that what moved is what moved a score: two things that moved together are not told apart",
    "that what neither side records is the same",
)
_SHOWN_LINES: Final = 24
_SHOWN_ROWS: Final = 12
_SHOWN_NAMES: Final = 6
_SHOWN_BENCHMARKS: Final = 4
_LONGEST_ANSWER: Final = 80
_COLUMNS: Final = (
    Column("metric"),
    Column("A", is_number=True),
    Column("B", is_number=True),
    Column("difference", is_number=True),
    Column("95 % interval", is_number=True),
    Column("p", is_number=True),
    Column("documents", is_number=True),
)
_FLIP_COLUMNS: Final = (
    Column("document"),
    Column("A", is_number=True),
    Column("B", is_number=True),
    Column("answer in A"),
    Column("answer in B"),
)


def difference_page(report: DifferenceReport, command: tuple[str, ...] = ()) -> Page:
    """What moved and what it did in the first line, then each difference as itself.

    Args:
        report: What is told.
        command: What came to it, with its arguments; empty if unknown.
    """
    sides = (("A", report.first), ("B", report.second))
    return Page(
        title=(foreign(report.headline),),
        guide=Guide(
            title="What changed",
            answer=Gist(
                question=f"What differs between A ({report.first}) and B ({report.second})?",
                answer=ours("Nothing is judged here."),
            ),
            limits=LIMITS,
            command=command,
        ),
        lead=(Facts(tuple(Fact(ours(label), (foreign(side),)) for label, side in sides)),),
        sections=(
            *_moved(report),
            _scores(report.benchmarks),
            *_flips(report.benchmarks),
            _outcomes(report.benchmarks),
            _unknown(report),
            _lines("Only in A", report.only_first),
            _lines("Only in B", report.only_second),
            _lines("Not what its digest says", report.doubts, Outcome.VIOLATED),
            _lines("What limits this", _limits(report.benchmarks)),
            Section(
                title=(ours("Passed over"),), blocks=(_sentences(report.notes),), is_folded=True
            ),
        ),
    )


def _moved(report: DifferenceReport) -> Iterator[Section]:
    """What moved, a line each, then those that have more to show as a section each."""
    moved: dict[Difference, list[str]] = {
        difference: [] for difference in report.differences if difference.is_different
    }
    moved |= of_benchmarks(report.benchmarks)
    told = {
        difference: _scope(benchmarks, len(report.benchmarks))
        for difference, benchmarks in moved.items()
    }
    if len(told) > 1 or not any(difference.lines for difference in told):
        facts = (
            Fact(foreign(topic_name(d.topic)), (foreign(f"{d.brief}{scope}"),))
            for d, scope in told.items()
        )
        yield Section(title=(ours("What moved"),) if told else (), blocks=(Facts(tuple(facts)),))
    for difference, scope in told.items():
        if difference.lines or difference.way:
            lines = tuple((_diff_line(line),) for line in difference.lines)
            yield Section(
                title=(foreign(topic_name(difference.topic)),),
                label=f"{difference.brief}{scope}",
                blocks=(
                    Lines(lines, shown=_SHOWN_LINES),
                    Lines(((foreign(difference.way),),) if difference.way else ()),
                ),
            )


def _scope(benchmarks: Sequence[str], of: int) -> str:
    """The benchmarks on which something moved, where it is not all."""
    if not benchmarks or len(benchmarks) == of:
        return ""
    return f", on {listed(benchmarks, _SHOWN_BENCHMARKS)}"


def _diff_line(line: str) -> Run:
    outcome = {"-": Outcome.VIOLATED, "+": Outcome.MET}.get(line[:1])
    return foreign(line, outcome)


def _scores(benchmarks: Sequence[BenchmarkDifference]) -> Section:
    """The score of each benchmark, and its others as far as they moved."""
    told = [(benchmark, score) for benchmark in benchmarks for score in _told(benchmark)]
    is_one = len(benchmarks) == 1
    columns = _COLUMNS if is_one else (Column("benchmark"), *_COLUMNS)
    rows = tuple(
        (*(() if is_one else (name(benchmark.name),)), *_score(score)) for benchmark, score in told
    )
    blocks: tuple[Block, ...] = (_sentences(_beside_scores(benchmarks, told)),)
    if rows:
        blocks = (Table(columns, rows, shown=_SHOWN_ROWS, noun="score"), *blocks)
    return Section(title=(ours("Scores"),), blocks=blocks)


def _told(benchmark: BenchmarkDifference) -> Iterator[ScoreDifference]:
    """The score of a benchmark, then others of it that moved; those of sub-tasks only in JSON."""
    task = benchmark.first.asked.task
    own = [s for s in benchmark.scores if s.task == task] or list(benchmark.scores)
    yield from (s for place, s in enumerate(own) if place == 0 or s.value or s.paired_value)


def _beside_scores(
    benchmarks: Sequence[BenchmarkDifference],
    told: Sequence[tuple[BenchmarkDifference, ScoreDifference]],
) -> Iterator[str]:
    """What the intervals are of, what limits them, and what is not in the table."""
    if tests := dict.fromkeys(score.test for _, score in told if score.test):
        yield f"interval and p: {'; '.join(tests)}"
    notes: dict[str, list[str]] = {}
    for benchmark, score in told:
        if score.note:
            notes.setdefault(score.note, []).append(f"{benchmark.name} {_metric(score)}")
    yield from (f"{listed(names, _SHOWN_BENCHMARKS)}: {note}" for note, names in notes.items())
    for benchmark in benchmarks:
        for side, metrics in (("A", benchmark.only_first), ("B", benchmark.only_second)):
            if metrics:
                yield f"{benchmark.name}: only in {side}: {listed(metrics, _SHOWN_NAMES)}"
    if more := sum(len(benchmark.scores) for benchmark in benchmarks) - len(told):
        yield f"{counted(more, 'score')} more in --json, of sub-tasks or as before"


def _metric(score: ScoreDifference) -> str:
    return score.metric if score.filter == "none" else score.key


def _score(score: ScoreDifference) -> tuple[Run, ...]:
    interval = score.interval
    return (
        name(_metric(score)),
        ours(number(score.first)),
        ours(number(score.second)),
        ours(signed(score.value)),
        ours("" if interval is None else f"[{signed(interval.low)}, {signed(interval.high)}]"),
        ours(
            ""
            if score.p_value is None
            else p_in_words(score.p_value).removeprefix("p = ").removeprefix("p ")
        ),
        ours(_documents(score)),
    )


def _documents(score: ScoreDifference) -> str:
    if score.paired:
        return f"{score.paired} paired"
    told = ["?" if n is None else str(n) for n in score.documents]
    return f"{told[0]} and {told[1]}" if told[0] != told[1] else told[0]


def _flips(benchmarks: Sequence[BenchmarkDifference]) -> Iterator[Section]:
    for benchmark in benchmarks:
        if not benchmark.flips or benchmark.flipped is None:
            continue
        score = benchmark.scores[0]
        gained = "" if score.only_second is None else f"{score.only_second} right in B alone, "
        lost = "" if score.only_first is None else f"{score.only_first} in A alone"
        told = counted(benchmark.flipped, "document")
        yield Section(
            title=(foreign(f"Scored otherwise: {told} of {benchmark.name}"),),
            label=gained + lost,
            blocks=(Table(_FLIP_COLUMNS, tuple(map(_flip, benchmark.flips))),),
        )


def _flip(flip: Flip) -> tuple[Run, ...]:
    return (
        name(flip.name),
        ours(f"{flip.first:.4g}"),
        ours(f"{flip.second:.4g}"),
        *(foreign(_answer(answer)) for answer in flip.answers),
    )


def _answer(answer: str | None) -> str:
    if answer is None:
        return "not logged"
    return answer if len(answer) <= _LONGEST_ANSWER else f"{answer[: _LONGEST_ANSWER - 1]}…"


def _outcomes(benchmarks: Sequence[BenchmarkDifference]) -> Section:
    lines = [
        f"{benchmark.name}: {topic_name(difference.topic)} {difference.brief}"
        for benchmark in benchmarks
        for difference in benchmark.outcomes
        if difference.is_different
    ]
    return _lines("What came out beside the scores", lines)


def _unknown(report: DifferenceReport) -> Section:
    """What could not be compared: by what is known of it, and the benchmarks."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for difference in report.differences:
        if difference.agreement is Agreement.UNKNOWN:
            found[difference.topic, difference.brief, difference.way] = []
    for benchmark in report.benchmarks:
        for difference in benchmark.unknown:
            key = (difference.topic, difference.brief, difference.way)
            found.setdefault(key, []).append(benchmark.name)
    facts = [
        Fact(foreign(topic_name(topic)), (foreign(_because(brief, way)),))
        for topic, brief, way in found
    ]
    neither = dict.fromkeys(t for b in report.benchmarks for t in b.recorded_by_neither)
    if neither:
        words = ", ".join(topic_name(topic) for topic in neither)
        facts.append(Fact(ours("recorded by neither"), (foreign(words),)))
    return Section(
        title=(ours("Not known to be the same"),) if facts else (), blocks=(Facts(tuple(facts)),)
    )


def _because(brief: str, way: str) -> str:
    return f"{brief}; {way}" if way else brief


def _limits(benchmarks: Sequence[BenchmarkDifference]) -> Iterator[str]:
    for benchmark in benchmarks:
        yield from (f"{benchmark.name}: {note}" for note in benchmark.notes)


def _lines(title: str, sentences: Iterable[str], outcome: Outcome | None = None) -> Section:
    return Section(title=(ours(title, outcome),), blocks=(_sentences(sentences),))


def _sentences(sentences: Iterable[str]) -> Lines:
    told: tuple[Phrase, ...] = tuple((foreign(sentence),) for sentence in sentences)
    return Lines(told, shown=_SHOWN_ROWS)
