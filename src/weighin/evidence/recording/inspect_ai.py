"""How Inspect records it.

Sources: `inspect_ai` 0.3.285 as published: `_cli/eval.py` (flags), `log/_log.py` (`EvalSpec`,
`EvalRevision`), `model/_providers/hf.py` and `vllm.py` (model arguments).
"""

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Way
from weighin.identity.facets import Facet

_SAMPLES = Way(text="log the samples: leave `--no-log-samples` out")
# Before 0.3.184 a log held every response (CHANGELOG.md).
_RESPONSES = Way(text="`--log-model-api`, which keeps what the server sent", since="0.3.184")
_CHECKOUT = Way(text="run `inspect eval` in a git checkout of the evaluation")
_DECODING = Way(text="`--temperature`, `--top-p`, `--max-tokens` and `--seed`")
_REDUCED = Way(text="`--epochs 1 --epochs-reducer mean`, or others")
_BASE_URL = Way(text="`--model-base-url URL`")

INSPECT_AI = Harness(
    name="inspect_ai",
    ways={
        # The providers hf and vllm pass on what they do not know: -M goes to from_pretrained.
        Facet.WEIGHTS: Way(text="`-M revision=<40-hex commit>`"),
        Facet.DTYPE: Way(text="`-M dtype=bfloat16`, or another, not auto"),
        Facet.TOKENIZER: NoWay(text="writes the name of a tokenizer at most"),
        Facet.CHAT_TEMPLATE: NoWay(text="writes the name of a chat template at most"),
        Facet.SYSTEM_PROMPT: _SAMPLES,
        Facet.ENGINE: NoWay(text="writes the provider, not its version"),
        Facet.DECODING: _DECODING,
        Facet.TEST_TIME_COMPUTE: _REDUCED,
        Facet.ENDPOINT: _BASE_URL,
        FactName.ANSWERED_MODELS: _SAMPLES,
        FactName.PROVIDERS: _RESPONSES,
        FactName.SYSTEM_FINGERPRINTS: _RESPONSES,
        FactName.HARNESS_COMMIT: _CHECKOUT,
        FactName.HARNESS_IS_DIRTY: _CHECKOUT,
        FactName.AGGREGATION: _REDUCED,
        FactName.SEEDS: Way(text="`--seed N`"),
        FactName.TOOLS: _SAMPLES,
        FactName.FINISH_REASONS: _SAMPLES,
        FactName.DISTINCT_OUTPUTS: _SAMPLES,
        FactName.OUTPUT_TOKENS: _SAMPLES,
        FactName.ERRORS: _SAMPLES,
        FactName.IMAGES: _SAMPLES,
        FactName.TRAJECTORIES: _SAMPLES,
        FactName.MISSING_DOCUMENTS: _SAMPLES,
        Part.HARNESS_VERSION: _CHECKOUT,
        Part.STOP_SEQUENCES: Way(text="`--stop-seqs TEXT`"),
        Part.SAMPLES: _SAMPLES,
        Part.UNCERTAINTY: Way(text="give the scorer the metric `stderr()`"),
    },
    of_servers={
        Facet.SYSTEM_PROMPT: _SAMPLES,
        Facet.DECODING: _DECODING,
        Facet.TEST_TIME_COMPUTE: Way(
            text="`--epochs`, `--epochs-reducer` and `--reasoning-effort`"
        ),
        Facet.ENDPOINT: _BASE_URL,
    },
)
