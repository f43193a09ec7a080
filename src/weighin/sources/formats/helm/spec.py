"""A HELM run spec: what was asked, in a form that does not depend on HELM's version."""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.json.foreign import Json, as_count, as_mapping, as_text

# HELM's `AdapterSpec` with its defaults, of every version: a field that was added later stands
# in newer files only, and is no difference.
_DEFAULTS: dict[str, JsonValue] = {
    "method": "",
    "global_prefix": "",
    "global_suffix": "",
    "instructions": "",
    "input_prefix": "Input: ",
    "input_suffix": "\n",
    "reference_prefix": "A. ",
    "reference_suffix": "\n",
    "chain_of_thought_prefix": "",
    "chain_of_thought_suffix": "\n",
    "output_prefix": "Output: ",
    "output_suffix": "\n",
    "instance_prefix": "\n",
    "substitutions": [],
    "max_train_instances": 5,
    "max_eval_instances": None,
    "num_outputs": 5,
    "num_train_trials": 1,
    "num_trials": 1,
    "sample_train": True,
    "model_deployment": "",
    "model": "",
    "temperature": 1,
    "max_tokens": 100,
    "stop_sequences": [],
    "random": None,
    "multi_label": False,
    "image_generation_parameters": None,
    "eval_splits": None,
}
_OF_THE_MODEL = frozenset({"model", "model_deployment"})
# Not of the task: how many documents of it are taken.
_OF_THE_RUN = _OF_THE_MODEL | {"max_eval_instances"}
_ASKED = ("scenario_spec", "metric_specs", "data_augmenter_spec", "annotators")
_MODEL_ARGUMENT = re.compile(r"([:,])(?:model|model_deployment)=[^,]*")
_EMPTY: tuple[JsonValue, ...] = (None, "", False, [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class HelmSpec:
    """`run_spec.json` of a HELM run.

    Attributes:
        document: The whole file.
        adapter: `adapter_spec` with the defaults of what older versions lack.
    """

    document: Json
    adapter: Json

    @property
    def model(self) -> str:
        """The model under whose name HELM files the scores; empty if unknown."""
        return as_text(self.adapter.get("model")) or ""

    @property
    def deployment(self) -> str:
        """What was asked, for example `together/llama-3-70b`; empty before HELM had deployments."""
        return as_text(self.adapter.get("model_deployment")) or ""

    @property
    def task(self) -> str:
        """Name of the run without the model, so that it is one for all models."""
        full = as_text(self.document.get("name")) or "unknown"
        bare = _MODEL_ARGUMENT.sub(lambda found: found.group(1), full)
        # What is left of the separators where an argument stood.
        return re.sub(r",+", ",", bare).replace(":,", ":").rstrip(":,") or full

    @property
    def asked(self) -> dict[str, JsonValue]:
        """What was asked: scenario, prompts, metrics and decoding, without the model."""
        adapter = {key: value for key, value in self.adapter.items() if key not in _OF_THE_RUN}
        others = {
            key: _without_empty(value)
            for key in _ASKED
            if not _is_empty(value := self.document.get(key))
        }
        return {"adapter_spec": adapter, **others}

    @property
    def method(self) -> str:
        """HELM's adaptation method, for example `generation`."""
        return as_text(self.adapter.get("method")) or ""

    @property
    def is_perturbed(self) -> bool:
        """Whether documents were also asked in perturbed forms."""
        augmenter = as_mapping(self.document.get("data_augmenter_spec"))
        return bool(augmenter.get("perturbation_specs"))

    @property
    def max_documents(self) -> int | None:
        """The most documents that were to be asked; `None` for all, or if unknown."""
        return as_count(self.adapter.get("max_eval_instances"))


def helm_spec(document: Json) -> HelmSpec:
    """The run spec in a `run_spec.json`."""
    return HelmSpec(
        document=document, adapter=canonical_adapter(as_mapping(document.get("adapter_spec")))
    )


def canonical_adapter(adapter: Json) -> dict[str, JsonValue]:
    """An adapter spec with defaults filled in.

    A field of a newer version than those known here is left out while it is empty, as a default
    of such a field nearly always is.
    """
    newer = {
        key: value
        for key, value in adapter.items()
        if key not in _DEFAULTS and not _is_empty(value)
    }
    return {key: adapter.get(key, default) for key, default in _DEFAULTS.items()} | newer


def asked_digest(spec: HelmSpec) -> str:
    """Digest of what was asked: scenario, prompts, metrics and decoding, without the model.

    Raises:
        ValueError: The file holds what has no canonical form, for example NaN.
    """
    return sha256_hex(canonical_json(spec.asked))


def _is_empty(value: JsonValue) -> bool:
    # 0 is a value, and equal to False.
    return value is False or (not isinstance(value, bool | int | float) and value in _EMPTY)


def _without_empty(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {k: _without_empty(v) for k, v in value.items() if not _is_empty(v)}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
