"""The seeds with which a benchmark is loaded and asked."""

import random
from dataclasses import asdict, dataclass

import numpy as np
import torch
from pydantic import JsonValue

from weighin.requirements.model import BenchmarkRequirement

# lm-eval's own defaults, so that a run equals `lm-eval run` on the same task.
_RANDOM = 0
_NUMPY = _TORCH = _FEWSHOT = 1234


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """What each random state starts from.

    Attributes:
        random: Python's.
        numpy: numpy's.
        torch: torch's.
        fewshot: The one with which the shots are drawn.
    """

    random: int = _RANDOM
    numpy: int = _NUMPY
    torch: int = _TORCH
    fewshot: int = _FEWSHOT

    def as_json(self) -> dict[str, JsonValue]:
        """By what they seed."""
        return asdict(self)

    def settings(self) -> dict[str, JsonValue]:
        """As the settings of a run hold them."""
        return {f"{name}_seed": value for name, value in self.as_json().items()}


def seeds_of(benchmark: BenchmarkRequirement) -> Seeds:
    """The seeds that a benchmark states, and lm-eval's where it states none."""
    one, fewshot = benchmark.seed, benchmark.fewshot_seed
    stated = {} if one is None else dict.fromkeys(("random", "numpy", "torch"), one)
    return Seeds(**stated, **({} if fewshot is None else {"fewshot": fewshot}))


def seed_everything(seeds: Seeds) -> None:
    """Put every random state where lm-eval puts it: some tasks draw their documents on loading."""
    random.seed(seeds.random)
    np.random.seed(seeds.numpy)  # noqa: NPY002  # lm-eval's tasks use the global state
    torch.manual_seed(seeds.torch)
