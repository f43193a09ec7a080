"""The documents of a HELM run, as each was asked, answered and scored."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.differences.documents.logged import LoggedDocument
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.files.packed import as_it_lies
from weighin.sources.formats.helm.scores import (
    MAX_PER_INSTANCE_BYTES,
    PER_INSTANCE_STATS,
    values_of,
)
from weighin.sources.formats.helm.state import MAX_STATE_BYTES, SCENARIO_STATE

_SCHEME = "instance of HELM"
_Answer = tuple[str, int, str]
"""Id of the instance, number of the trial, and the perturbation."""


@dataclass(slots=True)
class _Asked:
    """The requests of one answer."""

    digest: str = ""
    prompts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


def helm_documents(folder: Path, task: str) -> Iterator[LoggedDocument]:
    """The documents of a run; without the state that HELM may write, those that have a score.

    Args:
        folder: Of the run.
        task: The benchmark.

    Returns:
        Nothing where a file cannot be read: that is told where it is read as a log.
    """
    try:
        stats = _json(folder / PER_INSTANCE_STATS, MAX_PER_INSTANCE_BYTES)
        states = as_mapping(_json(folder / SCENARIO_STATE, MAX_STATE_BYTES))
        asked = _asked(as_list(states.get("request_states")))
    except (EvidenceError, ValueError, RecursionError):
        return
    for instance in map(as_mapping, as_list(stats)):
        answer = _answer(instance.get("instance_id"), instance, instance.get("perturbation"))
        name, trial, perturbation = answer
        request = asked.get(answer, _Asked())
        yield LoggedDocument(
            task=task,
            name=f"{name} {perturbation}".strip(),
            digest=request.digest,
            scheme=_SCHEME if request.digest else "",
            prompt="\n".join(request.prompts) or None,
            answer="\n".join(request.answers) or None,
            scores={
                (metric, filter_name): total / count
                for metric, filter_name, total, count in values_of(instance)
            },
            repeat=trial,
        )


def _json(path: Path, most_bytes: int) -> JsonValue:
    place = as_it_lies(path)
    return ForeignFile(place, str(place), most_bytes).json() if place.is_file() else None


def _asked(states: list[JsonValue]) -> dict[_Answer, _Asked]:
    found: defaultdict[_Answer, _Asked] = defaultdict(_Asked)
    for state in map(as_mapping, states):
        instance = as_mapping(state.get("instance"))
        request, result = as_mapping(state.get("request")), as_mapping(state.get("result"))
        asked = found[_answer(instance.get("id"), state, instance.get("perturbation"))]
        content = [instance.get(key) for key in ("split", "input", "references")]
        asked.digest = sha256_hex(canonical_json(content))
        asked.prompts.append(_prompt(request))
        completions = as_list(result.get("completions"))
        first = as_mapping(completions[0]) if completions else {}
        asked.answers.append(as_text(first.get("text")) or "")
    return found


def _answer(name: JsonValue, of_trial: Json, perturbation: JsonValue) -> _Answer:
    told = as_mapping(perturbation)
    trial = as_count(of_trial.get("train_trial_index")) or 0
    return str(name), trial, as_text(told.get("name")) or ""


def _prompt(request: Json) -> str:
    messages = [as_mapping(message) for message in as_list(request.get("messages"))]
    if messages:
        return "\n".join(f"{m.get('role')}: {m.get('content')}" for m in messages)
    return as_text(request.get("prompt")) or ""
