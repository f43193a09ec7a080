"""What is inside of functions: a function can get other code and stay the same object."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType


@dataclass(slots=True)
class Body:
    """A function as it was first seen; there are thousands.

    Attributes:
        name: Where it was found.
        function: The function.
        code: Its code.
        defaults: Its defaults by position.
        settings: Its defaults by name.
        inner: The functions that it encloses, by the cell in which each stands.
    """

    name: str
    function: FunctionType
    code: CodeType
    defaults: tuple[object, ...] | None
    settings: dict[str, object] | None
    inner: tuple[tuple[CellType, FunctionType], ...]


_HAVE_FUNCTIONS = (FunctionType, staticmethod, classmethod, MethodType, partial, property)


def moved(bodies: Iterable[Body]) -> Iterator[tuple[str, str]]:
    """Where a function stands of which a part is another now, and which part."""
    for body in bodies:
        function = body.function
        if function.__code__ is not body.code:
            yield body.name, "code"
        elif function.__defaults__ is not body.defaults or function.__kwdefaults__ != body.settings:
            yield body.name, "defaults"
        elif body.inner and any(_content(cell) is not inner for cell, inner in body.inner):
            yield body.name, "enclosed function"


def hold(bodies: dict[int, Body], name: str, value: object) -> None:
    """Hold the functions behind what is called, and those that they enclose.

    Args:
        bodies: What is held, by the id of the function; it is added to.
        name: Where it was found.
        value: What is called.
    """
    # Most of what is called are classes and what is built in.
    if not isinstance(value, _HAVE_FUNCTIONS):
        return
    waiting = list(_functions(value))
    while waiting:
        function = waiting.pop()
        if id(function) in bodies:
            continue
        inner = tuple(
            (cell, content)
            for cell in function.__closure__ or ()
            if isinstance(content := _content(cell), FunctionType)
        )
        settings = function.__kwdefaults__
        bodies[id(function)] = Body(
            name=name,
            function=function,
            code=function.__code__,
            defaults=function.__defaults__,
            settings=None if settings is None else dict(settings),
            inner=inner,
        )
        waiting.extend(content for _, content in inner)


def _functions(value: object) -> Iterator[FunctionType]:
    if isinstance(value, FunctionType):
        yield value
    elif isinstance(value, staticmethod | classmethod | MethodType):
        yield from _functions(value.__func__)
    elif isinstance(value, partial):
        yield from _functions(value.func)
    elif isinstance(value, property):
        for part in (value.fget, value.fset):
            yield from _functions(part)


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # empty
        return None
