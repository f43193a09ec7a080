"""The workshop in which something else is put in the place of what a file requires.

Nothing here says what weighin makes of it: the tables of substitutions do.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType

from tests.making.places import TINY_TASKS
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    At,
    copied_tasks,
    edit_text,
    requirements_file,
)

import weighin
from weighin.rules.interface import Verdict

ON_CPU = "  device: cpu\n"
COMPARABLE = "profile: comparable\n"
# How the code of a task finds the model that is weighed.
REACHES = """
import gc


def found():
    return [o for o in gc.get_objects() if type(o).__name__ == "WeighedModel" and vars(o)]


def weighed():
    return found()[0]
"""
# A task is asked for its prompts when it is loaded, too: then there is no model yet.
WHILE_PROMPTS_ARE_MADE = """
DONE = []


def text(doc):
    if not DONE and found():
        DONE.append(1)
        {code}
    return doc["question"]
"""
WHILE_SCORING = """
DONE = []


def judge(doc, results):
    if not DONE:
        DONE.append(1)
        {code}
    return {{"acc": 1.0}}
"""
ON_IMPORT = """
{code}


def text(doc):
    return doc["question"]
"""


@dataclass(frozen=True, slots=True)
class Stores:
    """What was scored once, of the tiny checkpoint, for all substitutions that need no more.

    Attributes:
        tiny: The checkpoint; no one may change it.
        folder: Where the results folders lie.
    """

    tiny: Path
    folder: Path

    def scored(self, *benchmarks: str, model: str = ON_CPU) -> Path:
        """The results of some benchmarks, under settings of the model; copy it to change it."""
        name = "-".join((*benchmarks, model)).translate(str.maketrans(" \n:/", "____"))
        results = self.folder / name / "results"
        if not results.exists():
            results.parent.mkdir()
            file = requirements_file(results.parent, self.tiny, benchmarks=benchmarks, model=model)
            weighin.run(file, results=results)
        return results


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder in which one thing is substituted.

    Attributes:
        folder: An empty folder.
        stores: What was scored before.
        models: The torch modules that weighin loads, in order.
    """

    folder: Path
    stores: Stores
    models: list = field(default_factory=list)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def tasks(self) -> Path:
        """A copy of the tiny tasks that may be changed."""
        place = self.folder / "tasks"
        return place if place.exists() else copied_tasks(place)

    @property
    def checkpoint(self) -> Path:
        """A copy of the tiny checkpoint that may be changed."""
        place = self.folder / "checkpoint"
        return place if place.exists() else Path(shutil.copytree(self.stores.tiny, place))

    def take(self, *benchmarks: str, model: str = ON_CPU) -> Path:
        """A copy of results that were scored before."""
        return Path(shutil.copytree(self.stores.scored(*benchmarks, model=model), self.results))

    def file(
        self,
        *benchmarks: str,
        checkpoint: Path | str | None = None,
        model: str = "",
        rest: str = "",
        tasks: Path = TINY_TASKS,
    ) -> Path:
        """A requirements file."""
        return requirements_file(
            self.folder,
            self.checkpoint if checkpoint is None else checkpoint,
            benchmarks=benchmarks,
            model=f"{ON_CPU}{model}",
            rest=rest,
            task_folder=tasks,
        )

    def checked(
        self, *benchmarks: str, before: str = ON_CPU, scored: Sequence[str] = (), **settings: object
    ) -> Verdict:
        """Check what was scored before against another file.

        Args:
            benchmarks: Those of the file.
            before: Settings of the model under which they were scored.
            scored: As they were scored, where that is otherwise.
            settings: Of the file.
        """
        results = self.stores.scored(*(scored or benchmarks), model=before)
        return weighin.check(self.file(*benchmarks, **settings), [results])

    def next_scored(
        self,
        act: Callable[[Path], object] | None = None,
        *,
        model: str = "",
        before: str = ON_CPU,
        rest: str = "",
        file_model: str | None = None,
        tasks: Path = TINY_TASKS,
    ) -> Verdict:
        """Score a second benchmark after something was done to the checkpoint or the file.

        Args:
            act: What is done to the checkpoint.
            model: Settings of the model in the file of the second run.
            before: Those of the first benchmark.
            rest: More lines of the file.
            file_model: Settings of the model in the file that is judged; `None` for `model`.
            tasks: The task folder of the second run.
        """
        self.take(CHOICE, model=before)
        if act is not None:
            act(self.checkpoint)
        file = self.file(CHOICE, GENERATE, model=model, rest=rest, tasks=tasks)
        weighin.run(file, results=self.results, only=[GENERATE])
        if file_model is not None:
            file = self.file(CHOICE, GENERATE, model=file_model, rest=rest, tasks=tasks)
        return weighin.check(file, [self.results])

    def next_attempt(self, act: Callable[[Path], object], rest: str = "") -> Verdict:
        """Score the same benchmark again after something was done to its task files."""
        self.take(CHOICE)
        act(self.tasks)
        file = self.file(CHOICE, tasks=self.tasks, rest=rest)
        return weighin.run(file, results=self.results, new_attempt=True)

    def amid(
        self,
        *acts: Callable[[object], object],
        benchmark: str = CHOICE,
        after: Sequence[int | None] = (40,),
        rest: str = "",
        model: str = "",
    ) -> Verdict:
        """Score one benchmark, in which something is done to the model in memory.

        Args:
            acts: What is done to the torch module, in order.
            benchmark: The benchmark.
            after: After how many requests each is done; `None` for before the first.
            rest: More lines of the file.
            model: Settings of the model.
        """
        listener = _All(
            At(lambda act=act: act(self.models[-1]), benchmark=benchmark, requests=moment)
            for act, moment in zip(acts, after, strict=True)
        )
        verdict = weighin.run(
            self.file(benchmark, model=model, rest=rest), results=self.results, listener=listener
        )
        assert listener.has_acted()
        return verdict

    def by_task(
        self,
        code: str,
        moment: str = WHILE_PROMPTS_ARE_MADE,
        *,
        more: str = "",
        benchmarks: Sequence[str] = (CHOICE,),
        model: str = "",
        rest: str = "",
    ) -> Verdict:
        """Score benchmarks of which the first brings Python that does something.

        Args:
            code: Lines of Python.
            moment: When they run.
            more: Further Python of the task.
            benchmarks: The benchmarks.
            model: Settings of the model.
            rest: More lines of the file.
        """
        indented = code.replace("\n", "\n" if moment == ON_IMPORT else "\n        ")
        (self.tasks / "own.py").write_text(REACHES + more + moment.format(code=indented))
        file = self.tasks / f"{benchmarks[0]}.yaml"
        asks, scores = 'doc_to_text: "{{question}}"', "process_results: !function own.judge"
        if moment == WHILE_SCORING:
            edit_text(file, asks, f"{asks}\n{scores}")
            edit_text(file, "  - metric: acc_norm\n", "")
        else:
            edit_text(file, asks, "doc_to_text: !function own.text")
        written = self.file(*benchmarks, model=model, rest=rest, tasks=self.tasks)
        return weighin.run(written, results=self.results)


class _All(At):
    """Several things that are done at their moments."""

    def __init__(self, each: Iterator[At]) -> None:
        self._each = tuple(each)

    def benchmark_started(self, benchmark: str) -> None:
        for one in self._each:
            one.benchmark_started(benchmark)

    def requests(self, benchmark: str, done: int, total: int) -> None:
        for one in self._each:
            one.requests(benchmark, done, total)

    def has_acted(self) -> bool:
        return all(one.has_acted() for one in self._each)


@contextmanager
def put_back() -> Iterator[None]:
    """Put back whatever is replaced for the whole process, and free the models."""
    import gc

    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    owners = tuple(_owners())
    before = [(owner, dict(vars(owner))) for owner in owners]
    bodies = {
        value: (value.__code__, value.__defaults__)
        for _, values in before
        for value in values.values()
        if isinstance(value, FunctionType)
    }
    registries = {name: dict(each._objs) for name, each in _registries().items()}
    gc.collect()
    try:
        yield
    finally:
        for name, each in _registries().items():
            each._objs.update(registries[name])
        for function, (code, defaults) in bodies.items():
            function.__code__, function.__defaults__ = code, defaults
        for owner, values in before:
            for key, value in dict(vars(owner)).items():
                if key not in values and not key.startswith("__"):
                    delattr(owner, key)
                elif key in values and value is not values[key]:
                    setattr(owner, key, values[key])
        ALL_ATTENTION_FUNCTIONS._local_mapping.clear()
        gc.collect()


def _registries() -> dict[str, object]:
    import lm_eval.api.registry as of_lm_eval

    return {
        name: value
        for name, value in vars(of_lm_eval).items()
        if isinstance(value, of_lm_eval.Registry)
    }


def _owners() -> Iterator[object]:
    """What code of a task may set something on that outlives a run."""
    import builtins

    import lm_eval.api.metrics
    import lm_eval.api.task
    import lm_eval.evaluator
    import lm_eval.loggers
    import lm_eval.models.huggingface
    import lm_eval.models.utils
    import numpy as np
    import torch
    from transformers.models.llama import modeling_llama

    import weighin.harness.evaluation
    import weighin.harness.local.asked.around
    import weighin.harness.local.asked.moments
    import weighin.harness.local.model
    import weighin.harness.local.observed_model
    import weighin.harness.local.subject
    import weighin.harness.local.watch.watch

    yield from (builtins, np, torch._C._nn, torch.nn.functional, modeling_llama)
    yield lm_eval.models.utils
    yield from (lm_eval.api.metrics, lm_eval.evaluator, lm_eval.loggers, torch.Tensor)
    yield from (modeling_llama.LlamaMLP, modeling_llama.LlamaAttention, torch.nn.Linear)
    yield lm_eval.models.huggingface.HFLM
    yield from (lm_eval.api.task.ConfigurableTask, lm_eval.loggers.EvaluationTracker)
    yield from (weighin.harness.evaluation, weighin.harness.local.subject)
    yield from (weighin.harness.local.model.WeighedModel, weighin.harness.local.asked.around.Around)
    yield from (
        weighin.harness.local.asked.moments.Moments,
        weighin.harness.local.watch.watch.Watch,
    )
    yield weighin.harness.local.observed_model.ObservedModel
