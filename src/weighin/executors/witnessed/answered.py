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
SLACK = 1.5
"""Seconds after which a process has told of each pass: a moment more than between two tellings."""


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


@dataclass(frozen=True, slots=True)
class _Called:
    """A model that was called while a log was made.

    Attributes:
        process: Its process.
        model: The model.
        span: While the log was made.
        artifact: What it was loaded from, as far as it is known.
    """

    process: SeenProcess
    model: SeenModel
    span: Span
    artifact: str | int

    @property
    def passes(self) -> int:
        """Passes while the log was made."""
        return self.model.passes_at(self.span.until, SLACK) - self.model.passes_at(self.span.since)

    @property
    def prompts(self) -> int:
        """Prompts while the log was made."""
        before = self.model.prompts_at(self.span.since)
        return self.model.prompts_at(self.span.until, SLACK) - before

    @property
    def after(self) -> Weighing | None:
        """The first weighing after its last pass for the log; `None` if there was none."""
        passes = self.model.passes_at(self.span.until, SLACK)
        return next((one for one in self.model.weighings if one.passes >= passes), None)

    @property
    def weighing(self) -> Weighing | None:
        """That, or the last one before; `None` if it was never weighed."""
        return self.after or (self.model.weighings[-1] if self.model.weighings else None)

    @property
    def doubt(self) -> tuple[bool, int, bool, bool]:
        """How much speaks against it, in order."""
        weighing = self.weighing
        if weighing is None:
            # One that was weighed has more to say.
            return False, -1, False, False
        state, loaded = weighing.watch.state, weighing.loaded
        return (
            state is WatchState.CHANGED or bool(self.model.changes),
            0 if loaded is None else len(loaded.differ_from_disk),
            state is not WatchState.HELD,
            bool(self.model.problem),
        )

    def in_words(self) -> str:
        """What it is, as a person says it."""
        model = self.model
        return f"{model.kind} from {model.source or 'an unknown place'}, {model.all_passes} passes"


def who_answered(processes: Sequence[SeenProcess], record: Record, span: Span) -> Answered | str:
    """The model that answered while a log was made, or why it is not known.

    Several processes that loaded the same checkpoint answer together; what is known of them is what
    is known of the one that most speaks against.

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
    named = [one for one in called if _is_named(one.model, record.model)]
    is_alone = len({one.artifact for one in called}) == 1
    if len({one.artifact for one in named}) == 1:
        basis = (
            "the only model that answered while it was made, and the log names it"
            if is_alone
            else "of those that answered while it was made, the only one that the log names"
        )
    elif is_alone and _says_in_process(record):
        named = called
        basis = "the only model that answered while it was made, in process as the log says"
    else:
        told = "; ".join(one.in_words() for one in called)
        if is_alone:
            return (
                f"the log calls the model {record.model!r} and does not say where it answered; "
                f"what was seen to answer meanwhile: {told}"
            )
        return f"{len(called)} models answered while it was made, and it is not known which: {told}"
    return _answers_of(processes, named, called, basis, record.asked.documents_scored or 0)


def all_that_answered(processes: Sequence[SeenProcess]) -> Iterator[Answered]:
    """Every artifact that was called and weighed, of a command that left no log."""
    called = _called(processes, Span(0.0, math.inf))
    for artifact in dict.fromkeys(one.artifact for one in called):
        named = [one for one in called if one.artifact == artifact]
        found = _answers_of(processes, named, called, NO_LOG, 0)
        if isinstance(found, Answered):
            yield found


def _called(processes: Sequence[SeenProcess], span: Span) -> list[_Called]:
    models = [(process, model) for process in processes for model in process.models.values()]
    # A child that ended before it weighed what it has of its parent.
    of_folders = {
        model.folder: one.checkpoint_id
        for _, model in models
        for one in model.weighings
        if model.folder
    }
    every = (
        _Called(process, model, span, _artifact(model) or of_folders.get(model.folder) or number)
        for number, (process, model) in enumerate(models)
    )
    return [one for one in every if one.passes > 0]


def _artifact(model: SeenModel) -> str | None:
    return model.weighings[-1].checkpoint_id if model.weighings else None


def _answers_of(
    processes: Sequence[SeenProcess],
    named: Sequence[_Called],
    called: Sequence[_Called],
    basis: str,
    documents: int,
) -> Answered | str:
    """What answered, of all that was called: the loading that most speaks against."""
    chosen = max(named, key=lambda one: one.doubt)
    if chosen.weighing is None:
        return f"{chosen.in_words()}: {chosen.model.problem or 'it could not be weighed'}"
    together = [one for one in called if one.artifact == chosen.artifact]
    others = [one for one in called if one.artifact != chosen.artifact]
    return Answered(
        process=chosen.process,
        model=chosen.model,
        weighing=_with_changes(chosen, chosen.weighing),
        passes=sum(one.passes for one in together),
        prompts=sum(one.prompts for one in together),
        prompting=_prompting(chosen.weighing, chosen.model, chosen.span.since),
        others=tuple(one.in_words() for one in others),
        basis=basis,
        problem="; ".join(dict.fromkeys(_problems(processes, documents, together, others))),
    )


def _with_changes(called: _Called, weighing: Weighing) -> Weighing:
    """The last weighing of a process that did not live to weigh again, with what it saw since."""
    changes = () if called.after is not None else tuple(called.model.changes)
    if not changes or weighing.watch.state is WatchState.CHANGED:
        return weighing
    update = {"state": WatchState.CHANGED, "changes": changes}
    return weighing.model_copy(update={"watch": weighing.watch.model_copy(update=update)})


def _of_one(called: _Called) -> Iterator[str]:
    """What is not known of one of the models that answered together."""
    if called.weighing is None:
        yield f"{called.in_words()}: {called.model.problem or 'it could not be weighed'}"
        return
    if called.after is None:
        yield (
            f"it was weighed last after {called.weighing.passes} of {called.model.all_passes} "
            "passes: the process ended before it was weighed again"
        )
    if called.model.problem:
        yield called.model.problem


def _problems(
    processes: Sequence[SeenProcess],
    documents: int,
    together: Sequence[_Called],
    others: Sequence[_Called],
) -> Iterator[str]:
    """Why what was seen may not be what gave all answers of the log."""
    for one in together:
        yield from _of_one(one)
    if len({one.weighing.digest for one in together if one.weighing is not None}) > 1:
        yield f"{len(together)} loadings of the checkpoint answered, and hold different numbers"
    prompts = sum(one.prompts for one in together)
    if prompts < documents:
        yield (
            f"{prompts} prompts were seen to go into the model, of {documents} documents: the rest "
            "of the answers came from elsewhere, such as a cache"
        )
    for one in others:
        yield (
            f"{one.in_words()}, was given {one.prompts} prompts meanwhile: which of the answers "
            "are its own only the log could say"
        )
    for program in unwatched_programs(processes):
        if program.time <= together[0].span.until:
            yield f"{program.program} was started {why_not_seen(program)}: what it did is unknown"
            break
    if any(process.meddled for process in processes):
        yield "the program wrote into the witness's own folder: what was told may be of its making"


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
