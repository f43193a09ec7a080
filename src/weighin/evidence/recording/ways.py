"""How something is recorded in the harness that was used."""

import re
from functools import lru_cache

from weighin.evidence.facts import FactName
from weighin.evidence.recording.every_eval_ever import EVERY_EVAL_EVER
from weighin.evidence.recording.helm import HELM
from weighin.evidence.recording.inspect_ai import INSPECT_AI
from weighin.evidence.recording.lighteval import LIGHTEVAL
from weighin.evidence.recording.lm_eval import LM_EVAL
from weighin.evidence.recording.way import Harness, NoWay, Part, Recorded, Way
from weighin.evidence.recording.without_fields import (
    BIGCODE,
    BIGCODEBENCH,
    EVALPLUS,
    GPT_OSS_EVALS,
    LIVECODEBENCH,
    OPENCOMPASS,
    SIMPLE_EVALS,
    SWE_BENCH,
)
from weighin.identity.facets import Facet

# Its tasks are lm-eval's; whatever else its records lack, a newer version of it writes.
_WEIGHIN = Harness(
    name="weighin", ways={Part.DATASET_REVISION: LM_EVAL.ways[Part.DATASET_REVISION]}
)
_UNKNOWN = Harness(name="", ways={})
HARNESSES = (
    LM_EVAL,
    INSPECT_AI,
    LIGHTEVAL,
    HELM,
    OPENCOMPASS,
    SIMPLE_EVALS,
    GPT_OSS_EVALS,
    EVALPLUS,
    BIGCODEBENCH,
    BIGCODE,
    LIVECODEBENCH,
    SWE_BENCH,
    EVERY_EVAL_EVER,
)

SCORE_IT = "score it with `weighin run`"
"""The way that records everything, and the only one where the harness has none."""

OF_SERVERS = "an endpoint does not say; score the weights themselves with `weighin run`"
"""How a facet is recorded of which no response speaks."""

_VERSION = re.compile(r"\d+(?:\.\d+)*")
# What `weighin run` records of a server: harness/served/observations.py.
_SENT = "score it with `weighin run` and `model.endpoint`, which records what is sent"
_RENDERED = "score it with `weighin run` and `model.endpoint.tokenizer`, with `api: completions`"
_BY_OWN_REQUESTS = {
    Facet.ENDPOINT: _SENT,
    Facet.SYSTEM_PROMPT: _SENT,
    Facet.DECODING: _SENT,
    Facet.TOKENIZER: _RENDERED,
    Facet.CHAT_TEMPLATE: _RENDERED,
}


# Facts that no run of lm-eval's tasks has, and statements, which a person makes.
_NEVER_BY_WEIGHIN = frozenset(FactName) - {
    FactName.REVISION,
    FactName.REQUESTED_MODEL,
    FactName.ANSWERED_MODELS,
    FactName.PROVIDERS,
    FactName.SYSTEM_FINGERPRINTS,
    FactName.HARNESS_COMMIT,
    FactName.HARNESS_IS_DIRTY,
    FactName.HARNESS_FILES,
    FactName.TASK_CODE,
    FactName.TASK_OVERRIDES,
    FactName.AGGREGATION,
    FactName.BOS_TOKENS,
    FactName.EXPECTED_BOS_TOKENS,
    FactName.FINISH_REASONS,
    FactName.UNPARSED_ANSWERS,
    FactName.DISTINCT_OUTPUTS,
    FactName.OUTPUT_TOKENS,
    FactName.ERRORS,
    FactName.MISSING_DOCUMENTS,
    FactName.SEEDS,
    FactName.HARDWARE,
}


@lru_cache(maxsize=4096)
def way_to_record(producer: str, what: Recorded, *, is_served: bool = False) -> str:
    """What to do so that a log of this harness says something, in a sentence without a stop.

    Args:
        producer: Harness and version as in a record, for example `lm-eval 0.4.9`.
        what: What the log lacks.
        is_served: Whether the model was asked over a network: then most facets are the server's.

    Returns:
        The flag, field or command of that version; where there is none, that it is so, and
        `SCORE_IT`; empty where `weighin run` cannot record it either.
    """
    harness, version = _harness_of(producer)
    if is_served and isinstance(what, Facet):
        way = harness.of_servers.get(what)
        if way is None:
            return _BY_OWN_REQUESTS.get(what, OF_SERVERS)
    else:
        way = harness.ways.get(what)
    if not isinstance(way, Way) and what in _NEVER_BY_WEIGHIN and isinstance(what, FactName):
        return ""
    return _in_words(harness, version, way or NoWay())


def has_no_field(producer: str) -> str:
    """That the harness cannot record something, and what can."""
    return _in_words(*_harness_of(producer), NoWay())


def _harness_of(producer: str) -> tuple[Harness, str]:
    """The writer of a log with its version; one without a name if nothing is known of it."""
    for harness in (*HARNESSES, _WEIGHIN):
        if f"{producer} ".startswith(f"{harness.name} "):
            return harness, producer.removeprefix(harness.name).strip()
    return _UNKNOWN, ""


def _in_words(harness: Harness, version: str, way: Way | NoWay) -> str:
    if isinstance(way, NoWay):
        if harness is _WEIGHIN or harness is _UNKNOWN:
            return SCORE_IT
        known = _VERSION.match(version)
        named = f"{harness.name} {known.group()}" if known else harness.name
        return f"{named} {way.text or 'has no field for it'}; {SCORE_IT}"
    if not way.since or _is_at_least(version, way.since):
        return way.text
    upgrade = "upgrade to" if _VERSION.match(version) else "with"
    return f"{upgrade} {harness.name} {way.since} or later: {way.text}"


def _is_at_least(version: str, since: str) -> bool:
    """Whether a version is known, and is that or a later one."""
    known = _VERSION.match(version)
    return known is not None and _parts(known.group()) >= _parts(since)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split("."))
