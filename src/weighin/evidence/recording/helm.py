"""How HELM records it.

Sources: `crfm-helm` 0.5.16 as published: `benchmark/runner.py` (the files of a run),
`benchmark/adaptation/adapter_spec.py`, `benchmark/model_deployment_registry.py`.
"""

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Way
from weighin.identity.facets import Facet

_REGISTRY = NoWay(text="keeps it in `model_deployments.yaml`, which no run holds")
_STATE = Way(text="give the whole run folder, with `scenario_state.json`")
_PER_INSTANCE = Way(text="give the whole run folder, with `per_instance_stats.json`")
_DEPLOYMENT = Way(text="`model_deployment=ORG/NAME` in the run entry")

HELM = Harness(
    name="HELM",
    ways={
        **dict.fromkeys(
            (
                Facet.WEIGHTS,
                Facet.TOKENIZER,
                Facet.SPECIAL_TOKENS,
                Facet.CHAT_TEMPLATE,
                Facet.SYSTEM_PROMPT,
                Facet.DTYPE,
                Facet.QUANTIZATION,
                Facet.ADAPTERS,
            ),
            _REGISTRY,
        ),
        Facet.DECODING: NoWay(text="writes what it asks, not what the deployment adds"),
        Facet.ENDPOINT: _DEPLOYMENT,
        FactName.FINISH_REASONS: _PER_INSTANCE,
        FactName.OUTPUT_TOKENS: _PER_INSTANCE,
        FactName.DISTINCT_OUTPUTS: _STATE,
        FactName.ERRORS: _STATE,
        Part.SAMPLES: _PER_INSTANCE,
        Part.DOCUMENTS: _STATE,
        Part.PROMPTS: _STATE,
        Part.START: _STATE,
    },
)
