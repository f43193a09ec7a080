"""Whether the rules that a document names exist and take the parameters that it gives."""

from collections.abc import Iterator, Mapping

from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import Keys, Problem, shown_text, way_out
from weighin.files.yaml.shapes import check_value
from weighin.identity.facets import Facet
from weighin.requirements.rules.shapes import RuleShape, facet_rule


def check_rules(document: Document, shapes: Mapping[str, RuleShape]) -> Iterator[Problem]:
    """What is wrong with the rules that `same`, `rules` and `waivers` name.

    Args:
        document: A requirements file or a profile.
        shapes: Every rule by its id and aliases.
    """
    yield from _judged_facets(document, shapes)
    yield from _settings(document, shapes)
    for index in range(document.length("waivers")):
        keys: Keys = ("waivers", index, "rule")
        name = document.get(*keys)
        if isinstance(name, str) and name and name not in shapes:
            yield document.problem(keys, _unknown(name, shapes))


def _judged_facets(document: Document, shapes: Mapping[str, RuleShape]) -> Iterator[Problem]:
    for index in range(document.length("same")):
        facet = document.get("same", index)
        if facet in tuple(Facet) and facet_rule(Facet(facet)) not in shapes:
            text = f"no rule judges the facet {facet}; remove it, or it would hold unjudged"
            yield document.problem(("same", index), text)


def _settings(document: Document, shapes: Mapping[str, RuleShape]) -> Iterator[Problem]:
    rules = document.get("rules")
    first: dict[str, str] = {}
    for name in rules if isinstance(rules, dict) else ():
        keys: Keys = ("rules", name)
        if (shape := shapes.get(name)) is None:
            yield document.key_problem(keys, _unknown(name, shapes))
            continue
        if shape.id in first:
            text = f"names the same rule as {first[shape.id]}; keep one of them"
            yield document.key_problem(keys, text)
            continue
        first[shape.id] = name
        yield from _parameters(document, keys, shape)


def _parameters(document: Document, rule: Keys, shape: RuleShape) -> Iterator[Problem]:
    entry = document.get(*rule)
    for name in entry if isinstance(entry, dict) else ():
        keys = (*rule, name)
        if name in shape.parameters:
            yield from check_value(document, keys, shape.parameters[name])
        elif name != "level":
            text = f"unknown parameter; {way_out(name, (*shape.parameters, 'level'))}"
            yield document.key_problem(keys, text)


def _unknown(name: str, shapes: Mapping[str, RuleShape]) -> str:
    return f"unknown rule {shown_text(name)}; {way_out(name, tuple(shapes))}"
