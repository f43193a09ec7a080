"""Rows of real lm-eval results, and what people change in them."""

from tests.making.logs.planted.rows import Document, Mutation, RealRow

_PER_TASK = (
    "results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "task_hashes",
)  # fmt: skip


def only(document: Document, tasks: tuple[str, ...]) -> None:
    """A results file as a run of some of its tasks would have left it."""
    for key in _PER_TASK:
        document[key] = {task: v for task, v in document.get(key, {}).items() if task in tasks}
    document.pop("groups", None)
    document["group_subtasks"] = {task: [] for task in tasks}


HF = RealRow(
    name="Qwen/Qwen3-8B",
    first="8915f2ef",
    second="8915f2ef",
    tasks=(("negotiationtom_belief",), ("negotiationtom_desire",)),
    checkpoint="hf://Qwen/Qwen3-8B@b968826d9c46dd6066d109eabc6255188de91218",
    reduce=only,
)
"""hf, 0.4.13.dev0, arguments as an object, commit, dtype, enable_thinking: multiple choice."""

SAMPLED = RealRow(
    name="Qwen/Qwen3-8B",
    first="8915f2ef",
    second="8915f2ef",
    tasks=HF.tasks,
    checkpoint=HF.checkpoint,
    reduce=only,
    with_first=(
        ("9d75eaf9", "samples_negotiationtom_belief_2026-01-01T10-00-00.000000.jsonl"),
    ),
)
"""The same with the samples of the first."""

GENERATING = RealRow(
    name="meta-llama/Meta-Llama-3-8B-Instruct",
    first="8bd42999",
    second="c5e751db",
    tasks=(("gfg_task_3_1",), ("gfg_task_3_2",)),
    reduce=only,
)
"""hf of 2024, arguments as text, greedy text."""

VLLM = RealRow(
    name="unsloth/Qwen3-8B",
    first="3b9e7491",
    second="dad7b913",
    tasks=(("Trial_Meta_Analysis_binary_CoT",), ("Trial_Meta_Analysis_continuous_CoT",)),
    reduce=only,
)
"""vLLM, 0.4.9, arguments as text, sampled text, no commit."""

STEERED = RealRow(
    name="meta-llama/Llama-3.1-8B-Instruct",
    first="54ff116a",
    second="54ff116a",
    tasks=(("ethics_cm",), ("ethics_justice",)),
    checkpoint="hf://meta-llama/Llama-3.1-8B-Instruct@0e9e39f249a16976918f6564b8830bc894c89659",
    reduce=only,
)
"""Steering vectors, 0.4.12.dev0."""

OLD = RealRow(
    name="meta-llama/Meta-Llama-3-8B",
    first="17c973b1",
    second="2cb2fb91",
    tasks=(("bias_classification",), ("stereotype_classification",)),
    checkpoint="hf://meta-llama/Meta-Llama-3-8B@62bd457b6fe961a42a631306577e622c83876cb6",
    reduce=only,
)
"""hf of 2024 with a commit and no version of lm-eval."""

LM_EVAL_ROWS = {
    "hf": HF, "sampled": SAMPLED, "generating": GENERATING, "vllm": VLLM, "steered": STEERED,
    "old": OLD,
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


def samples(effective: int) -> Mutation:
    """Another number of documents of its only task."""

    def mutate(document: Document) -> None:
        for counts in document["n-samples"].values():
            counts["effective"] = effective

    return mutate


def both(*mutations: Mutation) -> Mutation:
    """One after the other."""

    def mutate(document: Document) -> None:
        for one in mutations:
            one(document)

    return mutate
