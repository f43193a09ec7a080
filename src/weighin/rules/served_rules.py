"""Whether a served model is one model, under a name that cannot come to mean another."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import (
    for_each_record,
    nothing_recorded,
    place,
    required_records,
    tasks,
)
from weighin.rules.served import Calls, calls_by, is_served, requested_model
from weighin.rules.wording import count, listed

# 2024-08-06, 20241022, -0613, -2407, @001, v1.5:2, a commit or digest.
_DATED = re.compile(
    r"20\d\d-?[01]\d-?[0-3]\d|[-@_]\d{4}(?!\d)|@\d{3}(?!\d)|[0-9a-f]{40}|sha256:[0-9a-f]{12}"
)
_ALIAS = re.compile(r"(^|[-:@_./])latest$", re.IGNORECASE)
_KEEP_ANSWERS = (
    "keep the responses' `model` and provider, as Inspect's logs and `weighin run` do, or declare "
    "answered_models and providers"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModelIsDated:
    """A served model was asked for under a dated name, and the server said that name again.

    Why:
        Behind `-latest` and other undated names a provider puts another model whenever it likes:
        one name scored 84 % and 51 % on one test three months apart.

    How:
        Looks for a date or version in the name that was asked for, and where the server says which
        model answered, compares the two. Models that were scored in process are not asked by name.

    Fix:
        Ask for the dated name, for example `gpt-4o-2024-08-06`.
    """

    id: ClassVar[str] = "served-model-is-dated"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.endpoint.served_model"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record of a served model."""
        yield from for_each_record(
            case, required_records(case), lambda record: _dated(case, record)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredByOneModel:
    """One model of one provider answered every call.

    Why:
        A router, a fallback or a second provider answers with other weights, another quantisation
        or another template, and the score is then of a mixture that nobody can obtain again.

    How:
        Counts the calls by the model and by the provider that say they answered, within each
        benchmark and over all. Fingerprints are told and not judged: servers change them for
        reasons of their own. Where no record says who answered, this rule does not apply unless
        `must_be_recorded`.

    Fix:
        Pin the provider and switch fallbacks off, and score the benchmark again.

    Attributes:
        must_be_recorded: Whether a served benchmark that does not say who answered is undecided.
    """

    id: ClassVar[str] = "answered-by-one-model"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.endpoint"

    must_be_recorded: bool = False

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding for each mixture, one on what is not recorded, else one answer."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        problems = [
            *_mixtures(case, records, FactName.ANSWERED_MODELS, "models"),
            *_mixtures(case, records, FactName.PROVIDERS, "providers"),
            *self._silent(case, records),
        ]
        yield from problems or [_answered_by_one(case, records)]

    def _silent(self, case: Case, records: Sequence[Record]) -> Iterator[Finding]:
        served = [r for r in records if is_served(case, r) is not False]
        silent = [r for r in served if calls_by(case, r, FactName.ANSWERED_MODELS) is None]
        if not silent or (len(silent) == len(served) and not self.must_be_recorded):
            return
        yield Finding(
            outcome=Outcome.UNDECIDED,
            facet=Facet.ENDPOINT,
            statement=f"{listed(tasks(silent))}: which model answered is not recorded",
            benchmarks=tasks(silent),
            where=tuple(place(r, Facet.ENDPOINT) for r in silent),
            fix=_KEEP_ANSWERS,
        )


def _dated(case: Case, record: Record) -> Iterator[Finding]:
    if is_served(case, record) is False:
        yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="it was scored in process")
        return
    requested = requested_model(case, record)
    answered = calls_by(case, record, FactName.ANSWERED_MODELS)
    if requested is None:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="the name that was asked for is not recorded",
            fix="keep the request's `model` in the log, or declare requested_model",
        )
        return
    name, where = requested
    others = () if answered is None else tuple(n for n in answered.by if not _is_same(name, n))
    if _ALIAS.search(name) or not _DATED.search(name):
        what = "is an alias" if _ALIAS.search(name) else "has no date"
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{name} {what}, so that another model can come to stand behind it"
            + (f"; {listed(others)} answered" if others else ""),
            expected="a dated name",
            found=name,
            where=(where,),
            fix=f"ask for {others[0]}"
            if len(others) == 1 and _DATED.search(others[0])
            else "ask for the dated name of the model",
        )
    elif others:
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{name} was asked for, {listed(others)} answered",
            expected=name,
            found=listed(others),
            where=(where,),
            fix="ask for the model that is to be scored by the name that the server gives it",
        )
    else:
        again = "" if answered is None else ", and the server said that name again"
        yield Finding(
            outcome=Outcome.MET,
            statement=f"{name} is dated{again}",
            found=name,
            where=(where,),
        )


def _is_same(asked: str, answered: str) -> bool:
    """Whether two names are one but for the provider before it."""
    last = (name.rpartition("/")[2].lower() for name in (asked, answered))
    return len(set(last)) == 1


def _mixtures(
    case: Case, records: Sequence[Record], fact: FactName, noun: str
) -> Iterator[Finding]:
    alone: dict[str, list[Record]] = {}
    for record in records:
        calls = calls_by(case, record, fact)
        if calls is None:
            continue
        if len(calls.by) == 1:
            alone.setdefault(next(iter(calls.by)), []).append(record)
        else:
            yield _mixture(record, calls, noun)
    if len(alone) > 1:
        yield _one_each(case, alone, noun)


def _mixture(record: Record, calls: Calls, noun: str) -> Finding:
    return Finding(
        outcome=Outcome.VIOLATED,
        facet=Facet.ENDPOINT,
        statement=f"{record.asked.task}: {len(calls.by)} {noun} answered: {calls.in_words}",
        benchmarks=(record.asked.task,),
        expected=f"one of the {noun}",
        found=calls.in_words,
        where=(calls.where,),
        fix=f"pin one of the {noun}, switch fallbacks off, and score {record.asked.task} again",
    )


def _one_each(case: Case, alone: dict[str, list[Record]], noun: str) -> Finding:
    odd_first = sorted(alone.items(), key=lambda item: (len(tasks(item[1])), item[0]))
    told = "; ".join(f"{name} answered {listed(tasks(members))}" for name, members in odd_first)
    everyone = tasks(r for _, members in odd_first for r in members)
    return Finding(
        outcome=Outcome.VIOLATED,
        facet=Facet.ENDPOINT,
        statement=f"{len(alone)} {noun} answered the benchmarks of one row: {told}",
        benchmarks=tasks(odd_first[0][1]),
        expected=f"one of the {noun} on {listed(everyone)}",
        found=", ".join(name for name, _ in odd_first),
        where=tuple(place(members[0], Facet.ENDPOINT) for _, members in odd_first),
        fix=f"score {listed(tasks(odd_first[0][1]))} again with {odd_first[-1][0]} "
        f"({case.requirements.source})",
    )


def _answered_by_one(case: Case, records: Sequence[Record]) -> Finding:
    models = _names(case, records, FactName.ANSWERED_MODELS)
    if not models:
        return Finding(
            outcome=Outcome.NOT_APPLICABLE,
            statement="no record says who answered, as a server would",
        )
    providers = _names(case, records, FactName.PROVIDERS)
    fingerprints = _names(case, records, FactName.SYSTEM_FINGERPRINTS)
    beside = f"; {count(len(fingerprints), 'fingerprint')} of the server" if fingerprints else ""
    return Finding(
        outcome=Outcome.MET,
        facet=Facet.ENDPOINT,
        statement=f"{listed(models)} answered every call{beside}",
        benchmarks=tasks(records),
        found=", ".join((*models, *providers)),
        where=tuple(place(r, Facet.ENDPOINT) for r in records),
    )


def _names(case: Case, records: Iterable[Record], fact: FactName) -> tuple[str, ...]:
    """All names under which calls were answered, in order."""
    found = [calls for r in records if (calls := calls_by(case, r, fact)) is not None]
    return tuple(dict.fromkeys(name for calls in found for name in calls.by))


SERVED_RULES: tuple[type[Rule], ...] = (ServedModelIsDated, AnsweredByOneModel)
