"""Which model answered while a log was made. What cannot be told is not guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighin.evidence.records import Observation
from weighin.executors.witnessed.told import SeenModel, SeenProcess, Weighing
from weighin.identity.facets import spelling_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The model that answered while a log was made.

    Attributes:
        process: Its process.
        model: The model.
        weighing: What is known of it: the first weighing after the log was begun to be written.
        passes: The passes that it made by then.
        prompting: What was seen of the chat templates meanwhile.
        basis: How it was told from others.
        problem: Why that weighing does not tell of all of its answers; empty if it does.
    """

    process: SeenProcess
    model: SeenModel
    weighing: Weighing
    passes: int
    prompting: tuple[Observation, ...]
    basis: str
    problem: str


def who_answered(
    processes: Sequence[SeenProcess], path: str, name: str, since: float
) -> Answered | str:
    """The model that answered while a log was made, or why it is not known.

    Args:
        processes: All that told of themselves.
        path: The log.
        name: The model as the log names it.
        since: When the log before it was written, in seconds since 1970.
    """
    moment = max((p.written[path] for p in processes if path in p.written), default=float("inf"))
    called = [
        (process, model)
        for process in processes
        for model in process.models.values()
        if model.passes_at(moment) > model.passes_at(since)
    ]
    if not called:
        return "no model that was seen answered while it was made"
    named = [one for one in called if _is_named(one[1], name)]
    if len(called) == 1:
        chosen, basis = called[0], "the only model that answered while it was made"
    elif len(named) == 1:
        chosen, basis = named[0], "the only model of those that answered that the log names"
    else:
        told = "; ".join(_in_words(model) for _, model in called)
        return f"{len(called)} models answered while it was made, and it is not known which: {told}"
    process, model = chosen
    if not model.weighings:
        why = model.problem or "it could not be weighed"
        return f"{_in_words(model)}: {why}"
    passes = model.passes_at(moment)
    after = next((one for one in model.weighings if one.passes >= passes), None)
    return Answered(
        process=process,
        model=model,
        weighing=after or model.weighings[-1],
        passes=passes - model.passes_at(since),
        prompting=_prompting(after or model.weighings[-1], model, since),
        basis=basis,
        problem=""
        if after is not None
        else f"it was weighed last after {model.weighings[-1].passes} of {passes} passes: the "
        "process ended before it could be weighed again",
    )


def _prompting(weighing: Weighing, model: SeenModel, since: float) -> tuple[Observation, ...]:
    """What was seen of templates, where all of it is of the one log."""
    if weighing.templates is None:
        return ()
    earlier = [w.templates.calls for w in model.weighings if w.templates and w.time <= since]
    is_of_others = bool(earlier) and earlier[-1] > 0 and earlier[-1] == weighing.templates.calls
    return () if is_of_others else weighing.templates.observed


def _is_named(model: SeenModel, name: str) -> bool:
    """Whether a log names a model by what it was loaded from."""
    return bool(name) and any(_names(model, name))


def _names(model: SeenModel, name: str) -> Iterator[bool]:
    for own in filter(None, (model.source, model.folder)):
        yield spelling_apart(own) == spelling_apart(name)
        yield own.rstrip("/").rpartition("/")[2] == name.rstrip("/").rpartition("/")[2]


def _in_words(model: SeenModel) -> str:
    return f"{model.kind} from {model.source or 'an unknown place'}, {model.all_passes} passes"
