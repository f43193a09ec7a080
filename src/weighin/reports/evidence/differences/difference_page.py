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
    Column("benchmark"),
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
                answer=foreign(f"{report.headline}."),
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
            _lines("What limits this", _limits(report.benchmarks)),
            Section(
                title=(ours("Passed over"),), blocks=(_sentences(report.notes),), is_folded=True
            ),
        ),
    )


def _moved(report: DifferenceReport) -> Iterator[Section]:
    """A section a difference, with the benchmarks on which it is."""
    moved: dict[Difference, list[str]] = {
        difference: [] for difference in report.differences if difference.is_different
    }
    moved |= of_benchmarks(report.benchmarks)
    for difference, benchmarks in moved.items():
        scope = ""
        if benchmarks and len(benchmarks) < len(report.benchmarks):
            scope = f"on {listed(benchmarks, _SHOWN_BENCHMARKS)}"
        yield Section(
            title=(foreign(topic_name(difference.topic)),),
            label=scope,
            blocks=tuple(_of_difference(difference)),
        )


def _of_difference(difference: Difference) -> Iterator[Block]:
    yield Lines(((foreign(difference.brief),),) if difference.brief else ())
    yield Lines(tuple((_diff_line(line),) for line in difference.lines), shown=_SHOWN_LINES)
    yield Lines(((foreign(difference.way),),) if difference.way else ())


def _diff_line(line: str) -> Run:
    outcome = {"-": Outcome.VIOLATED, "+": Outcome.MET}.get(line[:1])
    return foreign(line, outcome)


def _scores(benchmarks: Sequence[BenchmarkDifference]) -> Section:
    rows = tuple(
        _score(benchmark, score) for benchmark in benchmarks for score in _own_scores(benchmark)
    )
    tests = dict.fromkeys(s.test for b in benchmarks for s in _own_scores(b) if s.test)
    notes = dict.fromkeys(
        f"{b.name}, {s.key}: {s.note}" for b in benchmarks for s in _own_scores(b) if s.note
    )
    sided = [
        f"{benchmark.name}: {listed(metrics, _SHOWN_NAMES)} only in {side}"
        for benchmark in benchmarks
        for side, metrics in (("A", benchmark.only_first), ("B", benchmark.only_second))
        if metrics
    ]
    more = sum(len(b.scores) - len(_own_scores(b)) for b in benchmarks)
    told = (
        *(f"{test}" for test in tests),
        *notes,
        *sided,
        *((f"{counted(more, 'score')} of sub-tasks in --json",) if more else ()),
    )
    return Section(
        title=(ours("Scores"),) if rows or told else (),
        blocks=(
            *((Table(_COLUMNS, rows, shown=_SHOWN_ROWS, noun="score"),) if rows else ()),
            _sentences(told),
        ),
    )


def _own_scores(benchmark: BenchmarkDifference) -> tuple[ScoreDifference, ...]:
    """The scores of the benchmark itself, not of its sub-tasks."""
    own = tuple(s for s in benchmark.scores if s.task == benchmark.first.asked.task)
    return own or benchmark.scores


def _score(benchmark: BenchmarkDifference, score: ScoreDifference) -> tuple[Run, ...]:
    interval = score.interval
    return (
        name(benchmark.name),
        name(score.metric if score.filter == "none" else score.key),
        ours(number(score.first)),
        ours(number(score.second)),
        ours(signed(score.value)),
        ours("" if interval is None else f"[{signed(interval.low)}, {signed(interval.high)}]"),
        ours("" if score.p_value is None else p_in_words(score.p_value).removeprefix("p = ")),
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


def _lines(title: str, sentences: Iterable[str]) -> Section:
    block = _sentences(sentences)
    return Section(title=(ours(title),), blocks=(block,))


def _sentences(sentences: Iterable[str]) -> Lines:
    told: tuple[Phrase, ...] = tuple((foreign(sentence),) for sentence in sentences)
    return Lines(told, shown=_SHOWN_ROWS)
