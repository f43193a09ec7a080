"""What rules and checks say of themselves, as JSON documents."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, Literal

from pydantic import JsonValue
from pydantic_core import to_json

from weighin.files.strict_model import StrictModel
from weighin.files.yaml.shapes import field_texts
from weighin.reports.requirements.levels import level_of, named_levels
from weighin.reports.shared.json_text import json_text
from weighin.reports.shared.rule_address import rule_address
from weighin.requirements.profiles import available_profiles, load_profile
from weighin.rules.catalogue import CATALOGUE, parameters_of
from weighin.rules.interface import Level, Rule
from weighin.rules.judging.explanations import JUDGE_ID, Explanation, explanation
from weighin.rules.scorecard.catalogue import (
    CheckExplanation,
    check_explanation,
    check_explanations,
)

EXPLANATION_FORMAT: Final = "weighin.explanation/1"
EXPLANATIONS_FORMAT: Final = "weighin.explanations/1"


class Kind(StrEnum):
    """What is explained."""

    RULE = "rule"
    """A rule of requirements, judged by `weighin check`."""
    CHECK = "check"
    """A check of published numbers, made by `weighin scorecard`."""


class ParameterEntry(StrictModel):
    """A parameter of a rule, the value that it has where a file says nothing, and its meaning."""

    name: str
    default: JsonValue
    meaning: str


class ExplanationEntry(StrictModel):
    """What a rule or a check says of itself.

    Attributes:
        kind: Which of the two it is.
        rule: Its id.
        level: The level of a rule unless the requirements say otherwise; `null` for a check.
        sentence: What holds where the rule is met, or the check finds nothing.
        why: Why it matters.
        how: How it is decided, and from what.
        fix: What to do where it does not hold.
        parameters: Those that the requirements can set.
        aliases: Other ids under which the requirements can name it.
        profiles: By profile: its level under it, or `off`; `null` where it is judged only if the
            requirements name it. Empty for a check.
        page: Where it is written down for people.
        judged_by: The file that judges it, below the folder of sources; `null` for a check.
    """

    kind: Kind
    rule: str
    level: Level | None
    sentence: str
    why: str
    how: str
    fix: str
    parameters: tuple[ParameterEntry, ...]
    aliases: tuple[str, ...]
    profiles: dict[str, Level | Literal["off"] | None]
    page: str
    judged_by: str | None


class _Explanation(StrictModel):
    format: Literal["weighin.explanation/1"]


# A document begins with its format: the fields of the last base come first.
class ExplanationDocument(ExplanationEntry, _Explanation):
    """What one rule or check says of itself.

    Attributes:
        format: Always `weighin.explanation/1`.
    """


class ExplanationsDocument(StrictModel):
    """What all rules and checks say of themselves.

    Attributes:
        format: Always `weighin.explanations/1`.
        explanations: The rules in the order of their catalogue, then the checks of scorecards.
    """

    format: Literal["weighin.explanations/1"]
    explanations: tuple[ExplanationEntry, ...]


def render(rule_id: str) -> str:
    """What a rule or check says of itself, as one JSON document in ASCII, with a line break.

    Args:
        rule_id: Its id, or an alias of a rule.

    Raises:
        UsageError: No rule and no check has that name.
    """
    check = check_explanation(rule_id)
    entry = _rule(explanation(rule_id), _profiles()) if check is None else _check(check)
    return json_text(ExplanationDocument(format=EXPLANATION_FORMAT, **dict(entry)))


def render_all() -> str:
    """What all rules and checks say of themselves, as one JSON document, likewise."""
    profiles = _profiles()
    rules = (*(rule.id for rule in CATALOGUE.rules), JUDGE_ID)
    return json_text(
        ExplanationsDocument(
            format=EXPLANATIONS_FORMAT,
            explanations=(
                *(_rule(explanation(rule), profiles) for rule in rules),
                *map(_check, check_explanations()),
            ),
        )
    )


def _profiles() -> Mapping[str, Mapping[str, str]]:
    return {name: named_levels(load_profile(name), CATALOGUE) for name in available_profiles()}


def _rule(told: Explanation, profiles: Mapping[str, Mapping[str, str]]) -> ExplanationEntry:
    rule = CATALOGUE.find(told.rule)
    return ExplanationEntry(
        kind=Kind.RULE,
        rule=told.rule,
        level=told.level,
        sentence=told.sentence,
        why=told.why,
        how=told.how,
        fix=told.fix,
        parameters=() if rule is None else tuple(_parameters(rule)),
        aliases=told.aliases,
        profiles={
            # The judge itself is no rule of the catalogue, and cannot be switched off.
            name: told.level if rule is None else _level(level_of(rule, CATALOGUE, levels))
            for name, levels in profiles.items()
        },
        page=rule_address(told.rule),
        judged_by=told.file,
    )


def _level(level: str | None) -> Level | Literal["off"] | None:
    match level:
        case None | "off":
            return level
        case _:
            return Level(level)


def _parameters(rule: type[Rule]) -> Iterator[ParameterEntry]:
    names = parameters_of(rule)
    meanings, default = field_texts(rule) if names else {}, rule()
    for name in names:
        value: JsonValue = json.loads(to_json(getattr(default, name)))
        yield ParameterEntry(name=name, default=value, meaning=meanings.get(name, ""))


def _check(told: CheckExplanation) -> ExplanationEntry:
    return ExplanationEntry(
        kind=Kind.CHECK,
        rule=told.check,
        level=None,
        sentence=told.sentence,
        why=told.why,
        how=told.how,
        fix=told.fix,
        parameters=(),
        aliases=(),
        profiles={},
        page=rule_address(told.check),
        judged_by=None,
    )
