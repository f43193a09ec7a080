"""Which rules are on: the facets of `same`, the profile's rules, and the file's over them."""

from collections.abc import Collection, Mapping

from weighin.identity.facets import Facet
from weighin.requirements.model import RuleSetting
from weighin.requirements.rules.shapes import RuleShape, facet_rule


def canonical_settings(
    settings: Mapping[str, RuleSetting], shapes: Mapping[str, RuleShape]
) -> dict[str, RuleSetting]:
    """Settings with every alias of a rule replaced by its id."""
    return {shapes[name].id: setting for name, setting in settings.items()}


def facet_settings(
    same: Collection[Facet], shapes: Mapping[str, RuleShape]
) -> dict[str, RuleSetting]:
    """The rules that are on because their facet must be the same, at level `error`."""
    return {
        facet_rule(facet): RuleSetting(level="error")
        for facet in same
        if facet_rule(facet) in shapes
    }


def merged(*layers: Mapping[str, RuleSetting]) -> dict[str, RuleSetting]:
    """Settings rule by rule; what a later layer says of a level or parameter replaces it.

    A later layer that names a rule without a level keeps its level, but turns on a rule that
    is off: parameters of a rule that is not judged would be a requirement without effect.
    """
    result: dict[str, RuleSetting] = {}
    for layer in layers:
        for rule, setting in layer.items():
            before = result.get(rule, RuleSetting())
            kept = None if before.level == "off" else before.level
            result[rule] = RuleSetting(
                level=setting.level or kept,
                parameters={**before.parameters, **setting.parameters},
            )
    return result


def switched_on(
    of_file: Mapping[str, RuleSetting], of_profile: Mapping[str, RuleSetting]
) -> frozenset[str]:
    """Ids of the rules that a file sets, not to `off`, and that its profile does not judge."""
    off = RuleSetting(level="off")
    return frozenset(
        rule
        for rule, setting in of_file.items()
        if setting.level != "off" and of_profile.get(rule, off).level == "off"
    )
