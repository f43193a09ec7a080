"""Whether a model stays what it was while it answers, seen from outside of any harness.

What a harness calls to have prompts answered is not known here: every pass is an answer. Nothing
that is held here keeps the model alive.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from random import Random, SystemRandom
from types import ModuleType
from typing import Any
from weakref import ref

import torch

from weighin.evidence import watched
from weighin.evidence.watched import FunctionEntry, Looks, WatchedChange, WatchState
from weighin.harness.local.memory import made_of
from weighin.harness.local.watch.blocks import Blocks
from weighin.harness.local.watch.chance import missed_in_words
from weighin.harness.local.watch.dispatch import Dispatch
from weighin.harness.local.watch.functions import FunctionTable, harness_functions
from weighin.harness.local.watch.recomputed import is_recomputed, other_than_computed
from weighin.harness.local.watch.state import Moved, PlainState

_BUDGET = 0.01
"""The part of the model's time that random looks may take."""
_LEAST_BUDGET = 0.01
"""The seconds that they may take however short that time is."""
_MOST_TOLD = 20
_REGISTRIES = ("_parameters", "_buffers")
_CALLED = ("forward", "__call__", "_call_impl", "_wrapped_call_impl")

_PLAIN = frozenset({torch.Tensor, torch.nn.Parameter, torch.nn.Buffer})
# What PEFT asks at each pass, to leave an adapter out or to add another.
_OF_ADAPTERS = ("_disable_adapters", "_active_adapter", "merged_adapters", "scaling")

_Tensor = tuple[int, int, int, torch.Size, torch.dtype]


class PassWatch:
    """The watch of one model.

    Attributes:
        ours: Ids of hooks that weighin itself sets.
    """

    def __init__(self, model: torch.nn.Module, tokenizer: object) -> None:
        """Hold the model as it is before its first answer.

        Args:
            model: The model.
            tokenizer: What makes its prompts; `None` if it is not known.
        """
        self.ours: frozenset[int] = frozenset()
        self._functions = _functions(model, tokenizer)
        self._unplaced: tuple[FunctionEntry, ...] = self._functions.unplaced()
        self._dispatch = Dispatch.now()
        self._draw: Random = SystemRandom()
        modules = dict(model.named_modules())
        self._modules = tuple((name, ref(module)) for name, module in modules.items())
        self._methods = tuple(_methods({type(module) for module in modules.values()}))
        self._children = tuple(_children(module) for module in modules.values())
        self._tensors = tuple(tuple(_tensors(module)) for module in modules.values())
        self._adapters = tuple(
            (name, ref(module), _adapters(module))
            for name, module in modules.items()
            if _OF_ADAPTERS[0] in vars(module)
        )
        named = _named(modules)
        self._meta = sum(tensor.device.type == "meta" for tensor in named.values())
        self._blocks = Blocks.of(named, self._draw)
        self._names = tuple(self._blocks.parts)
        others = {} if tokenizer is None else {"tokenizer": tokenizer}
        self._state = PlainState.of(modules, others)
        self._settings = _settings(model, tokenizer)
        self._tokenizer = None if tokenizer is None else ref(tokenizer)
        self._changes: dict[tuple[str, str], WatchedChange] = {}
        self._own_code: dict[str, str] = {}
        self._looks: list[int] = []
        self._drawn = 0
        self._extra: list[int] = []
        self._bytes = 0
        self._look_seconds = 0.0
        self._seconds = 0.0
        self._passes = 0

    def on_pass(self, number: int, model_seconds: float) -> tuple[WatchedChange, ...]:
        """Look before a pass.

        Every pass but the first has a look at the numbers with a chance of one in as many as there
        were so far: the last of these looks is in a pass drawn evenly from all.

        Args:
            number: Which pass, from 1.
            model_seconds: What the model took so far.

        Returns:
            What is other than it was, and was not told before.
        """
        started, known = time.perf_counter(), len(self._changes)
        self._passes = number
        when = f"at pass {number}"
        self._note(self._pointers(), when)
        if self._draw.randrange(number) == 0:
            self._look(self._names, when)
            self._drawn = len(self._names)
        elif (seen := self._affordable(model_seconds)) and self._draw.random() < 1 / 2:
            self._look(self._draw.sample(self._names, seen), when)
            self._extra.append(seen)
        self._seconds += time.perf_counter() - started
        return tuple(self._changes.values())[known:]

    def look_at_all(self, model: torch.nn.Module, when: str, *, is_end: bool) -> None:
        """Look at everything.

        Args:
            model: The model.
            when: As a person says it.
            is_end: Whether the process ends: torch has taken kernels away by then.
        """
        started = time.perf_counter()
        self._note(self._pointers(), when)
        if not is_end:
            self._note(self._dispatch.moved_kernels(), when)
        self._look(self._names, when)
        for name in other_than_computed(dict(model.named_modules())):
            self._note([Moved("tensor", name, "as transformers computes it", "other")], when)
        tokenizer = None if self._tokenizer is None else self._tokenizer()
        for name, value in _settings(model, tokenizer).items():
            if value != self._settings[name] and (name != "chat_template" or tokenizer is not None):
                self._note([Moved("config", name, "as loaded", "another")], when)
        self._seconds += time.perf_counter() - started

    def report(self, model_seconds: float, problem: str = "") -> watched.Watch:
        """What was seen so far.

        Args:
            model_seconds: What the model took.
            problem: Why something could not be seen; empty if it could.
        """
        own = "; ".join(
            f"{name}: {text}, which the checkpoint's own code can do"
            for name, text in self._own_code.items()
        )
        spread = (
            f"{self._meta} tensors are brought by accelerate at each pass" if self._meta else ""
        )
        why = problem or spread or own
        return watched.Watch(
            state=WatchState.CHANGED
            if self._changes
            else WatchState.COULD_NOT_RUN
            if why
            else WatchState.UNPLACED
            if self._unplaced
            else WatchState.HELD,
            why=why,
            looks=Looks(
                passes=self._passes,
                looks=len(self._looks),
                bytes_looked_at=self._bytes,
                seconds=round(self._seconds, 6),
                model_seconds=round(model_seconds, 6),
                # Of the looks at drawn passes only the last one is as likely in any of them.
                missed=dict(missed_in_words([self._drawn, *self._extra], len(self._names))),
            ),
            changes=tuple(self._changes.values())[:_MOST_TOLD],
            unplaced=self._unplaced[:_MOST_TOLD],
        )

    def _affordable(self, model_seconds: float) -> int:
        """Of how many tensors a look may be, by what looks took so far."""
        if not self._looks:
            return 0
        each = self._look_seconds / sum(self._looks)
        budget = max(_LEAST_BUDGET, _BUDGET * model_seconds)
        seen = int((budget - self._look_seconds) / each) if each else 0
        return max(0, min(seen, len(self._names)))

    def _look(self, names: Iterable[str], when: str) -> None:
        started = time.perf_counter()
        chosen = tuple(names)
        for name in self._blocks.differing(chosen):
            self._note([Moved("tensor", name, "as loaded", "other numbers")], when)
        self._note(self._functions.moved(), when)
        for moved, is_of_own_code in self._state.moved(self.ours):
            if is_of_own_code and self._passes > 1:
                told = f"{moved.before} became {moved.after} {when}"
                self._own_code.setdefault(moved.name, told)
            else:
                self._note([moved], when)
        self._looks.append(len(chosen))
        self._bytes += self._blocks.bytes_of(chosen)
        self._look_seconds += time.perf_counter() - started

    def _pointers(self) -> Iterator[Moved]:
        yield from self._dispatch.moved()
        for kind, name, held, code in self._methods:
            found = kind.__dict__.get(name)
            if found is not held or getattr(found, "__code__", None) is not code:
                where = f"{kind.__module__}.{kind.__qualname__}.{name}"
                yield Moved("function", where, "as loaded", "another")
        for name, one, adapters in self._adapters:
            if (module := one()) is not None and (now := _adapters(module)) != adapters:
                yield Moved("number", f"{name}.adapters", adapters, now)
        for (name, one), children, tensors in zip(
            self._modules, self._children, self._tensors, strict=True
        ):
            module = one()
            if module is None:
                yield Moved("module", name or "(model)", "as loaded", "gone")
                continue
            if _children(module) != children:
                yield Moved("module", name or "(model)", "as loaded", "other modules in it")
            for registry, key, expected in tensors:
                found = module.__dict__[registry].get(key)
                if found is None or not (_seen(found) == expected or _is_left_out(found, expected)):
                    yield Moved("tensor", f"{name}.{key}", "as loaded", _how(found, expected))

    def _note(self, moved: Iterable[Moved], when: str) -> None:
        for one in moved:
            if (one.what, one.name) not in self._changes:
                self._changes[one.what, one.name] = WatchedChange(
                    what=one.what, name=one.name, before=one.before, after=one.after, when=when
                )


def _functions(model: torch.nn.Module, tokenizer: object) -> FunctionTable:
    table = harness_functions(imports=False)
    code: ModuleType | None = sys.modules.get(type(model).__module__)
    if code is not None:
        table.hold_namespace(code)
    for module in model.modules():
        table.hold_class(type(module))
    for value in (tokenizer, getattr(model, "config", None)):
        if value is not None:
            table.hold_class(type(value))
    return table


def _methods(kinds: Iterable[type]) -> Iterator[tuple[type, str, object, object]]:
    """What a pass calls on each class of the modules, cheap enough to be seen at every pass."""
    owners = {base for kind in kinds for base in kind.__mro__ if base is not object}
    for owner in owners:
        for name in _CALLED:
            if (held := owner.__dict__.get(name)) is not None:
                yield owner, name, held, getattr(held, "__code__", None)


def _children(module: torch.nn.Module) -> tuple[tuple[str, int], ...]:
    children: Mapping[str, object] = module._modules  # noqa: SLF001  # no public way
    return tuple((name, id(child)) for name, child in children.items())


def _adapters(module: torch.nn.Module) -> str:
    return str([vars(module).get(name) for name in _OF_ADAPTERS])


def _tensors(module: torch.nn.Module) -> Iterator[tuple[str, str, _Tensor]]:
    for registry in _REGISTRIES:
        for key, tensor in vars(module)[registry].items():
            if tensor is not None and not is_recomputed(module, key):
                yield registry, key, _seen(tensor)


def _named(modules: Mapping[str, torch.nn.Module]) -> dict[str, torch.Tensor]:
    return {
        name: part
        for place, module in modules.items()
        for registry in _REGISTRIES
        for key, tensor in vars(module)[registry].items()
        if tensor is not None and not is_recomputed(module, key)
        for name, part in made_of(f"{place}.{key}" if place else key, tensor)
    }


def _seen(tensor: torch.Tensor) -> _Tensor:
    version = 0 if tensor.is_inference() else tensor._version  # noqa: SLF001  # no public way
    if type(tensor) in _PLAIN:
        return id(tensor), tensor.data_ptr(), version, tensor.shape, tensor.dtype
    # One that only stands for others, such as packed numbers and scales.
    parts = tuple(_seen(part)[:3] for _, part in made_of("", tensor) if part is not tensor)
    pointer = hash(parts) if parts else tensor.data_ptr()
    return id(tensor), pointer, version, tensor.shape, tensor.dtype


def _is_left_out(found: torch.Tensor, expected: _Tensor) -> bool:
    """Whether it is the mere shape of a tensor that accelerate brings at each pass, and was one."""
    is_shape = found.device.type == "meta" and expected[1] == 0
    return is_shape and (found.shape, found.dtype) == expected[3:]


def _how(found: torch.Tensor | None, expected: _Tensor) -> str:
    if found is None or id(found) != expected[0]:
        return "another tensor"
    return "written to" if found.data_ptr() == expected[1] else "other memory"


def _settings(model: object, tokenizer: object) -> dict[str, str]:
    return {
        "config": _as_text(getattr(model, "config", None)),
        "generation_config": _as_text(getattr(model, "generation_config", None)),
        "chat_template": str(getattr(tokenizer, "chat_template", None)),
        "torch": f"{torch.get_default_dtype()}, {torch.get_float32_matmul_precision()}",
    }


def _as_text(config: Any) -> str:
    return str(config.to_dict()) if hasattr(config, "to_dict") else ""
