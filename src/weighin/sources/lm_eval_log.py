"""A results file that plain lm-eval wrote, read as records."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import FileDigest, Origin, Record, RunInfo, Score
from weighin.evidence.store import file_digest
from weighin.sources.foreign_json import (
    Json,
    as_mapping,
    as_text,
    in_brief,
    pointer_part,
    read_json,
)
from weighin.sources.lm_eval_arguments import model_arguments
from weighin.sources.lm_eval_facets import declared_facets
from weighin.sources.lm_eval_results import asked_of, documents_of, leaves_of, scores_of
from weighin.sources.lm_eval_samples import SampleContent, read_samples

# `results_<stamp>.json`, or `<name>_<stamp>.json` where a file was named as the output.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+)?$")
_LONGEST_FILE_NAME = 255
_MOST_ALTERED_NAMED = 3
_SETTINGS = (
    "batch_size", "device", "limit", "random_seed", "numpy_seed", "torch_seed", "fewshot_seed",
    "use_cache",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LmEvalLog:
    """What one results file of lm-eval and the samples files beside it hold.

    Attributes:
        records: A record for every task and group, each with the folder of its files.
        samples: The samples files.
        broken: Samples files that contradict the hashes that lm-eval wrote.
    """

    records: tuple[tuple[Record, Path], ...]
    samples: tuple[Path, ...]
    broken: tuple[BrokenFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A results file with what lies beside it; paths and content of the samples by task."""

    path: Path
    shown: str
    results: Json
    samples_paths: Mapping[str, Path]
    samples: Mapping[str, SampleContent]


def is_lm_eval_log(value: JsonValue) -> bool:
    """Whether a JSON document is a results file of lm-eval, of any version."""
    document = as_mapping(value)
    return (
        isinstance(document.get("results"), dict)
        and bool({"versions", "configs"} & document.keys())
        # LightEval descends from lm-eval and kept some of its keys.
        and "config_general" not in document
    )


def read_lm_eval_log(path: Path, shown: str) -> LmEvalLog:
    """Read a results file and the samples files beside it.

    Args:
        path: The results file.
        shown: How the path is shown to a person.

    Raises:
        EvidenceError: The file or a samples file beside it is damaged.
    """
    results = as_mapping(read_json(path))
    tasks = tuple(as_mapping(results.get("results")))
    try:
        paths = dict(_samples_paths(path, tasks))
        samples = {task: read_samples(file, check_hashes=True) for task, file in paths.items()}
        source = _Source(
            path=path, shown=shown, results=results, samples_paths=paths, samples=samples
        )
        records = tuple((_record(source, task), path.parent) for task in tasks)
    except (OSError, ValueError, RecursionError) as error:
        raise EvidenceError(
            f"{path}: expected a results file of lm-eval, found {in_brief(error)}"
        ) from error
    folder = Path(shown).parent
    broken = (
        BrokenFile(
            file=str(folder / paths[task].name),
            benchmark=task,
            expected="the hashes that lm-eval wrote",
            found=found,
        )
        for task, content in samples.items()
        if (found := _contradiction(results, task, content)) is not None
    )
    return LmEvalLog(records=records, samples=tuple(paths.values()), broken=tuple(broken))


def _samples_paths(path: Path, tasks: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    stamp = _STAMP.search(path.stem)
    suffix = path.stem.removeprefix("results_") if stamp is None else stamp.group()
    for task in tasks:
        for ending in (".jsonl", ".jsonl.gz"):
            name = f"samples_{task}_{suffix}{ending}"
            is_name = not {"/", "\0"} & set(name) and len(name.encode()) <= _LONGEST_FILE_NAME
            if is_name and (path.parent / name).is_file():
                yield task, path.parent / name
                break


def _contradiction(results: Json, task: str, content: SampleContent) -> str | None:
    """How a samples file contradicts lm-eval's hashes in it, or in the results file."""
    if content.altered:
        rest = len(content.altered) - _MOST_ALTERED_NAMED
        more = f" and {rest} more" if rest > 0 else ""
        named = ", ".join(content.altered[:_MOST_ALTERED_NAMED])
        return f"without its hash: {named}{more}"
    stated = as_text(as_mapping(results.get("task_hashes")).get(task))
    if stated is not None and content.task_hash is not None and stated != content.task_hash:
        return (
            f"other samples than those of the results: their digest is {content.task_hash[:12]}, "
            f"task_hashes of the results file says {stated[:12]}"
        )
    return None


def _record(source: _Source, task: str) -> Record:
    results = source.results
    leaves = leaves_of(results, task)
    scores, odd = _scores(results, (task, *(leaf for leaf in leaves if leaf != task)))
    model = model_arguments(results)
    return Record(
        model=as_text(results.get("model_name")) or model.name or model.backend or "unknown",
        checkpoint_id=None,
        location=None,
        asked=asked_of(results, task, source.samples),
        observations=tuple(declared_facets(results, task)),
        scores=scores,
        is_partial=_is_partial(results, task),
        files=tuple(_files(source, leaves)),
        loaded=None,
        run=_run(results, odd),
        origin=Origin(
            producer=_harness(results),
            file=source.shown,
            pointer=f"/results/{pointer_part(task)}",
        ),
    )


def _scores(results: Json, names: tuple[str, ...]) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    scores: list[Score] = []
    odd: list[str] = []
    for name in names:
        found, not_finite = scores_of(results, name)
        scores.extend(found)
        odd.extend(f"{name}: {text}" for text in not_finite)
    return tuple(scores), tuple(odd)


def _files(source: _Source, leaves: tuple[str, ...]) -> Iterator[FileDigest]:
    """Where the samples lie. Their digests are of today: nothing vouches for an earlier one."""
    for leaf in leaves:
        if (path := source.samples_paths.get(leaf)) is not None:
            yield file_digest(path, role="samples", task=leaf, relative_to=source.path.parent)


def _is_partial(results: Json, task: str) -> bool:
    total, asked_for = documents_of(results, task)
    if total is not None and asked_for is not None:
        return asked_for < total
    return as_mapping(results.get("config")).get("limit") is not None


def _harness(results: Json) -> str:
    version = as_text(results.get("lm_eval_version"))
    return f"lm-eval {version}" if version else "lm-eval (version not recorded)"


def _run(results: Json, odd: tuple[str, ...]) -> RunInfo:
    config = as_mapping(results.get("config"))
    settings: dict[str, JsonValue] = {key: config[key] for key in _SETTINGS if key in config}
    settings["scores_not_finite"] = list(odd)
    transformers = as_text(results.get("transformers_version"))
    model = model_arguments(results)
    is_transformers = transformers is not None and model.is_transformers
    return RunInfo(
        run_id="",
        job_id="",
        attempt_id="",
        started=_started(results),
        finished="",
        harness=_harness(results),
        engine=f"transformers {transformers}" if is_transformers else model.backend,
        command="",
        host="",
        versions={} if transformers is None else {"transformers": transformers},
        settings=settings,
    )


def _started(results: Json) -> str:
    """When lm-eval says that it started; empty if it does not say."""
    seconds = results.get("date")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return ""
    try:
        moment = datetime.fromtimestamp(math.floor(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
