"""The rule `served-model-is-dated`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.rules.answers.served import calls_by, is_served, requested_model
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import listed

# 2024-08-06, 20241022, -0613, -2407, @001, v1.5:2, a commit or digest.
_DATED = re.compile(
    r"20\d\d-?[01]\d-?[0-3]\d|[-@_]\d{4}(?!\d)|@\d{3}(?!\d)|[0-9a-f]{40}|sha256:[0-9a-f]{12}"
)
_ALIAS = re.compile(r"(^|[-:@_./])latest$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModelIsDated(RecordRule):
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
    anchor: ClassVar[str] = "model.endpoint.served_model"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the name of the served model."""
        if is_served(case, record) is False:
            yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="it was scored in process")
            return
        requested = requested_model(case, record)
        answered = calls_by(case, record, FactName.ANSWERED_MODELS)
        if requested is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the name that was asked for is not recorded",
                fix=how_to_record((record,), FactName.REQUESTED_MODEL, "declare `requested_model`"),
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
