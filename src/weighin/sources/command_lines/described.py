"""What a command line asks, in the keys of a requirements file, and what of it has no key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from pydantic import JsonValue

Keys: TypeAlias = tuple[str | int, ...]
"""The way to a value of a requirements file, for example `("benchmarks", 0, "num_fewshot")`."""


INSTEAD = "another value was given to weighin init itself"


class Harness(StrEnum):
    """Whose command line it is."""

    LM_EVAL = "lm-eval"
    INSPECT = "Inspect"
    LIGHTEVAL = "LightEval"
    WEIGHIN = "weighin"
    """Of none other: flags of `weighin init` itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was carried over into one key.

    Attributes:
        flag: As a user would look for it, for example `--model_args dtype`.
        given: Its value as it may be told.
        keys: Where it stands in the requirements file.
        value: What stands there.
        is_path: Whether it is a path that was meant from where the command runs.
        note: What a reader of the file should know of it; empty if it speaks for itself.
    """

    flag: str
    given: str
    keys: Keys
    value: JsonValue
    is_path: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was not carried over.

    Attributes:
        flag: As a user would look for it.
        given: Its value as it may be told; empty if it has none.
        why: Why, and what to write instead.
        may_change_scores: Whether the benchmarks would be scored otherwise with it.
    """

    flag: str
    given: str
    why: str
    may_change_scores: bool

    @property
    def told(self) -> str:
        """The flag with its value."""
        return f"{self.flag} {self.given}".rstrip()


FILLED_BY_A_SHELL = "a shell fills this in, and nothing is expanded here; write the value out"


def unfilled(flag: str, given: str) -> LeftOut:
    """A value that only a shell knows."""
    return LeftOut(
        flag=flag,
        given=given,
        why=FILLED_BY_A_SHELL,
        may_change_scores=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the weights are, as the command names it.

    Attributes:
        flag: What named it.
        place: `org/name`, a path, or `hf://org/name`.
        revision: Commit, branch or tag; `None` if none was named.
        is_folder: Whether it can only be a folder.
    """

    flag: str
    place: str
    revision: str | None = None
    is_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A command line, word by word: each is carried over, or left out with a reason.

    Attributes:
        harness: Whose it is.
        source: The checkpoint; `None` if a served model is asked.
        tasks: Names of the benchmarks, in order, each once.
        carried: What has a key.
        left_out: What has none.
        trusts_code: The flag that allowed Python of the checkpoint to run; empty if none did.
        ready: Lines that wait for a person to take the `#` from, by the mapping that they are of.
        logs: Where the harness writes its logs; empty if weighin's own run scores the tasks.
        typed: The command as it was typed, word by word; empty if a shell fills something in, or it
            may hold a secret.
    """

    harness: Harness
    source: Source | None
    tasks: tuple[str, ...]
    carried: tuple[Carried, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    trusts_code: str = ""
    ready: Mapping[Keys, tuple[str, ...]] = field(default_factory=dict)
    logs: str = ""
    typed: tuple[str, ...] = ()

    def with_carried(self, one: Carried) -> "Described":
        """The same with one value more, which goes before another of its keys."""
        gone = [each for each in self.carried if each.keys == one.keys]
        left = tuple(
            LeftOut(flag=c.flag, given=c.given, why=INSTEAD, may_change_scores=False) for c in gone
        )
        kept = tuple(each for each in self.carried if each.keys != one.keys)
        return replace(self, carried=(*kept, one), left_out=(*self.left_out, *left))

    def with_ready(self, keys: Keys, line: str) -> "Described":
        """The same with one line more that waits for a person."""
        return replace(self, ready={**self.ready, keys: (*self.ready.get(keys, ()), line)})

    def asked_of(self, source: Source) -> "Described":
        """The same of another checkpoint than the one, or the served model, that it names."""
        left = [
            LeftOut(flag=c.flag, given=c.given, why=INSTEAD, may_change_scores=False)
            for c in self.carried
            if c.keys[:2] == ("model", "endpoint") or c.keys == ("model", "name")
        ]
        if self.source is not None:
            given = self.source.place
            flag = self.source.flag
            left.append(LeftOut(flag=flag, given=given, why=INSTEAD, may_change_scores=False))
        return replace(
            self,
            source=source,
            carried=tuple(
                c
                for c in self.carried
                if c.keys[:2] != ("model", "endpoint") and c.keys != ("model", "name")
            ),
            ready={keys: lines for keys, lines in self.ready.items() if "endpoint" not in keys},
            left_out=(*self.left_out, *left),
        )

    def without(self, keys: Keys, why: str) -> "Described":
        """The same with one setting left out, because no file can hold it."""
        gone = [c for c in self.carried if c.keys == keys]
        left = tuple(
            LeftOut(flag=c.flag, given=c.given, why=why, may_change_scores=True) for c in gone
        )
        kept = tuple(c for c in self.carried if c.keys != keys)
        return replace(self, carried=kept, left_out=(*self.left_out, *left))
