"""An evaluation in this process: the model is handed over, the scores are told or read of a log."""

import math
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.ledger import new_run_id, now
from weighin.evidence.records import Record, Score
from weighin.evidence.store import Store
from weighin.executors.witnessed.answered import Answered
from weighin.executors.witnessed.not_logged import told_record
from weighin.executors.witnessed.recording import Recorder
from weighin.executors.witnessed.told import SeenModel, SeenProcess, Weighing
from weighin.sources.collecting.log_files import read_logs

if TYPE_CHECKING:
    # The harness imports torch, so that it is imported when something is watched.
    from weighin.harness.witness.around import Around

_BASIS = "handed over by the code that evaluates it"


class Witness(ContextDecorator):
    """Watches a model from the beginning to the end of a `with` block or of a function.

    Attributes:
        records: What was recorded, once the block is over.
    """

    def __init__(  # noqa: PLR0913  # all by keyword but the model
        self,
        model: Any,
        *,
        tokenizer: Any = None,
        benchmark: str = "",
        results: Path | str = "results",
        name: str | None = None,
        checkpoint: str = "",
        step: int | None = None,
    ) -> None:
        """Watch nothing yet; the arguments are those of `weighin.witness`."""
        self._model, self._tokenizer = model, tokenizer
        self._benchmark, self._results = benchmark, results
        self._step = step
        said = "" if step is not None else str(getattr(model, "name_or_path", "") or "")
        self._source = checkpoint or said
        self._name = name
        self._scores: dict[str, float] = {}
        self._documents: int | None = None
        self._logs: list[Path] = []
        self._around: Around | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._started = ""
        self.records: tuple[Record, ...] = ()

    def __enter__(self) -> Self:
        """Weigh the model, and look at it at every call from now on."""
        from weighin.harness.witness.around import Around

        Store(self._results).prepare()
        self._folder = tempfile.TemporaryDirectory(prefix="weighin-witness-")
        self._scores, self._documents, self._logs = {}, None, []
        self._started = now()
        self._around = Around(self._model, self._tokenizer, self._source, Path(self._folder.name))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Weigh the model again and record what was told; nothing if the block failed."""
        around, folder = self._around, self._folder
        if around is None or folder is None:
            return
        self._around = self._folder = None
        with folder:
            if kind is not None:
                around.stop()
                return
            self._record(around, Path(folder.name))

    def score(self, *, documents: int | Sequence[float] | None = None, **metrics: float) -> None:
        """Tell scores of the benchmark.

        Args:
            documents: How many documents are behind them, or the score of each.
            metrics: The scores by metric, for example `acc=0.61`.

        Raises:
            UsageError: The block is over, no benchmark is named, or a score is no number.
        """
        self._require_open("score")
        if not self._benchmark:
            raise UsageError("score: expected the name of the benchmark, as benchmark=...")
        for metric, value in metrics.items():
            if isinstance(value, bool) or not math.isfinite(value):
                raise UsageError(f"score: {metric}: expected a number, found {value!r}")
        self._scores |= {metric: float(value) for metric, value in metrics.items()}
        if documents is not None:
            self._documents = documents if isinstance(documents, int) else len(documents)

    def log(self, path: Path | str) -> None:
        """Name a log of a harness whose answers this model gave; it is read once the block ends.

        Raises:
            UsageError: The block is over.
        """
        self._require_open("log")
        self._logs.append(Path(path))

    def _require_open(self, what: str) -> None:
        if self._around is None:
            raise UsageError(f"{what}: expected inside of the `with` block, found outside")

    def _record(self, around: "Around", folder: Path) -> None:
        weighing = Weighing.model_validate({**around.finish(), "time": time.time()}, strict=False)
        recorder = Recorder(
            store=Store(self._results),
            run_id=new_run_id(),
            command=(),
            name=self._name,
            manifests=folder,
        )
        answered = self._answered(around, weighing)
        records = [recorder.record(log, logged, answered) for log, logged in self._logged()]
        if self._scores:
            records.append(recorder.record_told(self._told(weighing), answered))
        recorder.finish(records, 0)
        self.records = tuple(records)

    def _logged(self) -> list[Any]:
        if not self._logs:
            return []
        found = read_logs(self._logs, self._logs)
        if found.unread:
            raise EvidenceError("; ".join(file.reason for file in found.unread))
        return [(log, logged) for log in found.logs for logged in log.records]

    def _answered(self, around: "Around", weighing: Weighing) -> Answered:
        kind = type(self._model).__name__
        model = SeenModel(1, kind=kind, source=around.source, weighings=[weighing])
        process = SeenProcess("", python=sys.executable, arguments=tuple(sys.orig_argv))
        documents = self._documents or 0
        return Answered(
            process=process,
            model=model,
            weighing=weighing,
            passes=around.passes,
            prompts=around.prompts,
            prompting=() if weighing.templates is None else weighing.templates.observed,
            others=(),
            basis=_BASIS if self._step is None else f"{_BASIS}, at step {self._step}",
            problem=""
            if around.passes and around.passes + around.prompts >= documents
            else f"{around.passes} calls of the model were seen, of {documents} documents: the "
            "rest of the answers came from elsewhere",
        )

    def _told(self, weighing: Weighing) -> Record:
        return told_record(
            self._name or self._source or type(self._model).__name__,
            self._benchmark,
            engine=weighing.engine,
            started=self._started,
            documents=self._documents,
            step=self._step,
            scores=tuple(
                Score(
                    task=self._benchmark,
                    metric=metric,
                    filter="none",
                    value=value,
                    stderr=None,
                    aggregation=None,
                    documents=self._documents,
                )
                for metric, value in self._scores.items()
            ),
        )
