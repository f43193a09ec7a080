"""The settings of decoding that are known to be harmless, one table for each way of answering.

Settings with power are typed, never passed through: what is not in a table is refused by name, so
that no key can load code, another model or other inputs. A key joins a table only with the sort of
value that it holds, and with what it is compared with.

Source:
    transformers 5.23.0, `GenerationConfig` and `GenerationMixin.generate`, where the modes `dola`,
    `contrastive-search`, `group-beam-search` and `constrained-beam-search` load code from a hub;
    lm-eval 0.4.13, `normalize_gen_kwargs` and `_create_payload` of its API models; the request
    bodies of the OpenAI completions and chat interfaces, and what vLLM 0.11 adds to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pydantic import JsonValue


class Holds(StrEnum):
    """What a setting holds, in the words of an error."""

    NUMBER = "a number"
    WHOLE_NUMBER = "a whole number"
    SWITCH = "true or false"
    TEXT = "text"
    TEXTS = "text, or a list of texts"
    TOKENS = "a token id, or a list of token ids"
    PHRASES = "a list of lists of token ids"
    PAIR = "a list of two numbers"


class ComparedWith(StrEnum):
    """Whose norm a setting is."""

    BENCHMARKS = "the other benchmarks"
    """It belongs to how the model is used, and must be one for a row."""
    TASK = "other attempts at the task, and the file"
    """It belongs to the task, as its stop strings do: no other benchmark has to have it."""


class Under(StrEnum):
    """Where a setting has any effect."""

    ANY = "any decoding"
    SAMPLING = "sampling"
    BEAMS = "beam search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of decoding.

    Attributes:
        holds: What it may hold.
        default: What is in force where nobody sets it; `None` for nothing.
        compared_with: Whose norm it is.
        under: Where it has any effect.
        means: The setting that it is another name of; empty if it is none.
    """

    holds: Holds
    default: JsonValue = None
    compared_with: ComparedWith = ComparedWith.BENCHMARKS
    under: Under = Under.ANY
    means: str = ""


Settings = Mapping[str, Setting]

STOPS, OUTPUT_LIMIT = "until", "max_gen_toks"


def _of_the_task(holds: Holds, means: str = "") -> Setting:
    return Setting(holds=holds, compared_with=ComparedWith.TASK, means=means)


def _sampled(holds: Holds, default: JsonValue = None) -> Setting:
    return Setting(holds=holds, default=default, under=Under.SAMPLING)


def _with_beams(holds: Holds, default: JsonValue = None) -> Setting:
    return Setting(holds=holds, default=default, under=Under.BEAMS)


_OF_EVERY_TASK = {
    STOPS: _of_the_task(Holds.TEXTS),
    OUTPUT_LIMIT: _of_the_task(Holds.WHOLE_NUMBER),
    "max_new_tokens": _of_the_task(Holds.WHOLE_NUMBER, OUTPUT_LIMIT),
    "max_tokens": _of_the_task(Holds.WHOLE_NUMBER, OUTPUT_LIMIT),
    "max_completion_tokens": _of_the_task(Holds.WHOLE_NUMBER, OUTPUT_LIMIT),
}

TRANSFORMERS: Settings = MappingProxyType(
    {
        **_OF_EVERY_TASK,
        "max_length": _of_the_task(Holds.WHOLE_NUMBER),
        "min_new_tokens": _of_the_task(Holds.WHOLE_NUMBER),
        "min_length": _of_the_task(Holds.WHOLE_NUMBER),
        "do_sample": Setting(holds=Holds.SWITCH, default=False),
        "temperature": _sampled(Holds.NUMBER, 1.0),
        "top_p": _sampled(Holds.NUMBER, 1.0),
        "top_k": _sampled(Holds.WHOLE_NUMBER, 50),
        "min_p": _sampled(Holds.NUMBER),
        "top_h": _sampled(Holds.NUMBER),
        "typical_p": _sampled(Holds.NUMBER, 1.0),
        "epsilon_cutoff": _sampled(Holds.NUMBER, 0.0),
        "eta_cutoff": _sampled(Holds.NUMBER, 0.0),
        "num_beams": Setting(holds=Holds.WHOLE_NUMBER, default=1),
        "length_penalty": _with_beams(Holds.NUMBER, 1.0),
        "early_stopping": _with_beams(Holds.SWITCH, default=False),
        "repetition_penalty": Setting(holds=Holds.NUMBER, default=1.0),
        "encoder_repetition_penalty": Setting(holds=Holds.NUMBER, default=1.0),
        "no_repeat_ngram_size": Setting(holds=Holds.WHOLE_NUMBER, default=0),
        "encoder_no_repeat_ngram_size": Setting(holds=Holds.WHOLE_NUMBER, default=0),
        "guidance_scale": Setting(holds=Holds.NUMBER, default=1.0),
        "suppress_tokens": Setting(holds=Holds.TOKENS),
        "begin_suppress_tokens": Setting(holds=Holds.TOKENS),
        "bad_words_ids": Setting(holds=Holds.PHRASES),
        "eos_token_id": Setting(holds=Holds.TOKENS),
        "forced_bos_token_id": Setting(holds=Holds.TOKENS),
        "forced_eos_token_id": Setting(holds=Holds.TOKENS),
        "exponential_decay_length_penalty": Setting(holds=Holds.PAIR),
        "remove_invalid_values": Setting(holds=Holds.SWITCH, default=False),
        "renormalize_logits": Setting(holds=Holds.SWITCH, default=False),
    }
)
"""What `weighin run` passes on to `generate` of transformers, by its name there or in lm-eval."""

OPENAI: Settings = MappingProxyType(
    {
        **_OF_EVERY_TASK,
        "min_tokens": _of_the_task(Holds.WHOLE_NUMBER),
        "stop_token_ids": _of_the_task(Holds.TOKENS),
        # lm-eval takes it out of every request: it decides nothing.
        "do_sample": Setting(holds=Holds.SWITCH, compared_with=ComparedWith.TASK),
        "temperature": Setting(holds=Holds.NUMBER),
        "top_p": _sampled(Holds.NUMBER),
        "top_k": _sampled(Holds.WHOLE_NUMBER),
        "min_p": _sampled(Holds.NUMBER),
        "presence_penalty": Setting(holds=Holds.NUMBER),
        "frequency_penalty": Setting(holds=Holds.NUMBER),
        "repetition_penalty": Setting(holds=Holds.NUMBER),
        "length_penalty": Setting(holds=Holds.NUMBER),
        "seed": _sampled(Holds.WHOLE_NUMBER),
        "ignore_eos": Setting(holds=Holds.SWITCH),
        "skip_special_tokens": Setting(holds=Holds.SWITCH),
        "spaces_between_special_tokens": Setting(holds=Holds.SWITCH),
        "include_stop_str_in_output": Setting(holds=Holds.SWITCH),
        "reasoning_effort": Setting(holds=Holds.TEXT),
        "verbosity": Setting(holds=Holds.TEXT),
    }
)
"""What `weighin run` puts into a request for text, by its name there or in lm-eval."""

_CODE = "it brings code that would run beside the model's"
_HUB_CODE = "transformers loads the code of this kind of decoding from a hub"
_MODEL = "it brings another model, or asks for one"
_INPUT = "it replaces what the model is given"
_UNREAD = "only one answer is read of each request"
_WORDS = "it takes objects that no file can hold"

POWERFUL: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("custom_generate", "trust_remote_code", "generation_mode"), _CODE),
        **dict.fromkeys(
            (
                "dola_layers",
                "penalty_alpha",
                "constraints",
                "force_words_ids",
                "num_beam_groups",
                "diversity_penalty",
            ),
            _HUB_CODE,
        ),
        **dict.fromkeys(
            (
                "assistant_model",
                "assistant_tokenizer",
                "use_mtp",
                "model",
                "lora",
                "lora_request",
                "adapter_name",
                "adapter_names",
                "models",
                "route",
                "provider",
            ),
            _MODEL,
        ),
        **dict.fromkeys(
            (
                "inputs",
                "input_ids",
                "inputs_embeds",
                "attention_mask",
                "decoder_input_ids",
                "encoder_outputs",
                "past_key_values",
                "negative_prompt_ids",
                "negative_prompt_attention_mask",
                "prompt",
                "prompt_embeds",
                "messages",
                "input",
                "instructions",
                "suffix",
                "documents",
                "tools",
                "tool_choice",
                "functions",
                "function_call",
                "extra_body",
                "chat_template",
                "chat_template_kwargs",
                "add_generation_prompt",
                "continue_final_message",
                "web_search_options",
            ),
            _INPUT,
        ),
        **dict.fromkeys(("n", "best_of", "num_return_sequences"), _UNREAD),
        **dict.fromkeys(
            (
                "logits_processor",
                "logits_processors",
                "stopping_criteria",
                "prefix_allowed_tokens_fn",
                "streamer",
                "generation_config",
                "tokenizer",
            ),
            _WORDS,
        ),
    }
)
"""Why a key is refused that would change more than how an answer is decoded."""
