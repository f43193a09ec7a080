"""Applies every rule to a case and gives the verdict. Doubt is never success."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from weighin.errors import RequirementsError
from weighin.evidence.records import Score
from weighin.identity.facets import Facet, Grade
from weighin.requirements.model import Requirements, RuleSetting, Waiver
from weighin.rules.catalogue import CATALOGUE, Catalogue, parameters_of
from weighin.rules.cause import Cause
from weighin.rules.interface import Case, Finding, JudgedFinding, Level, Outcome, Rule, Verdict
from weighin.rules.judging.asked_benchmarks import told_apart
from weighin.rules.judging.asking_less import AsksLess, asks_less, set_otherwise
from weighin.rules.judging.explanations import JUDGE_ID
from weighin.rules.judging.head import head_of
from weighin.rules.judging.selection import selected
from weighin.rules.judging.waiving import (
    covers,
    expired,
    is_expired,
    is_too_far_ahead,
    too_far_ahead,
    unused,
    waived,
)
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.per_record import (
    bearing,
    claimed_by_benchmark,
    in_order,
    required_records,
)

# Without one of these nothing was shown about what was scored, whatever else holds. A served model
# has no weights to show: there the endpoint is all the identity that there can be.
_IDENTITY_RULES = frozenset({"same-weights", "checkpoint-is-declared", "released-is-scored"})
_SERVED_IDENTITY_RULES = frozenset({"same-endpoint"})


def judge(  # noqa: PLR0913  # each is a choice of whoever asks
    case: Case,
    *,
    today: date,
    ignored: tuple[str, ...] = (),
    catalogue: Catalogue = CATALOGUE,
    every: bool = False,
    waivers: bool = True,
    run_id: str = "",
) -> Verdict:
    """The verdict on a case: all findings, and the worst outcome among those of level `error`.

    Args:
        case: What is judged. The order of its records does not matter.
        today: The day on which waivers must hold.
        ignored: Sentences on evidence that was given and is not part of the case.
        catalogue: The rules.
        every: Whether to judge every record, also of retired jobs and of experiments under other
            settings than the requirements state.
        waivers: Whether waivers apply.
        run_id: The run that asks, which measured what stands in its own records.

    Raises:
        RequirementsError: The requirements set or waive a rule that does not exist, set one twice,
            or give it parameters that it does not take.
    """
    requirements = _with_rule_ids(case.requirements, catalogue)
    unapplied = 0 if waivers else len(requirements.waivers)
    if not waivers:
        requirements = requirements.model_copy(update={"waivers": ()})
    case = told_apart(replace(case, requirements=requirements), every=every)
    requirements, case = case.requirements, in_order(case)
    if not every:
        case = selected(case)
    less = asks_less(requirements, catalogue)
    rules = catalogue.judged({*requirements.rules, *(w.rule for w in requirements.waivers)})
    findings = [judged for rule in rules for judged in _judge_rule(rule, case, today, less)]
    findings.extend(_judge_itself(case, findings))
    return Verdict(
        outcome=_worst(findings),
        model=requirements.model.name,
        requirements_file=str(requirements.source),
        requirements_sha256=requirements.sha256,
        profile=requirements.profile,
        findings=tuple(findings),
        records=case.records,
        scores={b.task: _required_score(case, b.task) for b in requirements.benchmarks},
        ignored=ignored,
        weakest_grade=_weakest_grades(case),
        head=head_of(
            case,
            findings,
            asks_less=tuple(one.told for one in less),
            unapplied_waivers=unapplied,
            run_id=run_id,
        ),
        places=requirements.lines,
    )


def _judge_rule(
    rule: type[Rule], case: Case, today: date, less: Sequence[AsksLess]
) -> Iterator[JudgedFinding]:
    requirements = case.requirements
    setting = requirements.rules.get(rule.id, RuleSetting())
    waivers = tuple(w for w in requirements.waivers if w.rule == rule.id)
    findings: tuple[Finding, ...] = ()
    if setting.level == "off":
        yield _switched_off(rule, case, is_less=any(one.rule == rule.id for one in less))
    else:
        yield from _set_in_file(rule, requirements, less)
        level = rule.level if setting.level is None else Level(setting.level)
        findings, failure = _findings_of(_instance(rule, setting, requirements), case)
        for finding, waiver in waived(findings, waivers, today):
            yield _judged(case, rule, level, finding, waiver)
        if failure is not None:
            # Not waivable and always an error: nobody accepted that a rule could not decide.
            yield _judged(case, rule, Level.ERROR, failure)
    for waiver in waivers:
        if is_expired(waiver, today):
            finding, level = expired(waiver), Level.ERROR
        elif is_too_far_ahead(waiver, today):
            finding, level = too_far_ahead(waiver, today), Level.NOTE
        elif not any(covers(waiver, finding) for finding in findings):
            finding, level = unused(waiver), Level.NOTE
        else:
            continue
        path = f"waivers.{requirements.waivers.index(waiver)}"
        yield JudgedFinding(
            rule=rule.id,
            level=level,
            finding=finding,
            required_at=requirements.required_at(path),
        )


def _findings_of(rule: Rule, case: Case) -> tuple[tuple[Finding, ...], Finding | None]:
    """What the rule found, and the finding on the rule itself if it failed."""
    found: list[Finding] = []
    try:
        found.extend(_with_its_cause(rule, finding) for finding in rule.check(case))
    except Exception as error:  # noqa: BLE001  # see below
        # The one place where catching everything is right: whatever stops a rule, the others must
        # still be told, and the verdict must be neither a crash nor success.
        failed = f"the rule failed: {type(error).__name__}: {error}"
        return tuple(found), Finding(
            outcome=Outcome.UNDECIDED,
            statement=failed,
            fix="report this with the evidence: a rule must decide or say what is missing",
        )
    if not found:
        return (), Finding(
            outcome=Outcome.UNDECIDED,
            statement="the rule found nothing to say, which is not an answer",
            fix="report this with the evidence: a rule must decide or say what is missing",
        )
    return tuple(found), None


def _with_its_cause(rule: Rule, finding: Finding) -> Finding:
    is_lacking = finding.outcome is Outcome.UNDECIDED and not finding.contradicts
    if rule.lack is None or not is_lacking:
        return finding
    return replace(finding, cause=finding.cause or Cause(rule.lack))


def _judged(
    case: Case,
    rule: type[Rule],
    level: Level,
    finding: Finding,
    waiver: Waiver | None = None,
) -> JudgedFinding:
    return JudgedFinding(
        rule=rule.id,
        level=level,
        finding=finding,
        waiver=waiver,
        required_at=_required_at(case, rule, finding),
    )


def _required_at(case: Case, rule: type[Rule], finding: Finding) -> str:
    requirements = case.requirements
    for name in (rule.id, *rule.aliases):
        if f"rules.{name}" in requirements.lines:
            return requirements.required_at(f"rules.{name}")
    path = rule.anchor
    if path == "benchmarks" and len(finding.benchmarks) == 1:
        number = case.place_of(finding.benchmarks[0])
        path = "benchmarks" if number is None else f"benchmarks.{number}"
    return requirements.required_at(path)


def _switched_off(rule: type[Rule], case: Case, *, is_less: bool) -> JudgedFinding:
    finding = Finding(outcome=Outcome.NOT_APPLICABLE, statement="switched off")
    place = _required_at(case, rule, finding)
    stated = f"switched off in {place or f'profile {case.requirements.profile}'}"
    return JudgedFinding(
        rule=rule.id,
        level=Level.NOTE,
        finding=replace(finding, statement=stated),
        required_at=place,
        is_weakened=bool(place) and is_less,
    )


def _set_in_file(
    rule: type[Rule], requirements: Requirements, less: Sequence[AsksLess]
) -> Iterator[JudgedFinding]:
    """A note on the ways in which the file asks less of a rule, and one on what it asks else."""
    if not _is_set_in_file(rule, requirements):
        return
    place = requirements.required_at(f"rules.{rule.id}")
    of_rule = tuple(one.what for one in less if one.rule == rule.id)
    otherwise = set_otherwise(rule, requirements)
    for told, is_weakened in ((of_rule, True), (otherwise, False)):
        if told and place:
            statement = f"{'; '.join(told)}, in {place}"
            yield JudgedFinding(
                rule=rule.id,
                level=Level.NOTE,
                finding=Finding(outcome=Outcome.NOT_APPLICABLE, statement=statement),
                required_at=place,
                is_weakened=is_weakened,
            )


def _is_set_in_file(rule: type[Rule], requirements: Requirements) -> bool:
    return any(f"rules.{name}" in requirements.lines for name in (rule.id, *rule.aliases))


def _judge_itself(case: Case, findings: Sequence[JudgedFinding]) -> Iterator[JudgedFinding]:
    """Findings on a case in which nothing, or nothing about identity, was judged."""
    decided = {f.rule for f in findings if _counts(f)}
    identity = _IDENTITY_RULES
    if case.requirements.model.endpoint is not None:
        identity |= _SERVED_IDENTITY_RULES
    without_score = [
        b.task for b in case.requirements.benchmarks if _required_score(case, b.task) is None
    ]
    statement = ""
    if not case.requirements.benchmarks:
        statement = "the requirements name no benchmark, so nothing is demonstrated"
    elif not required_records(case):
        statement = "no result of a required benchmark was found, so nothing is demonstrated"
    elif not decided:
        statement = "no rule of level error was decided, so nothing is demonstrated"
    elif not decided & identity:
        statement = (
            "no rule about what was scored was decided, so sameness is not demonstrated; "
            f"one of {', '.join(sorted(identity))} must be on at level error"
        )
    elif unjudged := [task for task in without_score if task not in _told(findings)]:
        # Whatever the level of every-benchmark-present: no result found is never met.
        statement = f"{', '.join(unjudged)}: no required score, so nothing is demonstrated of it"
    if statement:
        yield JudgedFinding(
            rule=JUDGE_ID,
            level=Level.ERROR,
            finding=Finding(
                outcome=Outcome.UNDECIDED,
                statement=statement,
                fix="name benchmarks and facets in the requirements, and give their evidence",
            ),
        )


def _told(findings: Sequence[JudgedFinding]) -> set[str]:
    """The benchmarks for want of which some finding keeps the verdict from being met."""
    return {
        task
        for f in findings
        if _counts(f) and f.finding.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
        for task in f.finding.benchmarks
    }


def _counts(judged: JudgedFinding) -> bool:
    return judged.level is Level.ERROR and judged.finding.outcome is not Outcome.NOT_APPLICABLE


def _worst(findings: Sequence[JudgedFinding]) -> Outcome:
    outcomes = {f.finding.outcome for f in findings if _counts(f)}
    return next((outcome for outcome in Outcome if outcome in outcomes), Outcome.UNDECIDED)


def _required_score(case: Case, task: str) -> Score | None:
    """The required score in the claimed record of a benchmark; `None` if there is none."""
    claimed = claimed_by_benchmark(case).get(task)
    if not claimed:
        return None
    return next((s for s in claimed_scores(case, claimed[-1]) if s.task == task), None)


def _weakest_grades(case: Case) -> Mapping[Facet, str]:
    """By required facet that has a bearing on some benchmark; a missing benchmark is `absent`."""
    records = required_records(case)
    recorded = {r.asked.task for r in records}
    is_complete = all(b.task in recorded for b in case.requirements.benchmarks)
    weakest: dict[Facet, str] = {}
    for facet in case.requirements.same:
        grades = [r.observation(facet).grade for r in bearing(records, facet)]
        if grades or not is_complete:
            missing = [] if is_complete else [Grade.ABSENT]
            weakest[facet] = max((*grades, *missing), key=tuple(Grade).index)
    return weakest


def _with_rule_ids(requirements: Requirements, catalogue: Catalogue) -> Requirements:
    """The requirements with every rule named by its id."""
    rules: dict[str, RuleSetting] = {}
    for name, setting in requirements.rules.items():
        rule_id = _rule_id(requirements, name, f"rules.{name}", catalogue)
        if rule_id in rules:
            raise RequirementsError(
                f"{_place(requirements, f'rules.{name}')}: {rule_id} is set twice, under its id "
                "and an alias; delete one"
            )
        rules[rule_id] = setting
    waivers = tuple(
        waiver.model_copy(
            update={"rule": _rule_id(requirements, waiver.rule, f"waivers.{n}.rule", catalogue)}
        )
        for n, waiver in enumerate(requirements.waivers)
    )
    return requirements.model_copy(update={"rules": rules, "waivers": waivers})


def _rule_id(requirements: Requirements, name: str, path: str, catalogue: Catalogue) -> str:
    rule = catalogue.find(name)
    if rule is None:
        raise RequirementsError(f"{_place(requirements, path)}: {catalogue.unknown(name)}")
    return rule.id


def _place(requirements: Requirements, path: str) -> str:
    if (source := requirements.override_places.get(path)) is not None:
        return f"{source}: {path}"
    if (found := requirements.lines.get(path)) is not None:
        return f"{requirements.source}:{found[0]}:{found[1]}: {path}"
    return f"{requirements.source}: {path}"


def _instance(rule: type[Rule], setting: RuleSetting, requirements: Requirements) -> Rule:
    known: Mapping[str, object] = parameters_of(rule)
    strict = ConfigDict(strict=True, allow_inf_nan=False)
    make: Callable[..., Rule] = rule
    values: dict[str, object] = {}
    for name, value in setting.parameters.items():
        place = _place(requirements, f"rules.{rule.id}.{name}")
        if name not in known:
            raise RequirementsError(
                f"{place}: unknown parameter; {rule.id} takes {', '.join(known) or 'none'}"
            )
        try:
            adapter: TypeAdapter[object] = TypeAdapter(
                cast("type[object]", known[name]), config=strict
            )
            # As JSON, a list is a tuple and a text a member of its enumeration.
            values[name] = adapter.validate_json(json.dumps(value))
        except ValidationError as error:
            raise RequirementsError(f"{place}: {error.errors()[0]['msg'].lower()}") from error
    return make(**values)
