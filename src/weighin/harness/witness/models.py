"""The models of this process: where each came from, and when it is looked at.

No model is kept: who looks never makes one live longer than the program does.
"""

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import ref

from weighin.harness.witness.seen import Seen, prompts_in

if TYPE_CHECKING:
    from weighin.harness.witness.startup import Events
    from weighin.harness.witness.templates import Templates

_FLUSH_SECONDS = 1.0
# Files in which harnesses keep results and samples. Before one is written is after the answers.
_OF_RESULTS = (
    ".json",
    ".jsonl",
    ".eval",
    ".parquet",
    ".csv",
    ".gz",
    ".yaml",
    ".yml",
    ".md",
    ".txt",
)
# Of the time of the model: what weighing again may take before the command ends.
_BUDGET = 0.02
# What compressed-tensors sets on a model that it unpacks at its first pass.
_UNPACKS = "ct_decompress_hook"
_AT_END = "when the process ended"


class Models:
    """The models and tokenizers that were seen."""

    def __init__(self, events: "Events") -> None:
        """Tell of them in events."""
        self._events = events
        self._seen: dict[int, Seen] = {}
        self._parts: dict[int, tuple[ref[Any], Seen]] = {}
        self._number = 0
        self._has_ended = False
        self._here = threading.local()
        self._tokenizers: list[tuple[ref[Any], str]] = []
        self._templates: Templates | None = None

    def load(
        self, kind: type, load: Callable[..., Any], arguments: Any, settings: dict[str, Any]
    ) -> Any:
        """Load a model as asked for; one that another loads for itself is a part of that."""
        if getattr(self._here, "is_loading", False):
            return load(kind, *arguments, **settings)
        self._here.is_loading = True
        self._here.attached = []
        source = arguments[0] if arguments else settings.get("pretrained_model_name_or_path")
        loading = None
        with self._unharmed("loading"):
            from weighin.harness.witness.weighing import Loading

            loading = Loading(source, settings)
            self._all_templates()
        wants_all = bool(settings.get("output_loading_info"))
        try:
            found, told = load(kind, *arguments, **{**settings, "output_loading_info": True})
        finally:
            self._here.is_loading = False
        attached, self._here.attached = self._here.attached, []
        with self._unharmed("loaded"):
            if loading is not None:
                loading.finish(found, told)
            seen = self._add(found, "from_pretrained", _text(source), loading)
            for outer, adapter in attached:
                self._attach(seen, outer, adapter)
        return (found, told) if wants_all else found

    def call(
        self,
        model: Any,
        call: Callable[..., Any],
        arguments: Any,
        settings: dict[str, Any],
        within: Any = None,
    ) -> Any:
        """Call a model as asked for, and look at it before, unless it is called by another.

        Args:
            model: What is called.
            call: Calls it.
            arguments: With these.
            settings: And these.
            within: The model that what is called stands for; `None` for itself.
        """
        if getattr(self._here, "is_calling", False):
            return call(model, *arguments, **settings)
        self._here.is_calling = True
        try:
            seen = None
            with self._unharmed("call"):
                asked = model if within is None else within
                seen = self._find(asked) or self._whole_of(asked)
                seen = seen or self._add(asked, "unknown", "", None)
                with seen.lock:
                    self._before_pass(seen, seen.model(), prompts_in(arguments, settings))
            started = time.perf_counter()
            try:
                return call(model, *arguments, **settings)
            finally:
                if seen is not None:
                    seen.seconds += time.perf_counter() - started
        finally:
            self._here.is_calling = False

    def attached(self, model: Any, outer: Any, source: object) -> None:
        """An adapter was attached to a model; by the loader itself before it hands it over."""
        with self._unharmed("adapter"):
            if getattr(self._here, "is_loading", False):
                self._here.attached.append((outer, source))
            elif (seen := self._find(model)) is not None:
                self._attach(seen, outer, source)

    def _attach(self, seen: Seen, outer: Any, source: object) -> None:
        seen.outer = ref(outer)
        seen.adapter = _text(source)
        self._events.tell("adapter", model=seen.number, source=seen.adapter)
        if seen.scale is not None:
            seen.scale.note_adapter(seen.adapter)

    def tokenizer_loaded(self, tokenizer: Any, source: object) -> None:
        """A tokenizer was loaded."""
        with self._unharmed("tokenizer"):
            self._tokenizers = [(one, name) for one, name in self._tokenizers if one() is not None]
            self._tokenizers.append((ref(tokenizer), _text(source)))
            self._events.tell("tokenizer", source=_text(source), kind=type(tokenizer).__name__)

    def template_applied(
        self, tokenizer: Any, arguments: tuple[Any, ...], settings: dict[str, Any], found: object
    ) -> None:
        """A chat template was applied."""
        with self._unharmed("template"):
            self._all_templates().note(tokenizer, arguments, settings, found)

    def _all_templates(self) -> "Templates":
        if self._templates is None:
            from weighin.harness.witness.templates import Templates

            self._templates = Templates()
        return self._templates

    def before_write(self, path: str) -> None:
        """A file is about to be written: what answered may be gone soon."""
        if not path.endswith(_OF_RESULTS):
            return
        for seen, model in self._alive():
            with seen.lock:
                self._tell_passes(seen)
                seen.has_written = True
                is_cheap = seen.weighing_seconds <= _BUDGET * seen.seconds or seen.weighed <= 1
                if seen.passes > seen.told_weighed and is_cheap:
                    self._weigh(seen, model, f"before {Path(path).name} was written")

    def let_go(self, model: Any) -> None:
        """A model dies after this."""
        seen = self._find(model)
        if seen is None or self._has_ended:
            return
        with self._unharmed("end"), seen.lock:
            self._tell_passes(seen)
            if seen.passes > seen.told_weighed:
                self._weigh(seen, model, "when it was let go")
        self._events.tell("gone", model=seen.number)
        del self._seen[id(model)]

    def forked(self) -> None:
        """Go on in a child, where all models are as they were, and its own passes count."""
        for seen, _ in self._alive():
            seen.begin_anew()
            self._tell_of(seen, inherited=True)

    def end(self) -> None:
        """The process ends."""
        self.weigh_all(_AT_END)
        self._has_ended = True

    def weigh_all(self, when: str) -> None:
        """Weigh every model that answered since it was weighed."""
        for seen, model in self._alive():
            with self._unharmed("end"), seen.lock:
                self._tell_passes(seen)
                if seen.passes > seen.told_weighed:
                    self._weigh(seen, model, when)

    def _find(self, model: Any) -> Seen | None:
        seen = self._seen.get(id(model))
        return seen if seen is not None and seen.model() is model else None

    def _whole_of(self, part: Any) -> Seen | None:
        """The model that a model is a part of, such as an encoder that is called by itself."""
        if (known := self._parts.get(id(part))) is not None and known[0]() is part:
            return known[1]
        for seen, model in self._alive():
            if any(module is part for module in model.modules()):
                self._parts[id(part)] = (ref(part), seen)
                return seen
        return None

    def _alive(self) -> Iterator[tuple[Seen, Any]]:
        for seen in list(self._seen.values()):
            if (model := seen.model()) is not None:
                yield seen, model

    def _add(self, model: Any, how: str, source: str, loading: Any) -> Seen:
        self._number += 1
        seen = Seen(self._number, ref(model), ref(model), how, source, loading)
        self._seen[id(model)] = seen
        self._tell_of(seen)
        return seen

    def _tell_of(self, seen: Seen, *, inherited: bool = False) -> None:
        self._events.tell(
            "model",
            model=seen.number,
            kind=type(seen.model()).__name__,
            how=seen.how,
            source=seen.source,
            adapter=seen.adapter,
            folder="" if seen.loading is None else str(seen.loading.folder or ""),
            inherited=inherited,
        )

    def _before_pass(self, seen: Seen, model: Any, prompts: int) -> None:
        if seen.scale is None and not seen.problem:
            self._weigh(seen, model, "before its first answer")
            seen.unpacks = _UNPACKS in vars(model)
        elif seen.unpacks:
            self._take_unpacked(seen, model)
        seen.passes += 1
        seen.prompts += prompts
        if seen.scale is not None:
            for change in seen.scale.on_pass(seen.passes, seen.seconds):
                self._events.tell("changed", model=seen.number, change=change)
        # The first one after a file was written tells that it was written before.
        if seen.has_written or time.monotonic() - seen.told_at > _FLUSH_SECONDS:
            self._tell_passes(seen)
            seen.has_written = False

    def _take_unpacked(self, seen: Seen, model: Any) -> None:
        """Begin anew with what a library made of packed numbers at the first pass."""
        seen.unpacks, seen.scale = False, None
        self._weigh(seen, model, "once it was unpacked")
        seen.problem = seen.problem or "its numbers were unpacked at its first pass"
        self._events.tell("failed", model=seen.number, where="loading", why=seen.problem)

    def _tell_passes(self, seen: Seen) -> None:
        if seen.passes > seen.told:
            self._events.tell("passes", model=seen.number, passes=seen.passes, prompts=seen.prompts)
            seen.told, seen.told_at = seen.passes, time.monotonic()

    def _weigh(self, seen: Seen, model: Any, when: str) -> None:
        if seen.scale is None and seen.problem:
            # What is held only after the first answer is no measure of it.
            return
        from weighin.harness.witness.weighing import MANIFESTS, Scale

        started = time.perf_counter()
        outer = seen.outer() or model
        kept_in = Path(self._events.folder, MANIFESTS)
        try:
            with self._events:
                scale = seen.scale or Scale(
                    outer, self._tokenizer_of(seen), seen.loading, seen.adapter, kept_in
                )
            weighed = scale.weigh(outer, when, seen.seconds, is_end=when == _AT_END)
            seen.scale = scale
        except Exception as error:  # noqa: BLE001  # the program goes on whatever happens here
            seen.problem = seen.problem or f"{when}: {_first(error)}"
            self._events.tell("failed", model=seen.number, where=when, why=traceback.format_exc())
            return
        finally:
            seen.weighing_seconds += time.perf_counter() - started
        seen.weighed += 1
        seen.told_weighed = seen.passes
        self._events.tell(
            "weighed",
            model=seen.number,
            when=when,
            passes=seen.passes,
            prompts=seen.prompts,
            templates=self._all_templates().told() if self._tokenizers else None,
            **weighed,
        )

    def _tokenizer_of(self, seen: Seen) -> Any:
        """The one tokenizer that can be the model's; `None` if it cannot be told."""
        alive = [(found, name) for one, name in self._tokenizers if (found := one()) is not None]
        if len(alive) == 1:
            return alive[0][0]
        of_model = [found for found, name in alive if name == seen.source]
        return of_model[-1] if of_model else None

    @contextmanager
    def _unharmed(self, where: str) -> Iterator[None]:
        """Whatever goes wrong inside is told, and the program goes on."""
        try:
            yield
        except Exception:  # noqa: BLE001  # see above
            self._events.tell("failed", where=where, why=traceback.format_exc())


def _first(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"


def _text(source: object) -> str:
    return os.fsdecode(source) if isinstance(source, str | bytes | os.PathLike) else ""
