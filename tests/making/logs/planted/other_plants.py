"""What is planted in real logs of LightEval, Inspect, HELM and Every Eval Ever."""

from functools import partial

from tests.making.logs.planted.lm_eval_plants import COMMIT, OTHER_COMMIT, UNSET, WEIGHTS
from tests.making.logs.planted.lm_eval_rows import both
from tests.making.logs.planted.other_rows import (
    EEE,
    HELM,
    INSPECT,
    LIGHTEVAL,
    adapter,
    details,
    eval_config,
    evaluation,
    first_sample,
    general,
    generation_args,
    information,
    lighteval_scores,
    lighteval_task,
    model_config,
    parameters,
    plan,
)
from tests.making.logs.planted.rows import CAUGHT, Document, Plant

_of_lighteval = partial(Plant, row=LIGHTEVAL)
_of_inspect = partial(Plant, row=INSPECT)
_of_helm = partial(Plant, row=HELM)
_of_eee = partial(Plant, row=EEE)

LIGHTEVAL_PLANTS = (
    _of_lighteval(
        id="LightEval: another revision by name",
        in_first=model_config(revision="step-1"),
        in_second=model_config(revision="step-2"),
        shows=(("step-1",), ("step-2",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: another commit",
        in_first=model_config(revision=COMMIT),
        in_second=model_config(revision=OTHER_COMMIT),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: an adapter on one side",
        in_second=model_config(base_model="meta-llama/Llama-3.1-8B", adapter_weights=True),
        shows=(("adapter",), ("meta-llama/Llama-3.1-8B-Instruct",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: an adapter on one base and on another",
        in_first=model_config(base_model="meta-llama/Llama-3.1-8B", adapter_weights=True),
        in_second=model_config(base_model="acme/Llama-tuned", adapter_weights=True),
        shows=(("meta-llama/Llama-3.1-8B",), ("acme/Llama-tuned",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: delta weights on one side",
        in_second=model_config(base_model="meta-llama/Llama-3.1-8B", delta_weights=True),
        shows=(("delta",), ("meta-llama/Llama-3.1-8B-Instruct",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: quantised on one side",
        in_second=model_config(quantization="fp8"),
        shows=(("fp8",), UNSET),
        outcomes=CAUGHT,
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    _of_lighteval(
        id="LightEval: quantised otherwise",
        in_first=model_config(quantization="awq"),
        in_second=model_config(quantization="fp8"),
        shows=(("awq",), ("fp8",)),
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    _of_lighteval(
        id="LightEval: another subfolder",
        in_first=model_config(subfolder="step-1"),
        in_second=model_config(subfolder="step-2"),
        shows=(("step-1",), ("step-2",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_lighteval(
        id="LightEval: another dtype",
        in_second=model_config(dtype="float16"),
        shows=(("bfloat16",), ("float16",)),
        never_met=("same-dtype",),
    ),
    _of_lighteval(
        id="LightEval: another tokenizer",
        in_first=model_config(tokenizer="acme/tok-x"),
        in_second=model_config(tokenizer="acme/tok-y"),
        shows=(("acme/tok-x",), ("acme/tok-y",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-tokenizer",),
    ),
    _of_lighteval(
        id="LightEval: template applied and not",
        in_first=model_config(override_chat_template=True),
        in_second=model_config(override_chat_template=False),
        shows=(("override_chat_template",), ("true",), ("false",)),
        never_met=("same-chat-template",),
    ),
    _of_lighteval(
        id="LightEval: a system prompt on one side",
        in_second=model_config(system_prompt="Think step by step."),
        shows=(("sha256:", "step by step"), ("none", *UNSET)),
        never_met=("same-system-prompt",),
    ),
    _of_lighteval(
        id="LightEval: special tokens added and not",
        in_second=model_config(add_special_tokens=False),
        shows=(("add_special_tokens",), ("true",), ("false",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-special-tokens",),
    ),
    _of_lighteval(
        id="LightEval: a hotter sampler",
        in_second=parameters(temperature=1.0),
        shows=(("temperature",), ("0.6",), ("1.0", "1")),
        never_met=("same-decoding",),
    ),
    _of_lighteval(
        id="LightEval: less room for the prompt",
        in_second=model_config(max_model_length=4096),
        shows=(("32768",), ("4096",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-max-length",),
    ),
    _of_lighteval(
        id="LightEval: 64 answers a document",
        in_first=lighteval_task(num_samples=[1]),
        in_second=lighteval_task(num_samples=[64]),
        shows=(("64 answers",), ("1 answer",)),
        never_met=("same-test-time-compute",),
    ),
    _of_lighteval(
        id="LightEval: a part of the documents",
        in_second=general(max_samples=50),
        shows=(("a part of the documents", "50 of"),),
        outcomes=CAUGHT,
        never_met=("as-required",),
    ),
    _of_lighteval(
        id="LightEval: another commit of the harness",
        in_first=general(lighteval_sha=COMMIT),
        in_second=general(lighteval_sha=OTHER_COMMIT),
        shows=((COMMIT[:7],), (OTHER_COMMIT[:7],)),
        never_met=("same-harness",),
    ),
    _of_lighteval(
        id="LightEval: a score that its own standard error cannot belong to",
        in_second=lighteval_scores(at_k=0.99),
        shows=(("0.99",), ("0.0224",)),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
)


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


def _stats(metric: str, mean: float):
    def mutate(document: Document) -> None:
        for row in document["stats.json"]:
            if row["name"]["name"] == metric and row["name"].get("split") == "test":
                row.update(mean=mean, sum=mean * row["count"])

    return mutate


HELM_PLANTS = (
    _of_helm(
        id="HELM: another deployment",
        in_second=adapter(model_deployment="together/gpt2"),
        shows=(("huggingface/gpt2",), ("together/gpt2",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_helm(
        id="HELM: another model under an alias",
        in_second=adapter(model="openai/gpt2-medium", model_deployment="huggingface/gpt2-medium"),
        aliases=("openai/gpt2-medium",),
        shows=(("openai/gpt2",), ("gpt2-medium",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_helm(
        id="HELM: a hotter sampler",
        in_second=adapter(temperature=0.8),
        shows=(("temperature",), ("0.8",), ("0",)),
        never_met=("same-decoding",),
    ),
    _of_helm(
        id="HELM: several answers a document",
        in_second=adapter(num_outputs=8),
        shows=(("8 answers",), ("1 answer",)),
        never_met=("same-test-time-compute",),
    ),
    _of_helm(
        id="HELM: other shots than required",
        in_second=adapter(max_train_instances=0),
        requires={"num_fewshot": "5"},
        shows=(("0",), ("5",), ("fewshot", "shot")),
    ),
    _of_helm(
        id="HELM: a score that is not that of its documents",
        in_second=_stats("f1_score", 0.91),
        shows=(("0.91",), ("0.174", "0.17")),
        never_met=("score-recomputes",),
    ),
)

EEE_PLANTS = (
    _of_eee(
        id="EEE: another precision",
        in_second=details(precision="bfloat16"),
        shows=(("float16",), ("bfloat16",)),
        never_met=("same-dtype",),
    ),
    _of_eee(
        id="EEE: precision on one side",
        in_second=details(precision="4bit"),
        shows=(("float16",), ("4bit",)),
        outcomes=CAUGHT,
        never_met=("same-dtype", "same-quantization"),
    ),
    _of_eee(
        id="EEE: another number of parameters",
        in_second=details(params_billions=1.7),
        shows=(("0.135",), ("1.7",)),
        never_met=WEIGHTS,
    ),
    _of_eee(
        id="EEE: another architecture",
        in_second=details(architecture="Qwen2ForCausalLM"),
        shows=(("LlamaForCausalLM",), ("Qwen2ForCausalLM",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-config",),
    ),
    _of_eee(
        id="EEE: another commit",
        in_first=details(sha=COMMIT),
        in_second=details(sha=OTHER_COMMIT),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_eee(
        id="EEE: another adapter in the arguments",
        in_first=details(model_args="peft=acme/lora-x"),
        in_second=details(model_args="peft=acme/lora-y"),
        shows=(("acme/lora-x",), ("acme/lora-y",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_eee(
        id="EEE: another kind of weights",
        in_first=details(weight_type="Original"),
        in_second=details(weight_type="Adapter", base_model="acme/base"),
        shows=(("Original",), ("Adapter",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_eee(
        id="EEE: another engine",
        in_first=information(inference_engine={"name": "vllm", "version": "0.6.0"}),
        in_second=information(inference_engine={"name": "transformers", "version": "4.50.0"}),
        shows=(("vllm",), ("transformers",)),
        never_met=("same-engine",),
    ),
    _of_eee(
        id="EEE: a hotter sampler",
        in_first=generation_args(temperature=0.0),
        in_second=generation_args(temperature=1.0),
        shows=(("temperature",), ("0",), ("1",)),
        never_met=("same-decoding",),
    ),
    _of_eee(
        id="EEE: more effort",
        in_first=details(reasoning_effort="low"),
        in_second=details(reasoning_effort="high"),
        shows=(("low",), ("high",)),
        never_met=("same-test-time-compute",),
    ),
)

OTHER_PLANTS = (*LIGHTEVAL_PLANTS, *INSPECT_PLANTS, *HELM_PLANTS, *EEE_PLANTS)
