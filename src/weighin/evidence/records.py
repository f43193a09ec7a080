"""What was observed: one record a benchmark, as plain frozen data."""

from typing import Self

from pydantic import Field, JsonValue, ValidationInfo, field_validator, model_validator

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.watched import Looks, Watch
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import SHOW_DIFFERENCES_ONLY, Facet, Grade, Identifier
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest

RECORD_FORMAT = "weighin.record/4"
THIRD_RECORD_FORMAT = "weighin.record/3"
"""All answers are of the process that recorded them; else it holds all that a record holds."""
SECOND_RECORD_FORMAT = "weighin.record/2"
"""Files were read again after every benchmark; else it holds all that one of the third does."""
OLDER_RECORD_FORMATS = frozenset({"weighin.record/1"})
"""Written by older versions; read as they are, and neither better nor worse for what they lack."""
READ_RECORD_FORMATS = frozenset(
    {RECORD_FORMAT, THIRD_RECORD_FORMAT, SECOND_RECORD_FORMAT, *OLDER_RECORD_FORMATS}
)
NOT_NAMED = "not named"
"""What stands for the model where a log does not name it: nobody's name, of a folder or backend."""
WITNESSED = "witnessed"
"""Key in the settings of a run that another harness made and weighin saw: who answered it."""


class Origin(StrictModel):
    """Where an observation stands, so that a finding can point at it.

    Attributes:
        producer: Program and version that wrote it, for example `weighin 0.1.0`.
        file: Path of the file, relative to the folder that was given as evidence.
        pointer: JSON pointer (RFC 6901) inside the file; empty for the whole file.
    """

    producer: str
    file: str
    pointer: str = ""


class Observation(StrictModel):
    """What is known of one facet in one benchmark.

    Attributes:
        facet: The facet.
        identifiers: The ways in which it was identified, best first; empty if not recorded.
        summary: A few words for a person, for example `bfloat16` or `sha256:1f0c…`.
        pointer: JSON pointer of the observation in its source file.
        how_to_record: If nothing was recorded, or nothing that was seen to hold: the flag or
            command that would have.
        applies: False if the facet has no bearing on this benchmark, for example decoding where
            no text is generated. Such an observation agrees with every other.
        changed_during_run: What the facet was after the benchmark, if it changed while the
            benchmark ran; empty if it did not, or was not observed twice.
    """

    facet: Facet
    identifiers: tuple[Identifier, ...]
    summary: str
    pointer: str = ""
    how_to_record: str = ""
    applies: bool = True
    changed_during_run: str = ""

    # Of the field, not of the model: that would be asked again wherever an observation is put into
    # a record, and evidence may hold millions.
    @field_validator("identifiers")
    @classmethod
    def _are_of_distinct_kinds(
        cls, identifiers: tuple[Identifier, ...], known: ValidationInfo
    ) -> tuple[Identifier, ...]:
        if len(identifiers) > 1 and len({(i.kind, i.scope) for i in identifiers}) < len(
            identifiers
        ):
            raise ValueError(f"{known.data.get('facet')}: two identifiers of one kind and scope")
        return identifiers

    @property
    def grade(self) -> Grade:
        """The best grade of the identifiers; `absent` if none could show that it is the same."""
        grades = {i.grade for i in self.identifiers if i.kind not in SHOW_DIFFERENCES_ONLY}
        return next((grade for grade in Grade if grade in grades), Grade.ABSENT)


class Asked(StrictModel):
    """What was asked of the model.

    Attributes:
        task: Name of the benchmark as required, for example `gsm8k`. May be a group.
        task_version: Version as the task states it; `None` if it states none.
        config_digest: SHA-256 of the canonical task configuration without paths and model
            arguments; `None` if the log holds no configuration.
        dataset_path: As in the task configuration; `None` if unknown.
        dataset_revision: As pinned in the task configuration; `None` if it floats.
        documents_digest: SHA-256 over the sorted document hashes; `None` without samples.
        prompts_digest: SHA-256 over the sorted (document, prompt) hashes; `None` without samples.
        num_fewshot: Shots that were used; `None` if unknown.
        documents_total: Documents of the split; `None` if unknown.
        documents_scored: Documents that have a score; `None` if unknown.
        decoding: Generation arguments after all overrides; empty for log-likelihood tasks.
        repeats: Answers that were drawn for each document; `None` if unknown.
        seeds: Seeds of the harness by what they seed: `random`, `numpy`, `torch`, `fewshot`.
    """

    task: str
    task_version: str | None
    config_digest: str | None
    dataset_path: str | None
    dataset_revision: str | None
    documents_digest: str | None
    prompts_digest: str | None
    num_fewshot: int | None
    documents_total: int | None
    documents_scored: int | None
    decoding: dict[str, JsonValue]
    repeats: int | None = None
    seeds: dict[str, int] = Field(default_factory=dict)


class Sent(StrictModel):
    """What passed between the harness and the model, as it was seen to pass.

    Attributes:
        models: Distinct models that requests to a server asked for; empty in process.
        generation: Distinct settings with which text was asked for, without the prompts.
        system_messages: SHA-256 of each distinct system message as it was rendered; empty if none
            was sent.
        template_arguments: Arguments with which the chat template was called, beside the messages.
        template_dates: Days on which a template that writes the date was rendered.
        requests: Requests by request type of lm-eval, as the harness made them.
        answers: Answers by request type, as they came out of the model in this attempt.
        prompts_cut: Prompts that did not fit into the longest input and were cut.
    """

    models: tuple[str, ...] = ()
    generation: tuple[dict[str, JsonValue], ...] = ()
    system_messages: tuple[str, ...] = ()
    template_arguments: dict[str, JsonValue] = Field(default_factory=dict)
    template_dates: tuple[str, ...] = ()
    requests: dict[str, int] = Field(default_factory=dict)
    answers: dict[str, int] = Field(default_factory=dict)
    prompts_cut: int = 0


class InForce(StrictModel):
    """How the model was loaded and asked, where no facet says it.

    Attributes:
        dtype_requested: What the requirements asked for, for example `auto`.
        max_length: Longest input in tokens that was in force; `None` if nothing is cut here.
        max_length_requested: What the requirements asked for; `None` if they leave it open.
        add_bos_token: As asked for; `None` leaves it to the tokenizer.
        remote_code: Names of the files of the checkpoint that were allowed to be executed.
    """

    dtype_requested: str | None = None
    max_length: int | None = None
    max_length_requested: int | None = None
    add_bos_token: bool | None = None
    remote_code: tuple[str, ...] = ()


class ComputedTensors(StrictModel):
    """Tensors that no checkpoint stores and the machine computed, such as rotary frequencies.

    Attributes:
        scope: Kind of machine and stack within which they can be compared.
        digest_before: Digest over them before the benchmark.
        digest_after: The same after it.
        names: Their names.
        changed_during_run: Names whose bytes differ between before and after.
    """

    scope: str
    digest_before: str
    digest_after: str
    names: tuple[str, ...]
    changed_during_run: tuple[str, ...]


class Score(StrictModel):
    """One number of a benchmark.

    Attributes:
        task: The task or sub-task that it belongs to.
        metric: For example `acc`.
        filter: For example `strict-match`; lm-eval's `none` where there is no filter.
        value: In the metric's own unit, as the harness gave it.
        stderr: Standard error in the same unit; `None` if the harness gave none.
        aggregation: Name of the function from document scores to this value, for example
            `mean`; `None` if unknown.
        documents: Number of documents behind it; `None` if unknown.
    """

    task: str
    metric: str
    filter: str
    value: float
    stderr: float | None
    aggregation: str | None
    documents: int | None

    @property
    def key(self) -> str:
        """Metric and filter as lm-eval spells them: `exact_match,strict-match`."""
        return f"{self.metric},{self.filter}"


class FileDigest(StrictModel):
    """A file beside the record.

    Attributes:
        path: Relative to the record's folder.
        role: `results`, `samples` or `log`; of a witnessed record `log`, the log itself first.
        task: The task whose samples it holds; empty for other roles.
        sha256: Hex digest of the bytes of the file.
        size_bytes: Size of the file.
    """

    path: str
    role: str
    task: str
    sha256: str
    size_bytes: int


class LoadedWeights(StrictModel):
    """The tensors in memory, before and after the benchmark, and how they relate to the disk.

    Attributes:
        loader: Program that loaded them, for example `transformers 5.23.0`.
        digest_before: Weights digest of the tensors in memory before the benchmark.
        digest_after: The same after the benchmark.
        tensors: Number of tensors, tied ones included.
        tied: Names that share the memory of another tensor, as `alias = tensor`.
        exactly_on_disk: How many equal the tensor of that name on disk, byte for byte.
        on_disk_after_cast: How many equal it after the disk tensor was cast to the loaded dtype.
        not_saved: Buffers that no checkpoint holds and the model computes, for example rotary
            frequencies. Their digests count in `digest_before` and `digest_after`.
        not_comparable: Names that have no tensor of that name and shape on disk, for example
            fused or repacked ones.
        differ_from_disk: Names whose bytes differ from the disk.
        not_in_checkpoint: Names that the loader did not find in the checkpoint and initialised
            itself.
        unused_on_disk: Names on disk that the loader did not use.
        changed_during_run: Names whose bytes differ between before and after.
        files_changed_during_run: Files of the checkpoint that changed between the first and the
            last look, each with what happened to it.
        computed: What no checkpoint stores, apart from `digest_before` and `digest_after`; `None`
            in records of the first format, whose digests hold it.
        files_state: Empty if all files were read again at the last look. Else the file system said
            of some of them what it had said when they were read, and this is the digest of what it
            says (path, inode, size, mtime, ctime): that they did not change is to be confirmed by
            a later reading, of which the ledger tells.
        files_remembered: When files were read, RFC 3339, whose digests were remembered when this
            process began, so that it did not read them; empty if it read all files.
    """

    loader: str
    digest_before: str
    digest_after: str
    tensors: int
    tied: tuple[str, ...]
    exactly_on_disk: int
    on_disk_after_cast: int
    not_saved: tuple[str, ...]
    not_comparable: tuple[str, ...]
    differ_from_disk: tuple[str, ...]
    not_in_checkpoint: tuple[str, ...]
    unused_on_disk: tuple[str, ...]
    changed_during_run: tuple[str, ...]
    files_changed_during_run: tuple[str, ...]
    computed: ComputedTensors | None = None
    files_state: str = ""
    files_remembered: str = ""


class TakenAnswers(StrictModel):
    """Answers that an earlier attempt at the same job had given, and that were not asked for again.

    Its process held what the recording one held: the same tensors, tokenizer, template, settings,
    functions and versions. It ended before it could hash its tensors once more.

    Attributes:
        attempt_id: The attempt.
        run_id: The run that it was part of.
        host: Host name.
        began: When its process measured what it held, RFC 3339, UTC.
        until: When the last of its answers was kept.
        weights: Weights digest of the tensors in its memory before its first answer; empty for a
            served model.
        settings: What may round numbers otherwise: batch size, device, threads.
        journal_sha256: Digest of the last line of its journal, as the ledger tells of it.
        answers: Number of answers that were taken, by request type of lm-eval.
        looks: How closely its process was watched until the last of them, without a change being
            seen; `None` if nothing watched.
    """

    attempt_id: str
    run_id: str
    host: str
    began: str
    until: str
    weights: str
    settings: dict[str, JsonValue]
    journal_sha256: str
    answers: dict[str, int]
    looks: Looks | None


class RunInfo(StrictModel):
    """How it ran.

    Attributes:
        run_id: One for each `weighin run`; empty in foreign logs.
        job_id: Digest of what was asked of which checkpoint; empty in foreign logs.
        attempt_id: Name of the attempt; empty in foreign logs.
        started: RFC 3339, UTC; empty if unknown.
        finished: RFC 3339, UTC; empty if unknown.
        harness: For example `lm-eval 0.4.13`.
        engine: The inference engine with its version, for example `transformers 5.23.0`.
        command: Command line or call, as typed; empty if unknown.
        host: Host name; empty if unknown.
        versions: Versions of the packages that matter.
        settings: Batch size, device, seeds and the like.
    """

    run_id: str
    job_id: str
    attempt_id: str
    started: str
    finished: str
    harness: str
    engine: str
    command: str
    host: str
    versions: dict[str, str]
    settings: dict[str, JsonValue]


class Record(StrictModel):
    """One benchmark, one attempt: what was asked, what answered, what came out, how it ran.

    Attributes:
        format: `weighin.record/4`, or that of an older version.
        model: Name under which the score is claimed.
        checkpoint_id: SHA-256 of the checkpoint manifest; `None` if there is none.
        location: Where the checkpoint lay, on the machine that ran; only a hint. `None` if unknown.
        asked: What was asked.
        observations: What is known of each facet; at most one a facet.
        scores: Every score of the benchmark.
        is_partial: Whether fewer documents were asked for than the benchmark has.
        files: The files beside the record.
        loaded: The tensors in memory; `None` where nothing was loaded in process.
        run: How it ran.
        origin: Where the record itself stands.
        checkpoint_files: Digests of the files of the checkpoint, to compare with what a hub
            publishes; empty if they were not taken.
        facts: What the evidence says beyond the facets; at most one a name.
        sent: What passed between harness and model; `None` if it was not seen.
        in_force: How the model was loaded and asked; `None` if it was not seen.
        watch: What was seen of the process while it answered; `None` if nothing watched.
        taken: Answers of earlier attempts that ended before they could be recorded; `sent.answers`
            are those of this attempt alone.
    """

    format: str = RECORD_FORMAT
    model: str
    checkpoint_id: str | None
    location: str | None
    asked: Asked
    observations: tuple[Observation, ...]
    scores: tuple[Score, ...]
    is_partial: bool
    files: tuple[FileDigest, ...]
    loaded: LoadedWeights | None
    run: RunInfo
    origin: Origin
    checkpoint_files: tuple[CheckpointFileDigest, ...] = ()
    facts: tuple[Fact, ...] = ()
    sent: Sent | None = None
    in_force: InForce | None = None
    watch: Watch | None = None
    taken: tuple[TakenAnswers, ...] = ()

    @property
    def is_older(self) -> bool:
        """Whether an older version of weighin wrote it, which could not record all of this."""
        return self.format in OLDER_RECORD_FORMATS

    @property
    def is_own(self) -> bool:
        """Whether weighin ran the benchmark itself; else a log of another harness tells of it."""
        return bool(self.run.job_id) and not self.is_witnessed

    @property
    def is_witnessed(self) -> bool:
        """Whether another harness ran it, and weighin saw what answered: the log is the harness's.

        What was in memory is weighin's to say, what was asked and scored that of the log, of which
        a copy lies beside the record.
        """
        return bool(self.run.job_id) and WITNESSED in self.run.settings

    @model_validator(mode="after")
    def _facets_and_facts_stand_once(self) -> Self:
        if len({o.facet for o in self.observations}) < len(self.observations):
            raise ValueError("observations: a facet stands twice")
        if len({fact.name for fact in self.facts}) < len(self.facts):
            raise ValueError("facts: a name stands twice")
        return self

    @model_validator(mode="after")
    def _an_older_format_holds_no_more_than_it_could(self) -> Self:
        if self.is_older:
            later = self.model_fields_set & {"sent", "in_force", "watch"}
            later |= self.asked.model_fields_set & {"repeats", "seeds"}
            if self.loaded is not None:
                later |= self.loaded.model_fields_set & {"computed"}
            if later:
                raise ValueError(f"{self.format} has no {min(later)}")
        if self.format not in {RECORD_FORMAT, THIRD_RECORD_FORMAT} and self.loaded is not None:
            since = self.loaded.model_fields_set & {"files_state", "files_remembered"}
            if since:
                raise ValueError(f"{self.format} has no {max(since)}")
        if self.format != RECORD_FORMAT and "taken" in self.model_fields_set:
            raise ValueError(f"{self.format} has no taken")
        return self

    def observation(self, facet: Facet) -> Observation:
        """What is known of a facet; an observation without identifiers if nothing is."""
        for observation in self.observations:
            if observation.facet is facet:
                return observation
        return Observation(facet=facet, identifiers=(), summary="not recorded")

    def fact(self, name: FactName) -> Fact | None:
        """What the evidence says under a name; `None` if nothing."""
        return next((fact for fact in self.facts if fact.name is name), None)
