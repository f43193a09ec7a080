"""Other tokens, templates and prompts."""

from tests.making.logs.planted.lm_eval_rows import (
    HF,
    VLLM,
    WITH_SHOTS,
    arguments,
    both,
    config,
    top,
)
from tests.making.logs.planted.rows import CAUGHT, Document, Plant
from tests.making.logs.planted.words import UNSET


def _edit_template(document: Document) -> None:
    """Another text under the digest of the first."""
    document["chat_template"] = document["chat_template"] + "{{ 'Think hard.' }}"


PROMPT_PLANTS = (
    Plant(
        id="another dtype",
        row=HF,
        in_second=both(arguments(dtype="float16"), config(model_dtype="torch.float16")),
        shows=(("bfloat16",), ("float16",)),
        never_met=("same-dtype",),
        not_violated=("same-quantization", "same-weights", "one-artifact-per-name"),
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
