"""Plain values that a model is computed with and no digest of tensors holds.

Nothing that could hold the model is kept: who looks never makes it live longer.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Self
from weakref import ref

import torch
from pydantic import JsonValue

from weighin.harness.local.watch.recomputed import is_recomputed

_PLAIN = (bool, int, float, str, tuple, type(None), torch.dtype, torch.device)
_HOOKS = (
    "_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks",
    "_state_dict_hooks", "_load_state_dict_pre_hooks",
)  # fmt: skip
_REGISTRIES = ("_parameters", "_buffers", "_modules")
_ABSENT = object()
# What lm-eval and weighin set while they ask; what answers is looked at apart.
_SET_WHILE_ASKING = frozenset(
    {
        "batch_size_per_gpu", "batch_schedule", "batch_sizes", "max_batch_size", "padding_side",
        "truncation_side", "_model", "tokenizer", "_calls", "_first_context", "_moments",
        "_kept", "_replayed", "_windows",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """A value that is not what it was, in words."""

    what: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Held:
    name: str
    owner: ref[object]
    kind: type
    expected: tuple[tuple[str, object], ...]
    called: tuple[tuple[str, ref[object], str], ...]
    hooks: tuple[tuple[str, tuple[object, ...]], ...]
    keys: frozenset[str]
    registries: tuple[str, ...]
    is_own_code: bool


@dataclass(frozen=True, slots=True)
class PlainState:
    """The plain values, methods and hooks of modules, held where they stand."""

    held: tuple[_Held, ...]

    @classmethod
    def of(cls, modules: Mapping[str, torch.nn.Module], others: Mapping[str, object]) -> Self:
        """Keep what modules, and other objects by name, hold now."""
        return cls(
            tuple(
                _held(name, value)
                for name, value in (*modules.items(), *others.items())
                if hasattr(value, "__dict__")
            )
        )

    def moved(self, ours: frozenset[int]) -> Iterator[tuple[Moved, bool]]:
        """What is other than it was, and whether the checkpoint's own code could have done it.

        Args:
            ours: Ids of hooks that weighin itself has set.
        """
        for held in self.held:
            owner = held.owner()
            if owner is None:
                continue
            values = vars(owner)
            for key, expected in held.expected:
                found = values.get(key, _ABSENT)
                if found is not expected and not _equals(found, expected):
                    what = "method" if callable(expected) else "number"
                    moved = Moved(what, f"{held.name}.{key}", _word(expected), _word(found))
                    yield moved, held.is_own_code and not callable(expected)
            for key, called, word in held.called:
                if (found := values.get(key, _ABSENT)) is not called():
                    yield Moved("method", f"{held.name}.{key}", word, _word(found)), False
            for key, hooks in held.hooks:
                current = _hooks(values.get(key), ours)
                if current != hooks:
                    yield (
                        Moved("hook", f"{held.name}.{key}", f"{len(hooks)}", f"{len(current)}"),
                        False,
                    )
            for moved in _hidden(held, owner):
                yield moved, False


def _hidden(held: _Held, owner: object) -> Iterator[Moved]:
    """What hides the class, or a part of it, that something was loaded as."""
    if type(owner) is not held.kind:
        before, after = _word(held.kind), _word(type(owner))
        yield Moved("class", held.name, before, after if after != before else f"another {after}")
    values = vars(owner)
    if values.keys() != held.keys:
        for key in values.keys() - held.keys - _SET_WHILE_ASKING:
            # An attribute hides a parameter, and a method that of the class.
            hidden = any(key in values.get(registry, ()) for registry in held.registries)
            if hidden or callable(values.get(key)):
                yield Moved("method", f"{held.name}.{key}", "none", "set")


def _held(name: str, value: object) -> _Held:
    values = vars(value)
    is_module = isinstance(value, torch.nn.Module)
    kept = {
        key: found
        for key, found in values.items()
        if key not in _SET_WHILE_ASKING
        and (isinstance(found, _PLAIN) or callable(found) or _is_plain_list(key, found))
        and not (is_module and is_recomputed(value, key))
    }
    # What is called may be a method of the very thing, which it would keep.
    called = {key: one for key, found in kept.items() if (one := _ref(found)) is not None}
    return _Held(
        name=name or "(model)",
        owner=ref(value),
        kind=type(value),
        expected=tuple(
            # What may be written into is kept as a copy.
            (key, copy(found) if isinstance(found, dict | list) else found)
            for key, found in kept.items()
            if key not in called
        ),
        called=tuple((key, one, _word(kept[key])) for key, one in called.items()),
        hooks=tuple((key, _hooks(values[key], frozenset())) for key in _HOOKS if key in values),
        keys=frozenset(values),
        registries=tuple(key for key in _REGISTRIES if key in values),
        is_own_code=type(value).__module__.startswith("transformers_modules."),
    )


def _ref(found: object) -> ref[object] | None:
    """A reference to what is called that does not keep it; `None` where there can be none."""
    if not callable(found) or isinstance(found, _PLAIN):
        return None
    try:
        return ref(found)
    except TypeError:
        return None


def _is_plain_list(key: str, found: object) -> bool:
    """Whether it is a list or dictionary of plain values alone; one that is empty is."""
    if type(found) not in {dict, list} or key in _REGISTRIES:
        return False
    held = found.values() if isinstance(found, dict) else found
    return all(isinstance(value, _PLAIN) for value in held)  # type: ignore[attr-defined]  # a list


def _hooks(found: object, ours: frozenset[int]) -> tuple[object, ...]:
    if not isinstance(found, Mapping):
        return ()
    return tuple(id(hook) for hook in found.values() if id(hook) not in ours)


def _equals(found: object, expected: object) -> bool:
    if type(found) is not type(expected) or callable(expected):
        return False
    try:
        return bool(found == expected) or (found != found and expected != expected)  # noqa: PLR0124  # nan
    except (TypeError, ValueError, RuntimeError):
        return False


def _word(value: object) -> str:
    if value is _ABSENT:
        return "none"
    if callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value))}"
    return repr(value)[:80]


def differing_parts(before: JsonValue, after: JsonValue) -> tuple[str, str]:
    """Of two values as text, what stands around the first place where they differ."""
    first, second = str(before), str(after)
    start = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(first)
    )
    begin = max(0, start - 30)
    return first[begin : start + 30], second[begin : start + 30]
