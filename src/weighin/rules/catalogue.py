"""All rules, one line a rule, in the order in which their findings are told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import get_type_hints

from weighin.requirements.rule_shapes import RuleShape
from weighin.rules.answer_rules import ANSWER_RULES
from weighin.rules.artifact_rules import ARTIFACT_RULES
from weighin.rules.as_required import AsRequired
from weighin.rules.asking_rules import ASKING_RULES
from weighin.rules.attempt_rules import OneAttempt, RecordsIntact
from weighin.rules.circumstance_rules import CIRCUMSTANCE_RULES
from weighin.rules.claim_rules import CLAIM_RULES
from weighin.rules.comparison_rules import COMPARISON_RULES
from weighin.rules.compute_rules import COMPUTE_RULES
from weighin.rules.conflict_rule import NoConflictingScores
from weighin.rules.copied_answers import COPIED_ANSWER_RULES
from weighin.rules.coverage_rules import COVERAGE_RULES
from weighin.rules.declared_rules import DECLARED_RULES
from weighin.rules.distinct_checkpoints import DistinctCheckpointsDiffer
from weighin.rules.evidence_rules import EveryBenchmarkPresent, EvidenceAtLeast
from weighin.rules.harness_rules import HARNESS_RULES
from weighin.rules.identity_rules import CheckpointIsDeclared, ReleasedIsScored
from weighin.rules.input_rules import INPUT_RULES
from weighin.rules.interface import Rule
from weighin.rules.plausibility_rules import PLAUSIBILITY_RULES
from weighin.rules.protocol_rules import PROTOCOL_RULES
from weighin.rules.release_rules import RELEASE_RULES
from weighin.rules.repeat_rules import REPEAT_RULES
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
from weighin.rules.sandbox_rules import SANDBOX_RULES
from weighin.rules.score_rules import AllDocumentsScored, ScoreRecomputes
from weighin.rules.selection_rules import SELECTION_RULES
from weighin.rules.sentinel_rules import SENTINEL_RULES
from weighin.rules.served_rules import SERVED_RULES


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Rules that can be found by id or alias.

    Attributes:
        rules: In the order in which their findings are told.
        on_request: Ids of those that are judged only where the profile or the file names them.

    Raises:
        ValueError: Two rules share an id or alias.
    """

    rules: tuple[type[Rule], ...]
    on_request: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse rules that share a name."""
        seen: set[str] = set()
        for rule in self.rules:
            for name in (rule.id, *rule.aliases):
                if name in seen:
                    raise ValueError(f"two rules are named {name!r}")
                seen.add(name)

    def judged(self, requested: Collection[str]) -> tuple[type[Rule], ...]:
        """The rules that are judged where some rules are named."""
        return tuple(r for r in self.rules if r.id not in self.on_request or r.id in requested)

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


# By what they are about; each module lists its rules. A profile or a file must name them.
ON_REQUEST: tuple[tuple[type[Rule], ...], ...] = (
    ARTIFACT_RULES,
    CLAIM_RULES,
    SERVED_RULES,
    SENTINEL_RULES,
    COPIED_ANSWER_RULES,
    INPUT_RULES,
    HARNESS_RULES,
    CIRCUMSTANCE_RULES,
    SELECTION_RULES,
    REPEAT_RULES,
    RELEASE_RULES,
    PROTOCOL_RULES,
    ASKING_RULES,
    COMPUTE_RULES,
    COVERAGE_RULES,
    ANSWER_RULES,
    PLAUSIBILITY_RULES,
    SANDBOX_RULES,
    DECLARED_RULES,
    COMPARISON_RULES,
)

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
        NoConflictingScores,
        EvidenceAtLeast,
        *(rule for group in ON_REQUEST for rule in group),
    ),
    on_request=frozenset(rule.id for group in ON_REQUEST for rule in group),
)


def rule_shapes() -> tuple[RuleShape, ...]:
    """What a requirements file may say about each rule of weighin."""
    return CATALOGUE.shapes()
