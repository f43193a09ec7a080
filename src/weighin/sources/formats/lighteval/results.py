"""What a results file of LightEval says of its tasks: what was asked, and the scores."""

from pydantic import JsonValue

from weighin.evidence.records import Asked, Score
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_list,
    as_mapping,
    as_number,
    as_text,
    without_addresses,
)
from weighin.sources.formats.lighteval.model import model_of
from weighin.sources.formats.record import foreign_question, foreign_score

_STDERR = "_stderr"
_AVERAGE = ":_average"
_LONGEST_ODD = 80
_NOT_OF_THE_TASK = frozenset({"original_num_docs", "effective_num_docs"})


def task_config_of(results: Json, task: str) -> Json:
    """Its entry of `config_tasks`, whose keys had no number of shots before 0.11."""
    configs = as_mapping(results.get("config_tasks"))
    return as_mapping(configs.get(task)) or as_mapping(configs.get(task.rpartition("|")[0]))


def asked_of(
    results: Json, task: str, config: Json, in_details: tuple[int | None, int | None]
) -> Asked:
    """What was asked in one benchmark.

    Args:
        results: The file.
        task: The benchmark.
        config: Its entry of `config_tasks`.
        in_details: How many documents it has and how many were scored by its details file, for
            what the results file does not say; each `None` if that is unknown.
    """
    versions = as_mapping(results.get("versions"))
    shots = task.rpartition("|")[2]
    is_count = shots.isdecimal() and shots.isascii() and len(shots) < _LONGEST_ODD
    told = {key: value for key, value in config.items() if key not in _NOT_OF_THE_TASK}
    # -1 stands for a number that was not filled in.
    total = as_count(config.get("original_num_docs"))
    scored = as_count(config.get("effective_num_docs"))
    if total is None and scored is None:
        total, scored = in_details
    generated, _ = model_of(results).generation
    return foreign_question(
        task,
        task_version=_version(versions.get(task, config.get("version"))),
        config_digest=sha256_hex(canonical_json(without_addresses(told))) if told else None,
        dataset_path=as_text(config.get("hf_repo")),
        dataset_revision=as_text(config.get("hf_revision")),
        num_fewshot=as_count(int(shots)) if is_count else as_count(config.get("num_fewshots")),
        documents_total=total,
        documents_scored=scored,
        decoding=generated,
    )


def _version(value: JsonValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value) or None


def scores_of(
    results: Json, task: str, config: Json, rows: int | None
) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The scores of a benchmark, and `metric: value` of those that are no finite number.

    Args:
        results: The file.
        task: The benchmark.
        config: Its entry of `config_tasks`.
        rows: How many documents its details file holds; `None` if there is none.
    """
    told = as_count(config.get("effective_num_docs"))
    row = as_mapping(as_mapping(results.get("results")).get(task))
    aggregations = _aggregations(config)
    scores: list[Score] = []
    odd: list[str] = []
    for metric, value in row.items():
        if metric.endswith(_STDERR) and metric.removesuffix(_STDERR) in row:
            continue
        number = as_number(value)
        if number is None:
            odd.append(f"{task}: {metric}: {value}"[:_LONGEST_ODD])
            continue
        scores.append(
            foreign_score(
                task,
                metric,
                number,
                stderr=as_number(row.get(f"{metric}{_STDERR}")),
                aggregation="mean of tasks" if _AVERAGE in task else aggregations.get(metric),
                documents=rows if told is None else told,
            )
        )
    return tuple(scores), tuple(odd)


def _aggregations(config: Json) -> dict[str, str]:
    found: dict[str, str] = {}
    for written in as_list(config.get("metrics")) or as_list(config.get("metric")):
        metric = as_mapping(written)
        name, function = as_text(metric.get("metric_name")), as_text(metric.get("corpus_level_fn"))
        if name is not None and function is not None:
            found[name] = function if function.isidentifier() else "custom"
    return found
