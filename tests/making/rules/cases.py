"""Cases of every rule: met, violated, undecided, from the file of tests that is the rule's own."""

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from types import ModuleType

from tests.making.rules.builders import Cases, setting

from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Case, Rule

CANNOT_BE_VIOLATED = {
    "evidence-at-least",
    "every-benchmark-present",
    "bundle-is-signed",
    "contamination-is-stated",
    "test-data-access-is-stated",
}
"""Rules on what evidence there is: where it is missing, nothing contradicts the claim."""

CANNOT_BE_MET = {"bundle-is-signed", "endpoint-behaves-like-reference"}
"""weighin verifies no signature and probes no endpoint yet; what somebody states is no proof."""


def file_of_tests(judging: type) -> str:
    """Where the tests of a rule or a check stand: in the mirror of the sources, one file each."""
    *folders, name = judging.__module__.removeprefix("weighin.").split(".")
    return f"tests/unit/{'/'.join(folders)}/test_{name}.py"


def _module(rule: type[Rule]) -> ModuleType | None:
    """The tests of a rule; `None` if it has no file of them, which a law tells."""
    name = file_of_tests(rule).removesuffix(".py").replace("/", ".")
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            return None
        raise


def _cases(rule: type[Rule]) -> Cases:
    """`CASES` of its tests: by outcome, or by the rules of a table of rules, then by outcome."""
    cases: Cases = getattr(_module(rule), "CASES", {})
    return cases.get(rule.id, cases)


CASES: Mapping[str, Cases] = {rule.id: _cases(rule) for rule in CATALOGUE.rules}
PARAMETERS: Mapping[str, Mapping[str, object]] = {
    rule.id: getattr(_module(rule), "PARAMETERS", {}) for rule in CATALOGUE.rules
}
"""Parameters of the rules that have nothing to judge, or cannot be violated, without any."""


def made(rule: type[Rule]) -> Rule:
    """The rule, with the parameters that its cases need."""
    return rule(**PARAMETERS[rule.id])


def requested_in(of: Case, rule: str) -> Case:
    """The case under requirements that name the rule, with the parameters that its cases need."""
    asked = setting(**json.loads(json.dumps(PARAMETERS[rule])))
    rules = {**of.requirements.rules, rule: asked}
    return replace(of, requirements=of.requirements.model_copy(update={"rules": rules}))
