"""Which records decide: those that are as the requirements file states, where there are such."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement
from weighin.rules.interface import Case, SetAside
from weighin.rules.shared.per_record import is_stated
from weighin.rules.shared.stated.against_file import departing, stated_parts


def selected(case: Case) -> Case:
    """The case without the records that decide nothing, each told with the reason.

    A record of a retired job decides nothing. Neither does one that departs from a setting that the
    file states, where another record of the benchmark is as stated: where none is, it is judged and
    is the finding. What the file does not state never sorts a record out.
    """
    aside: dict[int, SetAside] = {}
    for number, record in enumerate(case.records):
        retired = case.retired.get(record.run.job_id)
        if retired is not None and retired.holds_for(record):
            aside[number] = SetAside(record=record, reason=retired.reason)
    aside |= _experiments(case, without=aside)
    if not aside:
        return case
    return replace(
        case,
        read_records=tuple(r for n, r in enumerate(case.read_records) if n not in aside),
        set_aside=(*case.set_aside, *aside.values()),
    )


def _experiments(case: Case, without: Collection[int]) -> dict[int, SetAside]:
    """The records that depart from the file beside one that does not, by their place."""
    found: dict[int, SetAside] = {}
    of_task: dict[str, dict[int, Record]] = {}
    for number, record in enumerate(case.records):
        is_required = case.place_of(record.asked.task) is not None
        if is_required and number not in without and not is_stated(record):
            of_task.setdefault(record.asked.task, {})[number] = record
    for attempts in of_task.values():
        if len(attempts) == 1:
            continue
        agreed = {number: _agreed(case, record) for number, record in attempts.items()}
        for number, record in attempts.items():
            part = departing(case, record)
            if part is not None and any(
                _is_as_stated(beside, agreed[number]) for beside in agreed.values()
            ):
                found[number] = SetAside(
                    record=record, setting=part.key, stated=part.expected, found=part.found or ""
                )
    return found


def _agreed(case: Case, record: Record) -> Mapping[str, Agreement]:
    """By setting that may set a record aside: whether the record is as stated."""
    return {part.key: part.agreement for part in stated_parts(case, record) if part.sorts_out}


def _is_as_stated(agreed: Mapping[str, Agreement], experiment: Mapping[str, Agreement]) -> bool:
    """Whether a record is known to be as stated, wherever more than nothing is known of the other.

    What is unknown of both, as of a checkpoint in which a file is missing, tells neither apart.
    """
    return all(
        answer is Agreement.SAME
        or (answer is Agreement.UNKNOWN and experiment.get(key) is Agreement.UNKNOWN)
        for key, answer in agreed.items()
    )
