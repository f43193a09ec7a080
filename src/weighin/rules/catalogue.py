"""All rules, one line a rule, in the order in which their findings are told."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import get_type_hints

from weighin.requirements.rule_shapes import RuleShape
from weighin.rules.as_required import AsRequired
from weighin.rules.attempt_rules import OneAttempt, RecordsIntact
from weighin.rules.distinct_checkpoints import DistinctCheckpointsDiffer
from weighin.rules.evidence_rules import EveryBenchmarkPresent, EvidenceAtLeast
from weighin.rules.identity_rules import CheckpointIsDeclared, ReleasedIsScored
from weighin.rules.interface import Rule
from weighin.rules.run_rules import LoadedIsOnDisk, WeightsUnchangedDuringRun
from weighin.rules.same_artifact import (
    SameAdapters,
    SameConfig,
    SameDtype,
    SameGenerationConfig,
    SameQuantization,
    SameRemoteCode,
    SameSpecialTokens,
    SameTokenizer,
    SameWeights,
)
from weighin.rules.same_protocol import (
    SameChatTemplate,
    SameDecoding,
    SameEndpoint,
    SameEngine,
    SameSystemPrompt,
    SameTestTimeCompute,
)
from weighin.rules.score_rules import AllDocumentsScored, ScoreRecomputes


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Rules that can be found by id or alias.

    Attributes:
        rules: In the order in which their findings are told.

    Raises:
        ValueError: Two rules share an id or alias.
    """

    rules: tuple[type[Rule], ...]

    def __post_init__(self) -> None:
        """Refuse rules that share a name."""
        seen: set[str] = set()
        for rule in self.rules:
            for name in (rule.id, *rule.aliases):
                if name in seen:
                    raise ValueError(f"two rules are named {name!r}")
                seen.add(name)

    def find(self, name: str) -> type[Rule] | None:
        """The rule of an id or alias; `None` if there is none."""
        return next((r for r in self.rules if name in (r.id, *r.aliases)), None)

    def unknown(self, name: str) -> str:
        """A sentence for an error on a name that no rule has: what was probably meant."""
        names = [n for rule in self.rules for n in (rule.id, *rule.aliases)]
        near = get_close_matches(name.lower(), names, n=1)
        way_out = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
        return f"unknown rule {name!r}; {way_out}"

    def shapes(self) -> tuple[RuleShape, ...]:
        """What the requirements file may say about each rule."""
        return tuple(
            RuleShape(id=rule.id, parameters=parameters_of(rule), aliases=rule.aliases)
            for rule in self.rules
        )


def parameters_of(rule: type[Rule]) -> Mapping[str, object]:
    """The rule's parameters: type by name."""
    if not is_dataclass(rule):
        return {}
    hints = get_type_hints(rule, include_extras=True)
    return {field.name: hints[field.name] for field in fields(rule)}


CATALOGUE = Catalogue(
    rules=(
        EveryBenchmarkPresent,
        CheckpointIsDeclared,
        ReleasedIsScored,
        DistinctCheckpointsDiffer,
        SameWeights,
        SameConfig,
        SameGenerationConfig,
        SameRemoteCode,
        SameTokenizer,
        SameSpecialTokens,
        SameChatTemplate,
        SameSystemPrompt,
        SameDtype,
        SameQuantization,
        SameAdapters,
        SameEngine,
        SameDecoding,
        SameTestTimeCompute,
        SameEndpoint,
        WeightsUnchangedDuringRun,
        LoadedIsOnDisk,
        AsRequired,
        AllDocumentsScored,
        ScoreRecomputes,
        OneAttempt,
        RecordsIntact,
        EvidenceAtLeast,
    )
)


def rule_shapes() -> tuple[RuleShape, ...]:
    """What a requirements file may say about each rule of weighin."""
    return CATALOGUE.shapes()
