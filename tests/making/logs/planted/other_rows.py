"""Rows of real logs of LightEval, Inspect, HELM and Every Eval Ever, and what people change."""

import json
from functools import cache

from tests.making.logs.planted.rows import Document, Mutation, RealRow
from tests.making.places import CORPUS

_HELM = "helm/evaleval+every_eval_ever__"


def _lighteval_task(document: Document, task: str) -> None:
    for key in ("results", "config_tasks", "summary_tasks"):
        of_task = next(value for name, value in document[key].items() if name != "all")
        document[key] = {task: of_task}
    document["config_tasks"][task]["name"] = task.split("|")[1]


def _inspect_task(document: Document, task: str) -> None:
    evaluation = document["eval"]
    evaluation["task"] = evaluation["task_registry_name"] = f"inspect_evals/{task}"
    evaluation["task_display_name"] = task
    evaluation["eval_id"] = evaluation["run_id"] = evaluation["task_id"] = task
    evaluation["dataset"]["samples"] = 3
    evaluation["config"]["limit"] = None


@cache
def _helm_text(folder: str) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((CORPUS / folder).iterdir())}


def _helm_run(folder: str) -> Document:
    return {name: json.loads(text) for name, text in _helm_text(folder).items()}


def _helm_whole(document: Document, task: str) -> None:
    del task
    document["run_spec.json"]["adapter_spec"]["max_eval_instances"] = 1000


def _helm_folder(document: Document, number: int) -> dict[str, object]:
    return {f"run-{number}/{name}": content for name, content in document.items()}


def _eee_results(document: Document, task: str) -> None:
    results = document["evaluation_results"]
    document["evaluation_results"] = [r for r in results if r["evaluation_name"] == task]
    document["evaluation_id"] += f"/{task}"


LIGHTEVAL = RealRow(
    name="meta-llama/Llama-3.1-8B-Instruct",
    sources=("cc79f7dd", "cc79f7dd"),
    tasks=("lighteval|math_500|0", "lighteval|olympiad|0"),
    reduce=_lighteval_task,
)
"""LightEval of 2025 on vLLM with its whole model config, sampled text."""

OF_KNOWN_SIZE = RealRow(
    name="quyanh/OpenRS-GRPO",
    sources=("d96bf85e", "d96bf85e"),
    tasks=("custom|aime24|0", "custom|aime25|0"),
    reduce=_lighteval_task,
)
"""LightEval of early 2025 without a model config, with the number of documents."""

INSPECT = RealRow(
    name="ollama/qwen2.5:0.5b",
    sources=("b6b26ea4", "b6b26ea4"),
    tasks=("inspect_evals/arc_easy", "inspect_evals/arc_challenge"),
    reduce=lambda document, task: _inspect_task(document, task.split("/")[1]),
)
"""Inspect of 2025 against a server, with samples."""

HELM = RealRow(
    name="openai/gpt2",
    sources=(
        f"{_HELM}mmlu-subject=philosophy_method=multiple_choice_joint_model=openai_gpt2",
        f"{_HELM}narrative_qa-model=openai_gpt2",
    ),
    tasks=("mmlu_philosophy", "narrative_qa"),
    aliases={"mmlu_philosophy": "mmlu:subject=philosophy,method=multiple_choice_joint"},
    load=_helm_run,
    reduce=_helm_whole,
    laid_out=_helm_folder,
)
"""Two HELM runs with every file."""

EEE = RealRow(
    name="HuggingFaceTB/SmolLM2-135M-Instruct",
    sources=("__a41b862d", "__a41b862d"),
    tasks=("IFEval", "GPQA"),
    reduce=_eee_results,
)
"""An aggregate of the Open LLM Leaderboard, split in two."""

OTHER_ROWS = {"lighteval": LIGHTEVAL, "inspect": INSPECT, "helm": HELM, "eee": EEE}
"""Those that are varied honestly."""


def model_config(**changed: object) -> Mutation:
    """Keys of LightEval's model config replaced."""
    return lambda document: document["config_general"]["model_config"].update(changed)


def general(**changed: object) -> Mutation:
    """Keys of LightEval's general config replaced."""
    return lambda document: document["config_general"].update(changed)


def parameters(**changed: object) -> Mutation:
    """Generation parameters of LightEval replaced."""
    return lambda document: document["config_general"]["model_config"][
        "generation_parameters"
    ].update(changed)


def lighteval_task(**changed: object) -> Mutation:
    """Keys of the configuration of LightEval's only task replaced."""
    return lambda document: [c.update(changed) for c in document["config_tasks"].values()]


def lighteval_scores(**changed: object) -> Mutation:
    """Numbers of LightEval's only task replaced."""
    return lambda document: [row.update(changed) for row in document["results"].values()]


def evaluation(**changed: object) -> Mutation:
    """Keys of Inspect's part `eval` replaced."""
    return lambda document: document["eval"].update(changed)


def plan(**changed: object) -> Mutation:
    """Generation settings of an Inspect log."""
    return lambda document: document["plan"]["config"].update(changed)


def eval_config(**changed: object) -> Mutation:
    """Settings of the run of an Inspect log."""
    return lambda document: document["eval"]["config"].update(changed)


def first_sample(**changed: object) -> Mutation:
    """Keys of the first sample of an Inspect log replaced."""
    return lambda document: document["samples"][0].update(changed)


def adapter(**changed: object) -> Mutation:
    """Keys of HELM's adapter spec replaced, also where its requests repeat them."""

    def mutate(document: Document) -> None:
        document["run_spec.json"]["adapter_spec"].update(changed)
        state = document["scenario_state.json"]
        state["adapter_spec"].update(changed)
        for one in state["request_states"]:
            one["request"].update({k: v for k, v in changed.items() if k in one["request"]})

    return mutate


def details(**changed: object) -> Mutation:
    """Details of the model in an aggregate of Every Eval Ever."""
    return lambda document: document["model_info"]["additional_details"].update(changed)


def information(**changed: object) -> Mutation:
    """Keys of `model_info` of an aggregate of Every Eval Ever."""
    return lambda document: document["model_info"].update(changed)


def generation_args(**changed: object) -> Mutation:
    """Generation arguments of an aggregate of Every Eval Ever."""

    def mutate(document: Document) -> None:
        for result in document["evaluation_results"]:
            settings = result.setdefault("generation_config", {"generation_args": {}})
            settings["generation_args"].update(changed)

    return mutate
