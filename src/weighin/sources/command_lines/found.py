"""What is found in a command line, flag by flag."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.sources.command_lines.described import Carried, LeftOut, unfilled
from weighin.sources.command_lines.values import as_told, told_pairs

UNKNOWN = "unknown to {harness}, so that what it did is not known; check the spelling"
EMPTY = "empty, as if it were not given"
RUNNING = "says how the run is carried out, watched or logged, and decides no score"

_PATHS = frozenset({"adapter", "offload_folder", "tokenizer"})


@dataclass(slots=True)
class Found:
    """What has a key, and what has none.

    Attributes:
        is_unfilled: Whether a shell would fill something in, within a text.
        carried: What has a key.
        left_out: What has none.
        trusts_code: The flag that allowed Python of the checkpoint to run; empty if none did.
    """

    is_unfilled: Callable[[str], bool]
    carried: list[Carried] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    trusts_code: str = ""

    def carry(
        self, flag: str, given: JsonValue, *keys: str | int, value: JsonValue, note: str = ""
    ) -> None:
        """Write a value under a key, in place of one before, unless only a shell knows it."""
        if isinstance(given, str) and self.is_unfilled(given):
            self.left_out.append(unfilled(flag, as_told(_name(flag), given)))
            return
        self.carried = [each for each in self.carried if each.keys != keys]
        self.carried.append(
            Carried(
                flag=flag,
                given=_told(flag, given),
                keys=keys,
                value=value,
                is_path=keys[0] == "tasks" or keys[-1] in _PATHS,
                note=note,
            )
        )

    def carry_to_each(
        self, count: int, flag: str, given: JsonValue, *keys: str, value: JsonValue
    ) -> None:
        """Write a value under a key of every benchmark."""
        for index in range(count):
            self.carry(flag, given, "benchmarks", index, *keys, value=value)

    def carry_tasks(self, flag: str, tasks: Sequence[str]) -> None:
        """Write an entry for each benchmark."""
        for index, task in enumerate(tasks):
            self.carry(flag, task, "benchmarks", index, "task", value=task)

    def leave(self, flag: str, given: JsonValue, why: str, *, may_change_scores: bool) -> None:
        """Leave a flag out."""
        self.left_out.append(
            LeftOut(
                flag=flag, given=_told(flag, given), why=why, may_change_scores=may_change_scores
            )
        )

    def has(self, *keys: str | int) -> bool:
        """Whether something was written under a key."""
        return any(each.keys == keys for each in self.carried)


def _name(flag: str) -> str:
    return flag.rpartition(" ")[2].lstrip("-")


def _told(flag: str, given: JsonValue) -> str:
    """A value in few words; nothing for a flag that stands alone."""
    if given is True:
        return ""
    return told_pairs(given) if isinstance(given, dict) else as_told(_name(flag), given)


def whole_number(flag: str, given: JsonValue, *, least: int = 0) -> int:
    """A whole number that was given.

    Raises:
        UsageError: It is none.
    """
    try:
        number = int(str(given))
    except ValueError as error:
        raise UsageError(f"--from: {flag}: expected a whole number, found {given!r}") from error
    if number < least:
        raise UsageError(f"--from: {flag}: expected at least {least}, found {number}")
    return number


def other_engine(engine: str) -> str:
    """Why an engine is not carried over, and what to do instead."""
    return (
        f"weighin loads by transformers, and {engine} rounds otherwise; or serve it by {engine}, "
        "and ask its endpoint (--model local-completions)"
    )
