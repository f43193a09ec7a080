"""One benchmark in two runs: what moved, and what it did."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from weighin.evidence.collected import ReadRecord
from weighin.evidence.differences.difference import (
    BenchmarkDifference,
    Difference,
    Flip,
    ScoreDifference,
)
from weighin.evidence.differences.documents.seen import (
    PairedDocuments,
    SeenDocuments,
    in_full,
    paired,
    seen_documents,
)
from weighin.evidence.differences.held.asked import (
    held_digest,
    held_outcomes,
    held_questions,
    held_runs,
)
from weighin.evidence.differences.held.configuration import held_configurations
from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.differences.held.documents import held_documents, held_prompts
from weighin.evidence.differences.held.facets import Checkpoints, held_facets, unrecorded_facets
from weighin.evidence.differences.held.files import files_of, with_files
from weighin.evidence.differences.scores import DocumentPairs, ScoredPair, score_difference
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record, Score
from weighin.identity.facets import Agreement, Facet

DEFAULT_EXAMPLES: Final = 5

_LIKELIEST: Final = (
    Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION, "model name", Facet.DTYPE, Facet.TOKENIZER,
    Facet.SPECIAL_TOKENS, Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT, "task", "shots", "prompts",
    "documents", Facet.DECODING, "generation arguments", Facet.TEST_TIME_COMPUTE, "repeats",
    "task configuration", "task code", "documents asked", "dataset", "dataset revision",
    Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.REMOTE_CODE, Facet.ENDPOINT, Facet.ENGINE,
    "in force", "seeds", "requests", "arguments", "harness", Facet.HARNESS_FILES, "versions",
)  # fmt: skip
"""Topics by how much of a difference between two scores is theirs, as a rule; others follow."""
_REPORTED: Final = frozenset(
    {
        "acc", "accuracy", "exact_match", "em", "f1", "f1_score", "pass@1", "resolved", "score",
        "prompt_level_strict_acc", "mean",
    }
)  # fmt: skip
"""Metrics that stand for a benchmark where others are logged beside them."""
_ORDER: Final = {str(topic): place for place, topic in enumerate(_LIKELIEST)}
FIRST_TRIFLE: Final = _ORDER[Facet.ENGINE]
"""From here on are topics that seldom explain a score."""


def benchmark_difference(
    first: ReadRecord,
    second: ReadRecord,
    known: Checkpoints,
    *,
    examples: int = DEFAULT_EXAMPLES,
    claimed: str = "",
) -> BenchmarkDifference:
    """What differs between two records of one benchmark, and what it did to the scores.

    Args:
        first: One run.
        second: The other; changes are told as from the first to it.
        known: Their checkpoints, as far as they are known.
        examples: How many documents whose score is another are told.
        claimed: Metric and filter of the score that is claimed, told first; empty for the first.
    """
    mine, theirs = first.record, second.record
    seen = seen_documents(first), seen_documents(second)
    alias = {theirs.asked.task: mine.asked.task}
    found = paired(*seen, alias)
    pairs = None if found is None else DocumentPairs(first=seen[0], second=seen[1], paired=found)
    held = list(_held(first, second, known, seen, found))
    why_not = _why_unpaired(mine, theirs)
    scores = sorted(
        (score_difference(*both, pairs, why_not) for both in _common(mine, theirs)),
        key=lambda score: (score.task != mine.asked.task, _rank(score, claimed)),
    )
    flipped = None if pairs is None or not scores else _flipped(pairs, scores[0])
    return BenchmarkDifference(
        name=_name(mine, theirs),
        first=mine,
        second=theirs,
        differences=tuple(sorted((d for d in held if d is not None), key=likelihood)),
        outcomes=tuple(d for d in held_outcomes(mine, theirs) if d is not None),
        recorded_by_neither=tuple(map(str, unrecorded_facets(mine, theirs))),
        scores=tuple(scores),
        only_first=_one_sided(mine, theirs),
        only_second=_one_sided(theirs, mine),
        flips=()
        if flipped is None
        else tuple(_flips(first, second, flipped[:examples], scores[0])),
        flipped=None if flipped is None else len(flipped),
        notes=tuple(_notes(mine, theirs)),
    )


def _why_unpaired(first: Record, second: Record) -> str:
    """Why documents are not paired, where what is logged of them does not pair them."""
    answer = digests_agree(first, second, lambda asked: asked.documents_digest)
    return {
        Agreement.SAME: "the documents are the same, and what each of them scored is not at hand",
        Agreement.DIFFERENT: "the documents differ, and which of them are the same is not known",
        Agreement.UNKNOWN: "which documents are the same is not known",
    }[answer]


def _rank(score: ScoreDifference, claimed: str) -> int:
    """How early a score is told: what is claimed, then what is commonly reported."""
    if score.key == claimed or (score.metric == claimed and claimed):
        return 0
    return 1 if score.metric in _REPORTED else 2


def likelihood(difference: Difference) -> int:
    """How early a difference is told: 0 for what explains a score most often."""
    return _ORDER.get(difference.topic, len(_ORDER))


def _name(first: Record, second: Record) -> str:
    names = dict.fromkeys((first.asked.task, second.asked.task))
    return " → ".join(names)


def _held(
    first: ReadRecord,
    second: ReadRecord,
    known: Checkpoints,
    seen: tuple[SeenDocuments, SeenDocuments],
    found: PairedDocuments | None,
) -> Iterator[Difference | None]:
    mine, theirs = first.record, second.record
    texts = first.texts(), second.texts()
    files = [
        files_of(known.manifests.get(r.checkpoint_id or ""), r.location) for r in (mine, theirs)
    ]
    for facet in held_facets(mine, theirs, known):
        yield with_files(_with_text(facet, texts[0].facets, texts[1].facets), *files)
    yield from held_questions(mine, theirs)
    yield held_configurations(
        mine, theirs, texts[0].configurations, texts[1].configurations
    ) or held_digest("task configuration", mine, theirs, Part.TASK_CONFIGURATION)
    of_prompts = held_digest("prompts", mine, theirs, Part.PROMPTS)
    has_others = found is not None and bool(found.only_first or found.only_second)
    # Other documents have other prompts, which says nothing of those of the same ones.
    yield _seen(held_prompts(first, second, seen, found), of_prompts, may_contradict=not has_others)
    yield _seen(held_documents(found), held_digest("documents", mine, theirs, Part.DOCUMENTS))
    yield from held_runs(mine, theirs)


def _seen(
    logged: Difference | None, digest: Difference | None, *, may_contradict: bool = True
) -> Difference | None:
    """What logs show, unless the digests say that something else differs; these without any."""
    if logged is None or digest is None:
        return logged or digest
    if may_contradict and digest.is_different and not logged.is_different:
        return replace(digest, brief="differ by their digests, though those that are logged do not")
    return logged


def _with_text(
    difference: Difference, first: Mapping[Facet, str], second: Mapping[Facet, str]
) -> Difference:
    """A difference of two texts that are both at hand, with the texts' own."""
    topic = next((facet for facet in Facet if facet == difference.topic), None)
    if topic is None or not difference.is_different or topic not in first or topic not in second:
        return difference
    return Difference(
        topic=difference.topic,
        agreement=difference.agreement,
        brief=difference.brief,
        first=difference.first,
        second=difference.second,
        lines=unified_diff(first[topic], second[topic]),
        way=difference.way,
    )


def _common(first: Record, second: Record) -> Iterator[tuple[Score, Score]]:
    """Scores of one task, metric and filter, in the order of the first record."""
    alias = {second.asked.task: first.asked.task}
    beside = {(alias.get(s.task, s.task), s.key): s for s in second.scores}
    for score in first.scores:
        if (other := beside.get((score.task, score.key))) is not None:
            yield score, other


def _one_sided(first: Record, second: Record) -> tuple[str, ...]:
    """Metrics of the benchmark itself that only the first has."""
    beside = {s.key for s in second.scores if s.task == second.asked.task}
    own = (s.key for s in first.scores if s.task == first.asked.task)
    return tuple(key for key in own if key not in beside)


def _flipped(pairs: DocumentPairs, score: ScoreDifference) -> list[ScoredPair] | None:
    """Documents whose score is another, those that moved most first; `None` if not known."""
    key = (score.metric, score.filter)
    if not score.paired:
        return None
    tasks = frozenset(place[0] for place, _ in pairs.paired.pairs)
    own = frozenset((score.task,)) if score.task in tasks else tasks
    found = [pair for pair in pairs.scored(key, own) if pair.first != pair.second]
    found.sort(key=lambda pair: -abs(pair.second - pair.first))
    return found


def _flips(
    first: ReadRecord, second: ReadRecord, chosen: list[ScoredPair], score: ScoreDifference
) -> Iterator[Flip]:
    key = (score.metric, score.filter)
    ours = in_full(first, [pair.place for pair in chosen], key)
    theirs = in_full(second, [pair.other for pair in chosen], key)
    for pair in chosen:
        answers = [
            None if document is None else document.answer
            for document in (ours.get(pair.place), theirs.get(pair.other))
        ]
        yield Flip(
            task=pair.place[0],
            name=pair.place[1],
            first=pair.first,
            second=pair.second,
            answers=(answers[0], answers[1]),
        )


def _notes(first: Record, second: Record) -> Iterator[str]:
    told = [_part(record) for record in (first, second)]
    if told[0] and told[0] == told[1]:
        yield f"both are partial runs: {told[0]}"
    else:
        sides = zip(("A", "B"), told, strict=True)
        yield from (f"{side} is a partial run: {part}" for side, part in sides if part)
    for side, record in (("A", first), ("B", second)):
        odd = record.run.settings.get("scores_not_finite")
        if isinstance(odd, list) and odd:
            yield f"{side} has scores that are no finite number: {', '.join(map(str, odd))}"


def _part(record: Record) -> str:
    """How much of the benchmark was asked; empty if all."""
    if not record.is_partial:
        return ""
    scored, total = record.asked.documents_scored, record.asked.documents_total
    told = "some" if scored is None else str(scored)
    return f"{told} of {total or 'an unknown number of'} documents"


def of_benchmarks(differences: Iterable[BenchmarkDifference]) -> Mapping[Difference, list[str]]:
    """What moved, each with the benchmarks on which it did; the likeliest cause first."""
    found: dict[Difference, list[str]] = {}
    for benchmark in differences:
        for difference in benchmark.moved:
            found.setdefault(difference, []).append(benchmark.name)
    return dict(sorted(found.items(), key=lambda item: likelihood(item[0])))
