"""How much of a LoRA is added to each tensor, as its configuration states it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from weighin.errors import CheckpointError

_MOST_QUANTIFIERS: Final = 2
_QUANTIFIED_GROUP = re.compile(r"\)[*+?{]")
_LONGEST_PATTERN: Final = 300


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """What `adapter_config.json` states of a LoRA.

    Attributes:
        alpha: `lora_alpha`.
        alpha_patterns: The alpha of modules whose names a pattern matches, the first that does.
        is_rank_stabilised: Whether alpha is divided by the root of the rank, not by the rank.
        is_transposed: Whether the weights of the base are stored as inputs x outputs.
    """

    alpha: float
    alpha_patterns: tuple[tuple[re.Pattern[str], float], ...]
    is_rank_stabilised: bool
    is_transposed: bool

    def scaling(self, module: str, rank: int) -> float:
        """What the product of the two matrices of a module is multiplied by.

        Source:
            PEFT, tuners/lora/layer.py (`update_layer`); rsLoRA is arXiv:2312.03732.
        """
        found = (alpha for pattern, alpha in self.alpha_patterns if pattern.match(module))
        alpha = next(found, self.alpha)
        return alpha / (math.sqrt(rank) if self.is_rank_stabilised else rank)


def adapter_settings(config: Mapping[str, JsonValue], place: Path) -> AdapterSettings:
    """What a configuration states, if what the adapter adds can be told from it.

    Args:
        config: Of the adapter.
        place: Named in errors.

    Raises:
        CheckpointError: It is no LoRA, or of a variant that adds more than a product.
    """
    kind = config.get("peft_type")
    if kind != "LORA":
        raise CheckpointError(f"{place}: peft_type: expected 'LORA', found {kind!r}")
    for variant in ("use_dora", "use_qalora", "lora_bias"):
        if config.get(variant):
            raise CheckpointError(
                f"{place}: {variant}: expected a LoRA that adds a product of two matrices only, "
                "found true; merge it with PEFT and compare the merged checkpoint"
            )
    patterns = config.get("alpha_pattern") or {}
    if not isinstance(patterns, dict):
        raise CheckpointError(f"{place}: alpha_pattern: expected an object, found another value")
    return AdapterSettings(
        alpha=_number(config.get("lora_alpha"), f"{place}: lora_alpha"),
        alpha_patterns=tuple(
            (_pattern(text, place), _number(alpha, f"{place}: alpha_pattern {text!r}"))
            for text, alpha in patterns.items()
        ),
        is_rank_stabilised=config.get("use_rslora") is True,
        is_transposed=config.get("fan_in_fan_out") is True,
    )


def _number(value: JsonValue, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise CheckpointError(f"{where}: expected a number, found {value!r}")


def _pattern(text: str, place: Path) -> re.Pattern[str]:
    """A pattern for whole names of modules, or for what follows a dot in them.

    Patterns that could take for ever are refused.
    """
    quantifiers = sum(text.count(sign) for sign in "*+{")
    if (
        len(text) <= _LONGEST_PATTERN
        and quantifiers <= _MOST_QUANTIFIERS
        and not _QUANTIFIED_GROUP.search(text)
    ):
        try:
            # As PEFT's `get_pattern_key` does.
            return re.compile(rf"(?:.*\.)?(?:{text})$")
        except re.error:
            pass
    raise CheckpointError(
        f"{place}: alpha_pattern: expected a plain pattern for names of modules, found {text!r}"
    )
