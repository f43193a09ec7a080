"""The rule `answered-by-one-model`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.answers.served import Calls, calls_by, is_served
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.shared.per_record import nothing_recorded, place, required_records, tasks
from weighin.rules.shared.wording import count, listed

_DECLARE_IT = "declare `answered_models` and `providers`"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredByOneModel(Rule):
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
    anchor: ClassVar[str] = "model.endpoint"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"must_be_recorded": Weaker.FALSE})

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
            fix=how_to_record(silent, FactName.ANSWERED_MODELS, _DECLARE_IT),
        )


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
        f"({case.requirements.as_given})",
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
