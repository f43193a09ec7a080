"""How something is recorded in the harness that was used."""

import re
from functools import lru_cache

from weighin.evidence.recording.every_eval_ever import EVERY_EVAL_EVER
from weighin.evidence.recording.helm import HELM
from weighin.evidence.recording.inspect_ai import INSPECT_AI
from weighin.evidence.recording.lighteval import LIGHTEVAL
from weighin.evidence.recording.lm_eval import LM_EVAL
from weighin.evidence.recording.way import Harness, NoWay, Recorded, Way
from weighin.evidence.recording.without_fields import OPENCOMPASS, SIMPLE_EVALS
from weighin.identity.facets import Facet

HARNESSES = (LM_EVAL, INSPECT_AI, LIGHTEVAL, HELM, OPENCOMPASS, SIMPLE_EVALS, EVERY_EVAL_EVER)

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


@lru_cache(maxsize=4096)
def way_to_record(producer: str, what: Recorded, *, is_served: bool = False) -> str:
    """What to do so that a log of this harness says something, in a sentence without a stop.

    Args:
        producer: Harness and version as in a record, for example `lm-eval 0.4.9`.
        what: What the log lacks.
        is_served: Whether the model was asked over a network: then most facets are the server's.

    Returns:
        The flag, field or command of that version; where there is none, that it is so, and
        `SCORE_IT`.
    """
    harness = next((h for h in HARNESSES if f"{producer} ".startswith(f"{h.name} ")), None)
    if harness is None:
        return SCORE_IT
    version = producer.removeprefix(harness.name).strip()
    if is_served and isinstance(what, Facet):
        way = harness.of_servers.get(what)
        if way is None:
            return _BY_OWN_REQUESTS.get(what, OF_SERVERS)
    else:
        way = harness.ways.get(what)
    return _in_words(harness, version, way or NoWay())


def has_no_field(producer: str) -> str:
    """That the harness cannot record something, and what can."""
    harness = next((h for h in HARNESSES if f"{producer} ".startswith(f"{h.name} ")), None)
    if harness is None:
        return SCORE_IT
    return _in_words(harness, producer.removeprefix(harness.name).strip(), NoWay())


def _in_words(harness: Harness, version: str, way: Way | NoWay) -> str:
    if isinstance(way, NoWay):
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
