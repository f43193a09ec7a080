"""Which records decide: those that are as the requirements file states, where there are such."""

from collections.abc import Collection
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
        if (retired := case.retired.get(record.run.job_id)) is not None:
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
    for benchmark in case.requirements.benchmarks:
        attempts = {
            number: record
            for number, record in enumerate(case.records)
            if record.asked.task == benchmark.task
            and number not in without
            and not is_stated(record)
        }
        if len(attempts) < 2 or not any(_is_as_stated(case, r) for r in attempts.values()):  # noqa: PLR2004 - one has nothing beside it
            continue
        for number, record in attempts.items():
            if (part := departing(case, record)) is not None:
                found[number] = SetAside(
                    record=record, setting=part.key, stated=part.expected, found=part.found or ""
                )
    return found


def _is_as_stated(case: Case, record: Record) -> bool:
    """Whether every setting that is stated is known to be as stated."""
    parts = stated_parts(case, record)
    return all(part.agreement is Agreement.SAME for part in parts if part.sorts_out)
