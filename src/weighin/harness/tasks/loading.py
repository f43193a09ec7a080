"""The lm-eval tasks that the requirements name: found, loaded and described before any scoring."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lm_eval.api.group import Group
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager

from weighin.errors import RequirementsError, RunError, WeighinError
from weighin.files.json.foreign import as_mapping
from weighin.files.written import portable_path
from weighin.harness.quiet import quiet
from weighin.harness.tasks.code import code_digests, own_code_digests
from weighin.harness.tasks.data_files import beside_task_files
from weighin.harness.tasks.definition import TaskDefinition, task_definition
from weighin.harness.tasks.digests import (
    asked_config_digest,
    asked_documents_digest,
    document_hashes,
    fewshot_digest,
    job_digest,
)
from weighin.harness.tasks.held import HeldTask, held
from weighin.harness.tasks.origin import own_folders, shipped_names, told_origin
from weighin.harness.tasks.seeds import Seeds, seed_everything, seeds_of
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import OPENAI, TRANSFORMERS
from weighin.requirements.model import BenchmarkRequirement, EndpointApi, Requirements
from weighin.sources.formats.lm_eval.recompute import UNWEIGHTED_GROUP, WEIGHTED_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedBenchmark:
    """A benchmark whose task is loaded.

    Attributes:
        requirement: What is asked.
        position: Index in the requirements' list.
        source: lm-eval's task or group.
        manager: The task manager that it came from; making another one takes seconds.
        leaves: The tasks with documents behind it, by name.
        digest: Digest of the configurations, the files of the code that they call, and the
            documents. A dataset's own fingerprint depends on paths and times, not on content.
        config_digest: Digest of the configurations as they will be asked, as a record has it.
        document_hashes: lm-eval's hash of each document of each task, in the order of asking.
        fewshot_digest: Digest of what the shots are drawn from; empty without shots.
        code: `name digest` of each Python file that its tasks call.
        aggregations: Aggregation name by (task, metric).
        origin: Where its tasks come from: `lm-eval 0.4.13`, or the user's folder.
        definition: What stands in the place of lm-eval's own definition, and its code.
        averaged_over: Answers to each document whose scores are averaged, where its tasks score
            one alone; 1 otherwise.
        held: The leaves as they were loaded, before any benchmark was asked.
        notes: Sentences on data that could have been read in the place of what was.
    """

    requirement: BenchmarkRequirement
    position: int
    source: Task | Group
    manager: TaskManager
    leaves: Mapping[str, Task]
    digest: str
    config_digest: str | None
    document_hashes: Mapping[str, tuple[str, ...]]
    fewshot_digest: str
    code: tuple[str, ...]
    aggregations: Mapping[tuple[str, str], str]
    origin: str
    definition: TaskDefinition
    averaged_over: int = 1
    held: tuple[HeldTask, ...] = ()
    notes: tuple[str, ...] = ()

    def documents_digest(self, max_samples: int | None) -> str | None:
        """Digest of the documents that are asked, as a record will have it.

        Args:
            max_samples: Only the first documents of each task; `None` for all.
        """
        return asked_documents_digest(self.document_hashes, max_samples)

    @property
    def seeds(self) -> Seeds:
        """What each random state starts from when it is asked."""
        return seeds_of(self.requirement)

    @property
    def output_types(self) -> frozenset[str]:
        """lm-eval's output types of the leaves, for example `generate_until`."""
        return frozenset(str(task.get_config("output_type")) for task in self.leaves.values())


def load_benchmarks(
    requirements: Requirements, wanted: Sequence[str]
) -> tuple[LoadedBenchmark, ...]:
    """Load the tasks of the wanted benchmarks, so that a wrong name fails before a model is loaded.

    Args:
        requirements: The requirements.
        wanted: The labels of the benchmarks; their tasks where these are required once.

    Raises:
        RequirementsError: A task folder or task does not exist, or cannot do what is required.
        RunError: A task cannot be loaded, for example because its data is not at hand.
    """
    folders = [requirements.resolve(folder) for folder in requirements.tasks]
    for index, folder in enumerate(folders):
        if not folder.is_dir():
            raise RequirementsError(
                f"{requirements.required_at(f'tasks.{index}')}: tasks.{index}: expected a folder "
                f"with task files, found nothing at {folder}"
            )
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    chosen = [
        (position, benchmark)
        for position, benchmark in enumerate(requirements.benchmarks)
        if labels[position] in wanted
    ]
    with quiet():
        manager = _task_manager(folders, [benchmark.task for _, benchmark in chosen])
    return tuple(
        _load(requirements, position, benchmark, manager) for position, benchmark in chosen
    )


def _task_manager(folders: Sequence[Path], wanted: Sequence[str]) -> TaskManager:
    # lm-eval writes these paths into its results files.
    paths = [portable_path(folder) for folder in folders]
    if paths:
        # lm-eval parses 14,000 files for its own tasks; they are left out if nobody asks for them.
        own = TaskManager(include_path=paths, include_defaults=False)
        if all(task in own.all_tasks for task in wanted):
            return own
    return TaskManager(include_path=paths or None)


def _load(
    requirements: Requirements,
    position: int,
    benchmark: BenchmarkRequirement,
    manager: TaskManager,
) -> LoadedBenchmark:
    where = requirements.required_at(f"benchmarks.{position}.task")
    task = benchmark.task
    if task not in manager.all_tasks:
        close = difflib.get_close_matches(task, manager.all_tasks, n=3)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise RequirementsError(
            f"{where}: benchmarks.{position}.task: lm-eval and {list(requirements.tasks)} have no "
            f"task {task!r}{hint}"
        )
    seed_everything(seeds_of(benchmark))
    try:
        with quiet(), beside_task_files() as notes:
            loaded = manager.load([task])
            leaves: dict[str, Task] = dict(loaded["tasks"])
            code = {name: code_digests(leaf) for name, leaf in leaves.items()}
            own_code = [own_code_digests(leaf) for leaf in leaves.values()]
            digest = job_digest(leaves, code, benchmark)
            hashes = {name: document_hashes(leaf) for name, leaf in leaves.items()}
            config = asked_config_digest(leaves, benchmark)
            shots = fewshot_digest(leaves, benchmark.num_fewshot)
    except (MemoryError, WeighinError):
        raise
    except Exception as error:
        # Loading a task runs its code and fetches its data: anything can go wrong in there.
        raise RunError(
            f"{where}: task {task!r} cannot be loaded: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:400]}"
        ) from error
    source = loaded["groups"].get(task) or loaded["tasks"].get(task)
    if source is None:
        raise RequirementsError(
            f"{where}: {task!r} is a tag of {len(loaded['tasks'])} tasks and has no score of its "
            f"own; list its tasks instead: {', '.join(sorted(loaded['tasks'])[:10])}"
        )
    names = {task, *leaves}
    owned = own_folders(manager, names, [requirements.resolve(f) for f in requirements.tasks])
    _refuse_taken_names(where, position, owned)
    found = LoadedBenchmark(
        requirement=benchmark,
        position=position,
        source=source,
        manager=manager,
        leaves=leaves,
        digest=digest,
        config_digest=config,
        document_hashes=hashes,
        fewshot_digest=shots,
        code=tuple(sorted({entry for entries in code.values() for entry in entries})),
        aggregations=_aggregations(leaves, loaded["groups"]),
        origin=told_origin(owned, leaves),
        definition=task_definition(benchmark, leaves, owned, code.values(), own_code),
        averaged_over=_averaged_over(benchmark, leaves.values()),
        held=held(leaves),
        notes=tuple(dict.fromkeys(notes)),
    )
    _refuse_what_it_cannot_do(requirements, found)
    if benchmark.repeats is not None:
        for leaf in leaves.values():
            leaf.set_config("repeats", benchmark.repeats)
    return found


def _averaged_over(benchmark: BenchmarkRequirement, leaves: Collection[Task]) -> int:
    """A task that asks several times by itself has a way of its own to score what comes."""
    is_single = all(int(leaf.config.repeats) == 1 for leaf in leaves)
    return (benchmark.repeats or 1) if is_single else 1


def _refuse_taken_names(where: str, position: int, owned: Mapping[str, Path]) -> None:
    """A score of another task must not stand under the name of a known benchmark."""
    for name, folder in sorted(owned.items()):
        if name in shipped_names():
            raise RequirementsError(
                f"{where}: benchmarks.{position}.task: task {name!r} stands in {folder} and in "
                f"lm-eval; rename yours, for example my_{name}"
            )


def _refuse_what_it_cannot_do(requirements: Requirements, found: LoadedBenchmark) -> None:
    _refuse_what_the_endpoint_cannot_do(requirements, found)
    benchmark, prefix = found.requirement, f"benchmarks.{found.position}"
    for name, task in found.leaves.items():
        if benchmark.num_fewshot and task.get_config("num_fewshot") == 0:
            raise RequirementsError(
                f"{requirements.required_at(f'{prefix}.num_fewshot')}: {prefix}.num_fewshot: task "
                f"{name!r} fixes it to 0 and lm-eval ignores any other number, found "
                f"{benchmark.num_fewshot}"
            )
        version = str(task.VERSION)
        if benchmark.task_version is not None and version != benchmark.task_version:
            raise RequirementsError(
                f"{requirements.required_at(f'{prefix}.task_version')}: {prefix}.task_version: "
                f"expected {benchmark.task_version!r}, found version {version!r} of task {name!r}"
            )
    if benchmark.decoding and "generate_until" not in found.output_types:
        raise RequirementsError(
            f"{requirements.required_at(f'{prefix}.decoding')}: {prefix}.decoding: task "
            f"{benchmark.task!r} generates no text, so that decoding cannot be set"
        )
    _refuse_decoding_with_power(requirements, found)
    _refuse_repeats_that_are_equal(requirements, found)
    _refuse_samples_that_it_does_not_have(requirements, found)
    keys = sorted(_metric_keys(found))
    if benchmark.metric_key is not None and keys and benchmark.metric_key not in keys:
        raise RequirementsError(
            f"{requirements.required_at(f'{prefix}.metric')}: {prefix}.metric: task "
            f"{benchmark.task!r} has no {benchmark.metric_key!r}; it has {', '.join(keys)}"
        )


def _refuse_what_the_endpoint_cannot_do(requirements: Requirements, found: LoadedBenchmark) -> None:
    endpoint = requirements.model.endpoint
    if endpoint is None or found.output_types == {"generate_until"}:
        return
    task = found.requirement.task
    prefix = f"benchmarks.{found.position}.task"
    where = f"{requirements.required_at(prefix)}: {prefix}"
    if endpoint.api is EndpointApi.CHAT:
        raise RequirementsError(
            f"{where}: {task!r} needs log-likelihoods, and chat interfaces give no "
            "log-likelihoods; use the completions interface, or a benchmark that generates text"
        )
    if endpoint.tokenizer is None:
        raise RequirementsError(
            f"{where}: {task!r} needs log-likelihoods, for which the prompts must be cut into "
            "tokens here; name the folder of the tokenizer in model.endpoint.tokenizer"
        )


def _refuse_decoding_with_power(requirements: Requirements, found: LoadedBenchmark) -> None:
    """Settings that a task brings itself are typed as those of the requirements are."""
    settings = TRANSFORMERS if requirements.model.endpoint is None else OPENAI
    prefix = f"benchmarks.{found.position}.decoding"
    for key, text in refusals(found.requirement.decoding, settings):
        path = f"{prefix}.{key}"
        raise RequirementsError(f"{requirements.required_at(path)}: {path}: {text}")
    prefix = f"benchmarks.{found.position}.task"
    for name, task in found.leaves.items():
        own = as_mapping(task.get_config("generation_kwargs"))
        for key, text in refusals(own, settings):
            raise RequirementsError(
                f"{requirements.required_at(prefix)}: {prefix}: task {name!r} sets "
                f"generation_kwargs.{key}: {text}"
            )


def _refuse_repeats_that_are_equal(requirements: Requirements, found: LoadedBenchmark) -> None:
    if found.averaged_over == 1:
        return
    prefix = f"benchmarks.{found.position}.repeats"
    where = f"{requirements.required_at(prefix)}: {prefix}"
    task = found.requirement.task
    if found.output_types != {"generate_until"}:
        raise RequirementsError(
            f"{where}: task {task!r} asks for log-likelihoods, which are equal each time; remove "
            "repeats"
        )
    if requirements.model.endpoint is not None:
        raise RequirementsError(
            f"{where}: every request to a server carries one seed, so that its answers may be "
            "equal; remove repeats"
        )
    for name, leaf in found.leaves.items():
        own = as_mapping(leaf.get_config("generation_kwargs"))
        settings = {**own, **found.requirement.decoding}
        # As lm-eval reads them: a temperature alone is enough to sample.
        if settings.get("do_sample", True) is False or not settings.get("temperature"):
            raise RequirementsError(
                f"{where}: {name!r} decodes greedily, so that every answer to a document is equal; "
                "write decoding: {do_sample: true, temperature: ...}, or remove repeats"
            )


def _refuse_samples_that_it_does_not_have(
    requirements: Requirements, found: LoadedBenchmark
) -> None:
    samples = found.requirement.samples
    if samples == "all":
        return
    with quiet():
        sizes = [len(task.eval_docs) for task in found.leaves.values()]
    prefix = f"benchmarks.{found.position}.samples"
    where = f"{requirements.required_at(prefix)}: {prefix}"
    if samples > sum(sizes):
        raise RequirementsError(
            f"{where}: expected at most {sum(sizes)} documents, found {samples}; write samples: "
            "all for all of them"
        )
    scored = sum(min(size, samples) for size in sizes)
    if scored != samples:
        raise RequirementsError(
            f"{where}: {found.requirement.task!r} is a group, and lm-eval takes the first "
            f"documents of each of its {len(sizes)} tasks: expected {samples} documents, found "
            f"that {scored} would be scored; write samples: all, or list its tasks"
        )


def _metric_keys(found: LoadedBenchmark) -> Iterator[str]:
    if isinstance(found.source, Group):
        return
    filters = [f.name for f in getattr(found.source, "_filters", ())] or ["none"]
    for metric in found.source.aggregation():
        for name in filters:
            yield f"{metric},{name}"


def _aggregations(
    leaves: Mapping[str, Task], groups: Mapping[str, Group]
) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for name, task in leaves.items():
        for metric, function in task.aggregation().items():
            found[name, metric] = getattr(function, "__name__", "custom")
    for name, group in groups.items():
        for entry in group.aggregate_metric_list or ():
            found[name, entry.metric] = WEIGHTED_GROUP if entry.weight_by_size else UNWEIGHTED_GROUP
    return found
