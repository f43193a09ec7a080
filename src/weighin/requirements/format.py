"""What a user writes: the requirements file, and the profile files that come with weighin."""

from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, JsonValue

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade
from weighin.requirements.model import BenchmarkRequirement, Model, RuleSetting, Text, Waiver

DEFAULT_PROFILE = "same-checkpoint"

RuleLevel: TypeAlias = Literal["error", "warning", "note", "off"]
# `absent` is no evidence, so it cannot be the least that counts.
LeastGrade: TypeAlias = Literal[Grade.MEASURED, Grade.PINNED, Grade.DECLARED, Grade.NAMED]
Facets: TypeAlias = Annotated[tuple[Facet, ...], Field(min_length=1)]


class RuleEntry(StrictModel):
    """One rule: its level and its own parameters.

    Attributes:
        level: How much the rule counts; without it the profile's level stays.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    level: RuleLevel | None = None

    def setting(self) -> RuleSetting:
        """The entry as a setting."""
        return RuleSetting(level=self.level, parameters=dict(self.__pydantic_extra__))


Rules: TypeAlias = dict[str, RuleLevel | RuleEntry]


def rule_settings(rules: Rules) -> dict[str, RuleSetting]:
    """The entries of a `rules:` section as settings; a plain word is a level."""
    return {
        name: entry.setting() if isinstance(entry, RuleEntry) else RuleSetting(level=entry)
        for name, entry in rules.items()
    }


class RequirementsFile(StrictModel):
    """What must hold for a row of scores: which model, which benchmarks, and how it is judged.

    Attributes:
        weighin: Version of this format: 1.
        model: The model under judgement.
        tasks: Folders with task files of one's own, relative to this file.
        profile: The profile to start from.
        same: Facets that must be the same on every benchmark; replaces the profile's list.
        evidence: The least grade of evidence that counts; replaces the profile's.
        benchmarks: The benchmarks that must be scored. A task may stand several times, told apart
            by a setting that each of its entries states, for example `num_fewshot` or `metric`.
        rules: Settings by rule id, each a level or a mapping of `level` and the rule's
            parameters; merged with the profile's, rule by rule.
        waivers: Findings that somebody accepts, in the open and for a time.
    """

    weighin: Literal[1]
    model: Model
    tasks: tuple[Text, ...] = ()
    profile: Text = DEFAULT_PROFILE
    same: Facets | None = None
    evidence: LeastGrade | None = None
    benchmarks: Annotated[tuple[BenchmarkRequirement, ...], Field(min_length=1)]
    rules: Rules = Field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


class ProfileFile(StrictModel):
    """A profile as it stands in its file.

    Attributes:
        description: What the profile demands, in a sentence or two.
        extends: The profile to start from; `None` starts from nothing.
        same: Facets that must be the same on every benchmark; replaces the list it extends.
        evidence: The least grade of evidence that counts; replaces the grade it extends.
        rules: Settings by rule id; merged with those it extends, rule by rule.
    """

    description: Text
    extends: Text | None = None
    same: Facets | None = None
    evidence: LeastGrade | None = None
    rules: Rules = Field(default_factory=dict)
