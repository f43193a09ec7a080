"""All rules, one line a rule, in the order in which their findings are told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import get_type_hints

from weighin.requirements.rules.shapes import RuleShape
from weighin.rules.answers.answered_by_one_model import AnsweredByOneModel
from weighin.rules.answers.answers_are_not_truncated import AnswersAreNotTruncated
from weighin.rules.answers.answers_parse import AnswersParse
from weighin.rules.answers.different_models_answer_differently import (
    DifferentModelsAnswerDifferently,
)
from weighin.rules.answers.endpoint_behaves_like_reference import EndpointBehavesLikeReference
from weighin.rules.answers.lengths_near_reference import LengthsNearReference
from weighin.rules.answers.outputs_vary import OutputsVary
from weighin.rules.answers.served_model_is_dated import ServedModelIsDated
from weighin.rules.artifact.checkpoint_is_declared import CheckpointIsDeclared
from weighin.rules.artifact.distinct_checkpoints_differ import DistinctCheckpointsDiffer
from weighin.rules.artifact.one_artifact_per_name import OneArtifactPerName
from weighin.rules.artifact.released_is_scored import ReleasedIsScored
from weighin.rules.artifact.revision_is_immutable import RevisionIsImmutable
from weighin.rules.artifact.same_artifact import (
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
from weighin.rules.artifact.stated.artifact_is_public import ArtifactIsPublic
from weighin.rules.artifact.stated.bundle_is_signed import BundleIsSigned
from weighin.rules.artifact.stated.contamination_is_stated import ContaminationIsStated
from weighin.rules.artifact.stated.lineage_is_declared import LineageIsDeclared
from weighin.rules.artifact.stated.release_is_stated import ReleaseIsStated
from weighin.rules.artifact.stated.test_data_access_is_stated import AccessIsStated
from weighin.rules.environment.aggregation_as_required import AggregationAsRequired
from weighin.rules.environment.engine_is_allowed import EngineIsAllowed
from weighin.rules.environment.hardware_is_recorded import HardwareIsRecorded
from weighin.rules.environment.harness_files_are_allowed import HarnessFilesAreAllowed
from weighin.rules.environment.harness_is_committed import HarnessIsCommitted
from weighin.rules.environment.runs_within_days import RunsWithinDays
from weighin.rules.environment.same_harness import SameHarness
from weighin.rules.environment.sandbox.default_limits import DefaultLimits
from weighin.rules.environment.sandbox.images_are_allowed import ImagesAreAllowed
from weighin.rules.environment.sandbox.network_as_required import NetworkAsRequired
from weighin.rules.environment.sandbox.no_forbidden_access import NoForbiddenAccess
from weighin.rules.environment.sandbox.trajectories_are_complete import TrajectoriesAreComplete
from weighin.rules.environment.seeds_are_recorded import SeedsAreRecorded
from weighin.rules.environment.test_time_compute_as_declared import ComputeAsDeclared
from weighin.rules.interface import Rule
from weighin.rules.protocol.as_required import AsRequired
from weighin.rules.protocol.dataset_as_required import DatasetAsRequired
from weighin.rules.protocol.exactly_one_bos import ExactlyOneBos
from weighin.rules.protocol.no_task_override import NoTaskOverride
from weighin.rules.protocol.own_stop_sequences import OwnStopSequences
from weighin.rules.protocol.prompts_are_those_of_reference import PromptsAreThoseOfReference
from weighin.rules.protocol.same_documents import SameDocuments
from weighin.rules.protocol.same_max_length import SameMaxLength
from weighin.rules.protocol.same_protocol import (
    SameChatTemplate,
    SameDecoding,
    SameEndpoint,
    SameEngine,
    SameHarnessFiles,
    SameSystemPrompt,
    SameTestTimeCompute,
)
from weighin.rules.protocol.same_task_configuration import SameTaskConfiguration
from weighin.rules.protocol.task_configuration_as_required import TaskConfigurationAsRequired
from weighin.rules.protocol.template_is_released import TemplateIsReleased
from weighin.rules.protocol.tools_as_required import ToolsAsRequired
from weighin.rules.runs.attempt_is_chosen_beforehand import AttemptIsChosenBeforehand
from weighin.rules.runs.every_benchmark_present import EveryBenchmarkPresent
from weighin.rules.runs.evidence_at_least import EvidenceAtLeast
from weighin.rules.runs.loaded_is_on_disk import LoadedIsOnDisk
from weighin.rules.runs.one_attempt import OneAttempt
from weighin.rules.runs.one_continuous_run import OneContinuousRun
from weighin.rules.runs.records_intact import RecordsIntact
from weighin.rules.runs.repeats_look_like_repeats import RepeatsLookLikeRepeats
from weighin.rules.runs.variants_at_most import VariantsAtMost
from weighin.rules.runs.watched_throughout import WatchedThroughout
from weighin.rules.runs.weights_unchanged_during_run import WeightsUnchangedDuringRun
from weighin.rules.scores.all_documents_scored import AllDocumentsScored
from weighin.rules.scores.claimed_scores_are_recorded import ClaimedScoresAreRecorded
from weighin.rules.scores.comparison_is_paired import ComparisonIsPaired
from weighin.rules.scores.errors_count_as_wrong import ErrorsCountAsWrong
from weighin.rules.scores.no_conflicting_scores import NoConflictingScores
from weighin.rules.scores.reference_was_scored_alike import ReferenceWasScoredAlike
from weighin.rules.scores.score_is_plausible import ScoreIsPlausible
from weighin.rules.scores.score_recomputes import ScoreRecomputes
from weighin.rules.scores.uncertainty_is_shown import UncertaintyIsShown


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
        way_out = (
            f"did you mean {near[0]}?"
            if near
            else f"known are {', '.join(rule.id for rule in self.rules)}"
        )
        return f"unknown rule {name!r}; {way_out}"

    def shapes(self) -> tuple[RuleShape, ...]:
        """What the requirements file may say about each rule."""
        return tuple(
            RuleShape(id=rule.id, parameters=parameters_of(rule), aliases=rule.aliases)
            for rule in self.rules
        )


def parameters_of(rule: type[Rule]) -> Mapping[str, object]:
    """The rule's parameters: type by name."""
    hints = get_type_hints(rule, include_extras=True)
    return {field.name: hints[field.name] for field in fields(rule)}


# Judged in every check.
ALWAYS: tuple[type[Rule], ...] = (
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
    SameHarnessFiles,
    WeightsUnchangedDuringRun,
    WatchedThroughout,
    LoadedIsOnDisk,
    AsRequired,
    AllDocumentsScored,
    ScoreRecomputes,
    OneAttempt,
    RecordsIntact,
    NoConflictingScores,
    EvidenceAtLeast,
)

# Judged only where a profile or the file names them.
ON_REQUEST: tuple[type[Rule], ...] = (
    RevisionIsImmutable,
    OneArtifactPerName,
    ClaimedScoresAreRecorded,
    ServedModelIsDated,
    AnsweredByOneModel,
    EndpointBehavesLikeReference,
    DifferentModelsAnswerDifferently,
    ExactlyOneBos,
    TemplateIsReleased,
    EngineIsAllowed,
    HarnessIsCommitted,
    SameHarness,
    HarnessFilesAreAllowed,
    RunsWithinDays,
    SeedsAreRecorded,
    HardwareIsRecorded,
    VariantsAtMost,
    AttemptIsChosenBeforehand,
    RepeatsLookLikeRepeats,
    ArtifactIsPublic,
    ReleaseIsStated,
    BundleIsSigned,
    SameDocuments,
    SameTaskConfiguration,
    SameMaxLength,
    PromptsAreThoseOfReference,
    TaskConfigurationAsRequired,
    DatasetAsRequired,
    NoTaskOverride,
    OwnStopSequences,
    ToolsAsRequired,
    AggregationAsRequired,
    ComputeAsDeclared,
    ErrorsCountAsWrong,
    OneContinuousRun,
    UncertaintyIsShown,
    AnswersAreNotTruncated,
    AnswersParse,
    OutputsVary,
    LengthsNearReference,
    ScoreIsPlausible,
    ImagesAreAllowed,
    DefaultLimits,
    NetworkAsRequired,
    TrajectoriesAreComplete,
    NoForbiddenAccess,
    LineageIsDeclared,
    ContaminationIsStated,
    AccessIsStated,
    ReferenceWasScoredAlike,
    ComparisonIsPaired,
)

CATALOGUE = Catalogue(
    rules=(*ALWAYS, *ON_REQUEST), on_request=frozenset(rule.id for rule in ON_REQUEST)
)


def rule_shapes() -> tuple[RuleShape, ...]:
    """What a requirements file may say about each rule of weighin."""
    return CATALOGUE.shapes()
