"""Rows of real lm-eval results, and what people change in them."""

import json

from tests.making.logs.planted.rows import Document, Mutation, RealRow, one_file, path_of, read

_PER_TASK = (
    "results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "task_hashes",
)  # fmt: skip
_QWEN = "hf://Qwen/Qwen3-8B@b968826d9c46dd6066d109eabc6255188de91218"


def only(document: Document, task: str) -> None:
    """A results file as a run of one of its tasks would have left it."""
    for key in _PER_TASK:
        document[key] = {name: v for name, v in document.get(key, {}).items() if name == task}
    document.pop("groups", None)
    document["group_subtasks"] = {task: []}
    if "samples" in document:
        document["samples"] = document["samples"].get(task)


def _with_samples(ending: str) -> Document:
    found = {}
    for task, samples in (
        ("negotiationtom_belief", "9d75eaf9"),
        ("negotiationtom_desire", "fd6f103f"),
    ):
        lines = path_of(samples).read_text().splitlines()
        found[task] = [json.loads(line) for line in lines]
    return {**read(ending), "samples": found}


def _beside_samples(document: Document, number: int) -> dict[str, object]:
    """The results and their samples, in the files in which lm-eval writes them."""
    results = {key: value for key, value in document.items() if key != "samples"}
    (task,) = document["results"]
    samples = f"samples_{task}_2026-01-01T1{number}-00-00.000000.jsonl"
    return {**one_file(results, number), samples: document["samples"]}


def _named_anew(document: Document, task: str) -> None:
    """A results file of one task as if it were another task's."""
    for key in (*_PER_TASK, "group_subtasks"):
        document[key] = dict.fromkeys((task,), next(iter(document[key].values())))
    document["configs"][task]["task"] = task


HF = RealRow(
    name="Qwen/Qwen3-8B",
    sources=("8915f2ef", "8915f2ef"),
    tasks=("negotiationtom_belief", "negotiationtom_desire"),
    checkpoint=_QWEN,
    reduce=only,
)
"""hf, 0.4.13.dev0, arguments as an object, commit, dtype, enable_thinking: multiple choice."""

SAMPLED = RealRow(
    name=HF.name,
    sources=HF.sources,
    tasks=HF.tasks,
    checkpoint=_QWEN,
    load=_with_samples,
    reduce=only,
    laid_out=_beside_samples,
)
"""The same with samples."""

GENERATING = RealRow(
    name="meta-llama/Meta-Llama-3-8B-Instruct",
    sources=("8bd42999", "c5e751db"),
    tasks=("gfg_task_3_1", "gfg_task_3_2"),
)
"""hf of 2024, arguments as text, greedy text."""

VLLM = RealRow(
    name="unsloth/Qwen3-8B",
    sources=("3b9e7491", "dad7b913"),
    tasks=("Trial_Meta_Analysis_binary_CoT", "Trial_Meta_Analysis_continuous_CoT"),
)
"""vLLM, 0.4.9, arguments as text, sampled text, no commit."""

STEERED = RealRow(
    name="meta-llama/Llama-3.1-8B-Instruct",
    sources=("54ff116a", "54ff116a"),
    tasks=("ethics_cm", "ethics_justice"),
    checkpoint="hf://meta-llama/Llama-3.1-8B-Instruct@0e9e39f249a16976918f6564b8830bc894c89659",
    reduce=only,
)
"""Steering vectors, 0.4.12.dev0."""

OLD = RealRow(
    name="meta-llama/Meta-Llama-3-8B",
    sources=("17c973b1", "2cb2fb91"),
    tasks=("bias_classification", "stereotype_classification"),
    checkpoint="hf://meta-llama/Meta-Llama-3-8B@62bd457b6fe961a42a631306577e622c83876cb6",
)
"""hf of 2024 with a commit and no version of lm-eval."""

WITH_SHOTS = RealRow(
    name="meta-llama/Meta-Llama-3-8B-Instruct",
    sources=("32e411a2", "32e411a2"),
    tasks=("asdiv", "asdiv_again"),
    checkpoint="hf://meta-llama/Meta-Llama-3-8B-Instruct@e1945c40cd546c78e41f1151f4db032b271faeaa",
    reduce=_named_anew,
)
"""hf of 2024, eight shots as turns of a chat."""

REGISTERED = RealRow(
    name="meta-llama/Llama-3.2-3B",
    sources=("499d542f", "499d542f"),
    tasks=("winogrande", "piqa"),
    reduce=only,
)
"""hf of 2025, two benchmarks of which the registry knows the size."""

LM_EVAL_ROWS = {
    "hf": HF, "sampled": SAMPLED, "generating": GENERATING, "vllm": VLLM, "steered": STEERED,
    "old": OLD, "with shots": WITH_SHOTS, "registered": REGISTERED,
}  # fmt: skip


def arguments(**changed: object) -> Mutation:
    """Arguments of the model set, or taken out by `None`, in the form in which they are written."""

    def mutate(document: Document) -> None:
        written = document["config"]["model_args"]
        if isinstance(written, dict):
            found = dict(written)
        else:
            found = dict(part.split("=", 1) for part in written.split(",") if "=" in part)
        found.update(changed)
        found = {key: value for key, value in found.items() if value is not None}
        if not isinstance(written, dict):
            found = ",".join(f"{key}={value}" for key, value in found.items())
        document["config"]["model_args"] = found

    return mutate


def config(**changed: object) -> Mutation:
    """Keys of `config` replaced."""
    return lambda document: document["config"].update(changed)


def top(**changed: object) -> Mutation:
    """Keys of the document replaced."""
    return lambda document: document.update(changed)


def of_task(**changed: object) -> Mutation:
    """Keys of the configuration of its only task replaced."""

    def mutate(document: Document) -> None:
        for configuration in document["configs"].values():
            configuration.update(changed)

    return mutate


def generation(**changed: object) -> Mutation:
    """Generation arguments of its only task replaced."""

    def mutate(document: Document) -> None:
        for configuration in document["configs"].values():
            configuration["generation_kwargs"] = {
                **(configuration.get("generation_kwargs") or {}),
                **changed,
            }

    return mutate


def scores(**changed: object) -> Mutation:
    """Numbers of its only task replaced; `__` stands for the comma before the filter."""

    def mutate(document: Document) -> None:
        for row in document["results"].values():
            row.update({key.replace("__", ","): value for key, value in changed.items()})

    return mutate


def counted(**changed: object) -> Mutation:
    """Other numbers of documents of its only task."""

    def mutate(document: Document) -> None:
        for counts in document["n-samples"].values():
            counts.update(changed)

    return mutate


def both(*mutations: Mutation) -> Mutation:
    """One after the other."""

    def mutate(document: Document) -> None:
        for one in mutations:
            one(document)

    return mutate
