"""Other settings of vLLM."""

from tests.making.logs.planted.lm_eval_rows import VLLM, arguments
from tests.making.logs.planted.rows import CAUGHT, Plant
from tests.making.logs.planted.words import UNSET, WEIGHTS

VLLM_PLANTS = (
    Plant(
        id="vLLM: quantised on one side",
        row=VLLM,
        in_second=arguments(quantization="fp8"),
        shows=(("fp8",), UNSET),
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    Plant(
        id="vLLM: quantised otherwise",
        row=VLLM,
        in_first=arguments(quantization="awq"),
        in_second=arguments(quantization="gptq"),
        shows=(("awq",), ("gptq",)),
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    Plant(
        id="vLLM: a cache of other numbers",
        row=VLLM,
        in_second=arguments(kv_cache_dtype="fp8"),
        shows=(("kv_cache_dtype", "fp8"), UNSET),
        outcomes=CAUGHT,
        never_met=("same-quantization",),
    ),
    Plant(
        id="vLLM: another adapter",
        row=VLLM,
        in_first=arguments(lora_local_path="/models/lora-x"),
        in_second=arguments(lora_local_path="/models/lora-y"),
        shows=(("lora-x",), ("lora-y",)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="vLLM: an adapter on one side",
        row=VLLM,
        in_second=arguments(lora_local_path="/models/lora-y"),
        shows=(("lora-y",), UNSET),
        never_met=WEIGHTS,
    ),
    Plant(
        id="vLLM: overrides of the config",
        row=VLLM,
        in_second=arguments(hf_overrides='{"num_experts_per_tok": 4}'),
        shows=(("num_experts_per_tok",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-config", "same-weights"),
    ),
    Plant(
        id="vLLM: other overrides of the config",
        row=VLLM,
        in_first=arguments(hf_overrides='{"num_experts_per_tok": 8}'),
        in_second=arguments(hf_overrides='{"num_experts_per_tok": 4}'),
        shows=(('"num_experts_per_tok": 8', "num_experts_per_tok"), ("4",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-config", "same-weights"),
    ),
    Plant(
        id="vLLM: another dtype",
        row=VLLM,
        in_second=arguments(dtype="bfloat16"),
        shows=(("float16",), ("bfloat16",)),
        never_met=("same-dtype",),
        not_violated=("same-quantization", "same-weights", "one-artifact-per-name"),
    ),
    Plant(
        id="vLLM: a draft model on one side",
        row=VLLM,
        in_second=arguments(speculative_config='{"model":"acme/draft"}'),
        shows=(("acme/draft",), UNSET),
        outcomes=CAUGHT,
    ),
    Plant(
        id="vLLM: weights that are made up",
        row=VLLM,
        in_second=arguments(load_format="dummy"),
        shows=(("dummy",), UNSET),
        never_met=WEIGHTS,
    ),
)
