"""What an Inspect log says beyond the facets."""

from collections.abc import Iterator, Sequence
from itertools import islice

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.sources.formats.facets import plain, stated
from weighin.sources.formats.inspect.changes import edits_shown
from weighin.sources.formats.inspect.facets import InspectRun, reducers_of
from weighin.sources.formats.inspect.samples import document_id
from weighin.sources.formats.inspect.scores import (
    InspectScore,
    counted,
    scores_before_edits,
)

_MOST_IDS = 100_000
_LONGEST = 200
_SAMPLES = "/samples"


def facts_of(
    run: InspectRun, scores: Sequence[InspectScore], *, is_partial: bool
) -> tuple[Fact, ...]:
    """Every fact that the log shows."""
    found = (
        *_of_header(run),
        *_of_calls(run),
        *_of_samples(run, is_partial=is_partial),
        *_of_itself(run, scores),
        *_limits(run),
    )
    return tuple(fact for fact in found if fact is not None)


def _of_header(run: InspectRun) -> Iterator[Fact | None]:
    evaluation, at = run.evaluation, f"{run.at}/eval"
    yield stated(FactName.REQUESTED_MODEL, as_text(evaluation.get("model")), f"{at}/model")
    revision = as_mapping(evaluation.get("revision"))
    commit = as_text(revision.get("commit"))
    yield stated(FactName.HARNESS_COMMIT, commit, f"{at}/revision/commit")
    dirty = revision.get("dirty")
    if isinstance(dirty, bool):
        yield stated(FactName.HARNESS_IS_DIRTY, dirty, f"{at}/revision/dirty")
    yield stated(FactName.TASK_OVERRIDES, _overrides(evaluation), f"{at}/task_args")
    yield stated(FactName.AGGREGATION, _aggregation(run), f"{at}/config/epochs_reducer")
    shuffle = as_mapping(evaluation.get("config")).get("sample_shuffle")
    found = {"generation": run.generation.get("seed"), "sample_shuffle": shuffle}
    seeds = {name: seed for name, value in found.items() if (seed := as_count(value)) is not None}
    place = f"{at}/config" if "sample_shuffle" in seeds else run.place_of(("seed",))
    yield stated(FactName.SEEDS, dict(seeds) or None, place)


def _overrides(evaluation: Json) -> JsonValue:
    """Arguments that were given to the task; newer logs hold its defaults beside them."""
    passed = evaluation.get("task_args_passed", evaluation.get("task_args"))
    if not isinstance(passed, dict):
        return None
    overrides: list[JsonValue] = [f"{k}={v}"[:_LONGEST] for k, v in passed.items()]
    if (solver := as_text(evaluation.get("solver"))) is not None:
        overrides.append(f"solver {solver}")
    return overrides


def _aggregation(run: InspectRun) -> str | None:
    reducers = reducers_of(run)
    epochs = as_count(as_mapping(run.evaluation.get("config")).get("epochs"))
    if len(reducers) != 1 or epochs is None:
        return None
    name = reducers[0]
    if name.startswith("pass_at_"):
        return f"pass@{name.removeprefix('pass_at_')}"
    if name == "mode":
        return f"cons@{epochs}"
    return name if epochs == 1 or name == "mean" else f"{name}@{epochs}"


def _of_calls(run: InspectRun) -> Iterator[Fact | None]:
    tally, at = run.tally, _SAMPLES
    yield stated(FactName.ANSWERED_MODELS, counted(tally.answered), at)
    yield stated(FactName.PROVIDERS, counted(tally.providers), at)
    yield stated(FactName.SYSTEM_FINGERPRINTS, counted(tally.fingerprints), at)
    if tally.calls:
        tools: list[JsonValue] = list(sorted(tally.tools))  # noqa: C413  # its type is wider
        yield stated(FactName.TOOLS, tools, at)


def _of_samples(run: InspectRun, *, is_partial: bool) -> Iterator[Fact | None]:
    tally, at = run.tally, _SAMPLES
    if not tally.samples:
        return
    yield stated(FactName.FINISH_REASONS, counted(tally.finish_reasons), at)
    yield stated(FactName.IMAGES, counted(tally.images), at)
    if tally.answers:
        distinct: dict[str, JsonValue] = {
            "distinct": len(tally.outputs),
            "outputs": tally.answers,
        }
        yield stated(FactName.DISTINCT_OUTPUTS, distinct, at)
    if tally.counted_tokens == tally.samples:
        yield stated(FactName.OUTPUT_TOKENS, tally.output_tokens / tally.samples, at)
    if tally.passed:
        passed: dict[str, JsonValue] = {
            "passed": tally.passed,
            "with_trajectory": tally.passed_with_messages,
        }
        yield stated(FactName.TRAJECTORIES, passed, at)
    counted_as_wrong: bool | None = None
    if tally.errors and tally.errors_scored_zero == tally.errors:
        counted_as_wrong = True
    elif tally.errors and not tally.errors_scored:
        counted_as_wrong = False
    errors: dict[str, JsonValue] = {"errors": tally.errors, "counted_as_wrong": counted_as_wrong}
    yield stated(FactName.ERRORS, errors, at)
    if not is_partial:
        yield stated(FactName.MISSING_DOCUMENTS, _missing(run), f"{run.at}/eval/dataset")


def _of_itself(run: InspectRun, scores: Sequence[InspectScore]) -> Iterator[Fact | None]:
    """What the log says was changed, withdrawn or not finished."""
    changes = run.tally.changes
    if changes.edits:
        expected = as_count(as_mapping(run.log.get("results")).get("total_samples"))
        before = scores_before_edits(scores, run.tally, expected)
        edited: dict[str, JsonValue] = {
            "count": len(changes.edits),
            "edits": edits_shown(changes.edits),
            "scores": {**before},
        }
        yield stated(FactName.EDITED_SCORES, edited, next(iter(changes.edits.values())).at)
    is_withdrawn = run.log.get("invalidated") is True
    if is_withdrawn or changes.withdrawn:
        withdrawn: dict[str, JsonValue] = {
            "log": is_withdrawn,
            "answers": changes.withdrawn,
            "documents": [*changes.withdrawn_documents],
            "why": changes.why,
        }
        yield stated(FactName.WITHDRAWN, withdrawn, changes.at or f"{run.at}/invalidated")
    status = as_text(run.log.get("status"))
    if status != "success":
        why = as_text(as_mapping(run.log.get("error")).get("message")) or ""
        ended: dict[str, JsonValue] = {"status": status or "no header", "why": why[:_LONGEST]}
        yield stated(FactName.RUN_STATUS, ended, f"{run.at}/status" if status else run.at)


def _limits(run: InspectRun) -> Iterator[Fact | None]:
    """The limit that was set, where the log does not say how many documents there are."""
    limit = as_count(as_mapping(run.evaluation.get("config")).get("limit"))
    total = as_count(as_mapping(run.evaluation.get("dataset")).get("samples"))
    if limit is not None and total is None and run.log.get("status") == "success":
        yield stated(FactName.REACHED_LIMIT, limit, f"{run.at}/eval/config/limit")


def _missing(run: InspectRun) -> JsonValue:
    """Ids of the dataset without a score; `None` if the log does not list them."""
    dataset = as_mapping(run.evaluation.get("dataset"))
    # An id may be the number 1 in one place and the text "1" in another.
    ids = [document_id(value) for value in as_list(dataset.get("sample_ids"))]
    if not ids or len(ids) != dataset.get("samples"):
        return None
    missing: list[JsonValue] = list(
        islice((name for name in ids if name not in run.tally.scored), _MOST_IDS)
    )
    return plain(missing)
