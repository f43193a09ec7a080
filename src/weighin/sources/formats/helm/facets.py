"""What a HELM run declares of each facet, and what it does not."""

from collections.abc import Iterator

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.json.foreign import as_count, as_mapping, as_number
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import (
    NO_TEXT,
    Ways,
    answers_per_document,
    declared,
    named,
    observed,
)
from weighin.sources.formats.helm.spec import HelmSpec

_HOW = Ways(producer="HELM")
# Methods that read log-likelihoods of given texts.
_WITHOUT_TEXT = frozenset(
    {
        "language_modeling",
        "multiple_choice_separate_original",
        "multiple_choice_separate_calibrated",
    }
)
_GENERATION = frozenset({"generation", "generation_multimodal"})


def declared_facets(spec: HelmSpec) -> Iterator[Observation]:
    """An observation of every facet in one run; nothing is better than `declared`."""
    # What ran is the deployment: one model name at two of them is no more than one name.
    scope = f"as {spec.deployment}" if spec.deployment else ""
    yield observed(
        Facet.WEIGHTS,
        _HOW,
        named(spec.model or spec.deployment, scope),
        pointer="/adapter_spec/model" if spec.model else "/adapter_spec/model_deployment",
        summary=f"only a name: {spec.model or spec.deployment} {scope}".strip(),
    )
    yield observed(
        Facet.ENDPOINT,
        _HOW,
        declared(spec.deployment or None, "HELM's model deployment"),
        pointer="/adapter_spec/model_deployment",
    )
    yield from _decoding(spec)
    for facet in (
        Facet.TOKENIZER,
        Facet.SPECIAL_TOKENS,
        Facet.CHAT_TEMPLATE,
        Facet.SYSTEM_PROMPT,
        Facet.DTYPE,
        Facet.QUANTIZATION,
        Facet.ADAPTERS,
    ):
        yield observed(facet, _HOW)
    for facet in (Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.REMOTE_CODE, Facet.ENGINE):
        yield observed(facet, _HOW)


def _decoding(spec: HelmSpec) -> Iterator[Observation]:
    if spec.method in _WITHOUT_TEXT:
        yield from NO_TEXT
        return
    temperature = as_number(spec.adapter.get("temperature"))
    yield observed(
        # What the deployment fills in for other settings is not in the run.
        Facet.DECODING,
        _HOW,
        None if temperature is None else declared({"temperature": temperature}, "asked by HELM"),
        pointer=_place(spec, "temperature"),
        summary=f"temperature {temperature:g}" if temperature is not None else "",
    )
    yield answers_per_document(_answers(spec), _HOW, _place(spec, "num_outputs"))


def _place(spec: HelmSpec, key: str) -> str:
    """JSON pointer of a setting; where an older version lacks it, of those that it has."""
    is_there = key in as_mapping(spec.document.get("adapter_spec"))
    return f"/adapter_spec/{key}" if is_there else "/adapter_spec"


def _answers(spec: HelmSpec) -> int | None:
    """Answers a document; in multiple choice, `num_outputs` only widens the log-probabilities."""
    trials = as_count(spec.adapter.get("num_trials"))
    outputs = as_count(spec.adapter.get("num_outputs")) if spec.method in _GENERATION else 1
    return trials * outputs if trials and outputs else None


def asked_decoding(spec: HelmSpec) -> dict[str, JsonValue]:
    """The generation arguments of a run; empty where no text is generated."""
    if spec.method in _WITHOUT_TEXT:
        return {}
    return {
        key: spec.adapter.get(key)
        for key in ("temperature", "max_tokens", "stop_sequences", "num_outputs")
    }
