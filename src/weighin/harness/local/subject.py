"""A checkpoint folder that is loaded in this process and fingerprinted around every benchmark."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from pydantic import JsonValue

from weighin.errors import RunError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.store import file_digest
from weighin.evidence.store.journals import Held as HeldToAnswer
from weighin.evidence.watched import WatchState
from weighin.files.canonical import sha256_hex
from weighin.files.written import create_file
from weighin.harness.evaluation import Answered, Asking, attend, evaluate
from weighin.harness.local.asked.around import Around
from weighin.harness.local.asked.attended import Attended, Held, held_by
from weighin.harness.local.asked.launch import Launch
from weighin.harness.local.asked.otherwise import otherwise_asked
from weighin.harness.local.asked.recorded import RecordedSubject
from weighin.harness.local.asked.state import MemoryState
from weighin.harness.local.asked.weighed import loaded_weights, with_changes
from weighin.harness.local.disk.files import CheckpointFiles
from weighin.harness.local.memory import (
    NOT_HASHED,
    DiskMatch,
    all_disk_tensors,
    match_with_disk,
)
from weighin.harness.local.model import LocalModel, Process, load_model
from weighin.harness.local.placed.asking import computing_devices, own_folder
from weighin.harness.local.watch.functions import functions_of
from weighin.harness.local.watch.watch import Watch
from weighin.harness.observed.expected_bos import expected_bos, tokenizer_as_saved
from weighin.harness.observed.machine import machine
from weighin.harness.observed.told import lowered
from weighin.harness.ranks import LOAD
from weighin.harness.subject import Question, Scored, taken_of
from weighin.harness.tasks.held import moved
from weighin.harness.tasks.loading import LoadedBenchmark
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.folder.tensor_bytes import tensor_reader
from weighin.requirements.model import Requirements


class CheckpointSubject:
    """A checkpoint, loaded once for all benchmarks."""

    def __init__(  # noqa: PLR0913  # what is loaded, how it is told, and what may be spared
        self,
        requirements: Requirements,
        folder: Path,
        revision: str | None,
        on_progress: Callable[[int, int], None],
        *,
        watch: bool = True,
        remembered: RememberedDigests | None = None,
    ) -> None:
        """Fingerprint the files; nothing is loaded yet.

        Args:
            requirements: The requirements.
            folder: The checkpoint folder.
            revision: `org/name@<40-hex>` if the folder is a snapshot of that revision.
            on_progress: Called with bytes hashed and bytes in all, when all files are read.
            watch: Whether the process is watched while the model answers.
            remembered: Digests of files that need not be read now; `None` to read all.

        Raises:
            CheckpointError: The checkpoint is missing, malformed, or not safetensors.
        """
        model = requirements.model
        self._model_name = model.name
        self._written = model.checkpoint or ""
        self._settings = model
        self._folder = folder
        self._adapter = None if model.adapter is None else requirements.resolve(model.adapter)
        self._offload = (
            None if model.offload_folder is None else requirements.resolve(model.offload_folder)
        )
        self._revision = revision
        self._files = CheckpointFiles(
            requirements, folder, revision, on_progress, remembered=remembered
        )
        self.manifest, self.location = self._files.manifest, self._files.location
        self.checkpoint_files = self._files.digests
        self._launch: Launch | None = None
        self._loaded: LocalModel | None = None
        self._state: MemoryState | None = None
        self._match: tuple[str, DiskMatch] | None = None
        self._recorded: RecordedSubject | None = None
        self._skipped: Callable[[], int] = lambda: 0
        # Before any task is loaded, whose code could replace what is called.
        self._watch = Watch(functions_of(folder)) if watch else None

    @property
    def description(self) -> JsonValue:
        """The checkpoint and how it is loaded."""
        return {
            "checkpoint_id": self.manifest.checkpoint_id,
            "dtype": self._settings.dtype,
            "max_length": self._settings.max_length,
            "add_bos_token": self._settings.add_bos_token,
            "remote_code": list(self._settings.remote_code),
        }

    @property
    def files_hashed(self) -> FilesHashed:
        """When all files were read last, and what was found."""
        return self._files.hashed

    def hash_files(self) -> FilesHashed:
        """Read all files again."""
        return self._files.hash_again()

    def load(self) -> None:
        """Load the model."""
        if self._watch is not None:
            self._watch.tasks_loaded()
        if self._launch is None:
            self._load()
            return
        with self._launch.amid():
            self._launch.loading()
            loaded, state = self._load()
            held = self._launch.ranks.gather(self._held(loaded, state))
        self._launch.require_alike(held)

    def _load(self) -> tuple[LocalModel, MemoryState]:
        ranks = 1 if self._launch is None else self._launch.ranks.number
        offload = None if self._offload is None else own_folder(self._offload, self)
        process = Process(offload_folder=offload, ranks=ranks)
        loaded = load_model(self._folder, self.manifest, self._settings, self._adapter, process)
        if self._watch is not None:
            self._watch.loaded(loaded.lm, loaded.lm.model, loaded.lm.tokenizer)
        state = loaded.observe(with_tensors=ranks > 1)
        self._loaded, self._state = loaded, state
        self._recorded = RecordedSubject(
            settings=self._settings,
            manifest=self.manifest,
            revision=self._revision,
            machine=machine(computing_devices(loaded.lm.model, torch.device(loaded.lm.device))),
            expected_bos=self._bos_that_is_expected(loaded),
        )
        return loaded, state

    def join(self, launch: Launch) -> None:
        """Answer together with other processes, each of which holds the same; before `load`."""
        self._launch = launch

    def follow(self, benchmarks: Mapping[int, LoadedBenchmark]) -> None:
        """Do as the first process asks, until it asks no more.

        Args:
            benchmarks: The loaded tasks, by their positions in the requirements.

        Raises:
            RunError: A task is other than that of the first process, or lm-eval failed.
            InfrastructureError: Another process ended.
        """
        if self._launch is None:
            raise RuntimeError("follow was called before join")
        ranks = self._launch.ranks
        while (asked := ranks.ask(None)) is not None:
            if asked == LOAD:
                self.load()
                continue
            benchmark = benchmarks[asked.position]
            if benchmark.digest != asked.task_digest:
                raise RunError(
                    f"rank {ranks.rank}: {benchmark.requirement.task}: expected the task of rank "
                    f"0, {asked.task_digest[:12]}, found {benchmark.digest[:12]}; start all "
                    "processes on the same task files"
                )
            with TemporaryDirectory(prefix="weighin-") as folder, self._launch.amid():
                question = Question(
                    benchmark=benchmark,
                    max_samples=asked.max_samples,
                    chat_template=asked.chat_template,
                    system_prompt=asked.system_prompt,
                    compress_samples=False,
                    folder=Path(folder),
                    on_requests=lambda _done, _total: None,
                )
                ranks.gather(self._attended(question, partial(self._attend, question)))

    def loaded_weights(self) -> str:
        """Digest of the tensors in memory, hashed now: what the next benchmark starts from."""
        if self._loaded is None:
            raise RuntimeError("loaded_weights was called before load")
        self._state = self._loaded.observe()
        return self._state.tensors.weights

    def _matched(self, state: MemoryState) -> DiskMatch:
        """How what is in memory relates to the disk; asked of the disk once while it stays."""
        digest = f"{state.tensors.weights} {sorted(state.tensors.not_saved)}"
        if self._match is None or self._match[0] != digest:
            match = match_with_disk(
                state.tensors,
                all_disk_tensors(self.manifest),
                tensor_reader(self._folder, self._adapter),
                is_quantized=self.manifest.quantization is not None,
            )
            self._match = digest, match
        return self._match[1]

    def _bos_that_is_expected(self, model: LocalModel) -> int | None:
        tokenizer = model.lm.tokenizer
        if self._settings.add_bos_token is not None:
            tokenizer = tokenizer_as_saved(
                self._folder, trust_remote_code=model.remote_code_executed
            )
        return expected_bos(tokenizer, self._folder, model.lm.apply_chat_template)

    def score(self, question: Question) -> Scored:
        """Answer one benchmark, fingerprinted at its first request and after its last answer.

        What is in memory after it is what the next one starts from.
        """
        if self._loaded is None or self._state is None or self._recorded is None:
            raise RuntimeError("score was called before load")
        model, earlier, recorded = self._loaded, self._state, self._recorded
        answers: list[Answered] = []

        def evaluated() -> tuple[str, ...]:
            answers.append(self._evaluate(model, question))
            return tuple(otherwise_asked(question, answers[0]))

        attended = self._attended_by_all(question, evaluated)
        (answered,), watch, calls = answers, attended.watch, attended.calls
        first, after = attended.states
        if earlier.tensors is NOT_HASHED:
            earlier = replace(earlier, tensors=first.tensors)
        answered = self._with_functions(question, answered)
        if self._watch is not None:
            functions_sha256 = sha256_hex(self._watch.document)
            watch = watch.model_copy(update={"functions_sha256": functions_sha256})
        observations = partial(recorded.observations, model, question, answered, calls)
        observed = with_changes(observations(earlier), observations(first), observations(after))
        return Scored(
            answered=answered,
            observations=observed if watch.state is WatchState.HELD else lowered(observed),
            loaded=loaded_weights(
                model,
                (earlier.tensors, first.tensors, after.tensors),
                self._matched(first),
                self._files.look(),
                remembered_since=self._files.remembered_since,
            ),
            engine=model.loader,
            watch=watch,
            settings={
                **recorded.ran_with(model, question, answered),
                **({} if self._launch is None else {"ranks": self._launch.ranks.number}),
            },
            versions=model.versions,
            facts=recorded.facts(question, answered, calls),
            # Counted at the model's own door, behind everything that a task could replace.
            sent=calls.sent.as_record().model_copy(
                update={
                    "requests": dict(attended.requests),
                    "answers": dict(attended.answers),
                }
            ),
            taken=taken_of(question.kept, attended.taken),
            in_force=recorded.in_force(model),
        )

    def _attended_by_all(
        self, question: Question, answer: Callable[[], tuple[str, ...]]
    ) -> Attended:
        """One benchmark as this process attended it, with what the others saw, if there are any.

        Args:
            question: The benchmark.
            answer: As for `_attended`.

        Raises:
            RunError: Another process held something else.
            InfrastructureError: Another process ended.
        """
        if self._launch is None:
            return self._attended(question, answer)
        with self._launch.amid():
            self._launch.asking(question)
            mine = self._attended(question, answer)
            everyone = self._launch.ranks.gather(mine)
        return replace(mine, watch=self._launch.together(mine, everyone))

    def _attended(self, question: Question, answer: Callable[[], tuple[str, ...]]) -> Attended:
        """One benchmark, observed around its answers.

        Args:
            question: The benchmark.
            answer: Has it answered, and gives the parts of the task that are others than when it
                was loaded.
        """
        if self._loaded is None:
            raise RuntimeError("a benchmark was asked before load")
        model = self._loaded
        calls = model.lm.listen()
        kept = None if self._launch is not None else question.kept

        def begun(state: MemoryState) -> None:
            self._matched(state)
            if kept is not None:
                kept.begin(self._to_keep(model, state))

        around = Around(
            model,
            self._watch,
            question.benchmark.output_types,
            on_first=begun,
            on_last=question.on_answered,
            kept=kept,
        )
        self._skipped = lambda: around.skipped
        around.note_task(moved(question.benchmark.held), "before it was asked")
        with around.told():
            around.note_task(answer(), "while it was asked")
            first, after, watch = around.finished()
        self._state = after
        return Attended(
            held=()
            if self._launch is None
            else tuple(self._held(model, state) for state in (first, after)),
            states=(first, after),
            watch=watch,
            calls=calls,
            requests=around.moments.requests,
            answers=around.moments.answers,
            taken=around.taken,
        )

    def _to_keep(self, model: LocalModel, state: MemoryState) -> HeldToAnswer:
        """What this process holds, for a journal of its answers."""
        return HeldToAnswer(
            parts=self._held(model, state).parts,
            weights=state.tensors.weights,
            settings={
                "batch_size": self._settings.batch_size,
                "device": model.device,
                "threads": torch.get_num_threads(),
            },
        )

    def _attend(self, question: Question) -> tuple[str, ...]:
        """Answer one's part of a benchmark that the first process scores."""
        if self._loaded is None:
            raise RuntimeError("a benchmark was asked before load")
        attend(self._loaded.lm, self._asking(question), question.on_requests)
        return tuple(moved(question.benchmark.held))

    def _held(self, model: LocalModel, state: MemoryState) -> Held:
        rank = 0 if self._launch is None else self._launch.ranks.rank
        functions = b"" if self._watch is None else self._watch.document
        return held_by(rank, self.manifest.checkpoint_id, model, state, functions)

    def _with_functions(self, question: Question, answered: Answered) -> Answered:
        """The list of all functions that were watched, as one more file beside the record."""
        if self._watch is None:
            return answered
        path = question.folder / "functions.json.gz"
        create_file(path, self._watch.compressed)
        file = file_digest(path, role="functions", relative_to=question.folder)
        return replace(answered, files=(*answered.files, file))

    def _evaluate(self, model: LocalModel, question: Question) -> Answered:
        asking = self._asking(question)

        def on_requests(done: int, total: int) -> None:
            skipped, windows = self._skipped(), model.lm.windows
            if windows is None:
                question.on_requests(done + skipped, total + skipped)
            elif windows.done:
                # lm-eval has a bar for each batch, and one for cutting the texts.
                question.on_requests(min(windows.done, windows.total), windows.total)

        return evaluate(model.lm, asking, question.folder, on_requests, question.on_answered)

    def _asking(self, question: Question) -> Asking:
        return Asking(
            benchmark=question.benchmark,
            max_samples=question.max_samples,
            chat_template=question.chat_template,
            system_prompt=question.system_prompt,
            model_name=self._model_name,
            model_arguments={
                "pretrained": self._written,
                "dtype": self._settings.dtype,
                **({} if self._adapter is None else {"peft": self._settings.adapter}),
            },
            backend="hf",
            compress_samples=question.compress_samples,
        )
