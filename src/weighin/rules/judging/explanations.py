"""What a rule says of itself: why it matters, how it decides, how to mend what it finds."""

import json
from dataclasses import dataclass

from pydantic_core import to_json

from weighin.errors import UsageError
from weighin.rules.catalogue import CATALOGUE, Catalogue, parameters_of
from weighin.rules.interface import Level, Rule
from weighin.rules.shared.wording import literal, sections_of

JUDGE_ID = "judge"
"""Id under which the judge reports on itself, for example that nothing was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A rule's documentation, taken from its class.

    Attributes:
        rule: Id of the rule.
        sentence: What holds where the rule is met.
        why: Why it matters.
        how: How it is decided, and from what.
        fix: What to do where it does not hold.
        level: Its level unless the requirements say otherwise.
        aliases: Other ids under which a requirements file may name it.
        parameters: Each parameter with its default, for example `limit: 1`.
        file: The file that judges it, below the folder of sources.
    """

    rule: str
    sentence: str
    why: str
    how: str
    fix: str
    level: Level
    aliases: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    file: str


_JUDGE = Explanation(
    rule=JUDGE_ID,
    sentence="Something was judged, and it was about identity.",
    why="A check that had nothing to check must not look like one that succeeded.",
    how="The judge itself reports missing requirements, missing records, and rules that decided "
    "nothing. It cannot be switched off or waived.",
    fix="Name benchmarks and facets in the requirements, and give the evidence of their runs.",
    level=Level.ERROR,
    file="weighin/rules/judging/judge.py",
)


def explanation(rule_id: str, catalogue: Catalogue = CATALOGUE) -> Explanation:
    """The documentation of a rule.

    Args:
        rule_id: Its id or an alias.
        catalogue: Where to look.

    Raises:
        UsageError: No rule has that name.
    """
    if rule_id == JUDGE_ID:
        return _JUDGE
    rule = catalogue.find(rule_id)
    if rule is None:
        raise UsageError(catalogue.unknown(rule_id))
    return _of(rule)


def explanations(catalogue: Catalogue = CATALOGUE) -> tuple[Explanation, ...]:
    """The documentation of every rule, in the order of the catalogue."""
    return tuple(_of(rule) for rule in catalogue.rules)


def _of(rule: type[Rule]) -> Explanation:
    sentence, sections = sections_of(rule)
    default = rule()
    return Explanation(
        rule=rule.id,
        sentence=sentence,
        why=sections.get("Why", ""),
        how=sections.get("How", ""),
        fix=sections.get("Fix", ""),
        level=rule.level,
        aliases=rule.aliases,
        parameters=tuple(
            f"{name}: {_as_written(getattr(default, name))}" for name in parameters_of(rule)
        ),
        file=f"{rule.__module__.replace('.', '/')}.py",
    )


def _as_written(value: object) -> str:
    """A default as it would stand in the requirements file."""
    return literal(json.loads(to_json(value)))
