"""What each process of a launch holds and saw: alike, or nothing is recorded; then put together."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weighin.errors import RunError
from weighin.evidence.watched import Looks, Watch, WatchState
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.harness.local.asked.state import MemoryState
from weighin.harness.local.memory import MemoryDigest
from weighin.harness.local.model import LocalModel
from weighin.harness.observed.harness_state import harness_state
from weighin.harness.observed.model_calls import ModelCalls

_MOST_NAMED = 6
_MOST_SHOWN, _BEFORE = 64, 24
# The worse of two first.
_STATES = (
    WatchState.CHANGED,
    WatchState.COULD_NOT_RUN,
    WatchState.UNPLACED,
    WatchState.OFF,
    WatchState.HELD,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process holds at one moment.

    Attributes:
        rank: Number of the process.
        parts: What must be alike, as text, by what it is called.
        tensors: Dtype, shape and digest of each tensor that checkpoints store, by name.
    """

    rank: int
    parts: Mapping[str, str]
    tensors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What a process held and saw in one benchmark.

    Attributes:
        held: What it held at its first request and after its last answer; empty of a process on
            its own.
        states: The same moments, as this process alone knows them.
        watch: What was seen of it.
        calls: What went into its model and came out.
        requests: Requests by type, as the harness made them.
        answers: Answers by type, as they came out of the model.
        taken: Answers by type that an earlier attempt had given.
    """

    held: tuple[Held, ...]
    states: tuple[MemoryState, MemoryState]
    watch: Watch
    calls: ModelCalls
    requests: Counter[str]
    answers: Counter[str]
    taken: Counter[str] = field(default_factory=Counter)


def held_by(
    rank: int, checkpoint_id: str, model: LocalModel, state: MemoryState, functions: bytes
) -> Held:
    """What this process holds now.

    Args:
        rank: Its number.
        checkpoint_id: Of the files that it read.
        model: What it loaded.
        state: What is in its memory.
        functions: The list of all functions that are watched.
    """
    special = canonical_json(state.special_tokens)
    return Held(
        rank=rank,
        parts={
            "checkpoint": checkpoint_id,
            "loader": model.loader,
            "versions": canonical_json(dict(model.versions)).decode(),
            "machine and libraries": model.stack,
            "weights": state.tensors.weights,
            "dtype": state.tensors.dtype,
            "tokenizer": str(state.tokenizer),
            "special tokens": sha256_hex(special),
            "chat template": sha256_hex(state.chat_template.encode()),
            "generation config": canonical_json(state.generation_config).decode(),
            "structure": state.structure,
            "functions": sha256_hex(functions),
            # Where nothing is watched, there is no list of functions.
            "harness": sha256_hex(canonical_json(harness_state().files)),
        },
        tensors=_stored(state.tensors),
    )


def _stored(digest: MemoryDigest) -> dict[str, str]:
    return {
        entry.name: f"{entry.dtype} {list(entry.shape)} {entry.sha256}"
        for entry in digest.tensors
        if entry.name not in digest.not_saved
    }


def require_alike(held: Sequence[Held]) -> None:
    """Require that all processes hold what the first one holds.

    Raises:
        RunError: One holds something else; the first that does is named, with what.
    """
    first, *others = held
    for other in others:
        if other.parts == first.parts and other.tensors == first.tensors:
            continue
        raise RunError(
            f"rank {other.rank}: expected what rank 0 holds, found "
            f"{'; '.join(_differences(first, other))}; nothing is recorded of it, start all "
            "processes on the same checkpoint in the same environment"
        )


def _differences(first: Held, other: Held) -> Iterator[str]:
    names = first.tensors.keys() | other.tensors.keys()
    differing = sorted(n for n in names if first.tensors.get(n) != other.tensors.get(n))
    if differing:
        more = len(differing) - _MOST_NAMED
        shown = ", ".join(differing[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        which = "another tensor" if len(differing) == 1 else f"{len(differing)} other tensors"
        yield f"{which} in memory: {shown}"
    for name, expected in first.parts.items():
        found = other.parts.get(name, "none")
        # Of the tensors as a whole it is said above, by name.
        if found != expected and not (name == "weights" and differing):
            yield f"{name} {_shown(found, expected)} instead of {_shown(expected, found)}"


def _shown(text: str, other: str) -> str:
    """The part of a text from where it is another one than the other."""
    pairs = zip(text, other, strict=False)
    start = max(0, next((n for n, (a, b) in enumerate(pairs) if a != b), 0) - _BEFORE)
    return ("…" if start else "") + text[start : start + _MOST_SHOWN]


def merged_calls(calls: ModelCalls, others: Iterable[ModelCalls]) -> None:
    """Add what passed in other processes to what passed in this one."""
    for other in others:
        for reason, number in other.finish_reasons.items():
            calls.finish_reasons[reason] = calls.finish_reasons.get(reason, 0) + number
        calls.tokens += other.tokens
        for request_type, tokens in other.first_prompts.items():
            calls.first_prompts.setdefault(request_type, tokens)
        sent, more = calls.sent, other.sent
        sent.models += more.models
        sent.generation |= more.generation
        sent.system_messages += more.system_messages
        sent.template_arguments |= more.template_arguments
        sent.template_dates |= more.template_dates
        starts = [s for s in (sent.common_start, more.common_start) if s is not None]
        sent.common_start = os.path.commonprefix(starts) if starts else None  # noqa: RUF071  # texts
        sent.requests += more.requests
        sent.answers += more.answers
        sent.prompts_cut += more.prompts_cut


def merged_watch(watch: Watch, others: Mapping[int, Watch]) -> Watch:
    """What was seen of all processes, each change with the process that it was seen in.

    Args:
        watch: Of the first process.
        others: Of the others, by their numbers.
    """
    worst = min((watch, *others.values()), key=lambda one: _STATES.index(one.state))
    changes = [
        change.model_copy(update={"name": f"{change.name} (rank {rank})"})
        for rank, other in others.items()
        for change in other.changes
    ]
    whys = [watch.why, *(f"rank {r}: {o.why}" for r, o in others.items() if o.why)]
    return watch.model_copy(
        update={
            "state": worst.state,
            "why": "; ".join(filter(None, whys)),
            "changes": (*watch.changes, *changes),
            "looks": _looks([w.looks for w in (watch, *others.values()) if w.looks is not None]),
        }
    )


def _looks(looks: Sequence[Looks]) -> Looks | None:
    """All looks together; a swap in one process is missed if that process misses it."""
    if not looks:
        return None
    return Looks(
        passes=sum(one.passes for one in looks),
        looks=sum(one.looks for one in looks),
        bytes_looked_at=sum(one.bytes_looked_at for one in looks),
        seconds=max(one.seconds for one in looks),
        model_seconds=max(one.model_seconds for one in looks),
        missed={name: max(one.missed.get(name, 1.0) for one in looks) for name in looks[0].missed},
        from_files=max(one.from_files for one in looks),
    )
