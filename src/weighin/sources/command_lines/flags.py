"""Flags as a parser of a harness takes them apart, without asking that parser."""

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from weighin.errors import UsageError


class Takes(StrEnum):
    """How many words belong to a flag."""

    NOTHING = "nothing"
    ONE = "one"
    MAY_TAKE_ONE = "one or nothing"
    SOME = "some"


_NARGS: Mapping[Takes, str | int | None] = {
    Takes.NOTHING: 0,
    Takes.ONE: None,
    Takes.MAY_TAKE_ONE: "?",
    Takes.SOME: "+",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a parser.

    Attributes:
        name: What it is told as, for example `--num_fewshot`.
        takes: How many words belong to it.
        others: Its other names.
    """

    name: str
    takes: Takes = Takes.ONE
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A flag that was given.

    Attributes:
        name: Of the flag.
        values: The words that belong to it.
    """

    name: str
    values: tuple[str, ...]


def given_flags(
    words: Sequence[str], flags: Iterable[Flag], *, abbreviates: bool
) -> tuple[list[Given], list[str]]:
    """The flags among some words in their order, and the words that belong to none.

    Args:
        words: What stands behind the program.
        flags: Those that its parser has.
        abbreviates: Whether the start of a flag's name stands for it, as argparse has it.

    Raises:
        UsageError: A flag has no value, or its start stands for several.
    """
    parser = _Parser(add_help=False, allow_abbrev=abbreviates, prefix_chars="-")
    found: list[Given] = []
    for flag in flags:
        nargs: str | int | None = _NARGS[flag.takes]
        parser.register("action", f"note {flag.name}", _noting(flag.name, found))
        parser.add_argument(
            flag.name, *flag.others, action=f"note {flag.name}", dest=flag.name, nargs=nargs
        )
    _, rest = parser.parse_known_args(list(words))
    return found, rest


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"--from: {message}")


def _noting(name: str, found: list[Given]) -> type[Action]:
    class Note(Action):
        def __call__(
            self,
            parser: ArgumentParser,
            namespace: Namespace,
            values: str | Sequence[str] | None,
            option_string: str | None = None,
        ) -> None:
            del parser, namespace, option_string
            given = () if values is None else (values,) if isinstance(values, str) else values
            found.append(Given(name, tuple(given)))

    return Note
