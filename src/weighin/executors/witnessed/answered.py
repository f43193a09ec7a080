"""Which model answered while a log was made. What cannot be told is not guessed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighin.evidence.records import Observation, Record
from weighin.evidence.watched import WatchState
from weighin.executors.witnessed.not_seen import unwatched_programs, why_not_seen
from weighin.executors.witnessed.told import SeenModel, SeenProcess, Weighing
from weighin.identity.facets import Facet, spelling_apart

_IN_PROCESS = "in process"
NO_LOG = "it answered, and the command left no log that weighin reads"
"""Of a model whose scores nobody told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The model that answered while a log was made.

    Attributes:
        process: Its process.
        model: The model.
        weighing: What is known of it: the first weighing after the log was begun to be written.
        passes: The passes that it made meanwhile.
        prompts: The prompts that it was given meanwhile.
        prompting: What was seen of the chat templates meanwhile.
        others: The other models that answered meanwhile, in words.
        basis: How it was told from others.
        problem: Why that does not tell of all of its answers; empty if it does.
    """

    process: SeenProcess
    model: SeenModel
    weighing: Weighing
    passes: int
    prompts: int
    prompting: tuple[Observation, ...]
    others: tuple[str, ...]
    basis: str
    problem: str


@dataclass(frozen=True, slots=True)
class Span:
    """While a log was made, in seconds since 1970: since when, and until it was written last."""

    since: float
    until: float


def who_answered(processes: Sequence[SeenProcess], record: Record, span: Span) -> Answered | str:
    """The model that answered while a log was made, or why it is not known.

    Args:
        processes: All that told of themselves.
        record: What the log says of one benchmark.
        span: While it was made.
    """
    called = _called(processes, span)
    if (elsewhere := _elsewhere(record)) is not None:
        return f"the log says that {elsewhere} answered, and nothing of that was seen"
    if not called:
        return "no model that was seen answered while it was made"
    named = [one for one in called if _is_named(one[1], record.model)]
    if len(named) == 1:
        chosen = named[0]
        basis = (
            "the only model that answered while it was made, and the log names it"
            if len(called) == 1
            else "of those that answered while it was made, the only one that the log names"
        )
    elif len(called) == 1 and _says_in_process(record):
        chosen = called[0]
        basis = "the only model that answered while it was made, in process as the log says"
    else:
        told = "; ".join(_in_words(model) for _, model in called)
        if len(called) == 1:
            return (
                f"the log calls the model {record.model!r} and does not say where it answered; "
                f"what was seen to answer meanwhile: {told}"
            )
        return f"{len(called)} models answered while it was made, and it is not known which: {told}"
    return _answers_of(processes, chosen, span, basis, record.asked.documents_scored or 0)


def _called(processes: Sequence[SeenProcess], span: Span) -> list[tuple[SeenProcess, SeenModel]]:
    return [
        (process, model)
        for process in processes
        for model in process.models.values()
        if model.passes_at(span.until) > model.passes_at(span.since)
    ]


def all_that_answered(processes: Sequence[SeenProcess]) -> Iterator[Answered]:
    """Every model that was called and weighed, of a command that left no log."""
    always = Span(0.0, math.inf)
    for process in processes:
        for model in process.models.values():
            if model.all_passes:
                found = _answers_of(processes, (process, model), always, NO_LOG, 0)
                if isinstance(found, Answered):
                    yield found


def _answers_of(
    processes: Sequence[SeenProcess],
    chosen: tuple[SeenProcess, SeenModel],
    span: Span,
    basis: str,
    documents: int,
) -> Answered | str:
    process, model = chosen
    if not model.weighings:
        return f"{_in_words(model)}: {model.problem or 'it could not be weighed'}"
    passes = model.passes_at(span.until)
    after = next((one for one in model.weighings if one.passes >= passes), None)
    weighing = after or model.weighings[-1]
    prompts = model.prompts_at(span.until) - model.prompts_at(span.since)
    others = [other for _, other in _called(processes, span) if other is not model]
    return Answered(
        process=process,
        model=model,
        weighing=weighing,
        passes=passes - model.passes_at(span.since),
        prompts=prompts,
        prompting=_prompting(weighing, model, span.since),
        others=tuple(map(_in_words, others)),
        basis=basis,
        problem="; ".join(
            (
                *_problems(processes, documents, span, model, after, prompts),
                *_stand_ins(others, span, weighing),
            )
        ),
    )


def _problems(  # noqa: PLR0913, PLR0917  # all that may speak against it
    processes: Sequence[SeenProcess],
    documents: int,
    span: Span,
    model: SeenModel,
    after: Weighing | None,
    prompts: int,
) -> Iterator[str]:
    """Why what was seen may not be what gave all answers of the log."""
    if after is None:
        yield (
            f"it was weighed last after {model.weighings[-1].passes} of "
            f"{model.passes_at(span.until)} passes: the process ended before it was weighed again"
        )
    if model.problem:
        yield model.problem
    if prompts < documents:
        yield (
            f"{prompts} prompts were seen to go into the model, of {documents} documents: the rest "
            "of the answers came from elsewhere, such as a cache"
        )
    for program in unwatched_programs(processes):
        if program.time <= span.until:
            yield f"{program.program} was started {why_not_seen(program)}: what it did is unknown"
            return


def _stand_ins(others: Sequence[SeenModel], span: Span, weighing: Weighing) -> Iterator[str]:
    """Other models that could have given answers of the log, whatever it says."""
    for other in others:
        asked = other.prompts_at(span.until) - other.prompts_at(span.since)
        last = other.weighings[-1] if other.weighings else None
        is_same = (
            last is not None
            and last.watch.state is WatchState.HELD
            and last.checkpoint_id is not None
            and (last.checkpoint_id, last.digest) == (weighing.checkpoint_id, weighing.digest)
        )
        if asked and not is_same:
            yield (
                f"{_in_words(other)}, was given {asked} prompts meanwhile: which of the answers "
                "are its own only the log could say"
            )


def _elsewhere(record: Record) -> str | None:
    """What answered by the log's own word, where that is another place than this machine."""
    for identifier in record.observation(Facet.ENDPOINT).identifiers:
        told = identifier.value
        if isinstance(told, str) and told.replace("-", " ") != _IN_PROCESS:
            return told
        if isinstance(told, dict):
            return str(told.get("url") or told)
    return None


def _says_in_process(record: Record) -> bool:
    return any(
        isinstance(identifier.value, str) and identifier.value.replace("-", " ") == _IN_PROCESS
        for identifier in record.observation(Facet.ENDPOINT).identifiers
    )


def _prompting(weighing: Weighing, model: SeenModel, since: float) -> tuple[Observation, ...]:
    """What was seen of templates, where all of it is of the one log."""
    if weighing.templates is None:
        return ()
    earlier = [w.templates.calls for w in model.weighings if w.templates and w.time <= since]
    is_of_others = bool(earlier) and 0 < earlier[-1] == weighing.templates.calls
    return () if is_of_others else weighing.templates.observed


def _is_named(model: SeenModel, name: str) -> bool:
    """Whether a log names a model by what it was loaded from."""
    return bool(name) and any(_names(model, name))


def _names(model: SeenModel, name: str) -> Iterator[bool]:
    for own in filter(None, (model.source, model.folder, model.adapter)):
        yield spelling_apart(own) == spelling_apart(name)
        yield own.rstrip("/").rpartition("/")[2] == name.rstrip("/").rpartition("/")[2]


def _in_words(model: SeenModel) -> str:
    return f"{model.kind} from {model.source or 'an unknown place'}, {model.all_passes} passes"
