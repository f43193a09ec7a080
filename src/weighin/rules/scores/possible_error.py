"""Whether a standard error can belong to its score and to the number of documents behind it."""

import re
from fractions import Fraction

from weighin.evidence.benchmarks import Averaging, Benchmark, ScoreKind
from weighin.evidence.records import Record, Score
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.stated.part import object_of
from weighin.rules.shared.wording import number
from weighin.statistics.standard_errors import documents_at, largest_standard_error

# In every harness that is read, a document scores from 0 to 1 in these.
_SHARES = frozenset(
    {"acc", "acc_norm", "exact_match", "accuracy", "extractive_match", "quasi_exact_match", "em"}
)
_PASSES = "pass@"
# What somebody named like an accuracy probably is one.
_NAMED_LIKE_SHARES = re.compile(r"(acc|accuracy|em|exact_match)_\w+")
_MEAN = "mean"
_FEWEST = 2
_ONLY_METRIC = "score"
# A bootstrap of a thousand draws is off by a few percent, and logs may be rounded.
_TOO_LARGE, _TOO_SMALL = 1.25, 0.75
# Below this, documents would have to score nearly alike.
_UNUSUALLY_SMALL = 1 / 3


def impossible_error(case: Case, record: Record, score: Score) -> Finding | None:
    """The finding on a standard error that arithmetic forbids; `None` if none is known to be so.

    Only of a mean over documents that score from 0 to 1 it is decidable: such a mean p over n
    documents has a standard error of at most sqrt(p (1 - p) / (n - 1)), and exactly that where
    each scores 0 or 1 once. Groups of tasks combine errors in ways of their own, and errors that
    are clustered may be larger. Where it rests on what a metric is called, it is undecided.

    Source:
        Bhatia and Davis (2000), American Mathematical Monthly 107.
    """
    documents = _documents(record, score)
    error = score.stderr
    if documents is None or error is None or not _is_mean(record, score):
        return None
    is_share = _is_share(case, record, score)
    if not is_share and not _NAMED_LIKE_SHARES.fullmatch(score.metric):
        return None
    largest = largest_standard_error(score.value, documents)
    # The registry is asked only where its answer decides: it takes long to read.
    is_small = error < largest * _TOO_SMALL
    is_count = is_small and is_share and _is_count(case, record, score)
    is_too_small = is_small and (is_count or error < largest * _UNUSUALLY_SMALL)
    if error <= _TOO_LARGE * largest and not is_too_small:
        return None
    is_certain = is_share and (is_count or not is_too_small)
    told = f"{score.key} {number(score.value)} ± {number(error)} over {documents} documents"
    fitting = ""
    if error > 0:
        n = documents_at(Fraction(score.value), Fraction(error))
        fitting = f"; with that error there are {'about' if is_too_small else 'at most'} {n:.0f}"
    of = "such a mean is" if is_certain else "a mean of documents that are right or wrong is"
    return Finding(
        outcome=Outcome.VIOLATED if is_certain else Outcome.UNDECIDED,
        statement=f"{'IMPOSSIBLE: ' if is_certain else ''}{told}: the standard error of {of} "
        f"{'' if is_too_small else 'at most '}{number(largest)}{fitting}",
        contradicts=not is_certain,
        expected=f"{'' if is_too_small else 'at most '}{number(largest)}, which is "
        "sqrt(p (1 - p) / (n - 1))",
        found=number(error),
        where=(record.origin,),
        fix="give the log as the harness wrote it: one of score, error and number of documents "
        "is not of the others",
    )


def _documents(record: Record, score: Score) -> int | None:
    """The fewest documents that the record knows of behind a score; `None` if it cannot vary."""
    known = [score.documents]
    if score.task == record.asked.task:
        known.append(record.asked.documents_scored)
    counts = [n for n in known if n is not None]
    if not counts or min(counts) < _FEWEST or not 0 < score.value < 1:
        return None
    return min(counts)


def _is_mean(record: Record, score: Score) -> bool:
    return score.aggregation == _MEAN and not _is_told_otherwise(record, score)


def _is_share(case: Case, record: Record, score: Score) -> bool:
    if score.metric in _SHARES or _PASSES in score.metric:
        return True
    benchmark = _benchmark(case, record, score)
    return benchmark is not None and benchmark.score is not ScoreKind.UNBOUNDED


def _is_told_otherwise(record: Record, score: Score) -> bool:
    """Whether it is a percentage, or its error is clustered."""
    units = record.run.settings.get("units")
    clustered = record.run.settings.get("clustered_errors")
    return (isinstance(units, dict) and score.metric in units) or (
        isinstance(clustered, list) and score.key in clustered
    )


def _is_count(case: Case, record: Record, score: Score) -> bool:
    """Whether each document is known to score 0 or 1, once."""
    benchmark = _benchmark(case, record, score)
    if benchmark is None or benchmark.score is not ScoreKind.BINARY or benchmark.tasks:
        return False
    once = object_of(record, Facet.TEST_TIME_COMPUTE).get("answers_per_document") == 1
    return (once or not record.observation(Facet.TEST_TIME_COMPUTE).applies) and set(
        benchmark.averaging
    ) <= {Averaging.MICRO}


def _benchmark(case: Case, record: Record, score: Score) -> Benchmark | None:
    """The benchmark of the registry whose usual metric a score is."""
    if score.task != record.asked.task:
        return None
    benchmark = case.registered(score.task)
    is_usual = benchmark is not None and score.metric in {benchmark.metric, _ONLY_METRIC}
    return benchmark if is_usual else None
