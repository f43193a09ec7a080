"""The rule `watched-throughout`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record, TakenAnswers
from weighin.evidence.watched import Looks, Watch, WatchedChange, WatchState
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import count, listed

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedThroughout(RecordRule):
    """While the model answered and was scored, nothing of it or of the harness was replaced.

    Why:
        Code that runs in the process, for example a task's own Python, can put other weights or
        other functions in place for the answers and take them away before anybody looks.

    How:
        Looks at tensors, functions, hooks, numbers and settings before the tasks are loaded, when
        the model is, at its first call, at passes that are drawn at random, after its last answer
        and after scoring; and counts the answers. Logs of other harnesses and of older versions
        hold no watch: there the rule does not apply.

    Fix:
        Remove the code that replaces something, and score the benchmark again.
    """

    id: ClassVar[str] = "watched-throughout"
    lack: ClassVar[CauseKind | None] = CauseKind.NOTHING_MEASURED

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding on what was replaced at each moment; else one on what could not be told."""
        watch = record.watch
        if watch is None:
            if record.is_own and not record.is_older and record.loaded is not None:
                yield _undecided("nothing watched the process while it answered", case)
            else:
                yield Finding(
                    outcome=Outcome.NOT_APPLICABLE, statement="no process was there to watch"
                )
            return
        together: dict[tuple[str, str], list[WatchedChange]] = {}
        for change in watch.changes:
            together.setdefault((change.what, change.when), []).append(change)
        yield from map(_changed, together.values())
        uneven = list(_uneven(record))
        unwatched = [one.attempt_id for one in record.taken if one.looks is None]
        if watch.changes:
            return
        if uneven:
            yield _undecided("; ".join(uneven), case)
        elif unwatched:
            yield _undecided(
                f"answers were taken of attempts that nothing watched: {listed(unwatched)}", case
            )
        elif watch.state is WatchState.HELD:
            yield Finding(
                outcome=Outcome.MET,
                statement="what answered stayed as it was loaded",
                found="; ".join(filter(None, [_closely(watch.looks), *map(_taken, record.taken)])),
            )
        else:
            yield _undecided(_reason(watch), case)


def _uneven(record: Record) -> Iterator[str]:
    """Where the model gave more or fewer answers than there were requests."""
    sent = record.sent
    for kind, asked in ({} if sent is None else sent.requests).items():
        here = 0 if sent is None else sent.answers.get(kind, 0)
        taken = sum(one.answers.get(kind, 0) for one in record.taken)
        if here + taken != asked:
            told = f"{here} answers of the model to {asked} requests of {kind}"
            yield f"{told}, and {taken} of earlier attempts" if taken else told


def _taken(taken: TakenAnswers) -> str:
    answers = count(sum(taken.answers.values()), "answer")
    return f"{answers} of attempt {taken.attempt_id}, which was ended: {_closely(taken.looks)}"


def _changed(changes: Sequence[WatchedChange]) -> Finding:
    """The finding on changes of one kind at one moment."""
    first, *others = changes
    names = listed([change.name for change in changes])
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{count(len(changes), first.what)} became another {first.when}: {names}"
        if others
        else f"{first.what} {first.name} became another {first.when}",
        expected=first.before,
        found=first.after,
        fix="find the code that does it, for example that of the task, and score it again "
        "without it",
    )


def _undecided(statement: str, case: Case) -> Finding:
    return Finding(
        outcome=Outcome.UNDECIDED,
        statement=statement,
        fix=f"score it again with `weighin run {case.requirements.as_given}`",
    )


def _reason(watch: Watch) -> str:
    match watch.state:
        case WatchState.UNPLACED:
            names = listed([entry.name for entry in watch.unplaced])
            return f"code of no known library stood in before anything was loaded: {names}"
        case WatchState.OFF:
            return f"the process was not watched: {watch.why}"
        case WatchState.CHANGED:
            return "something was replaced, and the record does not say what"
        case _:
            return watch.why or "the process could not be watched"


def _closely(looks: Looks | None) -> str:
    if looks is None:
        return ""
    told = "1 pass" if looks.passes == 1 else f"{looks.passes} passes"
    chances = looks.missed.values()
    chance = f"; a swap for half of it is missed with p <= {max(chances):.2g}" if chances else ""
    megabytes = looks.bytes_looked_at / _MEGABYTE
    files = (
        f"; {count(looks.from_files, 'tensor')} by the state of the files that they are read from"
        if looks.from_files
        else ""
    )
    return f"{told}, {count(looks.looks, 'look')}, {megabytes:.2g} MB{chance}{files}"
