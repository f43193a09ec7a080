"""Functions that the model, its tokenizer and the harness call, held where they are looked up."""

import builtins
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch
from pydantic import JsonValue
from transformers import AutoConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING

from weighin.evidence.watched import FunctionEntry
from weighin.files.canonical import canonical_json
from weighin.harness.local.watch import bodies
from weighin.harness.local.watch.function_code import (
    code_digest,
    code_of,
    file_of,
    function_entry,
    is_placed,
    unwrapped,
)
from weighin.harness.local.watch.state import Moved

# What is called between a prompt and a score, whatever the model.
NAMESPACES = (
    "builtins", "torch", "torch._C._nn", "torch.nn.functional", "torch.nn.modules.module",
    "transformers.generation.utils", "transformers.generation.logits_process",
    "transformers.generation.stopping_criteria", "transformers.integrations.sdpa_attention",
    "transformers.masking_utils", "transformers.cache_utils", "transformers.modeling_rope_utils",
    "lm_eval.evaluator", "lm_eval.evaluator_utils", "lm_eval.utils", "lm_eval.api.task",
    "lm_eval.api.metrics", "lm_eval.api.instance", "lm_eval.api.filter", "lm_eval.api.model",
    "lm_eval.api.samplers", "lm_eval.filters", "lm_eval.filters.extraction",
    "lm_eval.filters.selection", "lm_eval.filters.transformation",
    "lm_eval.models.huggingface", "lm_eval.models.utils", "lm_eval.models.utils_hf",
    "lm_eval.loggers.evaluation_tracker", "jinja2.environment",
    "accelerate.hooks", "accelerate.utils.modeling", "accelerate.utils.offload",
    "weighin.harness.evaluation", "weighin.harness.ranks", "weighin.harness.local.asked.around",
    "weighin.harness.local.asked.attended", "weighin.harness.local.asked.launch",
    "weighin.harness.local.asked.kept_answers", "weighin.harness.local.asked.weighed",
    "weighin.evidence.store.journals.keeping", "weighin.evidence.store.journals.lines",
    "weighin.evidence.store.journals.reading", "weighin.evidence.store.journals.earlier",
    "weighin.harness.local.asked.state",
    "weighin.harness.local.memory",
    "weighin.harness.local.model", "weighin.harness.local.asked.moments",
    "weighin.harness.local.placed.hooks", "weighin.harness.local.placed.stores",
    "weighin.harness.local.observations", "weighin.harness.local.observed_model",
    "weighin.harness.local.recorded_model", "weighin.harness.local.subject",
    "weighin.harness.local.tensor_hashing", "weighin.harness.local.watch.blocks",
    "weighin.harness.local.watch.bodies", "weighin.harness.local.watch.chance",
    "weighin.harness.local.watch.dispatch",
    "weighin.harness.local.watch.function_code",
    "weighin.harness.local.watch.functions", "weighin.harness.local.watch.kept",
    "weighin.harness.local.watch.recomputed", "weighin.harness.local.watch.seen",
    "weighin.harness.local.watch.state", "weighin.harness.local.watch.watch",
    "weighin.harness.observed.model_calls", "weighin.harness.observed.sent",
    "weighin.harness.observed.told", "weighin.sources.formats.lm_eval.documents.answers",
    "weighin.sources.formats.lm_eval.results", "weighin.sources.formats.lm_eval.samples",
    # What scoring is made of.
    "json", "math", "numpy", "random", "re", "statistics", "string",
)  # fmt: skip
_REGISTRIES = (
    ("transformers.modeling_utils", "ALL_ATTENTION_FUNCTIONS"),
    ("transformers.masking_utils", "ALL_MASK_ATTENTION_FUNCTIONS"),
    ("transformers.modeling_rope_utils", "ROPE_INIT_FUNCTIONS"),
    ("transformers.activations", "ACT2FN"),
    ("torch.nn.modules.module", "_global_forward_hooks"),
    ("torch.nn.modules.module", "_global_forward_pre_hooks"),
    *(
        ("lm_eval.api.registry", f"{kind}_REGISTRY")
        for kind in ("FILTER", "METRIC", "AGGREGATION", "METRIC_AGGREGATION", "HIGHER_IS_BETTER")
    ),
)
# What weighin replaces while lm-eval runs, by the modules whose objects may stand there.
_REPLACED_HERE = frozenset({"tqdm", "tqdm_asyncio", "add_env_info", "get_git_commit_hash"})
_REPLACED_BY = frozenset({"weighin.harness.quiet", "weighin.harness.progress"})
_ABSENT = object()


class Slot(NamedTuple):
    """A place where something callable is looked up; there are thousands."""

    name: str
    holder: Mapping[str, object]
    key: str
    value: object


@dataclass(frozen=True, slots=True)
class _Owner:
    """A module or class, and the names that it had."""

    name: str
    holder: Mapping[str, object]
    keys: frozenset[str]
    is_class: bool


@dataclass(frozen=True, slots=True)
class _Registry:
    """A registry, and how many entries it had."""

    name: str
    entries: Mapping[str, object]
    size: int


@dataclass(slots=True)
class FunctionTable:
    """What stood in every place when it was first seen."""

    slots: list[Slot] = field(default_factory=list)
    _owners: list[_Owner] = field(default_factory=list)
    _registries: list[_Registry] = field(default_factory=list)
    _bodies: dict[int, bodies.Body] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def hold_namespace(self, module: ModuleType) -> None:
        """Hold what is callable in a module; and the names of built-in functions, to be hidden."""
        self._hold(module, module.__name__, is_class=False)

    def hold_class(self, kind: type) -> None:
        """Hold the methods of a class and of those that it inherits from."""
        for base in kind.__mro__:
            if base is not object:
                self._hold(base, f"{base.__module__}.{base.__qualname__}", is_class=True)

    def hold_registry(self, name: str, registry: Mapping[str, object]) -> None:
        """Hold the entries of a registry."""
        if id(registry) not in self._seen:
            self._seen.add(id(registry))
            self._registries.append(_Registry(name, registry, len(registry)))
            self._add(_registered(name, registry))

    def moved(self) -> Iterator[Moved]:
        """Places where something else stands than at first."""
        for slot in self.slots:
            found = slot.holder.get(slot.key, _ABSENT)
            if found is not slot.value and not _is_ours(slot, found):
                before, after = _words(slot.value, found)
                yield Moved("function", slot.name, before, after)
        for name, part in bodies.moved(self._bodies.values()):
            yield Moved("function", name, f"{part} as loaded", f"other {part}")
        for registry in self._registries:
            # Whatever else is registered is called only where something asks for it.
            if registry.name.endswith("_hooks") and len(registry.entries) > registry.size:
                found = str(len(registry.entries))
                yield Moved("hook", registry.name, str(registry.size), found)
        for owner in self._owners:
            if len(owner.holder) != len(owner.keys):
                for key in set(owner.holder) - owner.keys:
                    found = owner.holder[key]
                    # What a class gets hides what it inherits, and the parameters of its modules.
                    hides = not key.startswith("_") if owner.is_class else key in vars(builtins)
                    if hides or (owner.is_class and _is_called(found)):
                        yield Moved("function", f"{owner.name}.{key}", "none", _word(found))

    def renew(self) -> None:
        """Take what stands in every place now for what it should be."""
        self.slots = [
            slot
            if (found := slot.holder.get(slot.key, _ABSENT)) is slot.value
            else Slot(slot.name, slot.holder, slot.key, found)
            for slot in self.slots
        ]
        for number, owner in enumerate(self._owners):
            if added := set(owner.holder) - owner.keys:
                self._add(slot for slot in _held(owner) if slot.key in added)
                keys = frozenset(owner.holder)
                self._owners[number] = _Owner(owner.name, owner.holder, keys, owner.is_class)
        for number, registry in enumerate(self._registries):
            known = {slot.key for slot in self.slots if slot.holder is registry.entries}
            self._add(s for s in _registered(registry.name, registry.entries) if s.key not in known)
            self._registries[number] = _Registry(
                registry.name, registry.entries, len(registry.entries)
            )
        self._bodies = {}
        for slot in self.slots:
            bodies.hold(self._bodies, slot.name, slot.value)

    def document(self) -> bytes:
        """All functions of Python with where their code stands, in order of their names.

        Returns:
            Canonical JSON of format `weighin.functions/1`.
        """
        codes = {slot.name: (code_of(slot.value), slot.value) for slot in self.slots}
        entries: list[JsonValue] = [
            {"name": name, "file": file_of(value), "sha256": code_digest(code)}
            for name, (code, value) in sorted(codes.items())
            if code is not None
        ]
        return canonical_json({"format": "weighin.functions/1", "functions": entries})

    def unplaced(self) -> tuple[FunctionEntry, ...]:
        """Those whose code is of none of the known libraries."""
        found = {slot.name: slot.value for slot in self.slots if not is_placed(slot.value)}
        return tuple(function_entry(name, value) for name, value in sorted(found.items()))

    def _hold(self, owner: ModuleType | type, name: str, *, is_class: bool) -> None:
        if id(owner) in self._seen:
            return
        self._seen.add(id(owner))
        found = _Owner(name, vars(owner), frozenset(vars(owner)), is_class)
        self._owners.append(found)
        self._add(_held(found))

    def _add(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            self.slots.append(slot)
            bodies.hold(self._bodies, slot.name, slot.value)


def _held(owner: _Owner) -> Iterator[Slot]:
    for key, value in list(owner.holder.items()):
        if _is_called(value) or (not owner.is_class and isinstance(value, ModuleType)):
            yield Slot(f"{owner.name}.{key}", owner.holder, key, value)


def _registered(name: str, registry: Mapping[str, object]) -> Iterator[Slot]:
    for key in list(registry):
        yield Slot(f"{name}[{key}]", registry, key, registry.get(key))


def harness_functions(*, imports: bool = True) -> FunctionTable:
    """What is called whatever the model; taken before the code of any task can run.

    Args:
        imports: Whether modules are imported that the process has not imported.
    """
    table = FunctionTable()
    for name in NAMESPACES:
        module = _module(name) if imports else sys.modules.get(name)
        if module is None:
            continue
        table.hold_namespace(module)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == name and name not in _SHALLOW:
                table.hold_class(value)
    # On the class of all tensors something can be set, unlike on those of the language.
    table.hold_class(torch.Tensor)
    filters = getattr(getattr(sys.modules.get("lm_eval.utils"), "env", None), "filters", None)
    if filters is not None:
        table.hold_registry("lm_eval.utils.env.filters", filters)
    for module_name, name in _REGISTRIES:
        registry = getattr(sys.modules.get(module_name), name, None)
        if registry is not None and hasattr(registry, "get"):
            table.hold_registry(f"{module_name}.{name}", registry)
    return table


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def functions_of(folder: Path) -> FunctionTable:
    """What is called whatever the model, and the code of the library for a checkpoint's model."""
    table = harness_functions()
    # A checkpoint with code of its own, or that does not load, has none in the library.
    with suppress(Exception):
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False)
        module = sys.modules[MODEL_FOR_CAUSAL_LM_MAPPING[type(config)].__module__]
        table.hold_namespace(module)
        for value in list(vars(module).values()):
            if isinstance(value, type):
                table.hold_class(value)
    return table


# Their classes are those of the language and of numbers, which nothing can be set on.
_SHALLOW = frozenset({"builtins", "torch", "torch._C._nn", "numpy"})


def _is_called(value: object) -> bool:
    return callable(value) or isinstance(value, staticmethod | classmethod | property)


def _is_ours(slot: Slot, found: object) -> bool:
    if slot.key in _REPLACED_HERE:
        return getattr(found, "__module__", "") in _REPLACED_BY
    return slot.name.startswith("torch.nn.modules.module.Module.") and _is_of_compiler(found)


def _is_of_compiler(found: object) -> bool:
    """Whether it is what `torch.compile` puts around the making of a module, to count them."""
    guard = sys.modules.get("torch._dynamo.mutation_guard")
    put = getattr(guard, "install_generation_tagging_init", None)
    return put is not None and any(code_of(found) is one for one in put.__code__.co_consts if one)


def _words(before: object, after: object) -> tuple[str, str]:
    first, second = _word(before), _word(after)
    return (first, second) if first != second else (f"{first} as loaded", f"another {second}")


def _word(value: object) -> str:
    if value is _ABSENT:
        return "none"
    file, inner = file_of(value), unwrapped(value)
    name = getattr(inner, "__qualname__", type(inner).__qualname__)
    return f"{name} of {file}" if file else f"{getattr(inner, '__module__', '')}.{name}"
