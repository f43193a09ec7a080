"""The level of a rule under a profile."""

from collections.abc import Mapping

from weighin.requirements.profiles import Profile
from weighin.requirements.rules.merging import facet_settings, merged
from weighin.rules.catalogue import Catalogue
from weighin.rules.interface import Rule
from weighin.rules.shared.facets.same_facet import SameFacet


def named_levels(profile: Profile, catalogue: Catalogue) -> dict[str, str]:
    """The level of each rule that a profile names; `off` where it turns one off."""
    shapes = {shape.id: shape for shape in catalogue.shapes()}
    settings = merged(facet_settings(profile.same, shapes), profile.rules)
    levels: dict[str, str] = {}
    for name, setting in settings.items():
        rule = catalogue.find(name)
        if rule is not None:
            levels[rule.id] = setting.level or rule.level
    return levels


def level_of(rule: type[Rule], catalogue: Catalogue, levels: Mapping[str, str]) -> str | None:
    """The level of a rule under a profile; `None` if it is judged only where a file names it.

    Args:
        rule: The rule.
        catalogue: Where it stands.
        levels: Those that the profile names.
    """
    if rule.id in levels:
        return levels[rule.id]
    is_on_request = rule.id in catalogue.on_request or issubclass(rule, SameFacet)
    return None if is_on_request else rule.level
