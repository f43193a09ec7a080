"""Records of benchmarks that another harness scored: its scores, and what was seen to answer."""

import os
import shlex
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import FilesHashed, files_hashed_detail
from weighin.evidence.ledger import Ledger, now
from weighin.evidence.records import WITNESSED, FileDigest, Observation, Origin, Record
from weighin.evidence.store import RECORD_NAME, Store
from weighin.evidence.watched import Watch, WatchState
from weighin.executors.job import PRODUCER
from weighin.executors.witnessed.answered import Answered
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.written import create_file, portable_path
from weighin.harness.observed.told import lowered
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.checkpoint import load_manifest
from weighin.identity.fingerprint.hashed_files import HashedFiles
from weighin.identity.manifest import Manifest
from weighin.sources.collecting.importing import Copy, content_of, copies_of
from weighin.sources.collecting.log_file import LogFile
from weighin.sources.formats.reader import LoggedRecord

JOB_FORMAT = "weighin.witnessed-job/1"
_IN_PYTHON = "weighin.witness(...)"


@dataclass(slots=True)
class Recorder:
    """Writes the records of one witnessed command.

    Attributes:
        store: The results.
        run_id: Stands in all of them.
        command: As typed; empty for a call of Python.
        name: Name under which the scores are claimed; `None` leaves it to the logs.
        manifests: Folder with the manifests of what was weighed.
    """

    store: Store
    run_id: str
    command: tuple[str, ...]
    name: str | None
    manifests: Path
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _attached: dict[str, Path] = field(default_factory=dict)

    def record(self, log: LogFile, logged: LoggedRecord, answered: Answered) -> Record:
        """Record one benchmark of a log with what answered it.

        Raises:
            EvidenceError: A file of the log cannot be read.
            InfrastructureError: The disk is full or failing.
            UsageError: The results cannot be written.
        """
        copies = copies_of(log, _files_of(logged, log))
        return self._record(logged.record, answered, copies, _digests(copies, logged))

    def record_told(self, told: Record, answered: Answered) -> Record:
        """Record scores that were told, without a log.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The results cannot be written.
        """
        return self._record(told, answered, (), ())

    def _record(
        self,
        told: Record,
        answered: Answered,
        copies: Sequence[Copy],
        digests: tuple[FileDigest, ...],
    ) -> Record:
        weighing = answered.weighing
        model = self.name or told.model
        self._keep_manifest(weighing.checkpoint_id)
        job = _job(told, model, weighing.checkpoint_id or weighing.digest)
        job_id = sha256_hex(canonical_json(job))
        attempt = self.store.new_attempt(model, told.asked.task, job_id)
        for copy in copies:
            create_file(attempt.folder / copy.digest.path, content_of(copy.source))
        watch = _watch(answered)
        record = told.model_copy(
            update={
                "model": model,
                "checkpoint_id": weighing.checkpoint_id,
                "location": weighing.location,
                "observations": _observations(told, answered, watch),
                "files": digests,
                "loaded": weighing.loaded,
                "run": told.run.model_copy(
                    update={
                        "run_id": self.run_id,
                        "job_id": job_id,
                        "attempt_id": attempt.attempt_id,
                        "finished": now(),
                        "engine": weighing.engine,
                        "command": self._typed(),
                        "host": socket.gethostname(),
                        "versions": {**weighing.versions, **told.run.versions},
                        "settings": {**told.run.settings, WITNESSED: _how(answered, told.model)},
                    }
                ),
                "origin": Origin(producer=PRODUCER, file=RECORD_NAME),
                "checkpoint_files": weighing.files,
                "watch": watch,
            }
        )
        if weighing.attached is not None:
            self._attached[attempt.attempt_id] = Path(weighing.attached)
        committed = self.store.commit(attempt, record)
        self._ledger(model).append(
            "benchmark-finished",
            benchmark=told.asked.task,
            job_id=job_id,
            attempt_id=attempt.attempt_id,
            detail={
                "record_sha256": committed.record_sha256,
                "is_first": committed.is_first,
                "is_partial": record.is_partial,
            },
        )
        return record

    def _typed(self) -> str:
        return f"weighin witness -- {shlex.join(self.command)}" if self.command else _IN_PYTHON

    def finish(self, records: Sequence[Record], code: int) -> None:
        """Read the files of the checkpoints once more, and tell the ledgers.

        Raises:
            InfrastructureError: The disk is full or failing.
            UsageError: The results cannot be written.
        """
        by_model: dict[str, dict[str, Record]] = {}
        for record in records:
            key = f"{record.checkpoint_id} {record.location}"
            by_model.setdefault(record.model, {}).setdefault(key, record)
        for model, of_model in by_model.items():
            for record in of_model.values():
                hashed = self._hashed(record)
                detail: dict[str, JsonValue] = {"exit_code": code, **files_hashed_detail(hashed)}
                self._ledger(model).append("run-finished", detail=detail)

    def _ledger(self, model: str) -> Ledger:
        if model not in self._ledgers:
            ledger = Ledger(self.store.storage, run_id=self.run_id, model=model)
            self._ledgers[model] = ledger
            ledger.append("run-started", detail={"command": self._typed()})
        return self._ledgers[model]

    def _manifest(self, checkpoint_id: str | None) -> Manifest | None:
        path = self.manifests / f"{checkpoint_id}.json"
        return load_manifest(path) if checkpoint_id and path.is_file() else None

    def _keep_manifest(self, checkpoint_id: str | None) -> None:
        manifest = self._manifest(checkpoint_id)
        if manifest is None:
            return
        if manifest.checkpoint_id != checkpoint_id:
            raise EvidenceError(
                f"the manifest of {checkpoint_id}: expected that id, found {manifest.checkpoint_id}"
            )
        self.store.keep_manifest(manifest)

    def _hashed(self, record: Record) -> FilesHashed | None:
        """A reading of all files of a checkpoint, where a record hangs on one."""
        manifest = self._manifest(record.checkpoint_id)
        loaded = record.loaded
        if manifest is None or record.location is None or loaded is None or not loaded.files_state:
            return None
        folder, attached = Path(record.location), self._attached.get(record.run.attempt_id)
        places = (folder, *filter(None, (attached,)))
        if (manifest.adapter is None) != (attached is None) or not all(p.is_dir() for p in places):
            return None
        began = now()
        files = HashedFiles(folder, attached)
        found = files.read(manifest)
        return FilesHashed(
            checkpoint_id=manifest.checkpoint_id,
            began=began,
            changes=found.changes,
            unseen=found.unseen,
            state=files.state(manifest),
            location=portable_path(folder),
            host=socket.gethostname(),
        )


def _job(told: Record, model: str, checkpoint_id: str | None) -> dict[str, JsonValue]:
    """What was asked of which checkpoint, and by which harness."""
    asked = told.asked
    return {
        "format": JOB_FORMAT,
        "checkpoint_id": checkpoint_id,
        "model": model,
        "harness": told.run.harness,
        "task": asked.task,
        "task_version": asked.task_version,
        "config_digest": asked.config_digest,
        "num_fewshot": asked.num_fewshot,
        "documents_digest": asked.documents_digest,
        "decoding": asked.decoding,
    }


def _files_of(logged: LoggedRecord, log: LogFile) -> list[Path]:
    """The files behind one record of a log: its samples, or all that was read with the log."""
    own = [logged.folder / file.path for file in logged.record.files]
    return own or list(log.reading.companions)


def _digests(copies: Sequence[Copy], logged: LoggedRecord) -> tuple[FileDigest, ...]:
    """The copies as the record names them: the log first, samples by their task."""
    by_place = {os.path.realpath(logged.folder / file.path): file for file in logged.record.files}
    found = []
    for copy in copies:
        own = by_place.get(os.path.realpath(copy.source))
        role = {} if own is None else {"role": own.role, "task": own.task}
        found.append(copy.digest.model_copy(update=role))
    return tuple(found)


def _watch(answered: Answered) -> Watch:
    watch = answered.weighing.watch
    if answered.problem and watch.state is not WatchState.CHANGED:
        return watch.model_copy(update={"state": WatchState.COULD_NOT_RUN, "why": answered.problem})
    return watch


def _observations(told: Record, answered: Answered, watch: Watch) -> tuple[Observation, ...]:
    """What was seen, and of the rest what the log says."""
    of_log_apply = {one.facet: one.applies for one in told.observations}
    seen = (
        *answered.weighing.observations,
        # Where the harness sends no prompt, no template has a bearing.
        *(one for one in answered.prompting if of_log_apply.get(one.facet, True)),
    )
    seen = seen if watch.state is WatchState.HELD else lowered(seen)
    known = {one.facet for one in seen}
    of_log = (one for one in told.observations if one.facet not in known)
    order = tuple(Facet)
    return tuple(sorted((*seen, *of_log), key=lambda one: order.index(one.facet)))


def _how(answered: Answered, named: str) -> dict[str, JsonValue]:
    model, process = answered.model, answered.process
    return {
        "basis": answered.basis,
        "named": named,
        "model": model.source,
        "class": model.kind,
        "adapter": model.adapter,
        "passes": answered.passes,
        "prompts": answered.prompts,
        "others": list(answered.others),
        "weighed": [weighing.when for weighing in model.weighings],
        "python": process.python,
        "arguments": list(process.arguments),
    }
