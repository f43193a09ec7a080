"""The flags of `inspect eval` in Inspect 0.3.285, and what becomes of each."""

from collections.abc import Mapping
from types import MappingProxyType

from weighin.sources.command_lines.flags import Flag, Takes

CARRIED = frozenset(
    {
        "--model", "--model-base-url", "-M", "--limit", "--epochs", "--temperature", "--top-p",
        "--top-k", "--max-tokens", "--frequency-penalty", "--presence-penalty", "--seed",
        "--stop-seqs", "--system-message", "--reasoning-effort", "--verbosity", "--log-dir",
    }
)  # fmt: skip
"""Flags that have a key, or a reason of their own for having none."""

DECODING: Mapping[str, str] = MappingProxyType(
    {
        "--temperature": "temperature",
        "--top-p": "top_p",
        "--top-k": "top_k",
        "--max-tokens": "max_tokens",
        "--frequency-penalty": "frequency_penalty",
        "--presence-penalty": "presence_penalty",
        "--reasoning-effort": "reasoning_effort",
        "--verbosity": "verbosity",
    }
)
"""Settings of decoding by their name in `decoding`."""

_RUNNING = "says how the run is carried out, watched or logged, and decides no score"
_WORK = (
    "belongs to how Inspect works on a sample, and its logs hold it; `profile: agentic` judges it"
)
_MORE = "no key sets it; the logs hold it, and `same-decoding` compares them"
_FILE = "a file of settings, which is not read; give its settings as flags"

_SWITCHES_OF_THE_RUN = (
    "--json", "--detach", "--no-detach", "--trace", "--no-sandbox-cleanup", "--sandbox-prebuilt",
    "--no-log-samples", "--no-log-realtime", "--log-images", "--no-log-images", "--log-model-api",
    "--no-log-model-api", "--log-refusals", "--no-log-refusals", "--no-score-display", "--no-ansi",
    "--traceback-locals", "--debug", "--debug-errors",
)  # fmt: skip
_OF_THE_RUN = (
    "--tags", "--metadata", "--max-connections", "--adaptive-connections", "--max-retries",
    "--timeout", "--attempt-timeout", "--stream-idle-timeout", "--max-samples",
    "--max-dataset-memory", "--max-tasks", "--max-subprocesses", "--max-sandboxes", "--log-buffer",
    "--log-format", "--log-level", "--log-level-transcript", "--display", "--debug-port",
    "--model-cost-config", "--scanner", "--scanner-arg", "--scans", "--scan-name", "--scan-tags",
    "--scan-metadata", "--scan-filter", "--scan-model", "--scan-model-base-url",
    "--scan-model-arg", "--scan-model-config", "--scan-model-role", "--scan-generate-config",
)  # fmt: skip
_MAYBE_OF_THE_RUN = ("--notification", "--acp-server", "--ctl-server", "--log-shared", "--batch")
_SWITCHES_OF_THE_WORK = (
    "--no-epochs-reducer", "--no-fail-on-error", "--continue-on-fail", "--score-on-error",
    "--no-score", "--logprobs", "--parallel-tool-calls", "--no-parallel-tool-calls",
    "--internal-tools", "--no-internal-tools", "--fail-on-refusal", "--no-fail-on-refusal",
)  # fmt: skip
_OF_THE_WORK = (
    "-T", "-S", "--solver", "--approval", "--review", "--sentinel", "--sentinel-arg", "--sandbox",
    "--sample-id", "--message-limit", "--token-limit", "--turn-limit", "--cost-limit",
    "--time-limit", "--working-limit", "--model-role", "--env", "--fallback-models",
    "--max-tool-output",
)  # fmt: skip
_MAYBE_OF_THE_WORK = (
    "--checkpoint", "--sample-shuffle", "--epochs-reducer", "--fail-on-error", "--retry-on-error",
    "--cache",
)  # fmt: skip
_OF_DECODING = (
    "--best-of", "--logit-bias", "--num-choices", "--top-logprobs", "--prompt-logprobs",
    "--cache-prompt", "--effort", "--reasoning-mode", "--reasoning-tokens", "--reasoning-summary",
    "--reasoning-history", "--response-schema", "--extra-headers", "--extra-body", "--modalities",
)  # fmt: skip
_FILES = (
    "--model-config", "--model-spec", "--run-config", "--task-config", "--solver-config",
    "--generate-config",
)  # fmt: skip

HARMLESS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys((*_SWITCHES_OF_THE_RUN, *_OF_THE_RUN, *_MAYBE_OF_THE_RUN), _RUNNING)
)
"""Flags without which the scores are the same, with why."""

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((*_SWITCHES_OF_THE_WORK, *_OF_THE_WORK, *_MAYBE_OF_THE_WORK), _WORK),
        **dict.fromkeys(_OF_DECODING, _MORE),
        **dict.fromkeys(_FILES, _FILE),
    }
)
"""Flags that may change the scores and have no key, with what to do instead."""

_SWITCHES = frozenset((*_SWITCHES_OF_THE_RUN, *_SWITCHES_OF_THE_WORK))
_MAYBE = frozenset((*_MAYBE_OF_THE_RUN, *_MAYBE_OF_THE_WORK))


def _takes(name: str) -> Takes:
    if name in _SWITCHES:
        return Takes.NOTHING
    return Takes.MAY_TAKE_ONE if name in _MAYBE else Takes.ONE


FLAGS = tuple(
    Flag(name, _takes(name), ("-F",) if name == "--scan-filter" else ())
    for name in (*sorted(CARRIED), *HARMLESS, *LEFT_OUT)
)
