"""Folders of HELM runs, cut down to what is read."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from weighin.evidence.collected import Recomputed
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.helm.reader import HelmReader
from weighin.sources.formats.reader import Reading


def spec(**adapter: object) -> dict:
    """A run spec, with other values in its adapter spec."""
    return {
        "name": "sums:level=1,model=acme_solver",
        "scenario_spec": {"class_name": "helm.SumsScenario", "args": {"level": 1}},
        "adapter_spec": {
            "method": "generation",
            "instructions": "Add.\n",
            "max_train_instances": 3,
            "max_eval_instances": 100,
            "num_outputs": 1,
            "num_train_trials": 1,
            "num_trials": 1,
            "model_deployment": "together/solver",
            "model": "acme/solver",
            "temperature": 0.0,
            "max_tokens": 16,
            "stop_sequences": ["\n"],
        }
        | adapter,
        "metric_specs": [{"class_name": "helm.BasicGenerationMetric", "args": {}}],
        "data_augmenter_spec": {"perturbation_specs": []},
        "groups": ["sums"],
    }


def stat(name: str, value: float, *, count: int = 1, **of_name: object) -> dict:
    """A statistic as HELM writes it."""
    return {
        "name": {"name": name, "split": "test", **of_name},
        "count": count,
        "sum": value * count,
        "mean": value,
        "stddev": 0.0,
    }


def stats() -> list[dict]:
    """Four documents, three of them right, and calibration, which no document has by itself."""
    worst = {"name": "robustness", "robustness": True, "fairness": False, "computed_on": "worst"}
    return [
        stat("exact_match", 0.75),
        stat("exact_match", 0.75, perturbation=worst),
        stat("ece_10_bin", 0.2),
        stat("num_instances", 4),
        stat("num_output_tokens", 2.5),
        stat("finish_reason_stop", 0.75),
        stat("finish_reason_length", 0.25),
        stat("inference_runtime", 0.5),
        stat("training_co2_cost", 0.0, count=0),
    ]


def per_instance(right: tuple[int, ...] = (1, 1, 0, 1), trial: int = 0) -> list[dict]:
    """The statistics of each document of a trial."""
    return [
        {
            "instance_id": f"id{number}",
            "train_trial_index": trial,
            "stats": [stat("exact_match", value)],
        }
        for number, value in enumerate(right)
    ]


def state(texts: tuple[str, ...] = ("5", "7", "7", "9")) -> dict:
    """The requests of a run."""
    return {
        "adapter_spec": spec()["adapter_spec"],
        "request_states": [
            {
                "instance": {"id": f"id{n}", "split": "test", "input": {"text": f"{n}+1="}},
                "request": {"prompt": f"Add.\n{n}+1=", "model": "acme/solver"},
                "result": {
                    "success": True,
                    "completions": [{"text": text}],
                    "request_datetime": 1762354922 + n,
                },
            }
            for n, text in enumerate(texts)
        ],
    }


@dataclass(slots=True)
class Run:
    """A folder of a run, each file of which may be replaced by a test, or left out with `None`."""

    folder: Path
    spec: object = field(default_factory=spec)
    stats: object = field(default_factory=stats)
    per_instance: object = field(default_factory=per_instance)
    state: object = None

    def written(self) -> ForeignFile:
        """The run spec, with the other files beside it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, content in (
            ("run_spec.json", self.spec),
            ("stats.json", self.stats),
            ("per_instance_stats.json", self.per_instance),
            ("scenario_state.json", self.state),
        ):
            if content is not None:
                (self.folder / name).write_text(json.dumps(content))
        return ForeignFile(self.folder / "run_spec.json", "run_spec.json")

    def reading(self) -> Reading:
        """What is read of it."""
        return HelmReader().read(self.written())

    def record(self) -> Record:
        """Its record."""
        return self.reading().records[0].record

    def recomputed(self) -> Recomputed:
        """Its scores, computed again."""
        recompute = self.reading().records[0].recompute
        assert recompute is not None
        return recompute()
