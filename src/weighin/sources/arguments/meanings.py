"""What an argument bears on: which facets, or nothing but how the run was carried out.

The names are those of the backends of lm-eval 0.4.13 (`lm_eval/models`), of the calls that they
hand the rest to (`from_pretrained` of transformers, `LLM` of vLLM, `Engine` of SGLang), and of
earlier versions. A name that is not known is told by its words where they say what it does, and
belongs to the weights otherwise: what is not known to be harmless is part of the comparison.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from weighin.identity.facets import Facet

_NOTHING = frozenset[Facet]()
_WEIGHTS = frozenset({Facet.WEIGHTS})
_ADAPTED = frozenset({Facet.WEIGHTS, Facet.ADAPTERS})
_QUANTISED = frozenset({Facet.WEIGHTS, Facet.QUANTIZATION})
_PROMPTED = frozenset({Facet.CHAT_TEMPLATE, Facet.TEST_TIME_COMPUTE})

LIMITS = frozenset(
    {
        "max_length", "max_model_len", "max_model_length", "context_length", "max_input_len",
        "seq_length",
    }
)  # fmt: skip
"""Names that backends give to the longest input in tokens."""

_HARMLESS = frozenset(
    {
        # Where the model is found, which its name says.
        "pretrained", "model", "path", "load", "engine", "model_id", "revision", "base_url",
        "deployment_id", "backend", "model_name",
        # What other rules read: `same-max-length`, seeds.
        *LIMITS, "truncation", "truncation_side", "truncate", "seed", "max_gen_toks",
        # On how many devices, how fast, how often, where the cache lies.
        "batch_size", "max_batch_size", "micro_batch_size", "device", "devices", "device_map",
        "device_map_option", "parallelize", "max_memory_per_gpu", "max_cpu_memory",
        "offload_folder", "tp_plan", "tp_size", "dp_size", "tp_degree", "tensor_parallel_size",
        "pipeline_parallel_size", "data_parallel_size", "tensor_model_parallel_size",
        "pipeline_model_parallel_size", "expert_model_parallel_size", "num_nodes", "world_size",
        "gpu_memory_utilization", "mem_fraction_static", "swap_space", "cpu_offload_gb",
        "max_num_seqs", "max_num_batched_tokens", "enable_prefix_caching", "enforce_eager",
        "enable_chunked_prefill", "chunked_prefill_size", "distributed_executor_backend",
        "disable_log_stats", "disable_custom_all_reduce", "num_concurrent", "max_retries",
        "timeout", "verify_certificate", "ca_cert_path", "auth_token", "token", "use_auth_token",
        "cache_dir", "download_dir", "local_files_only", "low_cpu_mem_usage", "use_accelerate",
        "logits_cache", "max_lora_rank", "model_parallel", "is_async", "compile", "generation_size",
        "model_path", "model_base_url", "generation_parameters", "base_model", "cache",
        "write_out", "max_retry", "enable_expert_parallel",
        "track_energy",
        "approx_instant_energy", "normalize_log_probs", "rank", "local_rank", "comment",
        "slurm_comment", "master_addr", "master_port", "hostfile", "num_gpus", "global_num_gpus",
        "num_workers", "launcher", "log_interval", "return_logits", "max_images", "interleave",
    }
)  # fmt: skip

_KNOWN: Mapping[str, frozenset[Facet]] = MappingProxyType(
    {
        **dict.fromkeys(_HARMLESS, _NOTHING),
        **dict.fromkeys(("subfolder", "variant", "transformers_weights", "ckpt_step"), _WEIGHTS),
        **dict.fromkeys(("gguf_file", "load_format"), _QUANTISED),
        **dict.fromkeys(
            ("dtype", "precision", "softmax_dtype", "mixed_precision_dtype"),
            frozenset({Facet.DTYPE}),
        ),
        **dict.fromkeys(
            ("attn_implementation", "attention_backend", "use_flash_attention_2", "use_cache"),
            frozenset({Facet.ENGINE}),
        ),
        **dict.fromkeys(("trust_remote_code", "code_revision"), frozenset({Facet.REMOTE_CODE})),
        **dict.fromkeys(
            (
                "add_bos_token", "add_special_tokens", "prefix_token_id", "custom_prefix_token_id",
                "eos_string",
            ),
            frozenset({Facet.SPECIAL_TOKENS}),
        ),
        **dict.fromkeys(
            ("system_prompt", "system_instruction"), frozenset({Facet.SYSTEM_PROMPT})
        ),
        **dict.fromkeys(("vocab_file", "merge_file"), frozenset({Facet.TOKENIZER})),
        **dict.fromkeys(
            (
                "temperature", "top_p", "top_k", "min_p", "do_sample", "num_beams",
                "repetition_penalty", "presence_penalty", "frequency_penalty",
            ),
            frozenset({Facet.DECODING}),
        ),
    }
)  # fmt: skip

# In this order: an argument on the template of an adapter's tokenizer is one on the tokenizer.
_BY_WORDS: tuple[tuple[re.Pattern[str], frozenset[Facet]], ...] = (
    # What may be a secret is not even repeated.
    (re.compile(r"(^|_)(key|secret|password|auth|credential|header|cookie)s?($|_)"), _NOTHING),
    (re.compile(r"(^|_)(access|api|hf|bearer)_?token($|_)"), _NOTHING),
    (re.compile(r"parallel|_workers$|num_gpus"), _NOTHING),
    (re.compile(r"tokeniz"), frozenset({Facet.TOKENIZER})),
    (re.compile(r"template|think|reasoning"), _PROMPTED),
    (re.compile(r"peft|lora|adapter|delta|steer|merge|control_vector"), _ADAPTED),
    (re.compile(r"kv_cache"), frozenset({Facet.QUANTIZATION})),
    (re.compile(r"quant|[0-9]_?bit|bnb|gptq|awq|gguf"), _QUANTISED),
    (re.compile(r"prun|spars|expert|layer_?drop"), _WEIGHTS),
    (re.compile(r"overrid|rope|config_format"), frozenset({Facet.WEIGHTS, Facet.CONFIG})),
    (
        re.compile(r"wandb|tensorboard|_dir$|_port$|verbos|progress|^eval_|sample_(in|out)put"),
        _NOTHING,
    ),
)


def facets_of_argument(name: str) -> frozenset[Facet] | None:
    """The facets that an argument bears on, none if it only says how the run was carried out.

    Returns:
        `None` if what it does is not known.
    """
    plain = name.strip().lower()
    if (known := _KNOWN.get(plain)) is not None:
        return known
    return next((facets for words, facets in _BY_WORDS if words.search(plain)), None)
