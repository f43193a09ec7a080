"""The rule `same-max-length`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed

# As lm-eval, LightEval and vLLM spell it.
_KEYS = ("max_length", "max_model_length", "max_model_len")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameMaxLength(Rule):
    """Every benchmark was scored with the same limit on the length of the input.

    Why:
        What does not fit is cut, shots and instructions first: two limits are two prompts.

    How:
        Compares the longest input in tokens that was in force, as weighin saw it when it ran, or
        as a log of another harness says. Records that could not hold it, of older versions and of
        harnesses that never say it, are left out.

    Fix:
        Set `model.max_length` once for all benchmarks, and score again.
    """

    id: ClassVar[str] = "same-max-length"
    lack: ClassVar[CauseKind | None] = CauseKind.SETTING_NOT_RECORDED
    anchor: ClassVar[str] = "model.max_length"

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding: what was in force where, or that it was one limit everywhere."""
        every_record = required_records(case)
        if not every_record:
            yield nothing_recorded(case)
            return
        limits: dict[int | None, list[str]] = {}
        silent: list[Record] = []
        telling: list[Record] = []
        for record in every_record:
            in_force = record.in_force
            limit = _logged(record) if in_force is None else in_force.max_length
            if in_force is None and limit is None:
                silent.append(record)
            else:
                limits.setdefault(limit, []).append(record.asked.task)
                telling.append(record)
        unsaid = tasks(_could_say(silent, telling))
        found = "; ".join(
            f"{'no limit' if limit is None else count(limit, 'token')} on "
            f"{listed(tuple(dict.fromkeys(names)))}"
            for limit, names in limits.items()
        )
        if not limits and not unsaid:
            outcome, told = Outcome.NOT_APPLICABLE, "no record holds a limit on the input"
        elif len(limits) > 1:
            outcome, told = Outcome.VIOLATED, f"several limits on the length of the input: {found}"
        elif unsaid:
            outcome = Outcome.UNDECIDED
            told = f"{listed(unsaid)}: the limit on the length of the input is not recorded" + (
                f"; {found}" if found else ""
            )
        else:
            outcome, told = Outcome.MET, "one limit on the length of the input"
        is_problem = outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
        yield Finding(
            outcome=outcome,
            statement=told,
            benchmarks=tasks(telling) or tasks(every_record),
            expected="one limit for all benchmarks" if is_problem else "",
            found=found,
            where=tuple(r.origin for r in telling or silent) if is_problem else (),
            fix=f"set model.max_length in {case.requirements.as_given} once, and score again"
            if is_problem
            else "",
        )


def _logged(record: Record) -> int | None:
    """The limit that a log of another harness says was in force; `None` if it says none."""
    said = [record.run.settings.get(key) for key in _KEYS] if not record.is_own else []
    return next((n for n in said if isinstance(n, int) and not isinstance(n, bool) and n > 0), None)


def _could_say(silent: Sequence[Record], telling: Sequence[Record]) -> Iterator[Record]:
    """Records that lack the limit, and of whose kind others hold it.

    Those are weighin's own from its second format on, and logs of a harness that says it elsewhere.
    """
    harnesses = {_harness(r) for r in telling if not r.is_own}
    for record in silent:
        if not record.is_older if record.is_own else _harness(record) in harnesses:
            yield record


def _harness(record: Record) -> str:
    return record.run.harness.partition(" ")[0]
