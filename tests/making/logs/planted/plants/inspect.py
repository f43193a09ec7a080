"""What is planted in logs of Inspect."""

from functools import partial

from tests.making.logs.planted.lm_eval_rows import both
from tests.making.logs.planted.other_rows import (
    INSPECT,
    eval_config,
    evaluation,
    first_sample,
    plan,
)
from tests.making.logs.planted.rows import CAUGHT, Document, Plant
from tests.making.logs.planted.words import COMMIT, OTHER_COMMIT, UNSET, WEIGHTS

_of_inspect = partial(Plant, row=INSPECT)


def _scored(accuracy: float):
    def mutate(document: Document) -> None:
        document["results"]["scores"][0]["metrics"]["accuracy"]["value"] = accuracy

    return mutate


def _edited(document: Document) -> None:
    """A score made right by `edit_score`, which keeps what stood there."""
    wrong = next(s for s in document["samples"] if s["scores"]["choice"]["value"] == "I")
    score = wrong["scores"]["choice"]
    score["history"] = [
        {"value": "I", "answer": score["answer"]},
        {"value": "C", "provenance": {"author": "someone", "reason": "checked by hand"}},
    ]
    score["value"] = "C"
    metrics = document["results"]["scores"][0]["metrics"]
    metrics["accuracy"]["value"] = sum(
        s["scores"]["choice"]["value"] == "C" for s in document["samples"]
    ) / len(document["samples"])


def _answered_by(name: str):
    """Every answer, and what its calls say of it, by another model."""

    def mutate(document: Document) -> None:
        for sample in document["samples"]:
            sample["output"]["model"] = name
            for event in sample["events"]:
                if event["event"] == "model":
                    event["output"]["model"] = name
                    response = (event.get("call") or {}).get("response")
                    if response:
                        response["model"] = name

    return mutate


def _told_first(text: str):
    """A system message before every sample."""

    def mutate(document: Document) -> None:
        for sample in document["samples"]:
            sample["messages"].insert(0, {"role": "system", "content": text})

    return mutate


INSPECT_PLANTS = (
    _of_inspect(
        id="Inspect: answered by another model than was asked",
        in_second=_answered_by("qwen2.5:7b"),
        shows=(("qwen2.5:7b",), ("qwen2.5:0.5b",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-weights", "one-artifact-per-name"),
        at_error=("answered-by-one-model",),
    ),
    _of_inspect(
        id="Inspect: another model under an alias",
        in_second=both(evaluation(model="ollama/qwen2.5:7b"), _answered_by("qwen2.5:7b")),
        aliases=("ollama/qwen2.5:7b",),
        shows=(("qwen2.5:7b",), ("qwen2.5:0.5b",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-weights", "one-artifact-per-name"),
        at_error=("answered-by-one-model",),
    ),
    _of_inspect(
        id="Inspect: another server",
        in_second=evaluation(model_base_url="http://gpu-7:8000/v1"),
        shows=(("gpu-7",), ("localhost:11434",)),
        outcomes=CAUGHT,
        at_error=("same-endpoint",),
    ),
    _of_inspect(
        id="Inspect: loaded in 4 bits on one side",
        in_second=evaluation(model_args={"load_in_4bit": True}),
        shows=(("load_in_4bit",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-weights", "same-quantization"),
    ),
    _of_inspect(
        id="Inspect: another revision",
        in_first=evaluation(model_args={"revision": COMMIT}),
        in_second=evaluation(model_args={"revision": OTHER_COMMIT}),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_inspect(
        id="Inspect: another dtype",
        in_first=evaluation(model_args={"dtype": "float32"}),
        in_second=evaluation(model_args={"dtype": "float16"}),
        shows=(("float32",), ("float16",)),
        never_met=("same-dtype",),
        not_violated=("same-quantization", "same-weights", "one-artifact-per-name"),
    ),
    _of_inspect(
        id="Inspect: a hotter sampler",
        in_first=plan(temperature=0.0),
        in_second=plan(temperature=1.0),
        shows=(("temperature",), ("0",), ("1",)),
        never_met=("same-decoding",),
    ),
    _of_inspect(
        id="Inspect: a sampler set on one side",
        in_second=plan(temperature=1.25),
        shows=(("temperature",), ("1.25",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-decoding",),
    ),
    _of_inspect(
        id="Inspect: more effort",
        in_first=plan(reasoning_effort="low"),
        in_second=plan(reasoning_effort="high"),
        shows=(("low",), ("high",)),
        never_met=("same-test-time-compute",),
    ),
    _of_inspect(
        id="Inspect: the best of eight answers",
        in_second=eval_config(epochs=8, epochs_reducer=["max"]),
        shows=(("max of 8", "8 answers", "max@8", "answers_per_document"), ("1 answer", "1")),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-test-time-compute",),
    ),
    _of_inspect(
        id="Inspect: a system message on one side",
        in_first=_told_first("Be brief."),
        in_second=_told_first("Think step by step."),
        shows=(("sha256:",), ("arc_easy",), ("arc_challenge",)),
        never_met=("same-system-prompt",),
    ),
    _of_inspect(
        id="Inspect: another commit of the task",
        in_second=evaluation(
            revision={
                "type": "git",
                "origin": "git@github.com:acme/evals.git",
                "commit": "99999999",
            }
        ),
        shows=(("36190055",), ("99999999",)),
        outcomes=CAUGHT,
        never_met=("same-harness",),
    ),
    _of_inspect(
        id="Inspect: another version of the harness",
        in_second=evaluation(packages={"inspect_ai": "0.3.50"}),
        shows=(("0.3.50",), ("0.3.138",)),
        never_met=("same-harness",),
    ),
    _of_inspect(
        id="Inspect: a part of the documents",
        in_second=both(
            eval_config(limit=3),
            evaluation(
                dataset={
                    "name": "ai2_arc",
                    "location": "allenai/ai2_arc",
                    "samples": 2376,
                    "sample_ids": [1, 2, 3],
                }
            ),
        ),
        shows=(("3",), ("2376", "part")),
        never_met=("all-documents-scored",),
    ),
    _of_inspect(
        id="Inspect: a score that is not that of its samples",
        in_second=_scored(0.9),
        shows=(("0.9",), ("0.333",)),
        never_met=("score-recomputes",),
    ),
    _of_inspect(
        id="Inspect: a score edited after the run",
        in_second=_edited,
        shows=(("edit",), ("1",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("score-recomputes",),
    ),
    _of_inspect(
        id="Inspect: a log that was withdrawn",
        in_second=lambda document: document.update(invalidated=True),
        shows=(("withdraw", "withdrawn", "invalidated"),),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("all-documents-scored",),
    ),
    _of_inspect(
        id="Inspect: a sample that was withdrawn",
        in_second=first_sample(invalidation={"author": "someone", "reason": "leaked answer"}),
        shows=(("withdraw", "withdrawn", "invalidat"), ("1",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("all-documents-scored",),
    ),
)
