"""One benchmark through lm-eval, its native files written and read back."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lm_eval
import torch
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from pydantic import JsonValue

from weighin.errors import EvidenceError, InfrastructureError, RunError, WeighinError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Asked, FileDigest, Score
from weighin.evidence.store import HARNESS_FOLDER, file_digest
from weighin.files.json.foreign import as_mapping, read_json
from weighin.files.written import translated_errors
from weighin.harness.progress import OnRequests, reported
from weighin.harness.quiet import quiet
from weighin.harness.ranks import is_lost_rank, lost_rank
from weighin.harness.samples_file import compressed
from weighin.harness.tasks.loading import LoadedBenchmark
from weighin.harness.tasks.repeats import averaged
from weighin.identity.facets import Grade
from weighin.sources.formats.lm_eval.documents.answers import facts_of_answers
from weighin.sources.formats.lm_eval.results import asked_of, leaves_of, scores_of
from weighin.sources.formats.lm_eval.samples import SampleContent, read_samples

# Below this, a failure to write is put down to a full disk.
_FULL_DISK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How one benchmark is asked.

    Attributes:
        benchmark: The loaded benchmark.
        max_samples: Only the first documents; `None` for all.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
        model_name: Name under which the scores are claimed.
        model_arguments: What is written as lm-eval's `model_args`.
        backend: What is written as lm-eval's `model`.
        compress_samples: Whether samples files are written as `.jsonl.gz`.
    """

    benchmark: LoadedBenchmark
    max_samples: int | None
    chat_template: bool
    system_prompt: str | None
    model_name: str
    model_arguments: Mapping[str, JsonValue]
    backend: str
    compress_samples: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came out of one benchmark, as read back from the files that lm-eval wrote.

    Attributes:
        asked: What was asked.
        scores: Every score.
        odd_scores: Scores that are no finite number, as `metric,filter: value`.
        files: The native files, relative to the attempt's folder.
        facts: What the samples show of the answers.
    """

    asked: Asked
    scores: tuple[Score, ...]
    odd_scores: tuple[str, ...]
    files: tuple[FileDigest, ...]
    facts: tuple[Fact, ...] = ()


def evaluate(
    lm: LM,
    asking: Asking,
    folder: Path,
    on_requests: OnRequests,
    on_answered: Callable[[], None],
) -> Answered:
    """Score one benchmark and write lm-eval's own results and samples files.

    Neither of lm-eval's caches is ever used: one is keyed without the model, the other without
    the task's configuration.

    Args:
        lm: The loaded model.
        asking: What to ask.
        folder: The attempt's folder.
        on_requests: Called as requests are answered.
        on_answered: Called before anything is written of the answers.

    Raises:
        RunError: lm-eval failed.
        InfrastructureError: Out of memory, the disk is full, or another process of the launch
            ended.
    """
    tracker = EvaluationTracker(output_path=str(folder))
    results = _asked(lm, asking, tracker, on_requests)
    if results is None:
        raise RunError(
            f"{asking.benchmark.requirement.task}: expected results of lm-eval, found none"
        )
    on_answered()
    results["config"]["model"] = asking.backend
    results["config"]["model_args"] = dict(asking.model_arguments)
    tracker.general_config_tracker.model_source = asking.backend
    tracker.general_config_tracker.model_name = asking.model_name
    tracker.general_config_tracker.model_name_sanitized = HARNESS_FOLDER
    with quiet():
        samples = results.pop("samples")
        tracker.save_results_aggregated(results=results, samples=samples)
        for task in results["configs"]:
            tracker.save_results_samples(task_name=task, samples=samples[task])
    expected = {task: len(rows) for task, rows in samples.items()}
    return _read_back(asking, folder, expected)


def attend(lm: LM, asking: Asking, on_requests: OnRequests) -> None:
    """Answer this process's part of one benchmark, of which another one scores all.

    Raises:
        RunError: lm-eval failed.
        InfrastructureError: Out of memory, or another process of the launch ended.
    """
    _asked(lm, asking, None, on_requests)


def _asked(
    lm: LM, asking: Asking, tracker: EvaluationTracker | None, on_requests: OnRequests
) -> dict[str, Any] | None:
    """lm-eval's results; `None` in a process whose answers another one scores."""
    requirement, seeds = asking.benchmark.requirement, asking.benchmark.seeds
    try:
        with reported(on_requests), quiet(), _as_often_as_stated(asking.benchmark):
            results: dict[str, Any] | None = lm_eval.simple_evaluate(
                model=lm,
                tasks=[asking.benchmark.source],
                num_fewshot=requirement.num_fewshot,
                batch_size=getattr(lm, "batch_size", None),
                device=str(getattr(lm, "device", "")) or None,
                limit=asking.max_samples,
                log_samples=True,
                evaluation_tracker=tracker,
                system_instruction=asking.system_prompt,
                apply_chat_template=asking.chat_template,
                fewshot_as_multiturn=asking.chat_template,
                gen_kwargs=dict(requirement.decoding) or None,
                task_manager=asking.benchmark.manager,
                random_seed=seeds.random,
                numpy_random_seed=seeds.numpy,
                torch_random_seed=seeds.torch,
                fewshot_random_seed=seeds.fewshot,
            )
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise InfrastructureError(f"{requirement.task}: out of memory: {error}") from error
    except WeighinError:
        raise
    except Exception as error:
        if lm.world_size > 1 and is_lost_rank(error):
            raise lost_rank(error) from error
        # A task runs its own code on its own data: anything can come out of there.
        raise RunError(
            f"{requirement.task}: lm-eval failed: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:400]}"
        ) from error
    return results


def _as_often_as_stated(benchmark: LoadedBenchmark) -> AbstractContextManager[None]:
    if benchmark.averaged_over == 1:
        return nullcontext()
    return averaged(benchmark.leaves.values(), benchmark.averaged_over)


def _read_back(asking: Asking, folder: Path, expected_rows: Mapping[str, int]) -> Answered:
    """What lm-eval wrote: it swallows every error on writing, so only reading shows it."""
    task = asking.benchmark.requirement.task
    native = folder / HARNESS_FOLDER
    try:
        (results_path,) = native.glob("results_*.json")
        results = as_mapping(read_json(results_path))
        contents: dict[str, SampleContent] = {}
        files = [file_digest(results_path, role="results", relative_to=folder)]
        for leaf in leaves_of(results, task):
            (path,) = native.glob(f"samples_{leaf}_{results_path.stem.removeprefix('results_')}.*")
            contents[leaf] = read_samples(path)
            _require_rows(path, contents[leaf], expected_rows[leaf])
            if asking.compress_samples:
                with translated_errors(path, "compress"):
                    path = compressed(path)
            files.append(file_digest(path, role="samples", task=leaf, relative_to=folder))
    except (ValueError, OSError, EvidenceError) as error:
        free = shutil.disk_usage(folder).free
        reason = "the disk is full" if free < _FULL_DISK_BYTES else " ".join(str(error).split())
        raise InfrastructureError(
            f"{folder}: lm-eval could not write its results of {task!r}: {reason}; free some space "
            "and run the same command again, what was recorded before is reused"
        ) from error
    scores: list[Score] = []
    odd: list[str] = []
    for name in dict.fromkeys((task, *contents)):
        aggregations = {
            metric: function
            for (owner, metric), function in asking.benchmark.aggregations.items()
            if owner == name
        }
        found, not_finite = scores_of(results, name, aggregations)
        scores.extend(found)
        odd.extend(f"{name}: {text}" for text in not_finite)
    return Answered(
        asked=asked_of(results, task, contents),
        scores=tuple(scores),
        odd_scores=tuple(odd),
        files=tuple(files),
        facts=(
            *facts_of_answers([content.answers for content in contents.values()]),
            *_aggregation(asking.benchmark),
        ),
    )


def _aggregation(benchmark: LoadedBenchmark) -> Iterator[Fact]:
    if (answers := benchmark.averaged_over) > 1:
        yield Fact(name=FactName.AGGREGATION, value=f"avg@{answers}", grade=Grade.MEASURED)


def _require_rows(path: Path, content: SampleContent, expected: int) -> None:
    found = sum(len(documents) for documents in content.documents_by_filter.values())
    if found != expected:
        raise EvidenceError(f"{path}: expected {expected} samples, found {found}")
