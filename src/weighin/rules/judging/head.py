"""What stands above every report of a verdict."""

from collections.abc import Iterable, Iterator, Sequence

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Grade
from weighin.rules.interface import Case, Head, JudgedFinding
from weighin.rules.shared.wording import count, listed


def head_of(
    case: Case,
    findings: Sequence[JudgedFinding],
    *,
    asks_less: tuple[str, ...],
    unapplied_waivers: int = 0,
    run_id: str = "",
) -> Head:
    """What everybody should read before the verdict on a case.

    Args:
        case: What was judged, after selection.
        findings: All findings.
        asks_less: What the file drops from its profile.
        unapplied_waivers: How many waivers of the file were not applied, as asked for.
        run_id: The run that asks; empty if none does.
    """
    waived = dict.fromkeys(
        f"{f.waiver.owner}: {f.waiver.rule}"
        + (f" on {f.waiver.benchmark}" if f.waiver.benchmark else "")
        + f" (until {f.waiver.expires})"
        for f in findings
        if f.waiver is not None
    )
    if unapplied_waivers:
        waived[f"{count(unapplied_waivers, 'waiver')} not applied, as asked for"] = None
    return Head(
        asks_less=asks_less,
        vouched=_vouched(case.records, run_id),
        foreign_code=tuple(_foreign_code(case.records)),
        unplaced=tuple(_unplaced(case.records)),
        set_aside=case.set_aside,
        waived_by=tuple(waived),
        cut_prompts=tuple(dict.fromkeys(_cut_prompts(case.records))),
        others=_others(case),
        overrides=case.requirements.overrides,
    )


def _others(case: Case) -> str:
    """Of which other models there are records, where a required benchmark has none of this one."""
    found = {record.asked.task for record in case.all_records}
    missing = [b.task for b in case.requirements.benchmarks if b.task not in found]
    models = tuple(sorted({record.model for record in case.other_records}))
    if not models or not missing:
        return ""
    own = "" if found else f", and none of {case.requirements.model.name}"
    way = "name it" if len(models) == 1 else "name them"
    return (
        # Not how many: of what nobody requires, one record of a log is read.
        f"the evidence holds records of {listed(models)}{own}; {way} in model.aliases if that is "
        "this model"
    )


def _vouched(records: Sequence[Record], run_id: str) -> str:
    """By whom what the records call measured was measured; empty where nothing was."""
    measured = [r for r in records if any(o.grade is Grade.MEASURED for o in r.observations)]
    by_this_run = [bool(run_id) and r.run.run_id == run_id for r in measured]
    if not measured:
        return ""
    if all(by_this_run):
        return "measured by this run"
    by_others = "measured, by whoever wrote the record"
    if not any(by_this_run):
        return by_others
    earlier = dict.fromkeys(
        r.asked.task for r, own in zip(measured, by_this_run, strict=True) if not own
    )
    return f"measured by this run; {listed(tuple(earlier))}: {by_others}"


def _foreign_code(records: Sequence[Record]) -> Iterator[str]:
    """One sentence for all benchmarks, however many bring code."""
    files: dict[str, Iterable[str]] = {}
    for record in records:
        fact = record.fact(FactName.TASK_CODE)
        if fact is not None and isinstance(fact.value, dict) and fact.value:
            files[record.asked.task] = fact.value
    names = listed(tuple(dict.fromkeys(name for of_task in files.values() for name in of_task)))
    if len(files) == 1:
        (task,) = files
        yield f"{task} runs Python of its own ({names}), which could change what it scores"
    elif files:
        yield (
            f"{listed(tuple(files))} run Python of their own ({names}), which could change what "
            "they score"
        )


def _unplaced(records: Sequence[Record]) -> Iterator[str]:
    """The same on functions that are of none of the known libraries."""
    found = {r.asked.task: r.watch.unplaced for r in records if r.watch and r.watch.unplaced}
    names = dict.fromkeys(
        f"{function.name} in {function.file or 'no file'}"
        for functions in found.values()
        for function in functions
    )
    if found:
        tasks = listed(tuple(found))
        yield f"{tasks} called functions of no known library: {listed(tuple(names))}"


def _cut_prompts(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        if record.sent is None or not record.sent.prompts_cut:
            continue
        cut, all_of_them = record.sent.prompts_cut, sum(record.sent.requests.values())
        limit = None if record.in_force is None else record.in_force.max_length
        what = "were cut" if limit is None else f"were cut to {limit} tokens"
        yield f"{cut} of {count(all_of_them, 'prompt')} of {record.asked.task} {what}"
