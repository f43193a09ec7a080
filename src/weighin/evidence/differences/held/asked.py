"""What was asked of two runs and how they ran, held against each other."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.held.digests import digests_agree, is_same_harness
from weighin.evidence.differences.held.values import held_mappings, held_values
from weighin.evidence.differences.words.wording import digest
from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import NOT_NAMED, Asked, Record
from weighin.identity.facets import Agreement, spelling_apart

# Of a run, not of what was asked of it.
_NOT_COMPARED: Final = frozenset(
    {"file_stamp", "scores_not_finite", "scores_not_computed", "limit"}
)
SETTINGS_IN_FACTS: Final = (
    FactName.REVISION, FactName.REQUESTED_MODEL, FactName.ARTIFACT_LABEL, FactName.AGGREGATION,
    FactName.TOOLS, FactName.BOS_TOKENS, FactName.EXPECTED_BOS_TOKENS, FactName.TASK_OVERRIDES,
    FactName.HARNESS_COMMIT, FactName.HARNESS_IS_DIRTY, FactName.TIMEOUT_MULTIPLIER,
    FactName.RESOURCE_OVERRIDES, FactName.NETWORK, FactName.HARDWARE,
)  # fmt: skip
"""Facts that say how it was asked and where it ran, each one value."""
NAMES_IN_FACTS: Final = (
    FactName.ANSWERED_MODELS, FactName.PROVIDERS, FactName.SYSTEM_FINGERPRINTS, FactName.IMAGES,
)  # fmt: skip
"""Facts that count calls or documents by a name; of a single one the number says nothing."""
FILES_IN_FACTS: Final = (FactName.TASK_CODE, FactName.HARNESS_FILES)
"""Facts that hold a digest a file."""
OUTCOMES_IN_FACTS: Final = (
    FactName.FINISH_REASONS, FactName.UNPARSED_ANSWERS, FactName.DISTINCT_OUTPUTS,
    FactName.OUTPUT_TOKENS, FactName.ERRORS,
)  # fmt: skip
"""Facts that say what came out, beside the scores."""
DECLARED_FACTS: Final = (
    FactName.SENTINELS, FactName.VARIANTS_TESTED, FactName.SELECTION_RULE, FactName.PUBLIC_URL,
    FactName.RELEASE_STATEMENT, FactName.PARENTS, FactName.CONTAMINATION, FactName.TEST_DATA_ACCESS,
    FactName.STATED_BY, FactName.SIGNATURE,
)  # fmt: skip
"""Facts that people state of a row, which move no score; not compared."""
TROUBLE_IN_FACTS: Final = (
    FactName.RUN_STATUS, FactName.WITHDRAWN, FactName.EDITED_SCORES, FactName.REACHED_LIMIT,
    FactName.MISSING_DOCUMENTS, FactName.ALTERED_TEXTS,
)  # fmt: skip
"""Facts that say that a run is not what it seems; told of either run that has one."""
NOT_COMPARED_FACTS: Final = (
    FactName.SEEDS, FactName.TRAJECTORIES, FactName.FORBIDDEN_ACCESSES, FactName.RUNS_OF_DOCUMENTS,
)  # fmt: skip
"""Facts of which the record holds the same elsewhere, or which are of no two runs alike."""


_DIGESTS: Final[Mapping[Part, Callable[[Asked], str | None]]] = {
    Part.PROMPTS: lambda asked: asked.prompts_digest,
    Part.DOCUMENTS: lambda asked: asked.documents_digest,
    Part.TASK_CONFIGURATION: lambda asked: asked.config_digest,
}


def held_questions(first: Record, second: Record) -> Iterator[Difference | None]:
    """What was asked; `None` for what neither records."""
    mine, theirs = first.asked, second.asked
    is_alike = is_same_harness(first, second)
    yield held_values("task", mine.task, theirs.task)
    yield held_values("task version", mine.task_version, theirs.task_version)
    yield held_values("shots", mine.num_fewshot, theirs.num_fewshot)
    yield held_mappings(
        "generation arguments", mine.decoding, theirs.decoding, is_whole=is_alike, noun="argument"
    )
    yield held_values("repeats", mine.repeats, theirs.repeats)
    yield held_mappings("seeds", mine.seeds, theirs.seeds, is_whole=False, noun="seed")
    yield held_values("dataset", mine.dataset_path, theirs.dataset_path)
    yield held_values(
        "dataset revision",
        mine.dataset_revision,
        theirs.dataset_revision,
        way=how_to_record((first, second), Part.DATASET_REVISION),
    )
    yield held_values("documents of the split", mine.documents_total, theirs.documents_total)
    yield held_values("documents scored", mine.documents_scored, theirs.documents_scored)
    parts = ["a part" if record.is_partial else "all" for record in (first, second)]
    yield held_values("documents asked", parts[0], parts[1])


def held_digest(topic: str, first: Record, second: Record, part: Part) -> Difference | None:
    """A digest of what was asked, where nothing more of it is at hand; `None` without any."""
    of = _DIGESTS[part]
    mine, theirs = of(first.asked), of(second.asked)
    if mine is None and theirs is None:
        return None
    told = ["not recorded" if one is None else digest(one) for one in (mine, theirs)]
    answer = digests_agree(first, second, of)
    brief = {
        Agreement.SAME: "",
        Agreement.DIFFERENT: "differ, by their digests",
        Agreement.UNKNOWN: "digests of two harnesses, or of unknown versions",
    }[answer]
    if None in (mine, theirs):
        brief = f"recorded only of {'B' if mine is None else 'A'}"
    return Difference(
        topic=topic,
        agreement=answer,
        brief=brief,
        first=told[0],
        second=told[1],
        way="" if answer is Agreement.SAME else how_to_record((first, second), Part.SAMPLES),
    )


def held_runs(first: Record, second: Record) -> Iterator[Difference | None]:
    """How they ran; `None` for what neither records."""
    mine, theirs = first.run, second.run
    is_own = first.is_own and second.is_own
    yield _held_names(first, second)
    yield held_values("harness", mine.harness or None, theirs.harness or None)
    yield held_mappings("versions", mine.versions, theirs.versions, is_whole=False, noun="package")
    forces = [_force(record) for record in (first, second)]
    told = _NOT_COMPARED.union(*forces)
    yield held_mappings(
        "arguments",
        {k: v for k, v in mine.settings.items() if k not in told},
        {k: v for k, v in theirs.settings.items() if k not in told},
        is_whole=False,
        noun="argument",
    )
    yield held_mappings("in force", forces[0], forces[1], is_whole=is_own)
    sent = [_sent(record) for record in (first, second)]
    yield held_mappings("requests", sent[0], sent[1], is_whole=is_own)
    for name in SETTINGS_IN_FACTS:
        yield held_values(_topic(name), *(_value(r, name) for r in (first, second)))
    for name in NAMES_IN_FACTS:
        yield _held_counts(_topic(name), _value(first, name), _value(second, name))
    for name in FILES_IN_FACTS:
        files = [_value(r, name) for r in (first, second)]
        ours, others = (dict(f) if isinstance(f, dict) else {} for f in files)
        yield held_mappings(_topic(name), ours, others, is_whole=True, noun="file")


def _held_names(first: Record, second: Record) -> Difference | None:
    """Under which names the scores are claimed; a path is one with the name that it ends with."""
    names = [None if r.model == NOT_NAMED else r.model for r in (first, second)]
    plain = ["" if n is None else spelling_apart(n).rpartition("/")[2].casefold() for n in names]
    return held_values("model name", names[0], names[0] if plain[0] == plain[1] else names[1])


def held_outcomes(first: Record, second: Record) -> Iterator[Difference | None]:
    """What came out beside the scores, and what is wrong with either run."""
    yield held_values(
        "watch", *(None if r.watch is None else r.watch.state for r in (first, second))
    )
    for name in OUTCOMES_IN_FACTS:
        found = [_value(r, name) for r in (first, second)]
        if isinstance(found[0], dict) and isinstance(found[1], dict):
            yield held_mappings(_topic(name), found[0], found[1], is_whole=True, noun="number")
        else:
            yield held_values(_topic(name), found[0], found[1])
    for name in TROUBLE_IN_FACTS:
        found = [_value(r, name) for r in (first, second)]
        # A log that says nothing of trouble says that there was none.
        told: list[JsonValue] = ["none" if value is None else value for value in found]
        if found != [None, None]:
            yield held_values(_topic(name), *told)


def _topic(name: FactName) -> str:
    return name.value.replace("_", " ")


def _value(record: Record, name: FactName) -> JsonValue:
    fact = record.fact(name)
    return None if fact is None else fact.value


def _held_counts(topic: str, first: JsonValue, second: JsonValue) -> Difference | None:
    """What counts calls by names: the names, and how often each where there are several."""
    if (
        isinstance(first, dict)
        and isinstance(second, dict)
        and first.keys() == second.keys()
        and len(first) > 1
    ):
        return held_mappings(topic, first, second, is_whole=True, noun="number")
    return held_values(topic, *map(_names, (first, second)))


def _names(counts: JsonValue) -> JsonValue:
    return list[JsonValue](sorted(counts)) if isinstance(counts, dict) else None


def _force(record: Record) -> Mapping[str, JsonValue]:
    return {} if record.in_force is None else record.in_force.model_dump(mode="json")


def _sent(record: Record) -> Mapping[str, JsonValue]:
    if record.sent is None:
        return {}
    told = record.sent.model_dump(mode="json")
    # How many there were says what the documents say.
    return {name: value for name, value in told.items() if name not in {"requests", "answers"}}
