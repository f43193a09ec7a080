"""Findings by what is behind them: what contradicts, and what is missing, each told once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.requirements.model import Waiver
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Finding, JudgedFinding, Level, Outcome, Verdict
from weighin.rules.judging.agreeing import agreeing
from weighin.rules.shared.wording import count, listed

# The sentence of what is missing; `{}` stands for what the cause is about.
_MISSING: Final = {
    CauseKind.NO_RECORD: "there is no record",
    CauseKind.NO_SCORE: "the required score is not in the record",
    CauseKind.DECLARED_NOT_AT_HAND: "the declared checkpoint is not at hand",
    CauseKind.RELEASED_NOT_AT_HAND: "the released checkpoint is not at hand",
    CauseKind.NO_MANIFEST: "the evidence holds no manifest of the scored checkpoint",
    CauseKind.NOTHING_MEASURED: "the logs hold no digest of what was loaded",
    CauseKind.FACET_NOT_RECORDED: "the logs do not say how the model was used",
    CauseKind.SETTING_NOT_RECORDED: "the logs do not say what the requirements state",
    CauseKind.NO_REVISION: "the logs do not say which revision was asked for",
    CauseKind.NO_SAMPLES: "no samples were logged",
    CauseKind.NO_REFERENCE: "there is no record of the other side",
    CauseKind.NO_LEDGER: "nothing shows that these logs are all attempts, and unedited",
    CauseKind.NO_PROBES: "the endpoint was not probed",
    CauseKind.RUN_NOT_RECORDED: "the logs do not say how the harness was run",
    CauseKind.NOT_DECLARED: "nobody declares what no log can hold",
}
# Of these one has only what weighin itself records, whatever else a log of another says.
_ONLY_BY_WEIGHIN: Final = frozenset({CauseKind.NOTHING_MEASURED, CauseKind.NO_LEDGER})
_ALWAYS_BY_WEIGHIN: Final = _ONLY_BY_WEIGHIN | {CauseKind.NO_SAMPLES}
_WEIGHIN: Final = "`weighin run"
_BY_WEIGHIN: Final = re.compile(
    r"(?:^|[;,] (?:or )?| or )score (?:it|both|them|the weights)\b[^`;]*`weighin run[^`]*`[^;]*"
    r"| \(`weighin run[^`]*` (?:always )?does\)|; ?`weighin run[^`]*` (?:always )?does"
)
# Of these every benchmark or facet has a way of its own.
_OF_MANY_WAYS: Final = frozenset(
    {CauseKind.FACET_NOT_RECORDED, CauseKind.RUN_NOT_RECORDED, CauseKind.NOT_DECLARED, None}
)
_STRONGEST_FIRST: Final = tuple(Grade)
_ONLY: Final = " --only "
_LONGEST_COMMAND: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is behind some findings.

    Attributes:
        statement: A sentence.
        findings: At least one, that which says most first.
        is_contradiction: Whether something disagrees; else something is missing.
        kind: Of which kind it is; `None` if it is one of its own.
        rules: Ids of the rules that found it.
        facets: The facets that it touches.
        benchmarks: The benchmarks that it touches; empty if it is about the row.
        ways: What to do, in the harness that was used; of what is missing without the way that
            all of it has in common, to score it with weighin.
        is_mended_by_weighin: Whether that way records it.
    """

    statement: str
    findings: tuple[JudgedFinding, ...]
    is_contradiction: bool
    kind: CauseKind | None
    rules: tuple[str, ...]
    facets: tuple[Facet, ...]
    benchmarks: tuple[str, ...]
    ways: tuple[str, ...]
    is_mended_by_weighin: bool

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its findings."""
        order = tuple(Outcome)
        return min((judged.finding.outcome for judged in self.findings), key=order.index)

    @property
    def level(self) -> Level:
        """The most that one of its findings counts."""
        order = tuple(Level)
        return min((judged.level for judged in self.findings), key=order.index)

    @property
    def was_violated(self) -> bool:
        """Whether it is violated, or was before somebody accepted it."""
        said = {of for j in self.findings for of in (j.finding.outcome, j.finding.before_waiver)}
        return Outcome.VIOLATED in said

    @property
    def accepted(self) -> str:
        """Who accepts it, until when and why; empty if nobody does."""
        first = self.findings[0]
        return _accepted_by(first.waiver) if self.outcome is Outcome.WAIVED else ""

    @property
    def effect(self) -> str:
        """What it did to a score; empty if that is unknown."""
        return next((j.finding.effect for j in self.findings if j.finding.effect), "")


def causes_of(verdict: Verdict) -> tuple[Told, ...]:
    """What keeps a verdict from being met, each cause once.

    First what is violated, then what contradicts without a decision, each by the strength of the
    evidence; then what is missing, last that of which there is no evidence at all.
    """
    contradicting = [j for j in verdict.findings if is_contradiction(j)]
    lacking = [
        j
        for j in verdict.findings
        if j.finding.outcome is Outcome.UNDECIDED and not j.finding.contradicts
    ]
    contradictions = [_contradiction(group) for group in agreeing(contradicting)]
    missing = [_missing(cause, group) for cause, group in _by_cause(lacking)]
    evidence = _Evidence(verdict.records)
    contradictions.sort(key=lambda told: _rank(told, evidence))
    missing.sort(key=_rank_of_missing)
    return (*contradictions, *missing)


def accepted_of(verdict: Verdict) -> tuple[Told, ...]:
    """What somebody accepts, each once and apart by who does: what was violated first."""
    groups: dict[tuple[bool, str], list[JudgedFinding]] = {}
    for judged in verdict.findings:
        if judged.finding.outcome is Outcome.WAIVED:
            was_violated = judged.finding.before_waiver is Outcome.VIOLATED
            groups.setdefault((not was_violated, _accepted_by(judged.waiver)), []).append(judged)
    ordered = sorted(groups.items(), key=lambda pair: pair[0][0])
    return tuple(_contradiction(g) for _, members in ordered for g in agreeing(members))


def _accepted_by(waiver: Waiver | None) -> str:
    """Who accepts something, until when and why: one person may accept several rules at once."""
    if waiver is None:
        return "somebody accepts that"
    return f"{waiver.owner} accepts that until {waiver.expires}: {waiver.reason}"


def is_contradiction(judged: JudgedFinding) -> bool:
    """Whether a finding says that something disagrees."""
    finding = judged.finding
    is_undecided = finding.outcome is Outcome.UNDECIDED and finding.contradicts
    return finding.outcome is Outcome.VIOLATED or is_undecided


def _contradiction(group: Sequence[JudgedFinding]) -> Told:
    levels, outcomes = tuple(Level), tuple(Outcome)
    # Of equal ones first what points to most of the evidence: it shows both sides.
    first = sorted(
        group,
        key=lambda j: (
            levels.index(j.level),
            outcomes.index(j.finding.outcome),
            -len(j.finding.where),
        ),
    )
    cause = first[0].finding.cause
    ways = tuple(dict.fromkeys(j.finding.fix for j in first if j.finding.fix))
    return _told(
        first,
        statement=_of_many(first),
        kind=None if cause is None else cause.kind,
        is_contradiction=True,
        ways=ways[:1],
        is_mended_by_weighin=False,
    )


def _of_many(group: Sequence[JudgedFinding]) -> str:
    """What the findings of the first rule say: first what it is, then on which benchmarks."""
    first = group[0].finding
    own = [judged.finding for judged in group if judged.rule == group[0].rule]
    benchmarks = tuple(dict.fromkeys(b for finding in own for b in finding.benchmarks))
    tails = tuple(dict.fromkeys(map(_without_benchmarks, own)))
    if len(tails) == 1 and (len(benchmarks) == 1 or tails[0] == first.statement):
        return first.statement
    others = f"; {count(len(tails) - 1, 'other')} of {group[0].rule}" if len(tails) > 1 else ""
    return f"{tails[0]}{others} (on {listed(benchmarks)})" if benchmarks else f"{tails[0]}{others}"


def _without_benchmarks(finding: Finding) -> str:
    return finding.statement.removeprefix(f"{listed(finding.benchmarks)}: ")


def _by_cause(
    found: Iterable[JudgedFinding],
) -> Iterator[tuple[Cause | None, list[JudgedFinding]]]:
    """Findings by cause and level; those of a cause of their own by rule."""
    groups: dict[tuple[Cause | str, bool], list[JudgedFinding]] = {}
    for judged in found:
        key = judged.finding.cause or judged.rule
        groups.setdefault((key, judged.level is Level.ERROR), []).append(judged)
    for (key, _), group in groups.items():
        yield (key if isinstance(key, Cause) else None), group


def _missing(cause: Cause | None, group: Sequence[JudgedFinding]) -> Told:
    fixes = tuple(dict.fromkeys(j.finding.fix for j in group if j.finding.fix))
    own = dict.fromkeys(way for fix in fixes if (way := without_weighin(fix)))
    kind = None if cause is None else cause.kind
    ways = () if kind in _ONLY_BY_WEIGHIN else tuple(own)
    if kind is CauseKind.NO_RECORD:
        ways = _in_one(ways)
    if kind not in _OF_MANY_WAYS:
        # That which names a command says more than one that does not.
        ways = tuple(sorted(ways, key=lambda way: "`" not in way))[:1]
    return _told(
        group,
        statement=_sentence(cause, group),
        kind=kind,
        is_contradiction=False,
        ways=ways,
        is_mended_by_weighin=kind in _ALWAYS_BY_WEIGHIN or any(map(_names_weighin, fixes)),
    )


def _in_one(commands: tuple[str, ...]) -> tuple[str, ...]:
    """One command that scores all that is missing; the commands themselves if there is none."""
    asked = [command.partition(_ONLY) for command in commands]
    if len(asked) == 1 or len({run for run, _, _ in asked}) != 1 or not all(o for _, o, _ in asked):
        return commands
    run = asked[0][0]
    command = "".join((run, *(f"{_ONLY}{name}" for _, _, name in asked)))
    # A longer one would be cut where it is told first.
    return (command if len(command) <= _LONGEST_COMMAND else f"`{run}` scores what is missing",)


def _names_weighin(fix: str) -> bool:
    return _WEIGHIN in fix or fix.startswith(_WEIGHIN[1:])


def _sentence(cause: Cause | None, group: Sequence[JudgedFinding]) -> str:
    if cause is not None and cause.kind in _MISSING:
        about = f": {', '.join(cause.about)}" if cause.about else ""
        return f"{_MISSING[cause.kind]}{about}"
    return _of_many(group)


def _told(  # noqa: PLR0913  # what a cause is
    group: Sequence[JudgedFinding],
    *,
    statement: str,
    kind: CauseKind | None,
    is_contradiction: bool,
    ways: tuple[str, ...],
    is_mended_by_weighin: bool,
) -> Told:
    found = [judged.finding for judged in group]
    is_about_row = any(not finding.benchmarks for finding in found)
    benchmarks = (
        () if is_about_row else tuple(dict.fromkeys(b for f in found for b in f.benchmarks))
    )
    return Told(
        statement=statement,
        findings=tuple(group),
        is_contradiction=is_contradiction,
        kind=kind,
        rules=tuple(dict.fromkeys(judged.rule for judged in group)),
        facets=tuple(dict.fromkeys(f.facet for f in found if f.facet is not None)),
        benchmarks=benchmarks,
        ways=ways,
        is_mended_by_weighin=is_mended_by_weighin,
    )


def without_weighin(fix: str) -> str:
    """A way out without the part that says to score with weighin, which is said once."""
    return _BY_WEIGHIN.sub("", fix).strip(" ;,")


class _Evidence:
    """What contradictions rest on, asked of the records of a benchmark, and once each."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._of_task: dict[str, list[Record]] = {}
        for record in records:
            self._of_task.setdefault(record.asked.task, []).append(record)
        self._strengths: dict[tuple[tuple[str, ...], tuple[Facet, ...]], Grade] = {}

    def strength(self, told: Told) -> Grade:
        """The best grade of what a contradiction can rest on: its facets, or all of a record."""
        about = (told.benchmarks, told.facets)
        if about not in self._strengths:
            self._strengths[about] = min(
                self._grades(*about), key=_STRONGEST_FIRST.index, default=Grade.ABSENT
            )
        return self._strengths[about]

    def _grades(self, benchmarks: Sequence[str], facets: Sequence[Facet]) -> Iterator[Grade]:
        of_tasks = [record for task in benchmarks for record in self._of_task.get(task, ())]
        for record in of_tasks if benchmarks else self._records:
            if not facets:
                yield Grade.MEASURED if record.is_own else Grade.DECLARED
            for facet in facets:
                yield from (i.grade for i in record.observation(facet).identifiers)


def _rank(told: Told, evidence: _Evidence) -> tuple[int, int, int]:
    """Where a contradiction stands."""
    return (
        tuple(Level).index(told.level),
        tuple(Outcome).index(told.outcome),
        _STRONGEST_FIRST.index(evidence.strength(told)),
    )


def _rank_of_missing(told: Told) -> tuple[int, bool, int]:
    """Where there is some evidence first; that of which there is none at all last."""
    kinds = tuple(CauseKind)
    is_nothing = told.kind is CauseKind.NO_RECORD
    place = kinds.index(told.kind) if told.kind else len(kinds)
    return tuple(Level).index(told.level), is_nothing, place
