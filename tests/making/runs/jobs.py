"""Jobs of the tiny benchmarks on a model that this process has loaded."""

from dataclasses import dataclass, replace
from pathlib import Path

from tests.making.runs.scene import CHOICE

from weighin.evidence.store import Store
from weighin.executors.events import RunListener, SilentListener
from weighin.executors.job import Recorded, Unrecorded, Worker, score
from weighin.executors.plan import Job, Plan, RunOptions, plan_run
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes


@dataclass(frozen=True)
class Planned:
    """A plan for the tiny benchmarks, and a worker that can score its jobs."""

    plan: Plan
    worker: Worker

    def job(self, task: str = CHOICE) -> Job:
        (job,) = (job for job in self.plan.jobs if job.task == task)
        return job

    def score(
        self, results: Path, task: str = CHOICE, listener: RunListener | None = None
    ) -> Recorded | Unrecorded:
        worker = replace(self.worker, listener=listener or SilentListener())
        return score(self.plan, self.job(task), Store(results), worker)


def planned(file: Path, checkpoint: Path) -> Planned:
    """A plan, and a worker that has loaded no model yet."""
    from weighin.harness.local.subject import CheckpointSubject
    from weighin.harness.tasks.loading import load_benchmarks

    requirements = load_requirements(file, rule_shapes())
    subject = CheckpointSubject(requirements, checkpoint, None, lambda _done, _total: None)
    loaded = load_benchmarks(requirements, [b.task for b in requirements.benchmarks])
    benchmarks = {benchmark.requirement.task: benchmark for benchmark in loaded}
    plan = plan_run(
        requirements,
        RunOptions(results=Path("elsewhere"), command="typed"),
        subject=subject.description,
        manifest=subject.manifest,
        task_digests={task: benchmark.digest for task, benchmark in benchmarks.items()},
    )
    return Planned(plan, Worker(subject=subject, benchmarks=benchmarks, listener=SilentListener()))
