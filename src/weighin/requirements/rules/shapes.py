"""What a requirements file may say about each rule, told by the layer that has the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from weighin.identity.facets import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShape:
    """A rule as far as the file format must know it.

    Attributes:
        id: The rule's id, for example `one-attempt`.
        parameters: The rule's parameters: type annotation by name, for example
            `{"limit": int}`. Values are checked against it without coercion.
        aliases: Other ids under which files may name the rule, for example `attempts-at-most`.
    """

    id: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


def facet_rule(facet: Facet) -> str:
    """Id of the rule that a facet is the same on every benchmark: `same-chat-template`."""
    return f"same-{facet.value.replace('_', '-')}"


def shapes_by_name(known_rules: Iterable[RuleShape]) -> dict[str, RuleShape]:
    """Every id and alias with the rule that it names."""
    return {name: shape for shape in known_rules for name in (shape.id, *shape.aliases)}
