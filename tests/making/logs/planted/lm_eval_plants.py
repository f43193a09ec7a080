"""What is planted in real lm-eval results, and what must be said of it."""

from tests.making.logs.planted.lm_eval_rows import (
    GENERATING,
    HF,
    OLD,
    REGISTERED,
    SAMPLED,
    STEERED,
    VLLM,
    WITH_SHOTS,
    arguments,
    both,
    config,
    counted,
    generation,
    of_task,
    scores,
    top,
)
from tests.making.logs.planted.rows import CAUGHT, Document, Plant

# The other log says nothing, or has the default: each of these words says so.
UNSET = (
    "not set", "unset", "default", "says nothing", "not recorded", "sets none", "does not set",
    "without", "none", "absent", "nothing",
)  # fmt: skip
COMMIT = "b968826d9c46dd6066d109eabc6255188de91218"
OTHER_COMMIT = "e" * 40
WEIGHTS = ("same-weights", "one-artifact-per-name")


def _steered_by(name: str) -> str:
    return f"/data/steering/{name}.pt"


def _edit_template(document: Document) -> None:
    """Another text under the digest of the first."""
    document["chat_template"] = document["chat_template"] + "{{ 'Think hard.' }}"


def _right_answers(document: Document) -> None:
    """Four wrong answers become right."""
    wrong = [sample for sample in document["samples"] if not sample["acc"]]
    for sample in wrong[:4]:
        sample["acc"] = 1.0


def _twice(text: str) -> str:
    """A better score before the first of its name, so that both stand in one object."""
    name = '"acc_gente,none": '
    return text.replace(name, f"{name}0.99, {name}", 1)


WEIGHTS_PLANTS = (
    Plant(
        id="another adapter",
        row=HF,
        in_first=arguments(peft="acme/lora-x"),
        in_second=arguments(peft="acme/lora-y"),
        shows=(("acme/lora-x",), ("acme/lora-y",)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="an adapter on one side",
        row=HF,
        in_second=arguments(peft="acme/lora-y"),
        shows=(("acme/lora-y",), UNSET),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another delta",
        row=HF,
        in_first=arguments(delta="acme/delta-x"),
        in_second=arguments(delta="acme/delta-y"),
        shows=(("acme/delta-x",), ("acme/delta-y",)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="4-bit on one side",
        row=HF,
        in_second=arguments(load_in_4bit=True),
        shows=(("load_in_4bit",), UNSET),
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    Plant(
        id="8-bit against 4-bit",
        row=HF,
        in_first=arguments(load_in_8bit=True),
        in_second=arguments(load_in_4bit=True),
        shows=(("load_in_8bit",), ("load_in_4bit",)),
        never_met=(*WEIGHTS, "same-quantization"),
    ),
    Plant(
        id="gguf_file on one side",
        row=HF,
        in_second=arguments(gguf_file="Qwen3-8B-Q4_K_M.gguf"),
        shows=(("Qwen3-8B-Q4_K_M.gguf",), UNSET),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another gguf_file",
        row=HF,
        in_first=arguments(gguf_file="Qwen3-8B-Q8_0.gguf"),
        in_second=arguments(gguf_file="Qwen3-8B-Q4_K_M.gguf"),
        shows=(("Qwen3-8B-Q4_K_M.gguf",), ("Qwen3-8B-Q8_0.gguf",)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="autogptq on one side",
        row=HF,
        in_second=arguments(autogptq="gptq_model-4bit.safetensors"),
        shows=(("gptq_model-4bit.safetensors",), UNSET),
        never_met=WEIGHTS,
    ),
    Plant(
        id="gptqmodel on one side",
        row=HF,
        in_second=arguments(gptqmodel=True),
        shows=(("gptqmodel",), UNSET),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another subfolder",
        row=HF,
        in_first=arguments(subfolder="step-100"),
        in_second=arguments(subfolder="step-200"),
        shows=(("step-100",), ("step-200",)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another commit",
        row=HF,
        in_second=config(model_sha=OTHER_COMMIT),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    Plant(
        id="both logs name another commit than the declared one",
        row=HF,
        in_first=config(model_sha=OTHER_COMMIT),
        in_second=config(model_sha=OTHER_COMMIT),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("checkpoint-is-declared",),
    ),
    Plant(
        id="another revision that is a commit",
        row=VLLM,
        in_first=arguments(revision=COMMIT),
        in_second=arguments(revision=OTHER_COMMIT),
        shows=((COMMIT[:12],), (OTHER_COMMIT[:12],)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    Plant(
        id="another revision by name",
        row=VLLM,
        in_first=arguments(revision="step1000"),
        in_second=arguments(revision="step2000"),
        shows=(("step1000",), ("step2000",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    Plant(
        id="a revision on one side",
        row=VLLM,
        in_second=arguments(revision="step2000"),
        shows=(("step2000",), (*UNSET, "main")),
        outcomes=CAUGHT,
        never_met=WEIGHTS,
    ),
    Plant(
        id="another number of parameters",
        row=HF,
        in_second=config(model_num_parameters=3085938688),
        shows=(("8190735360", "8.19", "8,190"), ("3085938688", "3.09", "3,085")),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another number of parameters, no version of the harness",
        row=OLD,
        in_first=config(model_num_parameters=8030261248),
        in_second=config(model_num_parameters=3212749824),
        shows=(("8030261248", "8.03", "8,030"), ("3212749824", "3.21", "3,212")),
        never_met=WEIGHTS,
    ),
    Plant(
        id="another number of parameters where one is quantised",
        row=HF,
        in_second=both(config(model_num_parameters=4408216576), arguments(load_in_4bit=True)),
        shows=(("load_in_4bit",), UNSET),
        outcomes=CAUGHT,
        never_met=WEIGHTS,
    ),
    Plant(
        id="another steering vector",
        row=STEERED,
        in_second=arguments(steer_path=_steered_by("other")),
        shows=(("consequentialist",), (_steered_by("other"),)),
        never_met=WEIGHTS,
    ),
    Plant(
        id="no steering on one side",
        row=STEERED,
        in_second=both(arguments(steer_path=None), config(model="hf"), top(model_source="hf")),
        shows=(("consequentialist",), UNSET),
        outcomes=CAUGHT,
        never_met=WEIGHTS,
    ),
    Plant(
        id="other weights under an alias",
        row=HF,
        in_second=both(
            arguments(pretrained="acme/Qwen3-8B-tuned"),
            config(model_sha=OTHER_COMMIT),
            top(model_name="acme/Qwen3-8B-tuned"),
        ),
        shows=(("Qwen/Qwen3-8B",), ("acme/Qwen3-8B-tuned",)),
        aliases=("acme/Qwen3-8B-tuned",),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    Plant(
        id="rope scaling on one side",
        row=HF,
        in_second=arguments(rope_scaling={"rope_type": "yarn", "factor": 4.0}),
        shows=(("yarn",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-config",),
    ),
    Plant(
        id="remote code of another revision",
        row=HF,
        in_second=arguments(trust_remote_code=True, code_revision=OTHER_COMMIT),
        shows=((OTHER_COMMIT[:12], "code_revision"), UNSET),
        outcomes=CAUGHT,
        never_met=("same-remote-code",),
    ),
)

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

PROMPT_PLANTS = (
    Plant(
        id="another dtype",
        row=HF,
        in_second=both(arguments(dtype="float16"), config(model_dtype="torch.float16")),
        shows=(("bfloat16",), ("float16",)),
        never_met=("same-dtype",),
    ),
    Plant(
        id="another tokenizer",
        row=HF,
        in_first=arguments(tokenizer="acme/tok-x"),
        in_second=arguments(tokenizer="acme/tok-y"),
        shows=(("acme/tok-x",), ("acme/tok-y",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-tokenizer",),
    ),
    Plant(
        id="a tokenizer on one side",
        row=HF,
        in_second=arguments(tokenizer="acme/tok-y"),
        shows=(("acme/tok-y",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-tokenizer",),
    ),
    Plant(
        id="BOS on one side",
        row=HF,
        in_second=arguments(add_bos_token=True),
        shows=(("add_bos_token",), UNSET),
        outcomes=CAUGHT,
        never_met=("same-special-tokens",),
    ),
    Plant(
        id="BOS and no BOS",
        row=HF,
        in_first=arguments(add_bos_token=False),
        in_second=arguments(add_bos_token=True),
        shows=(("add_bos_token",), ("true",), ("false",)),
        outcomes=CAUGHT,
        never_met=("same-special-tokens",),
    ),
    Plant(
        id="another end of text",
        row=VLLM,
        in_second=top(tokenizer_eos_token=["<|endoftext|>", "151643"]),
        shows=(("<|im_end|>",), ("<|endoftext|>",)),
        never_met=("same-special-tokens",),
    ),
    Plant(
        id="thinking and no thinking",
        row=HF,
        in_second=arguments(enable_thinking=True),
        shows=(("enable_thinking", "thinking"), ("true",), ("false",)),
        never_met=("same-chat-template", "same-test-time-compute"),
    ),
    Plant(
        id="thinking set on one side",
        row=HF,
        in_second=arguments(enable_thinking=None),
        shows=(("enable_thinking", "thinking"), UNSET),
        outcomes=CAUGHT,
        never_met=("same-chat-template",),
    ),
    Plant(
        id="vLLM: thinking and no thinking",
        row=VLLM,
        in_first=arguments(enable_thinking=False),
        in_second=arguments(enable_thinking=True),
        shows=(("enable_thinking", "thinking"), ("true",), ("false",)),
        never_met=("same-chat-template", "same-test-time-compute"),
    ),
    Plant(
        id="thinking inside of chat_template_args",
        row=HF,
        in_first=arguments(enable_thinking=None, chat_template_args={"enable_thinking": False}),
        in_second=arguments(enable_thinking=None, chat_template_args={"enable_thinking": True}),
        shows=(("enable_thinking", "thinking"), ("true",), ("false",)),
        never_met=("same-chat-template", "same-test-time-compute"),
    ),
    Plant(
        id="thinking as a flag and inside of an object",
        row=HF,
        in_second=arguments(enable_thinking=None, chat_template_args='{"enable_thinking":true}'),
        shows=(("enable_thinking", "thinking"), ("true",), ("false",)),
        never_met=("same-chat-template", "same-test-time-compute"),
    ),
    Plant(
        id="another chat template",
        row=HF,
        in_second=top(chat_template="{{ messages }}", chat_template_sha="c" * 64),
        shows=(("a55ee1b16601",), ("cccccccc",)),
        never_met=("same-chat-template",),
    ),
    Plant(
        id="a chat template whose digest is another text's",
        row=HF,
        in_second=_edit_template,
        shows=(("a55ee1b16601", "digest"),),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("same-chat-template",),
    ),
    Plant(
        id="the chat template applied on one side",
        row=HF,
        in_second=top(chat_template=None, chat_template_sha=None),
        shows=(("a55ee1b16601",), ("not applied", "none")),
        never_met=("same-chat-template",),
    ),
    Plant(
        id="a system prompt on one side",
        row=HF,
        in_second=top(system_instruction="Think step by step.", system_instruction_sha="f" * 64),
        shows=(("ffffffff", "step by step"), UNSET),
        never_met=("same-system-prompt",),
    ),
    Plant(
        id="shots as turns on one side",
        row=WITH_SHOTS,
        in_second=top(fewshot_as_multiturn=False),
        shows=(("multiturn", "turns"), ("true",), ("false",)),
        outcomes=CAUGHT,
    ),
    Plant(
        id="less room for the prompt",
        row=HF,
        in_second=both(arguments(max_length=512), top(max_length=512)),
        shows=(("40960",), ("512",)),
        never_met=("same-max-length",),
    ),
    Plant(
        id="shots drawn by another seed",
        row=WITH_SHOTS,
        in_second=config(fewshot_seed=1234),
        requires={"fewshot_seed": "42"},
        shows=(("1234",), ("42",)),
    ),
)

RUN_PLANTS = (
    Plant(
        id="other shots than required",
        row=HF,
        in_second=both(
            of_task(num_fewshot=5), top(**{"n-shot": {"negotiationtom_desire": 5}})
        ),
        requires={"num_fewshot": "0"},
        shows=(("5",), ("0",), ("fewshot", "shot")),
    ),
    Plant(
        id="a hotter sampler",
        row=VLLM,
        in_second=generation(temperature=1.0),
        shows=(("temperature",), ("0.7",), ("1.0", "1")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="another nucleus",
        row=VLLM,
        in_second=generation(top_p=0.5),
        shows=(("top_p",), ("0.9",), ("0.5",)),
        never_met=("same-decoding",),
    ),
    Plant(
        id="greedy and sampled",
        row=GENERATING,
        in_second=generation(do_sample=True, temperature=0.8),
        shows=(("do_sample", "temperature"), ("0.8", "true")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="sampled by gen_kwargs of one run",
        row=GENERATING,
        in_second=both(
            config(gen_kwargs={"do_sample": True, "temperature": 0.8}),
            generation(do_sample=True, temperature=0.8),
        ),
        shows=(("do_sample", "temperature"), ("0.8", "true")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="eight answers a document",
        row=VLLM,
        in_second=of_task(repeats=8),
        shows=(("8 answers",), ("1 answer",)),
        never_met=("same-test-time-compute",),
    ),
    Plant(
        id="a part of the documents",
        row=GENERATING,
        in_second=both(config(limit=100.0), counted(effective=100)),
        shows=(("100",), ("1500",)),
        never_met=("all-documents-scored",),
    ),
    Plant(
        id="a score that its own standard error cannot belong to",
        row=GENERATING,
        in_second=scores(acc_gente__none=0.99),
        shows=(("0.99",), ("0.0127",)),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="a standard error of a tenth",
        row=GENERATING,
        in_second=scores(acc_gente_stderr__none=0.00127),
        shows=(("0.0013", "0.00127"), ("0.5867", "0.587")),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="a score that is not that of its samples",
        row=SAMPLED,
        in_first=scores(acc__none=0.65, acc_stderr__none=0.1094),
        shows=(("0.65",), ("0.45",)),
        never_met=("score-recomputes",),
    ),
    Plant(
        id="answers made right in the samples",
        row=SAMPLED,
        in_second=_right_answers,
        shows=(("0.6",), ("0.8",)),
        never_met=("score-recomputes",),
    ),
    Plant(
        id="samples of half of the documents",
        row=SAMPLED,
        in_second=lambda document: document["samples"].__delitem__(slice(10, None)),
        shows=(("10",), ("20",)),
        outcomes=CAUGHT,
        never_met=("score-recomputes",),
    ),
    Plant(
        id="a document answered twice in the samples",
        row=SAMPLED,
        in_second=lambda document: document["samples"].append(document["samples"][0]),
        shows=(("twice", "repeated", "duplicate", "21 samples", "21 of"),),
        outcomes=CAUGHT,
        never_met=("score-recomputes",),
    ),
    Plant(
        id="a score that stands twice",
        row=GENERATING,
        rewritten=_twice,
        shows=(("0.99",), ("0.5867", "0.58666")),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="fewer documents than the benchmark has",
        row=REGISTERED,
        in_second=counted(original=919, effective=919),
        shows=(("919",), ("1838",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("all-documents-scored",),
    ),
    Plant(
        id="vLLM beside transformers",
        row=HF,
        in_second=both(
            config(
                model="vllm", model_num_parameters=None, model_dtype=None, model_sha=None,
                model_revision=None,
            ),
            top(model_source="vllm"),
        ),
        shows=(("vllm",), ("transformers", "hf")),
        outcomes=CAUGHT,
        never_met=("same-engine", "same-weights"),
    ),
    Plant(
        id="another version of the harness",
        row=VLLM,
        in_second=top(lm_eval_version="0.4.2", git_hash="0000000"),
        shows=(("0.4.9",), ("0.4.2",)),
        never_met=("same-harness",),
    ),
    Plant(
        id="another version of transformers",
        row=HF,
        in_second=top(transformers_version="4.40.0"),
        shows=(("5.12.1",), ("4.40.0",)),
        never_met=("same-engine",),
    ),
)  # fmt: skip

LM_EVAL_PLANTS = (*WEIGHTS_PLANTS, *VLLM_PLANTS, *PROMPT_PLANTS, *RUN_PLANTS)
