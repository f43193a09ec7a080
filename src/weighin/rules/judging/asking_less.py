"""What a requirements file drops from its profile: nothing is asked less of in silence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.requirements.model import Requirements, RuleSetting
from weighin.rules.catalogue import Catalogue
from weighin.rules.interface import Level, Rule, Weaker
from weighin.rules.shared.wording import listed, literal

_OFF = "off"
_LEVELS = (*Level, _OFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsksLess:
    """One way in which a file asks less than its profile.

    Attributes:
        what: For example `level warning instead of error`, or `without chat_template`.
        rule: Id of the rule; empty for facets and the grade of evidence.
    """

    what: str
    rule: str = ""

    @property
    def told(self) -> str:
        """It in one line with others: `same-engine warning instead of error`."""
        return f"{self.rule} {self.what.removeprefix('level ')}" if self.rule else self.what


def asks_less(requirements: Requirements, catalogue: Catalogue) -> tuple[AsksLess, ...]:
    """Everything in which a file asks less than its profile.

    Requirements that were not read from a file hold no profile: there every rule that is set is
    compared with what it asks by itself.
    """
    return (
        *_facets(requirements),
        *_evidence(requirements),
        *(less for rule in catalogue.rules for less in _of_rule(rule, requirements, catalogue)),
    )


def set_otherwise(rule: type[Rule], requirements: Requirements) -> tuple[str, ...]:
    """The parameters of a rule that a file sets to what is neither less nor more."""
    return tuple(
        f"{name}: {literal(value)} instead of {literal(base)}"
        for name, value, base in _parameters(rule, requirements)
        if name not in rule.weaker and value != base
    )


def _facets(requirements: Requirements) -> Iterator[AsksLess]:
    dropped = tuple(f for f in requirements.profile_same if f not in requirements.same)
    if dropped:
        yield AsksLess(what=f"without {listed(dropped, len(dropped))}")


def _evidence(requirements: Requirements) -> Iterator[AsksLess]:
    asked, profile = requirements.evidence, requirements.profile_evidence
    if profile is not None and not asked.at_least(profile):
        yield AsksLess(what=f"evidence {asked} instead of {profile}")


def _of_rule(
    rule: type[Rule], requirements: Requirements, catalogue: Catalogue
) -> Iterator[AsksLess]:
    is_facet = rule.anchor == "same"
    if is_facet and getattr(rule, "facet", None) not in requirements.same:
        # That the facet was dropped says it, or it never had to be the same.
        return
    profile, after = requirements.profile_rules, requirements.rules.get(rule.id)
    if profile is None and (after is None or rule.id in requirements.switched_on):
        return
    before = RuleSetting() if profile is None else profile.get(rule.id)
    asked = _level(rule, before, catalogue, is_facet=is_facet)
    now = _level(rule, after, catalogue, is_facet=is_facet)
    if _LEVELS.index(now) > _LEVELS.index(asked):
        yield AsksLess(what=f"level {now} instead of {asked}", rule=rule.id)
    if _OFF in (asked, now):
        return
    for name, value, base in _parameters(rule, requirements):
        if _is_weaker(rule.weaker.get(name), value, base):
            what = f"{name}: {literal(value)} instead of {literal(base)}"
            yield AsksLess(what=what, rule=rule.id)


def _parameters(
    rule: type[Rule], requirements: Requirements
) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """By parameter: what the file, and what its profile or the rule itself, sets."""
    setting = requirements.rules.get(rule.id)
    of_profile = (requirements.profile_rules or {}).get(rule.id, RuleSetting()).parameters
    defaults = rule()
    for name, value in () if setting is None else setting.parameters.items():
        default = _as_json(getattr(defaults, name, None))
        yield name, value, of_profile.get(name, default)


def _level(
    rule: type[Rule], setting: RuleSetting | None, catalogue: Catalogue, *, is_facet: bool
) -> str:
    if setting is None:
        return _OFF if is_facet or rule.id in catalogue.on_request else rule.level
    return setting.level or rule.level


def _is_weaker(how: Weaker | None, value: JsonValue, base: JsonValue) -> bool:
    """Whether a value lets pass what its base does not."""
    if value == base:
        return False
    match how:
        case Weaker.HIGHER | Weaker.LOWER if _is_number(value) and _is_number(base):
            return (float(str(value)) > float(str(base))) == (how is Weaker.HIGHER)
        case Weaker.FALSE:
            return base is True and value is False
        case Weaker.MORE if isinstance(value, list) and isinstance(base, list):
            return any(item not in base for item in value)
        case Weaker.FEWER if isinstance(value, list) and isinstance(base, list):
            return any(item not in value for item in base)
        case Weaker.MORE_OR_NONE if isinstance(value, list) and isinstance(base, list):
            # An empty list allows all.
            return bool(base) and (not value or any(item not in base for item in value))
        case _:
            return False


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_json(value: object) -> JsonValue:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [_as_json(item) for item in value]
        case Mapping():
            return {str(key): _as_json(item) for key, item in value.items()}
        case _:
            return str(value)
