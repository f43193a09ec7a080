"""Invariants of the judge: doubt is never success."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from tests.making.rules.builders import (
    TODAY,
    VARIANT,
    case,
    foreign,
    record,
    requirements,
    setting,
    verdict,
    waiver,
    with_gsm8k,
    with_records,
)
from tests.making.rules.cases import CASES, requested_in

from weighin.errors import RequirementsError
from weighin.identity.facets import Facet, Grade
from weighin.rules.catalogue import CATALOGUE, Catalogue
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.judging.judge import judge

EVERYTHING_OFF = {rule.id: setting("off") for rule in CATALOGUE.rules}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A rule that answers as a test says."""

    id: ClassVar[str] = "scripted"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "same"
    lack: ClassVar[None] = None
    outcomes: ClassVar[tuple[Outcome, ...]] = ()

    def check(self, _: Case) -> Iterator[Finding]:
        for outcome in self.outcomes:
            yield Finding(outcome=outcome, statement="so it is", benchmarks=("gsm8k",))


class Met(Scripted):
    id = "same-weights"
    outcomes = (Outcome.MET,)


class MetAsWarning(Met):
    level = Level.WARNING


class NotApplicable(Scripted):
    outcomes = (Outcome.NOT_APPLICABLE,)


class ViolatedAsWarning(Scripted):
    id = "warns"
    level = Level.WARNING
    outcomes = (Outcome.VIOLATED,)


class AboutAttempts(Met):
    id = "about-attempts"
    anchor = "benchmarks"


class Failing(Scripted):
    id = "failing"
    level = Level.WARNING

    def check(self, _: Case) -> Iterator[Finding]:
        yield Finding(outcome=Outcome.MET, statement="so far so good")
        raise TypeError("a list, not a tuple")


class Silent(Scripted):
    id = "silent"


def judged_by(*rules, of=None):
    return judge(of or case(), today=TODAY, catalogue=Catalogue(rules))


def found(verdict, rule):
    return tuple(f for f in verdict.findings if f.rule == rule)


def test_one_met_rule_about_identity_is_met():
    assert judged_by(Met).outcome is Outcome.MET


@pytest.mark.parametrize("facet", [Facet.ENGINE, Facet.DECODING, Facet.ENDPOINT])
def test_a_facet_that_is_not_identity_alone_is_undecided(facet):
    off = {
        rule: setting("off")
        for rule in EVERYTHING_OFF
        if rule not in {f"same-{facet.value}", "every-benchmark-present"}
    }
    judged = verdict(case(requires=requirements(same=(facet,), rules=off)))

    assert judged.outcome is Outcome.UNDECIDED
    assert "no rule about what was scored" in found(judged, "judge")[0].finding.statement


@pytest.mark.parametrize("level", ["warning", "note", "off"])
def test_a_benchmark_without_result_is_never_met_whatever_the_level_of_its_rule(level):
    requires = requirements(rules={"every-benchmark-present": setting(level)})
    of = case(requires=requires)
    judged = verdict(with_records(of, of.records[1:]))

    assert judged.outcome is Outcome.UNDECIDED


def test_a_rule_that_is_weakened_in_the_file_is_told():
    requires = requirements(
        rules={"score-recomputes": setting("note", tolerance=0.5)},
        lines={"rules.score-recomputes": (9, 3)},
    )
    told = [f for f in verdict(case(requires=requires)).findings if f.is_weakened]

    assert [f.rule for f in told] == ["score-recomputes"]
    assert "level note instead of error" in told[0].finding.statement
    assert "tolerance: 0.5 instead of 1e-09" in told[0].finding.statement


def test_rule_that_the_profile_does_not_judge_is_not_told_as_weakened():
    requires = requirements(
        rules={"bundle-is-signed": setting("warning", by=["lab@example.org"])},
        switched_on=frozenset({"bundle-is-signed"}),
        lines={"rules.bundle-is-signed": (9, 3)},
    )
    judged = verdict(case(requires=requires))
    assert found(judged, "bundle-is-signed")
    assert not [f for f in judged.findings if f.is_weakened]


def test_empty_catalogue_is_undecided():
    assert judged_by().outcome is Outcome.UNDECIDED


def test_rules_that_are_all_off_are_undecided_and_the_judge_says_so():
    judged = verdict(case(requires=requirements(rules=EVERYTHING_OFF)))
    assert judged.outcome is Outcome.UNDECIDED
    (finding,) = found(judged, "judge")
    assert finding.finding.statement.startswith("no rule of level error was decided")


def test_rule_that_is_off_is_shown_with_the_line_that_says_so():
    requires = requirements(
        rules={"same-dtype": setting("off")}, lines={"rules.same-dtype": (12, 3)}
    )
    (finding,) = found(verdict(case(requires=requires)), "same-dtype")
    assert finding.level is Level.NOTE
    assert finding.finding.statement == "switched off in requirements.yaml:12"


@pytest.mark.parametrize("rules", [(MetAsWarning,), (NotApplicable,), (ViolatedAsWarning,)])
def test_verdict_without_a_decided_rule_of_level_error_is_undecided(rules):
    assert judged_by(*rules).outcome is Outcome.UNDECIDED


def test_verdict_without_a_rule_about_identity_is_undecided():
    assert judged_by(AboutAttempts).outcome is Outcome.UNDECIDED


def test_met_rule_on_no_records_is_undecided():
    assert judged_by(Met, of=with_records(case(), ())).outcome is Outcome.UNDECIDED


def test_empty_evidence_is_undecided():
    empty = replace(case(), read_records=(), manifests={}, declared=None, released=None)
    assert verdict(empty).outcome is Outcome.UNDECIDED


def test_records_of_other_benchmarks_are_no_evidence():
    other = record().model_copy(
        update={"asked": record().asked.model_copy(update={"task": "GSM8K"})}
    )
    assert verdict(case(other)).outcome is Outcome.UNDECIDED


def test_requirements_without_benchmarks_are_undecided():
    judged = judged_by(Met, of=case(requires=requirements(benchmarks=())))
    assert judged.outcome is Outcome.UNDECIDED


def test_violation_as_warning_does_not_move_the_verdict():
    assert judged_by(Met, ViolatedAsWarning).outcome is Outcome.MET


def test_exception_inside_a_rule_is_undecided_whatever_its_level():
    judged = judged_by(Met, Failing)
    assert judged.outcome is Outcome.UNDECIDED
    statements = [f.finding.statement for f in found(judged, "failing")]
    assert statements == ["so far so good", "the rule failed: TypeError: a list, not a tuple"]


def test_exception_inside_a_rule_cannot_be_waived():
    of = case(requires=requirements(waivers=(waiver("failing"),)))
    assert judged_by(Met, Failing, of=of).outcome is Outcome.UNDECIDED


def test_recompute_that_fails_leaves_the_verdict_undecided():
    def recompute(_):
        raise ValueError("broken samples")

    judged = verdict(case(recompute=recompute))
    assert judged.outcome is Outcome.UNDECIDED
    assert any("broken samples" in f.finding.statement for f in found(judged, "score-recomputes"))


def test_rule_that_says_nothing_is_undecided():
    assert judged_by(Met, Silent).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("name", ["same-weight", "Same-Weights", "nonsense"])
def test_unknown_rule_is_refused(name):
    with pytest.raises(RequirementsError, match=f"unknown rule '{name}'"):
        verdict(case(requires=requirements(rules={name: setting("error")})))


def test_unknown_rule_is_refused_with_its_place_and_the_likely_name():
    requires = requirements(rules={"same-wieghts": setting()}, lines={"rules.same-wieghts": (7, 3)})
    message = (
        "requirements.yaml:7:3: rules.same-wieghts: "
        "unknown rule 'same-wieghts'; did you mean same-weights?"
    )
    with pytest.raises(RequirementsError) as error:
        verdict(case(requires=requires))
    assert str(error.value) == message


def test_waiver_of_an_unknown_rule_is_refused():
    with pytest.raises(RequirementsError, match=r"waivers\.0\.rule: unknown rule"):
        verdict(case(requires=requirements(waivers=(waiver("judge"),))))


def test_rule_that_is_set_under_its_id_and_an_alias_is_refused():
    rules = {"one-attempt": setting(), "attempts-at-most": setting(limit=3)}
    with pytest.raises(RequirementsError, match="set twice"):
        verdict(case(requires=requirements(rules=rules)))


@pytest.mark.parametrize(
    "parameters", [{"limit": "1"}, {"limit": 0}, {"limit": 1.5}, {"limit": True}, {"most": 1}]
)
def test_parameter_that_a_rule_does_not_take_is_refused(parameters):
    rules = {"one-attempt": setting(**parameters)}
    with pytest.raises(RequirementsError, match=r"rules\.one-attempt\."):
        verdict(case(requires=requirements(rules=rules)))


def test_parameters_reach_the_rule_under_an_alias_too():
    two = case(record("arc"), record(), record(attempt="2"), record("lambada"))
    assert verdict(two).outcome is Outcome.VIOLATED
    allowed = requirements(rules={"attempts-at-most": setting(limit=2)})
    assert verdict(replace(two, requirements=allowed)).outcome is Outcome.MET


def test_level_of_the_requirements_replaces_that_of_the_rule():
    requires = requirements(rules={"one-attempt": setting("warning")})
    two = case(record("arc"), record(), record(attempt="2"), record("lambada"), requires=requires)
    judged = verdict(two)
    assert judged.outcome is Outcome.MET
    assert {f.level for f in found(judged, "one-attempt")} == {Level.WARNING}


@pytest.mark.parametrize("rule", [r.id for r in CATALOGUE.rules if r.level is Level.ERROR])
def test_verdict_is_the_worst_outcome_of_level_error(rule):
    for outcome, make in CASES[rule].items():
        judged = verdict(requested_in(make(), rule))
        counted = {f.finding.outcome for f in judged.findings if f.level is Level.ERROR}
        if outcome is not Outcome.MET:
            assert judged.outcome in (Outcome.VIOLATED, Outcome.UNDECIDED)
        assert (judged.outcome is Outcome.VIOLATED) == (Outcome.VIOLATED in counted)


def test_plain_log_of_another_harness_is_undecided():
    logs = case(*(foreign(r) for r in case().records))
    assert verdict(logs).outcome is Outcome.UNDECIDED


def test_findings_stand_in_the_order_of_the_catalogue():
    order = [rule.id for rule in CATALOGUE.rules]
    positions = [order.index(f.rule) for f in verdict(case()).findings]
    assert positions == sorted(positions)


def test_finding_says_which_line_required_it():
    lines = {"same": (5, 1), "benchmarks.1": (9, 5), "model.checkpoint": (3, 3)}
    of = case(record("arc"), record(scored=VARIANT), requires=requirements(lines=lines))
    at = {f.rule: f.required_at for f in verdict(of).findings}
    assert at["same-weights"] == "requirements.yaml:5"
    assert at["checkpoint-is-declared"] == "requirements.yaml:3"


def test_finding_on_one_benchmark_says_the_line_of_that_benchmark():
    requires = requirements(lines={"benchmarks.1": (9, 5)})
    judged = verdict(case(record("arc"), record("lambada"), requires=requires))
    (finding,) = found(judged, "every-benchmark-present")
    assert finding.required_at == "requirements.yaml:9"


def test_verdict_tells_the_required_scores_and_none_where_there_is_none():
    judged = verdict(case(record("arc"), record("gsm8k")))
    assert judged.scores["gsm8k"].value == 0.41
    assert judged.scores["lambada"] is None


def test_of_several_attempts_the_latest_score_is_told():
    later = record(attempt="2", value=0.44, started="2026-11-20T12:00:00Z")
    assert verdict(case(later, record())).scores["gsm8k"].value == 0.44


def test_weakest_grade_is_told_by_facet():
    judged = verdict(with_gsm8k(foreign))
    assert judged.weakest_grade[Facet.WEIGHTS] == Grade.NAMED
    assert judged.weakest_grade[Facet.DTYPE] == Grade.ABSENT


def test_weakest_grade_is_absent_where_a_benchmark_is_missing():
    judged = verdict(case(record("arc"), record("gsm8k")))
    assert set(judged.weakest_grade.values()) == {Grade.ABSENT}
