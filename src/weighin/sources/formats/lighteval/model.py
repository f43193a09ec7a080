"""The model as a results file of LightEval gives it."""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.files.json.foreign import Json, as_mapping, as_text

COMMIT = re.compile(r"[0-9a-f]{40}")

# Fields that only one backend has.
_BACKENDS = {
    "gpu_memory_utilization": "vllm",
    "max_num_batched_tokens": "vllm",
    "mem_fraction_static": "sglang",
    "model_parallel": "transformers",
    "continuous_batching": "transformers",
    "inference_server_address": "tgi",
    "endpoint_name": "inference endpoint",
    "org_to_bill": "inference providers",
}
_IN_PROCESS = frozenset({"vllm", "sglang", "transformers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LightEvalModel:
    """The model as a results file of LightEval gives it, in either era.

    Attributes:
        general: `config_general`.
        config: `config_general.model_config`; empty before LightEval 0.11.
    """

    general: Json
    config: Json

    @property
    def name(self) -> str | None:
        """Under which name the results are filed; `None` if there is none."""
        return as_text(self.general.get("model_name")) or as_text(self.config.get("model_name"))

    @property
    def name_pointer(self) -> str:
        """JSON pointer of that name."""
        is_general = as_text(self.general.get("model_name")) is not None
        return "/config_general/" + ("model_name" if is_general else "model_config/model_name")

    @property
    def base(self) -> str | None:
        """What the weights were loaded from, without adapters and deltas."""
        return as_text(self.config.get("base_model")) or self.name

    @property
    def revision(self) -> str | None:
        """The revision that was asked for; `None` if the file does not say."""
        return as_text(self.config.get("revision"))

    @property
    def commit(self) -> str | None:
        """The commit that was asked for, or looked up; `None` if there is none."""
        base = self.base or ""
        if base.startswith((".", "/", "~")):
            # Of a local folder it means nothing.
            return None
        known = (self.revision, as_text(self.general.get("model_sha")))
        return next((sha for sha in known if sha is not None and COMMIT.fullmatch(sha)), None)

    @property
    def backend(self) -> str:
        """The engine, told by fields that only its config has; empty if unknown."""
        return next((name for key, name in _BACKENDS.items() if key in self.config), "")

    @property
    def is_in_process(self) -> bool:
        """Whether LightEval is known to have loaded the model itself."""
        return self.backend in _IN_PROCESS

    @property
    def is_served(self) -> bool:
        """Whether LightEval is known to have asked a server that it did not start."""
        return self.backend not in {"", *_IN_PROCESS}

    @property
    def generation(self) -> tuple[dict[str, JsonValue], str]:
        """The generation parameters that are set, and their JSON pointer."""
        for holder, pointer in (
            (self.config, "/config_general/model_config/generation_parameters"),
            (self.general, "/config_general/generation_parameters"),
        ):
            written = as_mapping(holder.get("generation_parameters"))
            if written:
                return {k: v for k, v in written.items() if v is not None and v != []}, pointer
        return {}, ""


def model_of(results: Json) -> LightEvalModel:
    """The model of a results file."""
    general = as_mapping(results.get("config_general"))
    return LightEvalModel(general=general, config=as_mapping(general.get("model_config")))
