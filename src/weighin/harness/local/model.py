"""A checkpoint loaded through lm-eval's `hf` backend, and what can be observed of it in memory."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from pydantic import JsonValue

from weighin.errors import CheckpointError, InfrastructureError, RunError, WeighinError
from weighin.harness.local.asked.state import (
    PROBE,
    MemoryState,
    memory_state,
    plain_json,
    special_tokens_of,
)
from weighin.harness.local.disk.remote_code import code_files, remote_code_allowed
from weighin.harness.local.observed_model import ObservedModel
from weighin.harness.local.placed.asking import (
    computing_devices,
    placement_of,
    places_in_words,
    require_place,
)
from weighin.harness.local.recorded_model import AnswerHook
from weighin.harness.observed.machine import stack
from weighin.harness.observed.versions import installed_versions
from weighin.harness.quiet import quiet
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Model


class _RecordingLoader:
    """Stands in for the Auto class and keeps what `from_pretrained` says of missing tensors.

    HFLM cannot be asked for it: `output_loading_info` as a model argument makes it unpack a tuple.
    """

    def __init__(self, auto_class: type, owner: "WeighedModel") -> None:
        self._auto_class = auto_class
        self._owner = owner

    def from_pretrained(self, *arguments: object, **settings: object) -> torch.nn.Module:
        model, info = self._auto_class.from_pretrained(  # type: ignore[attr-defined]  # of any auto class
            *arguments, output_loading_info=True, **settings
        )
        self._owner.missing_tensors = tuple(
            sorted({*info["missing_keys"], *(key[0] for key in info["mismatched_keys"])})
        )
        loaded: torch.nn.Module = model
        return loaded


class WeighedModel(ObservedModel):
    """lm-eval's own HFLM; it only keeps what was not found in the checkpoint, and what passed."""

    AUTO_MODEL_CLASS: Any  # the Auto class or what stands in for it; lm-eval sets it
    missing_tensors: tuple[str, ...] = ()

    def _create_model(self, *arguments: object, **settings: object) -> None:
        auto_class: type = self.AUTO_MODEL_CLASS
        self.AUTO_MODEL_CLASS = _RecordingLoader(auto_class, self)
        try:
            super()._create_model(*arguments, **settings)
        finally:
            self.AUTO_MODEL_CLASS = auto_class

    def join_launch(self) -> None:
        """Take one's part of the documents, also where there are no GPUs to count.

        lm-eval does so only if it finds more than one.
        """
        accelerator = getattr(self, "accelerator", None)
        if accelerator is not None and accelerator.num_processes > 1:
            self._rank = accelerator.local_process_index
            self._world_size = accelerator.num_processes

    def get_model_info(self) -> dict[str, JsonValue]:
        """What lm-eval writes about the model, without asking a hub about the name of a folder."""
        return {
            "model_num_parameters": sum(p.numel() for p in self.model.parameters()),
            "model_dtype": str(self.model.dtype),
            "model_revision": None,
            "model_sha": "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A loaded checkpoint.

    Attributes:
        lm: The lm-eval model, for evaluation.
        loader: Program that loaded it, with its version.
        device: Type of the device that inputs are put on, for example `cpu`.
        places: Bytes of the parameters by where they lie.
        attention: Attention implementation in use.
        stack: The kind of machine and the libraries that compute on it.
        quantization: The quantisation configuration in force; `None` if there is none.
        missing_tensors: Tensors that the loader initialised itself.
        remote_code_executed: Whether Python files of the checkpoint were allowed to run.
        versions: Versions of the packages that matter.
    """

    lm: WeighedModel
    loader: str
    device: str
    places: Mapping[str, int]
    attention: str
    stack: str
    quantization: JsonValue
    missing_tensors: tuple[str, ...]
    remote_code_executed: bool
    versions: Mapping[str, str]

    def observe(self, *, with_tensors: bool = True) -> MemoryState:
        """Fingerprint what is in memory now.

        Args:
            with_tensors: Whether the tensors are hashed, too.
        """
        return memory_state(
            self.lm.model, self.lm.tokenizer, _special_tokens(self.lm), with_tensors=with_tensors
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What a process that loads a model is.

    Attributes:
        offload_folder: A folder of its own for tensors that have no room elsewhere; `None` for
            none.
        ranks: Processes that answer together, of which it is one.
    """

    offload_folder: Path | None = None
    ranks: int = 1


def load_model(
    folder: Path,
    manifest: Manifest,
    model: Model,
    adapter: Path | None,
    process: Process | None = None,
) -> LocalModel:
    """Load a checkpoint folder once, for all benchmarks.

    Args:
        folder: The checkpoint folder.
        manifest: Its manifest.
        model: The requirements on the model.
        adapter: Folder of the adapter to attach; `None` for none.
        process: What this process is; `None` for one on its own.

    Raises:
        CheckpointError: The folder would load something else than its own weights, or would run
            code that the requirements do not allow by name.
        RunError: transformers refused it.
        InfrastructureError: Out of memory.
    """
    trust_remote_code = remote_code_allowed(folder, manifest, model)
    if adapter is None and manifest.adapter is not None:
        raise CheckpointError(
            f"{folder}: adapter_config.json lies beside the weights, and transformers would "
            "attach that adapter unasked; move the adapter to a folder of its own and name it in "
            "model.adapter, or remove it"
        )
    settings: dict[str, object] = {"use_safetensors": True}
    if _loads_without_mmap():
        # A memory-mapped model changes when its file is overwritten, and dies when it is truncated.
        settings["disable_mmap"] = True
    device = _device(model.device)
    process = process or Process()
    placement, ranks = placement_of(model, process.offload_folder), process.ranks
    if placement is not None and ranks > 1:
        raise RunError(
            f"model.device_map: expected one process, which spreads the model over all GPUs, found "
            f"{ranks} of a launch; start without accelerate launch, or remove model.device_map"
        )
    if placement is not None:
        settings |= placement.settings()
    try:
        with quiet():
            lm = WeighedModel(
                pretrained=str(folder.resolve()),
                revision="main",
                dtype=model.dtype,
                device=device,
                batch_size=model.batch_size,
                max_length=model.max_length,
                trust_remote_code=trust_remote_code,
                add_bos_token=model.add_bos_token,
                peft=None if adapter is None else str(adapter.resolve()),
                **settings,
            )
            if placement is not None:
                require_place(lm.model, placement)
            _set_hooks_of_outputs(lm.model, torch.device(lm.device))
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise InfrastructureError(f"{folder}: out of memory on loading: {error}") from error
    except WeighinError:
        raise
    except Exception as error:
        # transformers raises nearly every built-in exception on a checkpoint that it dislikes.
        raise RunError(
            f"{folder}: transformers {transformers.__version__} cannot load it"
            f"{_without_code(manifest, trust_remote_code=trust_remote_code)}: {_first(error)}"
        ) from error
    lm.cache_hook = AnswerHook()
    lm.join_launch()
    if lm.world_size != ranks:
        raise RunError(
            f"expected {'one process with one model' if ranks == 1 else f'{ranks} processes'}, "
            f"found {lm.world_size} replicas, which this process cannot fingerprint; start "
            "`weighin run` with accelerate launch, or scale out by jobs (weighin job)"
        )
    module = lm.model
    attention = str(getattr(module.config, "_attn_implementation", "unknown"))
    return LocalModel(
        lm=lm,
        loader=f"transformers {transformers.__version__}",
        device=torch.device(lm.device).type,
        places=places_in_words(module),
        attention=attention,
        stack=stack(
            computing_devices(module, torch.device(lm.device)),
            attention=attention,
            dtype=str(getattr(module, "dtype", "")),
        ),
        quantization=plain_json(getattr(module.config, "quantization_config", None)),
        missing_tensors=lm.missing_tensors,
        remote_code_executed=trust_remote_code,
        versions=installed_versions(),
    )


def _set_hooks_of_outputs(model: torch.nn.Module, device: torch.device) -> None:
    """Have transformers set its hooks now, where the checkpoint asks for more than answers.

    It sets them in the first pass with such outputs: later, they could not be told from hooks of
    somebody else.
    """
    configs = (model.config, getattr(model, "generation_config", None))
    wanted = {
        name: True
        for name in ("output_attentions", "output_hidden_states")
        if any(getattr(config, name, None) for config in configs)
    }
    if wanted:
        with torch.no_grad():
            model(torch.zeros((1, 1), dtype=torch.long, device=device), **wanted)


def _without_code(manifest: Manifest, *, trust_remote_code: bool) -> str:
    files = code_files(manifest)
    if trust_remote_code or not files:
        return ""
    return (
        f" without its own code; {', '.join(files)} would be executed only if model.remote_code "
        "named them"
    )


def _loads_without_mmap() -> bool:
    source = inspect.getsource(transformers.modeling_utils)
    return "disable_mmap" in source


def _device(wanted: str) -> str:
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        raise RunError(f"model.device: expected a machine with a GPU for {wanted!r}, found none")
    return wanted


def _special_tokens(lm: WeighedModel) -> dict[str, JsonValue]:
    found = special_tokens_of(lm.tokenizer)
    found["lm_eval_add_bos_token"] = bool(lm.add_bos_token)
    # What the policy does: the ids of a probe say more than the switches that led to them.
    found["probe"] = [int(i) for i in lm.tok_encode(PROBE, add_special_tokens=None)]
    return found


def _first(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"
