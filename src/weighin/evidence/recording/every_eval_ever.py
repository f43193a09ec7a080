"""How an aggregate of Every Eval Ever records it.

Sources: `evaleval/every_eval_ever` at 9bce413, `schemas/eval.schema.json`: of the model, the schema
has a name, an engine and free texts in `additional_details`.
"""

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Way
from weighin.identity.facets import Facet

_ARGUMENTS = "generation_config.generation_args"
_EFFORT = Way(text=f"write `reasoning` and `max_attempts` into `{_ARGUMENTS}`")
_DECODING = Way(text=f"write `temperature` and the like into `{_ARGUMENTS}`")
_NO_FIELD = NoWay()

EVERY_EVAL_EVER = Harness(
    name="Every Eval Ever",
    ways={
        **dict.fromkeys((*Facet, *FactName, *Part), _NO_FIELD),
        Facet.WEIGHTS: Way(text="write the commit into `model_info.additional_details.sha`"),
        Facet.DTYPE: Way(text="write it into `model_info.additional_details.dtype`"),
        Facet.ENGINE: Way(text="write `name` and `version` into `model_info.inference_engine`"),
        Facet.DECODING: _DECODING,
        Facet.TEST_TIME_COMPUTE: _EFFORT,
        Part.UNCERTAINTY: Way(text="write `score_details.uncertainty.standard_error`"),
        Part.START: Way(text="write `evaluation_timestamp`"),
    },
)
