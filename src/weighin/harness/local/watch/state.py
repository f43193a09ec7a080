"""Plain values that a model is computed with and no digest of tensors holds."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Self

import torch

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
    owner: object
    kind: type
    values: Mapping[str, object]
    expected: tuple[tuple[str, object], ...]
    hooks: tuple[tuple[str, tuple[object, ...]], ...]
    keys: frozenset[str]
    registered: tuple[Mapping[str, object], ...]
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
            for key, expected in held.expected:
                found = held.values.get(key, _ABSENT)
                if found is not expected and not _equals(found, expected):
                    what = "method" if callable(expected) else "number"
                    moved = Moved(what, f"{held.name}.{key}", _word(expected), _word(found))
                    yield moved, held.is_own_code and not callable(expected)
            for key, hooks in held.hooks:
                current = _hooks(held.values.get(key), ours)
                if current != hooks:
                    yield (
                        Moved("hook", f"{held.name}.{key}", f"{len(hooks)}", f"{len(current)}"),
                        False,
                    )
            for moved in _hidden(held):
                yield moved, False


def _hidden(held: _Held) -> Iterator[Moved]:
    """What hides the class, or a part of it, that something was loaded as."""
    if type(held.owner) is not held.kind:
        before, after = _word(held.kind), _word(type(held.owner))
        yield Moved("class", held.name, before, after if after != before else f"another {after}")
    if held.values.keys() != held.keys:
        for key in held.values.keys() - held.keys - _SET_WHILE_ASKING:
            # An attribute hides a parameter, and a method that of the class.
            hidden = any(key in registered for registered in held.registered)
            if hidden or callable(held.values.get(key)):
                yield Moved("method", f"{held.name}.{key}", "none", "set")


def _held(name: str, value: object) -> _Held:
    values = vars(value)
    is_module = isinstance(value, torch.nn.Module)
    return _Held(
        name=name or "(model)",
        owner=value,
        kind=type(value),
        values=values,
        expected=tuple(
            # What may be written into is kept as a copy.
            (key, copy(found) if isinstance(found, dict | list) else found)
            for key, found in values.items()
            if key not in _SET_WHILE_ASKING
            and (isinstance(found, _PLAIN) or callable(found) or _is_plain_list(key, found))
            and not (is_module and is_recomputed(value, key))
        ),
        hooks=tuple((key, _hooks(values[key], frozenset())) for key in _HOOKS if key in values),
        keys=frozenset(values),
        registered=tuple(values[key] for key in _REGISTRIES if key in values),
        is_own_code=type(value).__module__.startswith("transformers_modules."),
    )


def _is_plain_list(key: str, found: object) -> bool:
    """Whether it is a list or dictionary of plain values alone; one that is empty is."""
    if type(found) not in {dict, list} or key in _REGISTRIES:
        return False
    held = found.values() if isinstance(found, dict) else found
    return all(isinstance(value, _PLAIN) for value in held)  # type: ignore[attr-defined]


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
