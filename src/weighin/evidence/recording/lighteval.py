"""How LightEval records it.

Sources: `lighteval` 0.6.2, 0.7.0, 0.8.1, 0.9.2, 0.10.0, 0.11.0 and 0.13.0 as published:
`logging/info_loggers.py` (`config_general`: names alone before 0.8, `generation_parameters` until
0.10, the whole `model_config` since 0.11), `models/*/…_model.py` (model arguments),
`lighteval_task.py` (`hf_revision`, `num_samples`).
"""

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Way
from weighin.identity.facets import Facet


def _argument(text: str, since: str = "0.11") -> Way:
    return Way(text=f"`{text}` among the model arguments", since=since)


_CHECKOUT = Way(text="run LightEval from a git checkout: it writes `lighteval_sha`")

_DETAILS = Way(text="`--save-details`")

LIGHTEVAL = Harness(
    name="LightEval",
    ways={
        Facet.WEIGHTS: _argument("revision=<40-hex commit>"),
        Facet.DTYPE: _argument("dtype=bfloat16"),
        Facet.TOKENIZER: NoWay(text="writes the name of a tokenizer at most"),
        Facet.SPECIAL_TOKENS: NoWay(text="writes whether special tokens are added, not which"),
        Facet.REMOTE_CODE: _argument("trust_remote_code=false"),
        Facet.CHAT_TEMPLATE: NoWay(text="writes whether a chat template is applied, not which"),
        Facet.SYSTEM_PROMPT: _argument("system_prompt=TEXT"),
        Facet.ENGINE: NoWay(text="writes no version of its engine"),
        Facet.DECODING: _argument("generation_parameters={temperature:0}", "0.8"),
        Facet.TEST_TIME_COMPUTE: Way(text="`num_samples` of the task's `LightevalTaskConfig`"),
        Facet.ENDPOINT: _argument("base_url=URL"),
        # Of a package that was installed from a registry it is "?".
        FactName.HARNESS_COMMIT: _CHECKOUT,
        Part.HARNESS_VERSION: _CHECKOUT,
        FactName.SEEDS: _argument("generation_parameters={seed:N}", "0.8"),
        Part.SAMPLES: _DETAILS,
        # Its results file counts none since 0.11.
        Part.DOCUMENT_COUNT: _DETAILS,
        Part.DATASET_REVISION: Way(text="`hf_revision` of the task's `LightevalTaskConfig`"),
    },
    of_servers={Facet.ENDPOINT: _argument("base_url=URL")},
)
