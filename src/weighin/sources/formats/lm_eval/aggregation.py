"""Aggregations that only lm-eval has, such as F1 or BLEU, computed by lm-eval itself."""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from pydantic import JsonValue

from weighin.telemetry import environment_of_child

# A child process, so that checking never imports lm-eval: it would take seconds and run code
# that registers itself. Its last line of output is its answer.
_THROUGH_LM_EVAL = """
import json, sys
import lm_eval.api.metrics, lm_eval.api.registry as registry

named = dict(registry.AGGREGATION_REGISTRY.items())
# Anything else ends the process, and then nothing was recomputed.
EXPECTED = (ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, OSError,
            RuntimeError, TypeError, ValueError)
functions = {function.__name__: function for function in named.values()} | named

def aggregated(name, values):
    if name not in functions:
        return {"why_not": f"lm-eval has no aggregation {name!r}"}
    try:
        found = functions[name]([tuple(v) if isinstance(v, list) else v for v in values])
        return {"value": float(found)}
    except EXPECTED as error:
        return {"why_not": f"lm-eval's {name!r} failed on the samples: {error!r}"[:300]}

print()
print(json.dumps([aggregated(*asked) for asked in json.load(sys.stdin)]))
"""
_LONGEST_SECONDS = 300
# A check asks no hub, and some metrics of lm-eval would.
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregated:
    """What lm-eval made of the scores of documents.

    Attributes:
        value: The finite value; `None` if there is none.
        why_not: Why there is no value; else empty.
    """

    value: float | None = None
    why_not: str = ""


def aggregate_through_lm_eval(
    asked: Sequence[tuple[str, Sequence[JsonValue]]],
) -> tuple[Aggregated, ...]:
    """Aggregate with lm-eval's own functions, in one child process for all.

    Args:
        asked: Name of the aggregation, and one value a document as it stands in the samples.

    Returns:
        An answer for each, in the order of `asked`.
    """
    if not asked:
        return ()
    if find_spec("lm_eval") is None:
        return tuple(
            Aggregated(
                why_not=f"aggregation {name!r} is lm-eval's own and lm-eval is not installed; "
                "install weighin[hf] to recompute it"
            )
            for name, _ in asked
        )
    try:
        finished = subprocess.run(
            # -P: nothing that lies in the current folder is imported.
            [sys.executable, "-P", "-c", _THROUGH_LM_EVAL],
            input=json.dumps(list(asked)),
            capture_output=True,
            env=environment_of_child() | _OFFLINE,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        answers: JsonValue = json.loads(finished.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        reason = f"lm-eval could not aggregate in a process of its own: {type(error).__name__}"
        return tuple(Aggregated(why_not=reason) for _ in asked)
    found = answers if isinstance(answers, list) else []
    return tuple(_answer(answer) for answer in found)


def _answer(answer: JsonValue) -> Aggregated:
    value = answer.get("value") if isinstance(answer, dict) else None
    if isinstance(value, float) and math.isfinite(value):
        return Aggregated(value=value)
    why_not = answer.get("why_not") if isinstance(answer, dict) else None
    return Aggregated(why_not=str(why_not or f"the samples aggregate to {value}"))
