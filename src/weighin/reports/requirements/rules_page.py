"""The documentation of all rules as one Markdown page, made from the rules themselves."""

from collections.abc import Iterator, Mapping
from typing import cast

from pydantic import TypeAdapter

from weighin.files.yaml.shapes import field_texts
from weighin.reports.requirements.levels import level_of, named_levels
from weighin.reports.shared.markdown_text import as_code
from weighin.requirements.profiles import available_profiles, load_profile
from weighin.rules.catalogue import CATALOGUE, Catalogue, parameters_of
from weighin.rules.interface import Rule
from weighin.rules.judging.explanations import Explanation, explanation
from weighin.rules.scorecard.catalogue import CheckExplanation, check_explanations
from weighin.rules.shared.facets.same_facet import SameFacet
from weighin.rules.shared.fact_rule import FactRule, SameFactRule

_HEAD = """\
# Rules

Made by `weighin explain --markdown` from the rules themselves.

A rule answers `met`, `violated`, `undecided` (evidence is missing: it says which) or
`not-applicable`; a finding that somebody accepts in the open is `waived`. Only the level `error`
moves the verdict. A profile, or `rules:` in the requirements file, sets the level of a rule, turns
it `off`, and gives its parameters:

```yaml
rules:
  answers-are-not-truncated: {level: warning, share: 0.02}
```

A rule without a level under a profile, and not marked *always*, is judged only where the
requirements name it.
"""
_CHECKS = """
---

What follows are the checks of published numbers, which `weighin scorecard` makes.
"""
_NOT_JUDGED = "-"


def rules_page(catalogue: Catalogue = CATALOGUE) -> str:
    """The page: a table of all rules by profile, a section for each, and one for each check."""
    profiles = {name: named_levels(load_profile(name), catalogue) for name in available_profiles()}
    parts = [_HEAD, "\n".join(_table(catalogue, profiles)) + "\n"]
    parts += ["\n".join(_section(rule, catalogue, profiles)) for rule in catalogue.rules]
    parts.append("\n".join(_texts(explanation("judge"), level="always `error`")))
    parts.append(_CHECKS)
    parts += ["\n".join(_check(check)) for check in check_explanations()]
    return "\n".join(parts).rstrip() + "\n"


def _table(catalogue: Catalogue, profiles: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"| rule | what holds | {' | '.join(profiles)} |"
    yield f"|---|---|{'---|' * len(profiles)}"
    for rule in catalogue.rules:
        told = explanation(rule.id, catalogue)
        levels = (_told(rule, catalogue, levels) for levels in profiles.values())
        yield (
            f"| [{rule.id}](#{rule.id}) | {_cell(told.sentence.rstrip('.'))} | "
            f"{' | '.join(levels)} |"
        )


def _told(rule: type[Rule], catalogue: Catalogue, levels: Mapping[str, str]) -> str:
    level = level_of(rule, catalogue, levels)
    if level is None:
        return _NOT_JUDGED
    return level if rule.id in levels else f"{level} (always)"


def _section(
    rule: type[Rule], catalogue: Catalogue, profiles: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    told = explanation(rule.id, catalogue)
    yield from _texts(told, level=f"`{told.level}`")
    yield f"- Looks at: {_scope(rule, told)}"
    if issubclass(rule, FactRule):
        yield f"- Evidence: the fact `{rule.fact}`, of grade `{rule.least}` or better"
    places = [
        f"{name} ({levels[rule.id]})" for name, levels in profiles.items() if rule.id in levels
    ]
    yield f"- In profiles: {', '.join(places) or 'none'}"
    if told.aliases:
        yield f"- Also known as: {', '.join(map(as_code, told.aliases))}"
    if parameters := parameters_of(rule):
        yield from ("", "| parameter | default | meaning |", "|---|---|---|")
        meanings = field_texts(rule)
        defaults = dict(parameter.split(": ", maxsplit=1) for parameter in told.parameters)
        for name in parameters:
            words = _cell(meanings.get(name, ""))
            default = as_code(defaults[name], in_cell=True)
            yield f"| `{name}`{_bounds(parameters[name])} | {default} | {words} |"
    yield ""


def _check(check: CheckExplanation) -> Iterator[str]:
    yield from _words(check.check, check.sentence, check.why, check.how, check.fix)


def _texts(told: Explanation, *, level: str) -> Iterator[str]:
    yield from _words(told.rule, told.sentence, told.why, told.how, told.fix)
    yield f"- Level: {level}"
    yield f"- Judged by: [`{told.file}`](../src/{told.file})"


def _words(name: str, sentence: str, why: str, how: str, fix: str) -> Iterator[str]:
    yield from (f"## {name}", "", sentence, "")
    for title, text in (("Why", why), ("How", how), ("Fix", fix)):
        yield f"**{title}.** {text}"
        yield ""


def _cell(text: str) -> str:
    """Text of ours, which may hold Markdown, in a table."""
    return text.replace("|", "\\|")


def _scope(rule: type[Rule], told: Explanation) -> str:
    """What a rule looks at, from what it is and what it enforces."""
    if issubclass(rule, SameFacet | SameFactRule):
        return "all benchmarks of the row against each other"
    beside = (
        ", beside the reference records (`--reference`)" if "reference record" in told.how else ""
    )
    if rule.anchor == "benchmarks":
        return f"each benchmark{beside}"
    return f"the row, for `{rule.anchor}`{beside}" if rule.anchor else f"the row{beside}"


def _bounds(annotation: object) -> str:
    """The range of a parameter, in brackets; empty if it has none."""
    adapter: TypeAdapter[object] = TypeAdapter(cast("type[object]", annotation))
    schema = adapter.json_schema()
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    told = [f"{word} {schema[key]:g}" for key, word in words.items() if key in schema]
    return f" ({', '.join(told)})" if told else ""
