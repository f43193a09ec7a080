"""What answers a benchmark: a checkpoint in this process, or a served model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from weighin.evidence.collected import FilesHashed
from weighin.evidence.facts import Fact
from weighin.evidence.records import InForce, LoadedWeights, Observation, Sent, TakenAnswers
from weighin.evidence.store.journals import AnswersKept
from weighin.evidence.watched import Watch
from weighin.harness.evaluation import Answered
from weighin.harness.tasks.loading import LoadedBenchmark
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import Manifest
from weighin.requirements.model import BenchmarkRequirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One benchmark as it is put to a subject.

    Attributes:
        benchmark: The loaded benchmark.
        max_samples: Only the first documents; `None` for all.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
        compress_samples: Whether samples files are written as `.jsonl.gz`.
        folder: The attempt's folder.
        on_requests: Called with requests done and requests in all.
        on_answered: Called once the answers are complete, before a score is computed of them; it
            may be called again.
        kept: Keeps the answers as they come, and knows those of earlier attempts; `None` to ask
            for all and keep none.
    """

    benchmark: LoadedBenchmark
    max_samples: int | None
    chat_template: bool
    system_prompt: str | None
    compress_samples: bool
    folder: Path
    on_requests: Callable[[int, int], None]
    on_answered: Callable[[], None] = lambda: None
    kept: AnswersKept | None = None

    @property
    def requirement(self) -> BenchmarkRequirement:
        """What is required of the benchmark."""
        return self.benchmark.requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A benchmark that was answered, and what was observed around it.

    Attributes:
        answered: What came out.
        observations: The facets.
        loaded: The tensors before and after; `None` for a served model.
        engine: The inference engine with its version.
        settings: Batch size, device, seeds and the like.
        versions: Versions of the packages that matter.
        facts: What the run says beyond the facets.
        sent: What passed between harness and model; `None` if it was not seen.
        in_force: How the model was loaded and asked; `None` if it was not seen.
        watch: What was seen of the process while it answered; `None` if nothing watched.
        taken: What earlier attempts had answered.
    """

    answered: Answered
    observations: tuple[Observation, ...]
    loaded: LoadedWeights | None
    engine: str
    settings: Mapping[str, JsonValue]
    versions: Mapping[str, str]
    facts: tuple[Fact, ...]
    sent: Sent | None = None
    in_force: InForce | None = None
    watch: Watch | None = None
    taken: tuple[TakenAnswers, ...] = ()


def taken_of(kept: AnswersKept | None, answers: Mapping[str, int]) -> tuple[TakenAnswers, ...]:
    """What was taken of earlier attempts, as a record holds it.

    Args:
        kept: Where it was taken from.
        answers: How many answers were taken in all, by request type.
    """
    left = dict(answers)
    found: list[TakenAnswers] = []
    for part in () if kept is None else kept.taken():
        counted = {name: min(number, left.get(name, 0)) for name, number in part.answers.items()}
        left = {name: number - counted.get(name, 0) for name, number in left.items()}
        found.append(part.model_copy(update={"answers": counted}))
    return tuple(found)


class Subject(Protocol):
    """What answers."""

    @property
    def description(self) -> JsonValue:
        """What it is, for the plan: two subjects with one description answer alike."""

    @property
    def manifest(self) -> Manifest | None:
        """The checkpoint's manifest; `None` for a served model."""

    @property
    def checkpoint_files(self) -> tuple[CheckpointFileDigest, ...]:
        """Digests of the checkpoint's files; empty if nothing asks for them."""

    @property
    def location(self) -> str | None:
        """Where the checkpoint lies; `None` for a served model."""

    @property
    def files_hashed(self) -> FilesHashed | None:
        """When all files of the checkpoint were read last; `None` for a served model."""

    def load(self) -> None:
        """Make it ready to answer."""

    def loaded_weights(self) -> str | None:
        """Digest of the tensors in memory, hashed now; `None` for a served model."""

    def score(self, question: Question) -> Scored:
        """Answer one benchmark, fingerprinted before and after."""

    def hash_files(self) -> FilesHashed | None:
        """Read all files of the checkpoint again; `None` for a served model."""
