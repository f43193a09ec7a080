"""Looks at everything that answers: when it is loaded, while it answers, and after that."""

import gzip
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random, SystemRandom

import torch
from pydantic import JsonValue

from weighin.evidence import watched
from weighin.evidence.watched import FunctionEntry, Looks, WatchedChange, WatchState
from weighin.harness.local.watch.blocks import Blocks
from weighin.harness.local.watch.chance import missed_in_words
from weighin.harness.local.watch.dispatch import Dispatch
from weighin.harness.local.watch.functions import FunctionTable
from weighin.harness.local.watch.kept import Kept
from weighin.harness.local.watch.recomputed import is_recomputed, other_than_computed
from weighin.harness.local.watch.seen import Seen
from weighin.harness.local.watch.state import Moved, PlainState, differing_parts

_BUDGET = 0.01
"""The part of the model's time that random looks may take."""
_LEAST_BUDGET = 0.01
"""The seconds that they may take however short that time is."""
_CLOSING, _LEAST_CLOSING = 0.02, 0.5
"""The part of the model's time that looks may take before answers are kept; and the seconds that
they may take however short that time is."""
_MOST_TOLD = 20
_TASKS = "while tasks were loaded"
_FIRST = "before the first answer"
_BETWEEN = "since the benchmark before"
_LAST = "after the last answer"
_SCORED = "while it was scored"


@dataclass(frozen=True, slots=True)
class _HeldTensor:
    name: str
    holder: Mapping[str, object]
    key: str
    tensor: torch.Tensor
    address: int
    version: int
    kind: tuple[torch.Size, torch.dtype]


@dataclass(slots=True)
class _Benchmark:
    """What was seen in one benchmark."""

    changes: dict[tuple[str, str], WatchedChange] = field(default_factory=dict)
    own_code: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    passes: int = 0
    looks: list[int] = field(default_factory=list)
    drawn: int = 0
    extra: list[int] = field(default_factory=list)
    bytes: int = 0
    look_seconds: float = 0.0
    seconds: float = 0.0
    model_seconds: float = 0.0
    look_at: int = 0
    closing_seconds: float = 0.0
    closings: int = 0


class Watch:
    """The watch of one loaded model."""

    def __init__(self, functions: FunctionTable) -> None:
        """Start before the code of any task can run.

        Args:
            functions: What is called whatever the model.
        """
        self._functions = functions
        self._dispatch = Dispatch.now()
        self._early: tuple[WatchedChange, ...] = ()
        self._unplaced: tuple[FunctionEntry, ...] = ()
        self._draw: Random = SystemRandom()
        self._ran_before = False
        self._now = _Benchmark()
        self._hook: torch.utils.hooks.RemovableHandle | None = None
        self._listener: Callable[[torch.nn.Module, object], None] | None = None
        self.document = self.compressed = b""

    def tasks_loaded(self) -> None:
        """Note what the code of the tasks replaced when it was imported."""
        moved = (*self._functions.moved(), *self._dispatch.moved_kernels())
        self._early = tuple(_told(one, _TASKS) for one in moved)

    def loaded(self, lm: object, model: torch.nn.Module, tokenizer: object) -> None:
        """Hold the model as it was loaded."""
        self._lm, self._model, self._tokenizer = lm, model, tokenizer
        # What a library replaces on loading is of the stack; what is of none of them is told.
        self._functions.renew()
        for module in model.modules():
            self._functions.hold_class(type(module))
        for value in (lm, tokenizer, model.config, model.generation_config):
            self._functions.hold_class(type(value))
        self._unplaced = self._functions.unplaced()
        # The same time in every file, so that equal lists are equal files.
        self.document = self._functions.document()
        self.compressed = gzip.compress(self.document, mtime=0)
        self._modules = dict(model.named_modules())
        self._tree = tuple(
            (name, module._modules, dict(module._modules))  # noqa: SLF001  # no public way
            for name, module in self._modules.items()
        )
        self._kept = Kept.of(model)
        self._tensors = tuple(_held_tensors(self._modules))
        tensors = {held.name: held.tensor for held in self._tensors} | self._kept.in_memory
        self._blocks = Blocks.of(tensors, self._draw)
        self._names = tuple(self._blocks.parts)
        self._state = PlainState.of(self._modules, {"lm": lm, "tokenizer": tokenizer})
        self._settings = self._settings_now()
        self._dispatch = Dispatch.now()

    def begin(self) -> None:
        """Start a benchmark."""
        self._now = _Benchmark()

    def first_call(self) -> None:
        """Look at everything, then listen to every pass."""
        self._look_at_all(_BETWEEN if self._ran_before else _FIRST)
        self._ran_before = True
        self._listen()

    @contextmanager
    def answering(self, model: object, passes: int) -> Iterator[None]:
        """Time what the model takes, and see that it is the one that was loaded.

        Every call but the first has a look in it with a chance of one in as many as there were so
        far. So the last of these looks is in a call drawn evenly from all, however many there are.

        Args:
            model: What is going to answer.
            passes: The most passes that it may take.
        """
        self._listen()
        now, started = self._now, time.perf_counter()
        before, watching = now.passes, now.seconds
        when = f"at pass {before + 1}"
        self._note(self._identities(model, self._tokenizer), when)
        now.calls += 1
        is_drawn = self._draw.randrange(now.calls) == 0
        now.look_at = before + self._draw.randint(1, max(1, passes)) if is_drawn else 0
        try:
            yield
        finally:
            now.model_seconds += time.perf_counter() - started - (now.seconds - watching)
            if now.passes == before:
                self._note([Moved("hook", "the look at every pass", "set", "not called")], when)
            if now.look_at > now.passes:
                self._drawn_look(f"at pass {now.passes}")

    def last_answer(self) -> None:
        """Stop listening, and look at everything again; may be repeated."""
        self._look_at_all(_LAST)
        self.stop()

    def closed(self) -> Seen | None:
        """What was seen until now, with a look at everything; `None` if that would cost too much.

        Whoever keeps answers for another process, which cannot look at this one, asks for it.
        """
        now, started = self._now, time.perf_counter()
        each = now.closing_seconds / now.closings if now.closings else 0.0
        most = max(_LEAST_CLOSING, _CLOSING * now.model_seconds)
        if not now.changes and now.closing_seconds + each > most:
            return None
        self._look_at_all(f"at pass {now.passes}")
        now.closings += 1
        now.closing_seconds += time.perf_counter() - started
        return self.seen()

    def seen(self) -> Seen:
        """What was seen until now."""
        return Seen(not (self._now.changes or self._now.own_code), self._looks())

    def note_task(self, parts: Iterable[str], when: str) -> None:
        """Note parts of a task that are others than when it was loaded."""
        self._note((Moved("task", part, "as loaded", "another") for part in parts), when)

    def stop(self) -> None:
        """Stop listening."""
        if self._hook is not None:
            self._hook.remove()
        self._hook = self._listener = None

    def finished(self, problem: str) -> watched.Watch:
        """Look once more after scoring, and say what was seen.

        Args:
            problem: Why the answers cannot be those of the model; empty if they can.
        """
        if self._hook is not None:
            self.last_answer()
        self._look_at_all(_SCORED)
        now = self._now
        early = {(change.what, change.name) for change in self._early}
        since = (change for key, change in now.changes.items() if key not in early)
        changes = (*self._early, *since)[:_MOST_TOLD]
        why = (
            problem
            or self._kept.why_not
            or "; ".join(
                f"{name}: {text}, which the checkpoint's own code can do"
                for name, text in now.own_code.items()
            )
        )
        return watched.Watch(
            state=WatchState.CHANGED
            if changes
            else WatchState.COULD_NOT_RUN
            if why
            else WatchState.UNPLACED
            if self._unplaced
            else WatchState.HELD,
            why=why,
            looks=self._looks(),
            changes=changes,
            unplaced=self._unplaced[:_MOST_TOLD],
        )

    def _looks(self) -> Looks:
        now = self._now
        return Looks(
            passes=now.passes,
            looks=len(now.looks),
            bytes_looked_at=now.bytes,
            seconds=round(now.seconds, 6),
            model_seconds=round(now.model_seconds, 6),
            # Of the looks at drawn calls only the last one is as likely in any of them.
            missed=dict(missed_in_words([now.drawn, *now.extra], len(self._names))),
            from_files=self._kept.in_files,
        )

    def _listen(self) -> None:
        if self._hook is None:
            # An adapter generates with the model that it wraps.
            inner = getattr(self._model, "get_base_model", lambda: self._model)()
            # One object, by which it is told from the hooks of others.
            self._listener = self._on_pass
            self._hook = inner.register_forward_pre_hook(self._listener)

    def _on_pass(self, _module: torch.nn.Module, _arguments: object) -> None:
        now, started = self._now, time.perf_counter()
        now.passes += 1
        when = f"at pass {now.passes}"
        self._note(self._pointers(), when)
        seen = self._affordable()
        now.seconds += time.perf_counter() - started
        if now.passes == now.look_at:
            self._drawn_look(when)
        elif seen and self._draw.random() < 1 / 2:
            self._look(self._draw.sample(self._names, seen), when)
            now.extra.append(seen)

    def _affordable(self) -> int:
        """Of how many tensors a look may be, by what looks took so far."""
        now = self._now
        if not now.looks:
            return 0
        each = now.look_seconds / sum(now.looks)
        budget = max(_LEAST_BUDGET, _BUDGET * now.model_seconds)
        seen = int((budget - now.look_seconds) / each) if each else 0
        return max(0, min(seen, len(self._names)))

    def _drawn_look(self, when: str) -> None:
        self._look(self._names, when)
        self._now.drawn = len(self._names)

    def _look(self, names: Iterable[str], when: str) -> None:
        now, started = self._now, time.perf_counter()
        chosen = tuple(names)
        self._note(self._numbers(chosen), when)
        self._note(self._functions.moved(), when)
        self._note_state(when)
        now.looks.append(len(chosen))
        now.bytes += self._blocks.bytes_of(chosen)
        now.look_seconds += time.perf_counter() - started
        now.seconds += time.perf_counter() - started

    def _look_at_all(self, when: str) -> None:
        started = time.perf_counter()
        self._note(self._identities(self._lm_model(), self._lm_tokenizer()), when)
        self._note(self._pointers(), when)
        self._note(self._numbers(self._names), when)
        self._note(self._functions.moved(), when)
        self._note(self._dispatch.moved_kernels(), when)
        self._note(self._kept.moved_hooks(), when)
        self._note_state(when)
        for name in other_than_computed(self._modules):
            self._note([Moved("tensor", name, "as transformers computes it", "other")], when)
        for name, value in self._settings_now().items():
            if value != self._settings[name]:
                self._note(
                    [Moved("config", name, *differing_parts(self._settings[name], value))], when
                )
        self._now.seconds += time.perf_counter() - started

    def _lm_model(self) -> object:
        return getattr(self._lm, "model", None)

    def _lm_tokenizer(self) -> object:
        return getattr(self._lm, "tokenizer", None)

    def _identities(self, model: object, tokenizer: object) -> Iterator[Moved]:
        if model is not self._model:
            yield Moved("module", "the model", "as loaded", "another")
        if tokenizer is not self._tokenizer:
            yield Moved("tokenizer", "the tokenizer", "as loaded", "another")

    def _pointers(self) -> Iterator[Moved]:
        yield from self._dispatch.moved()
        yield from self._kept.moved()
        for held in self._tensors:
            tensor = held.tensor
            if held.name in self._kept.stores:
                # At each pass another shape without numbers takes the place of the one before.
                if not _is_shape_of(held.holder.get(held.key), tensor):
                    yield Moved("tensor", held.name, "kept elsewhere", "put in its place")
            elif id(held.holder.get(held.key)) != id(tensor):
                yield Moved("tensor", held.name, "as loaded", "another tensor")
            elif tensor.data_ptr() != held.address or (tensor.shape, tensor.dtype) != held.kind:
                yield Moved("tensor", held.name, "as loaded", "other memory")
            elif _version(tensor) != held.version:
                yield Moved("tensor", held.name, "as loaded", "written to")
        for name, children, expected in self._tree:
            if children.items() != expected.items():
                yield Moved("module", name or "(model)", "as loaded", "other modules in it")

    def _numbers(self, names: Iterable[str]) -> Iterator[Moved]:
        for name in self._blocks.differing(tuple(names)):
            yield Moved("tensor", name, "as loaded", "other numbers")

    def _note_state(self, when: str) -> None:
        ours = frozenset({id(self._listener)})
        is_answering = self._now.passes > 0
        for moved, is_of_own_code in self._state.moved(ours):
            if is_of_own_code and is_answering:
                self._now.own_code.setdefault(
                    moved.name, f"{moved.before} became {moved.after} {when}"
                )
            else:
                self._note([moved], when)

    def _note(self, moved: Iterable[Moved], when: str) -> None:
        for one in moved:
            if (one.what, one.name) not in self._now.changes:
                self._now.changes[one.what, one.name] = _told(one, when)

    def _settings_now(self) -> dict[str, JsonValue]:
        generation = getattr(self._model, "generation_config", None)
        return {
            "config": str(self._model.config.to_dict()),
            "generation_config": "" if generation is None else str(generation.to_dict()),
            "chat_template": str(getattr(self._lm_tokenizer(), "chat_template", None)),
            "torch": f"{torch.get_default_dtype()}, {torch.get_float32_matmul_precision()}",
        }


def _held_tensors(modules: Mapping[str, torch.nn.Module]) -> Iterator[_HeldTensor]:
    for place, module in modules.items():
        values = vars(module)
        for holder in (values["_parameters"], values["_buffers"], values):
            for key, tensor in holder.items():
                if isinstance(tensor, torch.Tensor) and not is_recomputed(module, key):
                    yield _HeldTensor(
                        name=f"{place}.{key}" if place else key,
                        holder=holder,
                        key=key,
                        tensor=tensor,
                        address=tensor.data_ptr(),
                        version=_version(tensor),
                        kind=(tensor.shape, tensor.dtype),
                    )


def _is_shape_of(found: object, tensor: torch.Tensor) -> bool:
    return (
        isinstance(found, torch.Tensor)
        and found.device.type == "meta"
        and (found.shape, found.dtype) == (tensor.shape, tensor.dtype)
    )


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version  # noqa: SLF001  # no public way


def _told(moved: Moved, when: str) -> WatchedChange:
    return WatchedChange(
        what=moved.what, name=moved.name, before=moved.before, after=moved.after, when=when
    )
