"""The first line on a difference: what moved, and what it did to the scores."""

from collections.abc import Iterable, Sequence
from typing import Final

from weighin.evidence.differences.benchmark import FIRST_TRIFLE, likelihood, of_benchmarks
from weighin.evidence.differences.difference import (
    BenchmarkDifference,
    Difference,
    ScoreDifference,
)
from weighin.evidence.differences.words.wording import count, listed
from weighin.statistics.multiplicity import holm

NOTHING_DIFFERS: Final = "nothing that is recorded differs"
_OF_BOTH: Final = "nothing that both record differs"

_SHOWN: Final = 3
# How it was asked for, where something that came of it is told.
_AROUND: Final = frozenset(
    {"in force", "arguments", "requests", "documents of the split", "documents scored"}
)
_BENCHMARKS_SHOWN: Final = 2
_LONGEST: Final = 110
_SMALLEST_P: Final = 0.0001


def headline(benchmarks: Sequence[BenchmarkDifference]) -> str:
    """What moved, and what it did, in one line."""
    if not benchmarks:
        return "no benchmark is in both"
    return f"{what_moved(benchmarks)} · {what_it_did(benchmarks)}"


def what_moved(benchmarks: Sequence[BenchmarkDifference]) -> str:
    """What is another, the likeliest cause first; what is not known, where nothing is."""
    moved = of_benchmarks(benchmarks)
    if not moved:
        unknown = tuple(dict.fromkeys(topic_name(d.topic) for b in benchmarks for d in b.unknown))
        return f"{_OF_BOTH}; not known: {listed(unknown)}" if unknown else NOTHING_DIFFERS
    by_topic: dict[str, dict[str, list[str]]] = {}
    for difference, names in moved.items():
        by_topic.setdefault(difference.topic, {}).setdefault(difference.brief, []).extend(names)
    told = [topic for topic in by_topic if topic not in _AROUND] or list(by_topic)
    topics = [_topic(topic, by_topic[topic], len(benchmarks)) for topic in told]
    rest = len(topics) - _SHOWN
    more = f" and {rest} more" if rest > 0 else ""
    return f"{'; '.join(topics[:_SHOWN])}{more}{_likelier(benchmarks, moved)}"


def _likelier(benchmarks: Sequence[BenchmarkDifference], moved: Iterable[Difference]) -> str:
    """What is not known and would explain a score, where only trifles are known to have moved."""
    if min(map(likelihood, moved)) < FIRST_TRIFLE:
        return ""
    doubts = (d for b in benchmarks for d in b.unknown if likelihood(d) < FIRST_TRIFLE)
    unknown = dict.fromkeys(topic_name(d.topic) for d in sorted(doubts, key=likelihood))
    return f"; not known: {listed(tuple(unknown), _SHOWN)}" if unknown else ""


def _topic(topic: str, briefs: dict[str, list[str]], benchmarks: int) -> str:
    (brief, names), *others = briefs.items()
    told = f"{topic_name(topic)}: {_clipped(brief)}"
    affected = [*names, *(name for _, more in others for name in more)]
    if benchmarks > 1 and len(affected) < benchmarks:
        told += f" ({listed(affected, _BENCHMARKS_SHOWN)})"
    elif others:
        told += f" ({names[0]}), and otherwise on {len(affected) - len(names)} more"
    return told


def _clipped(brief: str) -> str:
    return brief if len(brief) <= _LONGEST else f"{brief[: _LONGEST - 1]}…"


def topic_name(topic: str) -> str:
    """A topic as a person writes it: `chat template`."""
    return str(topic).replace("_", " ")


def what_it_did(benchmarks: Sequence[BenchmarkDifference]) -> str:
    """The score that moved most surely, and how many others did."""
    scored = [b for b in benchmarks if b.scores]
    if not scored:
        return "no score is in both"
    p_values = _adjusted([b.scores[0] for b in scored])
    moved = [
        (1.0 if p is None else p, -abs(b.scores[0].value), b.name, b.scores[0])
        for b, p in zip(scored, p_values, strict=True)
        if has_moved(b.scores[0])
    ]
    if not moved:
        return _as_before(scored)
    smallest, _, name, score = min(moved, key=lambda one: one[:2])
    p_value = None if score.p_value is None else smallest
    told = f"{_scored(name, score, benchmarks)} {score_in_words(score, p_value)}"
    if len(scored) > 1:
        told += f" ({len(moved)} of {count(len(scored), 'score')} moved"
        told += "; p by Holm)" if score.p_value is not None else ")"
    return told


def has_moved(score: ScoreDifference) -> bool:
    """Whether a score is another, over all documents or over those of both."""
    return bool(score.value or score.paired_value)


def _as_before(scored: Sequence[BenchmarkDifference]) -> str:
    """That no benchmark's own score moved, and which metric beside it did."""
    name, score = scored[0].name, scored[0].scores[0]
    told = f"all {count(len(scored), 'score')} as before"
    if len(scored) == 1:
        told = f"{_scored(name, score, scored)} {number(score.first)} as before"
    beside = [
        (b.name, s)
        for b in scored
        for s in b.scores[1:]
        if s.task == b.first.asked.task and has_moved(s)
    ]
    if not beside:
        return told
    name, score = beside[0]
    more = f", and {len(beside) - 1} more" if len(beside) > 1 else ""
    return f"{told}, but {name} {score.metric} {signed(score.value)}{more}"


def _scored(name: str, score: ScoreDifference, benchmarks: Sequence[BenchmarkDifference]) -> str:
    """A benchmark, with the metric where it has several."""
    several = any(len({s.metric for s in b.scores}) > 1 for b in benchmarks if b.name == name)
    return f"{name} {score.metric}" if several else name


def _adjusted(scores: Sequence[ScoreDifference]) -> list[float | None]:
    known = [score.p_value for score in scores if score.p_value is not None]
    adjusted = iter(holm(known))
    return [None if score.p_value is None else next(adjusted) for score in scores]


def score_in_words(score: ScoreDifference, p_value: float | None) -> str:
    """`+0.4831 [+0.39, +0.57], p = 0.02`; what the interval is over, where that is another."""
    told = signed(score.value)
    if score.interval is None:
        return f"{told}, not tested"
    if score.paired_value is not None and abs(score.paired_value - score.value) > 1e-9:  # noqa: PLR2004  # rounding of sums
        told += f", {signed(score.paired_value)} over the {score.paired} documents of both"
    told += f" [{signed(score.interval.low)}, {signed(score.interval.high)}]"
    if p_value is not None:
        told += f", {p_in_words(p_value)}"
    return f"{told}, unpaired" if not score.paired else told


def number(value: float) -> str:
    """A score, to four digits behind the point."""
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.6g}"  # noqa: PLR2004  # perplexities


def signed(value: float) -> str:
    """A difference, with its sign."""
    return f"{value:+.4f}" if abs(value) < 1000 else f"{value:+.6g}"  # noqa: PLR2004  # as above


def p_in_words(p_value: float) -> str:
    """`p = 0.012`, or below what is worth a digit."""
    return f"p < {_SMALLEST_P}" if p_value < _SMALLEST_P else f"p = {p_value:.2g}"


def first_line_of(differences: Sequence[Difference]) -> str:
    """What moved of two things that hold no scores."""
    moved = [d for d in differences if d.is_different]
    if not moved:
        unknown = tuple(dict.fromkeys(topic_name(d.topic) for d in differences))
        return f"{_OF_BOTH}; not known: {listed(unknown)}" if unknown else NOTHING_DIFFERS
    told = [f"{topic_name(d.topic)}: {_clipped(d.brief)}" for d in moved]
    rest = len(told) - _SHOWN
    return "; ".join(told[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
