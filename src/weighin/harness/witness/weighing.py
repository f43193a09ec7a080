"""A model of any harness, weighed: what is in memory, held against the disk it came from.

All that is needed is imported with it, as a model is loaded: what is imported in one thread, at the
first answer, another one that forks meanwhile leaves locked for good in its child.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import ref

import torch
import transformers
from pydantic import JsonValue

from weighin.errors import WeighinError
from weighin.files.written import portable_path
from weighin.harness.local.asked.state import memory_state, plain_json
from weighin.harness.local.asked.weighed import loaded_weights, with_changes
from weighin.harness.local.memory import all_disk_tensors, match_with_disk
from weighin.harness.local.observations import observed_in_memory, observed_model
from weighin.harness.local.placed.asking import computing_devices
from weighin.harness.observed.machine import stack
from weighin.harness.observed.versions import installed_versions
from weighin.harness.witness.watch import PassWatch
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.fingerprint.hashed_files import HashedFiles
from weighin.identity.folder.tensor_bytes import tensor_reader
from weighin.identity.manifest import Manifest

MANIFESTS = "manifests"
"""Folder of the witness in which the manifests of what was weighed are left."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_WEIGHTS_OF_HUB = ("config.json", "adapter_config.json")


class Loading:
    """A loading of a model, from before it began.

    Attributes:
        folder: What it is loaded from; `None` while that is not known.
        revision: `org/name@<40-hex>` if that is a snapshot of a hub's revision.
        missing: Names of tensors that the loader did not find and made itself.
        files: What the file system said of the files, before they were loaded if it could.
        why_not: Why the folder is not known; empty if it is.
    """

    def __init__(self, source: object, settings: Mapping[str, Any]) -> None:
        """Ask the file system, before anything is loaded.

        Args:
            source: The folder or the name that is loaded.
            settings: What `from_pretrained` is given besides.
        """
        self._source = os.fsdecode(source) if isinstance(source, str | os.PathLike) else ""
        self._settings = {
            name: settings[name]
            for name in ("revision", "subfolder", "cache_dir")
            if name in settings
        }
        self.folder: Path | None = None
        self.revision: str | None = None
        self.missing: tuple[str, ...] = ()
        self.files: HashedFiles | None = None
        self.why_not = ""
        part = self._settings.get("subfolder") or ""
        if settings.get("gguf_file") or settings.get("state_dict") is not None:
            self.why_not = "loaded from a GGUF file or a dictionary, which is not watched yet"
        elif self._source and Path(self._source).is_dir():
            self._found(Path(self._source, part))

    def finish(self, model: Any, told: Mapping[str, Any]) -> None:
        """Note what was loaded."""
        self.missing = tuple(
            sorted({*told["missing_keys"], *(key[0] for key in told["mismatched_keys"])})
        )
        if self.folder is None and self._source and not self.why_not:
            folder = snapshot_of(self._source, self._settings)
            commit = getattr(model.config, "_commit_hash", None)
            if folder is None:
                self.why_not = f"{self._source} is not in the hub cache"
                return
            if isinstance(commit, str) and _COMMIT.fullmatch(commit) and folder.name == commit:
                self.revision = f"{self._source}@{commit}"
            self._found(folder)

    def _found(self, folder: Path) -> None:
        try:
            self.files = HashedFiles(folder, None)
        except WeighinError as error:
            self.why_not = str(error)
            return
        self.folder = folder


def snapshot_of(name: str, settings: Mapping[str, Any]) -> Path | None:
    """The folder of the hub cache that a name stands for; `None` if there is none."""
    from transformers.utils.hub import cached_file

    for file in _WEIGHTS_OF_HUB:
        with suppress(Exception):
            found = cached_file(name, file, local_files_only=True, **settings)
            if found is not None:
                return Path(found).parent
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedByOthers:
    """A model as it was loaded; the attributes are those of `weighin.harness.local.model`."""

    loader: str
    device: str
    attention: str
    stack: str
    quantization: JsonValue
    missing_tensors: tuple[str, ...]
    remote_code_executed: bool
    versions: Mapping[str, str]


class Scale:
    """Weighs one model, again and again."""

    def __init__(
        self, model: Any, tokenizer: Any, loading: Loading | None, adapter: str, kept_in: Path
    ) -> None:
        """Prepare, before its first pass.

        Args:
            model: The model.
            tokenizer: What makes its prompts; `None` if it is not known.
            loading: How it was loaded; `None` if nobody saw it.
            adapter: The adapter that was attached; empty for none.
            kept_in: Folder in which its manifest is left.

        Raises:
            WeighinError: What it came from cannot be read.
        """
        self._tokenizer = _weak(tokenizer)
        self._loading = loading
        self._problem = ""
        self._has_tokenizer = False
        self._attached: Path | None = None
        self.manifest, self._files, self._digests = self._read(loading, adapter)
        if self.manifest is not None:
            name = f"{self.manifest.checkpoint_id}.json"
            (kept_in / name).write_bytes(self.manifest.canonical())
        self._watch = PassWatch(model, tokenizer)
        self._first: Any = None
        self._match: Any = None

    def on_pass(self, number: int, seconds: float) -> list[dict[str, JsonValue]]:
        """Look before a pass; what changed, as plain values."""
        changed = self._watch.on_pass(number, seconds)
        return [change.model_dump(mode="json") for change in changed]

    def expect(self, listener: object) -> None:
        """Take a hook for one of weighin's own."""
        self._watch.ours |= {id(listener)}

    def note_adapter(self, source: str) -> None:
        """An adapter was attached after the first answer."""
        self._problem = f"the adapter {source} was attached after the first answer"

    def weigh(
        self, model: Any, when: str, seconds: float, *, is_end: bool = False
    ) -> dict[str, JsonValue]:
        """Weigh it now.

        Args:
            model: The model.
            when: As a person says it.
            seconds: What the model took so far.
            is_end: Whether the process ends.

        Returns:
            The parts of a record that tell of it.
        """
        tokenizer, is_first = self._tokenizer(), self._first is None
        with torch.no_grad():
            state = memory_state(model, tokenizer, {})
        if is_first:
            self._has_tokenizer = tokenizer is not None
        elif tokenizer is None:
            # It is gone: that it was the same to the end is not known, and not told.
            state = replace(
                state,
                tokenizer=self._first.tokenizer,
                token_policy=self._first.token_policy,
                chat_template=self._first.chat_template,
            )
        loaded = self._loaded(model)
        if is_first:
            self._first, self._match = state, self._held_against_disk(state.tensors)
        else:
            self._watch.look_at_all(model, when, is_end=is_end)
        first = self._first
        observed = with_changes(self._observed(loaded, first), self._observed(loaded, state))
        weights = None
        if self._files is not None and self.manifest is not None:
            weights = loaded_weights(
                loaded,
                (first.tensors, first.tensors, state.tensors),
                self._match,
                self._files.look(self.manifest),
                remembered_since="",
            ).model_dump(mode="json")
        return {
            "checkpoint_id": None if self.manifest is None else self.manifest.checkpoint_id,
            "location": self._location(),
            "attached": None if self._attached is None else portable_path(self._attached),
            "revision": None if self._loading is None else self._loading.revision,
            "why_not": self._why_not(),
            "observations": [one.model_dump(mode="json") for one in observed],
            "loaded": weights,
            "digest": state.tensors.weights,
            "watch": self._watch.report(seconds, self._problem).model_dump(mode="json"),
            "files": [digest.model_dump(mode="json") for digest in self._digests],
            "versions": dict(loaded.versions),
            "engine": loaded.loader,
        }

    def _read(
        self, loading: Loading | None, adapter: str
    ) -> tuple[Manifest | None, HashedFiles | None, tuple[CheckpointFileDigest, ...]]:
        if loading is None or loading.folder is None or loading.files is None:
            return None, None, ()
        attached, files = None, loading.files
        if adapter:
            attached = Path(adapter) if Path(adapter).is_dir() else snapshot_of(adapter, {})
            self._attached = attached
            if attached is None:
                self._problem = f"the adapter {adapter} is in no folder that is known"
            else:
                files = HashedFiles(loading.folder, attached)
        manifest, digests = fingerprint_with_files(loading.folder, adapter=attached)
        if loading.revision is not None:
            from weighin.sources.hub.snapshot import require_intact

            require_intact(digests, loading.folder)
        files.were_read()
        return manifest, files, digests

    def _why_not(self) -> str:
        if self._loading is None:
            return "nobody saw how it was loaded"
        return self._loading.why_not

    def _location(self) -> str | None:
        folder = None if self._loading is None else self._loading.folder
        return None if folder is None else portable_path(folder)

    def _loaded(self, model: Any) -> LoadedByOthers:

        config = getattr(model, "config", None)
        attention = str(getattr(config, "_attn_implementation", "unknown"))
        device = getattr(model, "device", None) or torch.device("cpu")
        inner = getattr(model, "get_base_model", lambda: model)()
        return LoadedByOthers(
            loader=f"transformers {transformers.__version__}",
            device=torch.device(device).type,
            attention=attention,
            stack=stack(
                computing_devices(model, torch.device(device)),
                attention=attention,
                dtype=str(getattr(model, "dtype", "")),
            ),
            quantization=plain_json(getattr(config, "quantization_config", None)),
            missing_tensors=() if self._loading is None else self._loading.missing,
            remote_code_executed=type(inner).__module__.startswith("transformers_modules."),
            versions=installed_versions(),
        )

    def _held_against_disk(self, tensors: Any) -> Any:

        if self.manifest is None or self._loading is None or self._loading.folder is None:
            return None
        return match_with_disk(
            tensors,
            all_disk_tensors(self.manifest),
            tensor_reader(self._loading.folder, self._attached),
            is_quantized=self.manifest.quantization is not None,
        )

    def _observed(self, loaded: LoadedByOthers, state: Any) -> tuple[Any, ...]:

        revision = None if self._loading is None else self._loading.revision
        of_tokenizer = frozenset({Facet.TOKENIZER, Facet.SPECIAL_TOKENS})
        unknown = frozenset() if self._has_tokenizer else of_tokenizer
        return tuple(
            one
            for one in (
                observed_in_memory(loaded, state)
                if self.manifest is None
                else observed_model(loaded, state, self.manifest, revision)
            )
            if one.facet not in unknown
        )


def _weak(tokenizer: Any) -> Any:
    return (lambda: None) if tokenizer is None else ref(tokenizer)
