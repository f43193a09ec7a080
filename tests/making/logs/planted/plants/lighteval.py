"""What is planted in logs of LightEval."""

from functools import partial

from tests.making.logs.planted.other_rows import (
    LIGHTEVAL,
    general,
    lighteval_scores,
    lighteval_task,
    model_config,
    parameters,
)
from tests.making.logs.planted.rows import CAUGHT, Plant
from tests.making.logs.planted.words import COMMIT, OTHER_COMMIT, UNSET, WEIGHTS

_of_lighteval = partial(Plant, row=LIGHTEVAL)

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
