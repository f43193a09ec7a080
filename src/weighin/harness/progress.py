"""Progress of lm-eval's requests, as calls instead of bars on standard error."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import ClassVar, Generic, Self, TypeVar

Item = TypeVar("Item")
OnRequests = Callable[[int, int], None]
"""Called with requests done and requests in all."""


@contextmanager
def reported(on_requests: OnRequests) -> Iterator[None]:
    """Report lm-eval's progress to `on_requests` while the context lasts.

    lm-eval gives `disable=` to every bar explicitly, so that no setting of tqdm silences them;
    the name in its modules is replaced and put back.
    """

    class Bar(_Bar[Item], Generic[Item]):
        callback = staticmethod(on_requests)

    replaced = [
        ("lm_eval.api.task", "tqdm", _Bar),
        ("lm_eval.api.model", "tqdm", _Bar),
        ("lm_eval.models.huggingface", "tqdm", Bar),
        ("lm_eval.models.api_models", "tqdm", Bar),
        ("lm_eval.models.api_models", "tqdm_asyncio", Bar),
    ]
    saved: list[tuple[ModuleType, str, object]] = []
    for module_name, name, replacement in replaced:
        module = importlib.import_module(module_name)
        # The API module lacks the name where the packages of the extra `api` are not installed.
        if hasattr(module, name):
            saved.append((module, name, getattr(module, name)))
            setattr(module, name, replacement)
    try:
        yield
    finally:
        for module, name, original in saved:
            setattr(module, name, original)


class _Bar(Generic[Item]):
    """What lm-eval uses of tqdm: iterate, `update`, `close`."""

    callback: OnRequests = staticmethod(lambda _done, _total: None)
    # Rolling log-likelihoods of a served model draw a bar for the windows of every document.
    outermost: ClassVar[object] = None

    def __init__(
        self,
        iterable: Iterable[Item] | None = None,
        *_positional: object,
        total: int | None = None,
        **_bar_settings: object,
    ) -> None:
        self._items = iterable
        self._total = total if total is not None else _length(iterable)
        self._done = 0

    def __iter__(self) -> Iterator[Item]:
        kind = type(self)
        is_outermost = kind.outermost is None
        if is_outermost:
            kind.outermost = self
        try:
            for item in self._items or ():
                yield item
                self.update()
        finally:
            if is_outermost:
                kind.outermost = None

    def update(self, n: int = 1) -> None:
        self._done += n
        if type(self).outermost in (None, self):
            type(self).callback(self._done, self._total)

    @classmethod
    async def gather(cls, *awaitables: Awaitable[Item], **_bar_settings: object) -> list[Item]:
        """As `tqdm.asyncio.tqdm.gather`: the results in the order of the awaitables."""
        done = 0

        async def counted(awaitable: Awaitable[Item]) -> Item:
            nonlocal done
            result = await awaitable
            done += 1
            if cls.outermost is None:
                cls.callback(done, len(awaitables))
            return result

        return list(await asyncio.gather(*(counted(awaitable) for awaitable in awaitables)))

    def close(self) -> None:
        pass

    def set_description(self, _text: str = "", *_more: object, **_settings: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


def _length(iterable: Iterable[Item] | None) -> int:
    try:
        return len(iterable)  # type: ignore[arg-type]  # whether it has one is the question
    except TypeError:
        return 0
