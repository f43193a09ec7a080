"""Rows of scores as honest people make them: layout of the checkpoint, machine, store, order."""

import random
from dataclasses import dataclass, replace

from tests.making.runs.layouts import (
    AS_SAVED,
    FURTHER,
    LOADABLE,
    PLAIN,
    WITHOUT_GENERATION_CONFIG,
)
from tests.making.runs.runs import TASKS

# So many variations; the first are judged on stores that they share, and few on few of these.
COUNT, SHARED, IN_CI = 1000, 700, 60
PROFILES = ("same-checkpoint", "comparable")
IN_ONE, ONE_BY_ONE, KILLED = "in one", "one by one", "killed inside a benchmark"
AT_ONCE, EXPERIMENT = "two at once", "another dtype first"
ORDERS = (IN_ONE, ONE_BY_ONE, KILLED, AT_ONCE, EXPERIMENT)
WHOLE = ("one folder", "copied", "moved", "CRLF")
APART = ("two folders", "two ledgers", "two ledgers, CRLF", "ledgers joined with cat")
# As torch names what a processor can do, the least first.
PROCESSORS = ("default", "avx2", "avx512")
# Which changes on disk come from inside the first benchmark of a run, and of its second.
_INSIDE_FIRST, _INSIDE_SECOND = range(34, 56), range(72, 94)


@dataclass(frozen=True)
class Machine:
    """Where a part of a row is scored.

    Attributes:
        processor: One of `PROCESSORS`; empty for that of this machine, as it is.
        threads: Of torch.
        batch_size: Of the model.
    """

    processor: str = ""
    threads: int = 1
    batch_size: int = 8


@dataclass(frozen=True)
class Variation:
    """How one row of scores came to be, and how it is judged.

    Attributes:
        profile: Under which it is judged.
        layout: Of the checkpoint that is declared.
        scored: Layouts of the checkpoint when the first and when the second part is scored.
        machines: On which the first and the second part is scored.
        store: How the evidence reaches the check.
        order: How it is scored.
        tasks: The benchmarks, in the order of the requirements.
        split: How many of them are the first part, where there are two.
        die_at: Before which change on disk a run is killed, where one is.
    """

    profile: str
    layout: str
    store: str
    order: str
    scored: tuple[str, str] = (AS_SAVED, AS_SAVED)
    machines: tuple[Machine, Machine] = (Machine(), Machine())
    tasks: tuple[str, ...] = TASKS
    split: int = 1
    die_at: int = 40

    @property
    def judged(self) -> frozenset[str]:
        """Layouts of the checkpoint that the judged records were scored on."""
        is_whole = not self.is_apart and self.order in {IN_ONE, KILLED, EXPERIMENT}
        return frozenset(self.scored[1:] if is_whole else self.scored)

    @property
    def is_apart(self) -> bool:
        """Whether each part is scored in a results folder of its own."""
        return self.store in APART


def variation(seed: int) -> Variation:
    """The variation of a seed below `COUNT`; equal seeds give equal ones."""
    chance = random.Random(seed)
    varied = Variation(
        profile=chance.choice(PROFILES),
        layout=chance.choice(list(PLAIN if chance.random() < 0.7 else FURTHER)),
        store=chance.choice((*WHOLE, *APART)),
        order=chance.choice(ORDERS),
    )
    # Two folders of every order would take longer than all that is judged of them.
    if varied.is_apart and (seed < IN_CI or varied.order == IN_ONE):
        varied = replace(varied, order=ONE_BY_ONE)
    if seed < IN_CI:
        return varied
    if seed < SHARED:
        others = (Machine("default"), Machine("avx2"))
        return replace(varied, machines=chance.choice((varied.machines, others)))
    machines = (_machine(chance), _machine(chance))
    scored = (chance.choice(LOADABLE), chance.choice(LOADABLE))
    if varied.order in {AT_ONCE, EXPERIMENT} and WITHOUT_GENERATION_CONFIG in scored:
        # Whether two attempts are of one checkpoint must be known for them to be one, or ordered.
        scored = (scored[0], scored[0])
    has_second = not varied.is_apart and chance.random() < 0.5
    return replace(
        varied,
        scored=scored,
        machines=machines,
        tasks=tuple(chance.sample(TASKS, len(TASKS))),
        split=chance.choice((1, 2)),
        die_at=chance.choice(_INSIDE_SECOND if has_second else _INSIDE_FIRST),
    )


def _machine(chance: random.Random) -> Machine:
    return Machine(
        processor=chance.choice(PROCESSORS),
        threads=chance.choice((1, 2)),
        batch_size=chance.choice((1, 3, 8, 32)),
    )
