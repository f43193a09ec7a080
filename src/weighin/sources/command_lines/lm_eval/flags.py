"""The flags of lm-eval 0.4.13, and what becomes of each."""

from collections.abc import Mapping
from types import MappingProxyType

from weighin.sources.command_lines.flags import Flag, Takes

FLAGS = (
    Flag("--config", others=("-C",)),
    Flag("--tasks", Takes.SOME, ("-t",)),
    # `-m` in versions before 0.4.10.
    Flag("--model", others=("-M", "-m")),
    Flag("--model_args", Takes.SOME, ("-a",)),
    Flag("--apply_chat_template", Takes.MAY_TAKE_ONE),
    Flag("--limit", others=("-L",)),
    Flag("--use_cache", others=("-c",)),
    Flag("--num_fewshot", others=("-f",)),
    Flag("--batch_size", others=("-b",)),
    Flag("--max_batch_size"),
    Flag("--device"),
    Flag("--gen_kwargs", Takes.SOME),
    Flag("--output_path", others=("-o",)),
    Flag("--log_samples", Takes.NOTHING, ("-s",)),
    Flag("--samples", others=("-E",)),
    Flag("--cache_requests", Takes.MAY_TAKE_ONE),
    Flag("--check_integrity", Takes.NOTHING),
    Flag("--system_instruction"),
    Flag("--fewshot_as_multiturn", Takes.MAY_TAKE_ONE),
    Flag("--include_path"),
    Flag("--verbosity", others=("-v",)),
    Flag("--write_out", Takes.NOTHING, ("-w",)),
    Flag("--show_config", Takes.NOTHING),
    Flag("--wandb_args", Takes.SOME),
    Flag("--wandb_config_args", Takes.SOME),
    Flag("--trackio_args", Takes.SOME),
    Flag("--hf_hub_log_args", Takes.SOME),
    Flag("--predict_only", Takes.NOTHING, ("-x",)),
    Flag("--seed"),
    Flag("--trust_remote_code", Takes.NOTHING),
    Flag("--confirm_run_unsafe_code", Takes.NOTHING),
    Flag("--metadata", Takes.SOME),
)

CARRIED = frozenset(
    {
        "--config", "--tasks", "--model", "--model_args", "--apply_chat_template", "--limit",
        "--num_fewshot", "--batch_size", "--device", "--gen_kwargs", "--system_instruction",
        "--fewshot_as_multiturn", "--include_path", "--seed", "--trust_remote_code",
    }
)  # fmt: skip
"""Flags of which each value has a key, or a reason of its own for having none."""

OF_PAIRS = frozenset(
    {
        "--model_args", "--gen_kwargs", "--metadata", "--wandb_args", "--wandb_config_args",
        "--trackio_args", "--hf_hub_log_args",
    }
)  # fmt: skip
"""Flags that hold `key=value,…` or JSON, and are merged where they stand several times."""

_CACHE = (
    "weighin never uses lm-eval's caches, which are keyed without the model; what is recorded is "
    "reused by `weighin run` itself"
)
_LOGGED = "weighin logs to no service; `weighin run --format html=report.html` writes a report"

HARMLESS: Mapping[str, str] = MappingProxyType(
    {
        "--output_path": "every attempt is kept below --results, a folder or s3://… (results)",
        "--log_samples": "samples are always logged",
        "--use_cache": _CACHE,
        "--cache_requests": _CACHE,
        "--max_batch_size": "only bounds `--batch_size auto`, and the batch size is fixed here",
        "--check_integrity": "tests lm-eval's own tasks, and scores nothing",
        "--verbosity": "says how much is printed; `weighin run -v` prints more",
        "--write_out": "prints prompts; the samples file of each attempt holds them all",
        "--show_config": "prints the task's configuration, which the record holds",
        "--wandb_args": _LOGGED,
        "--wandb_config_args": _LOGGED,
        "--trackio_args": _LOGGED,
        "--hf_hub_log_args": _LOGGED,
    }
)
"""Flags without which the scores are the same, with why."""

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "--samples": "single documents cannot be required; write `samples: N` for the first N",
        "--confirm_run_unsafe_code": "weighin runs no code that a model wrote: a task that needs "
        "this flag fails there; leave such tasks out",
        "--predict_only": "leaves out the scores, and scores are what is required",
        "--metadata": "no key passes it to a task; write it into a task file of your own "
        "(`metadata:`) and name its folder under `tasks`",
    }
)
"""Flags that change what is scored and have no key, with what to write instead."""
