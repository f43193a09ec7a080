"""What honest people vary in their logs."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.making.logs.planted.lm_eval_rows import (
    arguments,
    both,
    config,
    of_task,
    top,
)
from tests.making.logs.planted.other_rows import (
    LIGHTEVAL,
    adapter,
    details,
    eval_config,
    evaluation,
    general,
    information,
    model_config,
)
from tests.making.logs.planted.rows import Document, Mutation, unchanged


@dataclass(frozen=True, kw_only=True)
class Variation:
    """Something that changes nothing of what was scored.

    Attributes:
        id: What it is.
        change: What is done to the second log.
        text: What is done to the text of each of its JSON files.
        name: What is done to the path of each of its files.
        is_packed: Whether its samples are packed.
        alias: A further name of the model in the requirements; `{name}` is the model's.
    """

    id: str
    change: Mutation = unchanged
    text: Callable[[str], str] = str
    name: Callable[[str], str] = str
    is_packed: bool = False
    alias: str = ""


def _in_order(key: Callable[[str], object], *, reverse: bool = False) -> Callable[[str], str]:
    def ordered(value: object) -> object:
        if isinstance(value, dict):
            return {name: ordered(value[name]) for name in sorted(value, key=key, reverse=reverse)}
        return [ordered(item) for item in value] if isinstance(value, list) else value

    return lambda text: json.dumps(ordered(json.loads(text)))


def _arguments(document: Document) -> dict[str, object]:
    written = document["config"]["model_args"]
    if isinstance(written, dict):
        return dict(written)
    return dict(part.split("=", 1) for part in written.split(",") if "=" in part)


def _argued(change: Callable[[dict[str, object]], object]) -> Mutation:
    def mutate(document: Document) -> None:
        document["config"]["model_args"] = change(_arguments(document))

    return mutate


def _in_one_line(separator: str = ",", quote: str = "") -> Mutation:
    return _argued(
        lambda found: separator.join(
            f"{key}={quote}{value}{quote}" if isinstance(value, str) else f"{key}={value}"
            for key, value in found.items()
        )
    )


def _spelt(spelling: Callable[[object], object]) -> Mutation:
    """Every argument in another spelling of the same value."""
    return _argued(lambda found: {key: spelling(value) for key, value in found.items()})


_OTHER_DTYPES = {
    "half": "float16", "float16": "half", "bfloat16": "torch.bfloat16", "float32": "float",
}  # fmt: skip


def _dtype_renamed(document: Document) -> None:
    """The dtype that was asked for, and the one that was found, under their other names."""
    found = _arguments(document)
    if found.get("dtype") in _OTHER_DTYPES:
        arguments(dtype=_OTHER_DTYPES[found["dtype"]])(document)
    resolved = document["config"].get("model_dtype")
    if isinstance(resolved, str):
        document["config"]["model_dtype"] = resolved.removeprefix("torch.")


def _renamed_model(change: Callable[[str], str]) -> Mutation:
    def mutate(document: Document) -> None:
        name = str(_arguments(document)["pretrained"])
        arguments(pretrained=change(name))(document)
        document["model_name"] = change(name)

    return mutate


def _moved(document: Document) -> None:
    """A copy of the model in a folder, of which the harness can look up no commit."""
    _renamed_model(lambda name: "/models/" + name)(document)
    for key in ("model_sha", "model_revision"):
        document["config"].pop(key, None)


def _shuffled_samples(document: Document) -> None:
    if isinstance(samples := document.get("samples"), list):
        random.Random(1).shuffle(samples)


def _tokens_as(kind: Callable[[object], object]) -> Mutation:
    def mutate(document: Document) -> None:
        for name in ("bos", "eos", "pad"):
            token = document.get(f"tokenizer_{name}_token")
            if token and token[1] not in {None, "None"}:
                document[f"tokenizer_{name}_token"] = [token[0], kind(token[1])]

    return mutate


def _later(document: Document) -> None:
    document["date"] += 3600
    for key in ("start_time", "end_time"):
        if key in document:
            document[key] += 7200.5


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


ANYWHERE = (
    Variation(id="renamed", name=lambda name: name.replace("results_", "results_copy_of_")),
    Variation(id="in a folder of its own", name=lambda name: f"runs/second run/{name}"),
    Variation(id="in a folder named after another model", name=lambda name: f"acme__other/{name}"),
    Variation(id="indented", text=lambda text: json.dumps(json.loads(text), indent=4)),
    Variation(id="indented by tabs", text=lambda text: json.dumps(json.loads(text), indent="\t")),
    Variation(
        id="without a blank", text=lambda text: json.dumps(json.loads(text), separators=(",", ":"))
    ),
    Variation(
        id="with letters as they are",
        text=lambda text: json.dumps(json.loads(text), ensure_ascii=False),
    ),
    Variation(id="with a line end", text=lambda text: text + "\n"),
    Variation(
        id="with line ends of Windows",
        text=lambda text: json.dumps(json.loads(text), indent=2).replace("\n", "\r\n"),
    ),
    Variation(id="with sorted keys", text=_in_order(str)),
    Variation(id="with keys in reverse", text=_in_order(str, reverse=True)),
    Variation(id="with keys by their length", text=_in_order(len)),
)
OF_LM_EVAL = (
    Variation(id="another batch size", change=config(batch_size="1", batch_sizes=[])),
    Variation(id="batch size found", change=config(batch_size="auto:4", batch_sizes=[64])),
    Variation(id="batch size as an argument", change=arguments(batch_size=8)),
    Variation(id="cuda for cuda:0", change=config(device="cuda")),
    Variation(id="another GPU", change=config(device="cuda:3")),
    Variation(id="device as an argument", change=arguments(device="cuda:1")),
    Variation(id="another host", change=top(pretty_env_info="Ubuntu 24.04 (x86_64), host b")),
    Variation(id="an hour later", change=_later),
    Variation(id="slower", change=top(total_evaluation_time_seconds="99999.5")),
    Variation(id="results elsewhere", change=config(output_path="/scratch/run/out")),
    Variation(id="another cache", change=config(use_cache="/scratch/cache")),
    Variation(id="cache_dir", change=arguments(cache_dir="/scratch/hub")),
    Variation(id="a slash behind the name", change=_renamed_model(lambda name: name + "/")),
    Variation(
        id="the name in small letters",
        change=_renamed_model(str.lower),
        alias="{name_in_small_letters}",
    ),
    Variation(id="a path for the name", change=_moved, alias="/models/{name}"),
    Variation(id="arguments as an object", change=_argued(dict)),
    Variation(id="arguments as text", change=_in_one_line()),
    Variation(id="arguments with blanks", change=_in_one_line(", ")),
    Variation(id="arguments in quotes", change=_in_one_line(quote='"')),
    Variation(
        id="arguments in reverse",
        change=_argued(lambda found: dict(reversed(list(found.items())))),
    ),
    Variation(
        id="arguments in reverse as text",
        change=both(
            _argued(lambda found: dict(reversed(list(found.items())))), _in_one_line()
        ),
    ),
    Variation(id="arguments all as text", change=_spelt(str)),
    Variation(
        id="truth in small letters",
        change=_spelt(lambda v: str(v).lower() if str(v) in {"True", "False"} else v),
    ),
    Variation(
        id="truth as JSON",
        change=_spelt(lambda v: {"True": True, "False": False}.get(str(v), v)),
    ),
    Variation(id="dtypes under their other names", change=_dtype_renamed),
    Variation(id="ids of tokens as numbers", change=_tokens_as(lambda v: int(str(v)))),
    Variation(id="ids of tokens as text", change=_tokens_as(str)),
    Variation(id="whole numbers", change=lambda d: d["config"].update(
        {key: _whole(value) for key, value in d["config"].items()})),
    Variation(id="on two GPUs", change=arguments(parallelize=True)),
    Variation(id="tensors in parallel", change=arguments(tensor_parallel_size=2)),
    Variation(id="more of the GPU", change=arguments(gpu_memory_utilization=0.95)),
    Variation(id="fewer at a time", change=arguments(max_num_seqs=16)),
    Variation(id="no digests of tasks", change=top(task_hashes={})),
    Variation(id="a sanitised name", change=top(model_name_sanitized="x__y")),
    Variation(id="samples in another order", change=_shuffled_samples),
    Variation(id="samples packed", is_packed=True),
    Variation(id="an empty setting of shots", change=of_task(fewshot_split=None)),
    Variation(id="arguments that are none", change=arguments(peft="None", delta="")),
)  # fmt: skip
OF_OTHERS = {
    "lighteval": (
        Variation(id="another job", change=general(job_id="77", start_time=1.0, end_time=2.0)),
        Variation(id="job as a number", change=general(job_id=0)),
        Variation(id="slower", change=general(total_evaluation_time_secondes="1.5")),
        Variation(id="cache elsewhere", change=model_config(cache_dir="/scratch/cache")),
        Variation(id="more of the GPU", change=model_config(gpu_memory_utilization=0.95)),
        Variation(id="tensors in parallel", change=model_config(tensor_parallel_size=4)),
        Variation(id="copies in parallel", change=model_config(data_parallel_size=1)),
        Variation(id="fewer at a time", change=model_config(max_num_seqs=16, swap_space=8)),
        Variation(id="dtype of torch", change=model_config(dtype="torch.bfloat16")),
        Variation(id="whole numbers as fractions", change=model_config(max_model_length=32768.0)),
        Variation(id="no summary", change=lambda document: document.pop("summary_general", None)),
        Variation(
            id="a slash behind the name",
            change=both(
                model_config(model_name=LIGHTEVAL.name + "/"),
                general(model_name=LIGHTEVAL.name + "/"),
            ),
        ),
    ),
    "inspect": (
        Variation(id="another run", change=evaluation(run_id="another", eval_id="another")),
        Variation(id="another host", change=evaluation(model_base_url="http://gpu-7:11434/v1")),
        Variation(id="data elsewhere", change=lambda document: document["eval"]["dataset"].update(
            location="/scratch/data/arc")),
        Variation(id="more at a time", change=eval_config(max_samples=64, max_tasks=4)),
        Variation(id="epochs as a fraction", change=eval_config(epochs=1.0)),
        Variation(id="slower", change=lambda document: document["stats"].update(
            completed_at="2025-10-21T02:12:16+02:00")),
        Variation(id="in another time zone", change=lambda document: document["eval"].update(
            created="2025-10-20T23:12:03+00:00")),
        Variation(id="samples in another order", change=_shuffled_samples),
        Variation(id="tags", change=evaluation(tags=["nightly"], metadata={"host": "b"})),
    ),
    "helm": (
        Variation(id="another folder", name=lambda name: name.replace("run-1", "narrative_qa")),
        Variation(id="no scenario", change=lambda document: document.pop("scenario.json")),
        Variation(id="room for more documents", change=adapter(max_eval_instances=5000)),
        Variation(id="an older adapter", change=lambda document: document["run_spec.json"][
            "adapter_spec"].pop("multi_label")),
        Variation(id="a newer adapter", change=adapter(reeval_parameters=None, eval_splits=None)),
        Variation(id="temperature as a whole number", change=adapter(temperature=0)),
        Variation(id="statistics in reverse", change=lambda document: document[
            "stats.json"].reverse()),
        Variation(id="documents in reverse", change=lambda document: document[
            "per_instance_stats.json"].reverse()),
        Variation(id="groups", change=lambda document: document["run_spec.json"].update(
            groups=["mine"])),
    ),
    "eee": (
        Variation(id="retrieved later", change=lambda document: document.update(
            retrieved_timestamp="1790682486.6")),
        Variation(id="another id", change=lambda document: document.update(evaluation_id="mine")),
        Variation(id="precision of torch", change=details(precision="torch.float16")),
        Variation(id="numbers as text", change=details(params_billions="0.135")),
        Variation(id="another spelling of the developer", change=information(
            developer="huggingfacetb")),
        Variation(id="no platform", change=information(inference_platform=None)),
        Variation(id="another display name", change=information(name="SmolLM2 135M Instruct")),
    ),
}  # fmt: skip
