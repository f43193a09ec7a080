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
    ONE_ID = "a token id"
    SWITCH = "true or false"
    SWITCH_OR_NEVER = "true, false or never"
    TEXT = "text"
    TEXTS = "text, or a list of texts"
    ID_OR_IDS = "a token id, or a list of token ids"
    ID_LIST = "a list of token ids"
    PHRASES = "a list of lists of token ids"
    PAIR = "a list of two numbers"
    BIASES = "a list of pairs, each a list of token ids and a number"
    BIAS_BY_ID = "a mapping of token ids, as text, to numbers"


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
        least: The least number that it may be; `None` if any will do.
        most: The largest; likewise.
    """

    holds: Holds
    default: JsonValue = None
    compared_with: ComparedWith = ComparedWith.BENCHMARKS
    under: Under = Under.ANY
    means: str = ""
    least: float | None = None
    most: float | None = None


Settings = Mapping[str, Setting]

STOPS, OUTPUT_LIMIT = "until", "max_gen_toks"


def _of_the_task(holds: Holds, *, least: float | None = None, means: str = "") -> Setting:
    return Setting(holds=holds, compared_with=ComparedWith.TASK, least=least, means=means)


def _sampled(holds: Holds, default: JsonValue = None, *, least: float | None = 0) -> Setting:
    return Setting(holds=holds, default=default, under=Under.SAMPLING, least=least)


def _share(default: JsonValue = None) -> Setting:
    """A probability, or a part of one."""
    return Setting(holds=Holds.NUMBER, default=default, under=Under.SAMPLING, least=0, most=1)


def _with_beams(holds: Holds, default: JsonValue = None) -> Setting:
    return Setting(holds=holds, default=default, under=Under.BEAMS)


_OF_EVERY_TASK = {
    STOPS: _of_the_task(Holds.TEXTS),
    OUTPUT_LIMIT: _of_the_task(Holds.WHOLE_NUMBER, least=1),
    **{
        name: _of_the_task(Holds.WHOLE_NUMBER, least=1, means=OUTPUT_LIMIT)
        for name in ("max_new_tokens", "max_tokens", "max_completion_tokens")
    },
}

TRANSFORMERS: Settings = MappingProxyType(
    {
        **_OF_EVERY_TASK,
        "min_new_tokens": _of_the_task(Holds.WHOLE_NUMBER, least=0),
        "min_length": _of_the_task(Holds.WHOLE_NUMBER, least=0),
        # The model's own where nobody sets it: what ends an answer belongs to the task, as `until`.
        "eos_token_id": _of_the_task(Holds.ID_OR_IDS),
        "do_sample": Setting(holds=Holds.SWITCH, default=False),
        "temperature": _sampled(Holds.NUMBER, 1.0),
        "top_p": _share(1.0),
        "top_k": _sampled(Holds.WHOLE_NUMBER, 50),
        "min_p": _share(),
        "top_h": _share(),
        "typical_p": _share(1.0),
        "epsilon_cutoff": _share(0.0),
        "eta_cutoff": _share(0.0),
        "num_beams": Setting(holds=Holds.WHOLE_NUMBER, default=1, least=1),
        "length_penalty": _with_beams(Holds.NUMBER, 1.0),
        "early_stopping": _with_beams(Holds.SWITCH_OR_NEVER, default=False),
        "repetition_penalty": Setting(holds=Holds.NUMBER, default=1.0, least=0),
        "encoder_repetition_penalty": Setting(holds=Holds.NUMBER, default=1.0, least=0),
        "no_repeat_ngram_size": Setting(holds=Holds.WHOLE_NUMBER, default=0, least=0),
        "encoder_no_repeat_ngram_size": Setting(holds=Holds.WHOLE_NUMBER, default=0, least=0),
        "guidance_scale": Setting(holds=Holds.NUMBER, default=1.0),
        "suppress_tokens": Setting(holds=Holds.ID_LIST),
        "begin_suppress_tokens": Setting(holds=Holds.ID_LIST),
        "bad_words_ids": Setting(holds=Holds.PHRASES),
        "sequence_bias": Setting(holds=Holds.BIASES),
        "forced_bos_token_id": Setting(holds=Holds.ONE_ID),
        "forced_eos_token_id": Setting(holds=Holds.ID_OR_IDS),
        "exponential_decay_length_penalty": Setting(holds=Holds.PAIR),
        "remove_invalid_values": Setting(holds=Holds.SWITCH, default=False),
        "renormalize_logits": Setting(holds=Holds.SWITCH, default=False),
    }
)
"""What `weighin run` passes on to `generate` of transformers, by its name there or in lm-eval."""

OPENAI: Settings = MappingProxyType(
    {
        **_OF_EVERY_TASK,
        "min_tokens": _of_the_task(Holds.WHOLE_NUMBER, least=0),
        "stop_token_ids": _of_the_task(Holds.ID_OR_IDS),
        # lm-eval takes it out of every request: it decides nothing.
        "do_sample": Setting(holds=Holds.SWITCH, compared_with=ComparedWith.TASK),
        "temperature": Setting(holds=Holds.NUMBER, least=0),
        "top_p": _share(),
        # Some servers write -1 for all tokens.
        "top_k": _sampled(Holds.WHOLE_NUMBER, least=-1),
        "min_p": _share(),
        "presence_penalty": Setting(holds=Holds.NUMBER),
        "frequency_penalty": Setting(holds=Holds.NUMBER),
        "repetition_penalty": Setting(holds=Holds.NUMBER, least=0),
        "length_penalty": Setting(holds=Holds.NUMBER),
        "logit_bias": Setting(holds=Holds.BIAS_BY_ID),
        "seed": _sampled(Holds.WHOLE_NUMBER, least=None),
        "ignore_eos": Setting(holds=Holds.SWITCH),
        "skip_special_tokens": Setting(holds=Holds.SWITCH),
        "spaces_between_special_tokens": Setting(holds=Holds.SWITCH),
        "include_stop_str_in_output": Setting(holds=Holds.SWITCH),
        "reasoning_effort": Setting(holds=Holds.TEXT),
        "verbosity": Setting(holds=Holds.TEXT),
    }
)
"""What `weighin run` puts into a request for text, by its name there or in lm-eval."""

_CODE = "it brings code that would run beside the model's; leave it out"
_HUB_CODE = "transformers loads the code of this kind of decoding from a hub; leave it out"
_MODEL = "it brings another model, or asks for one; leave it out"
_INPUT = "it replaces what the model is given; leave it out"
_TEMPLATE = (
    "it changes what the prompt is rendered to; serve the model with the arguments of the template "
    "that are meant"
)
_UNREAD = "only one answer is read of each request; write repeats for several"
_SHAPE = "the answer would come in a form that is not read; leave it out"
_OBJECTS = "it takes objects that no file can hold; leave it out"
_PACE = "it changes how fast an answer comes, not which one is meant; leave it out"
_CLOCK = "what it leaves of an answer depends on the machine; write max_gen_toks"
_LENGTH = "it counts the prompt too, so that it means another limit for each; write max_gen_toks"
_STOPS = "stop sequences have one name here; write until"
_SPECIAL = "the harness takes it from the tokenizer; leave it out"


def _each(why: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, why)


REFUSED: Mapping[str, str] = MappingProxyType(
    {
        **_each(_CODE, "custom_generate", "trust_remote_code", "generation_mode"),
        **_each(_HUB_CODE, "dola_layers", "penalty_alpha", "constraints", "force_words_ids"),
        **_each(_HUB_CODE, "num_beam_groups", "diversity_penalty"),
        **_each(_MODEL, "assistant_model", "assistant_tokenizer", "use_mtp", "is_assistant"),
        **_each(_MODEL, "model", "models", "lora", "lora_request", "adapter_name", "adapter_names"),
        **_each(_MODEL, "route", "provider", "user", "store", "metadata", "service_tier"),
        **_each(_INPUT, "inputs", "input_ids", "inputs_embeds", "attention_mask", "position_ids"),
        **_each(_INPUT, "token_type_ids", "decoder_input_ids", "decoder_attention_mask"),
        **_each(_INPUT, "encoder_outputs", "past_key_values", "cache_position"),
        **_each(_INPUT, "negative_prompt_ids", "negative_prompt_attention_mask", "token_healing"),
        **_each(_INPUT, "prompt", "prompt_embeds", "messages", "input", "instructions", "suffix"),
        **_each(_INPUT, "documents", "tools", "tool_choice", "parallel_tool_calls", "functions"),
        **_each(_INPUT, "function_call", "extra_body", "web_search_options", "prediction"),
        **_each(_INPUT, "truncate_prompt_tokens", "add_special_tokens", "mm_processor_kwargs"),
        **_each(_TEMPLATE, "chat_template", "chat_template_kwargs", "add_generation_prompt"),
        **_each(_TEMPLATE, "continue_final_message", "enable_thinking"),
        **_each(_UNREAD, "n", "best_of", "num_return_sequences", "use_beam_search"),
        **_each(_SHAPE, "output_attentions", "output_hidden_states", "output_logits"),
        **_each(_SHAPE, "output_scores", "return_dict_in_generate", "watermarking_config"),
        **_each(_SHAPE, "echo", "logprobs", "top_logprobs", "prompt_logprobs", "stream"),
        **_each(_SHAPE, "stream_options", "modalities", "audio", "response_format"),
        **_each(_SHAPE, "guided_json", "guided_regex", "guided_choice", "guided_grammar"),
        **_each(_SHAPE, "structured_outputs", "return_tokens_as_token_ids"),
        **_each(_OBJECTS, "logits_processor", "logits_processors", "stopping_criteria"),
        **_each(_OBJECTS, "prefix_allowed_tokens_fn", "streamer", "generation_config", "tokenizer"),
        **_each(_OBJECTS, "kwargs"),
        **_each(_PACE, "use_cache", "cache_implementation", "cache_config", "max_cache_len"),
        **_each(_PACE, "compile_config", "disable_compile", "continuous_batching_config"),
        **_each(
            _PACE, "prefill_chunk_size", "low_memory", "synced_gpus", "prompt_lookup_num_tokens"
        ),
        **_each(_PACE, "max_matching_ngram_size", "num_assistant_tokens", "speculation_type"),
        **_each(_PACE, "num_assistant_tokens_schedule", "assistant_confidence_threshold"),
        **_each(_PACE, "assistant_early_exit", "assistant_ensemble_weight", "assistant_lookbehind"),
        **_each(
            _PACE, "target_lookbehind", "use_model_defaults", "priority", "transformers_version"
        ),
        **_each(_CLOCK, "max_time"),
        **_each(_LENGTH, "max_length"),
        **_each(_STOPS, "stop", "stop_strings"),
        **_each(_SPECIAL, "pad_token_id", "bos_token_id", "decoder_start_token_id"),
    }
)
"""Why a key is refused that is known and does more, or less, than decide how text is decoded."""
