"""What is planted in aggregates of Every Eval Ever."""

from functools import partial

from tests.making.logs.planted.other_rows import (
    EEE,
    details,
    generation_args,
    information,
)
from tests.making.logs.planted.rows import CAUGHT, Plant
from tests.making.logs.planted.words import COMMIT, OTHER_COMMIT, WEIGHTS

_of_eee = partial(Plant, row=EEE)

EEE_PLANTS = (
    _of_eee(
        id="EEE: another precision",
        in_second=details(precision="bfloat16"),
        shows=(("float16",), ("bfloat16",)),
        never_met=("same-dtype",),
        not_violated=("same-quantization", "same-weights", "one-artifact-per-name"),
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
        shows=(("0.14",), ("1.7",)),
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
