"""Which records decide: those that are as the requirements file states, where there are such."""

from dataclasses import replace

from weighin.evidence.collected import ReadRecord
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
    kept: list[ReadRecord] = []
    aside: list[SetAside] = []
    for read in case.read_records:
        if (retired := case.retired.get(read.record.run.job_id)) is not None:
            aside.append(SetAside(record=read.record, reason=retired.reason))
        else:
            kept.append(read)
    experiments = _experiments(case, tuple(read.record for read in kept))
    if not aside and not experiments:
        return case
    told = {id(experiment.record) for experiment in experiments}
    return replace(
        case,
        read_records=tuple(read for read in kept if id(read.record) not in told),
        set_aside=(*case.set_aside, *aside, *experiments),
    )


def _experiments(case: Case, records: tuple[Record, ...]) -> tuple[SetAside, ...]:
    """The records that depart from the file beside one that does not."""
    found: list[SetAside] = []
    for benchmark in case.requirements.benchmarks:
        attempts = [r for r in records if r.asked.task == benchmark.task and not is_stated(r)]
        if len(attempts) < 2 or not any(_is_as_stated(case, r) for r in attempts):  # noqa: PLR2004 - one has nothing beside it
            continue
        found.extend(
            SetAside(record=record, setting=part.key, stated=part.expected, found=part.found or "")
            for record in attempts
            if (part := departing(case, record)) is not None
        )
    return tuple(found)


def _is_as_stated(case: Case, record: Record) -> bool:
    """Whether every setting that is stated is known to be as stated."""
    parts = stated_parts(case, record)
    return all(part.agreement is Agreement.SAME for part in parts if part.sorts_out)
