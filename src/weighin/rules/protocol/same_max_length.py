"""The rule `same-max-length`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.interface import Case, Finding, Outcome, Rule
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SameMaxLength(Rule):
    """Every benchmark was scored with the same limit on the length of the input.

    Why:
        What does not fit is cut, shots and instructions first: two limits are two prompts.

    How:
        Compares the longest input in tokens that was in force, as weighin saw it when it ran.
        Records that could not hold it, of older versions and of other harnesses, are left out.

    Fix:
        Set `model.max_length` once for all benchmarks, and score again.
    """

    id: ClassVar[str] = "same-max-length"
    anchor: ClassVar[str] = "model.max_length"

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding: what was in force where, or that it was one limit everywhere."""
        every_record = required_records(case)
        if not every_record:
            yield nothing_recorded(case)
            return
        own = tuple(r for r in every_record if r.is_own and not r.is_older)
        limits: dict[int | None, list[str]] = {}
        for record in own:
            if record.in_force is not None:
                limits.setdefault(record.in_force.max_length, []).append(record.asked.task)
        silent = tasks(r for r in own if r.in_force is None)
        found = "; ".join(
            f"{'no limit' if limit is None else count(limit, 'token')} on "
            f"{listed(tuple(dict.fromkeys(names)))}"
            for limit, names in limits.items()
        )
        if not limits:
            outcome, told = Outcome.NOT_APPLICABLE, "no record holds a limit on the input"
        elif len(limits) > 1:
            outcome, told = Outcome.VIOLATED, f"several limits on the length of the input: {found}"
        elif silent:
            outcome = Outcome.UNDECIDED
            told = f"{listed(silent)}: the limit on the length of the input is not recorded"
        else:
            outcome, told = Outcome.MET, "one limit on the length of the input"
        is_problem = outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
        yield Finding(
            outcome=outcome,
            statement=told,
            benchmarks=tasks(own) or tasks(every_record),
            expected="one limit for all benchmarks" if is_problem else "",
            found=found,
            where=tuple(r.origin for r in own) if is_problem else (),
            fix=f"set model.max_length in {case.requirements.source} once, and score again"
            if is_problem
            else "",
        )
