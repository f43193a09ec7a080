"""What a record says of a checkpoint that answered: settings, facts and observations."""

from dataclasses import dataclass

import torch
from pydantic import JsonValue

from weighin.evidence.facts import Fact
from weighin.evidence.records import InForce, Observation
from weighin.harness.evaluation import Answered
from weighin.harness.local.asked.state import MemoryState
from weighin.harness.local.model import LocalModel
from weighin.harness.local.observations import observed_decoding, observed_model
from weighin.harness.observed.harness_state import harness_state
from weighin.harness.observed.model_calls import ModelCalls
from weighin.harness.observed.run_facts import facts_of_checkpoint, facts_of_run
from weighin.harness.observed.told import observed_harness, observed_prompting
from weighin.harness.subject import Question
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSubject:
    """A checkpoint that is loaded, as records tell of it.

    Attributes:
        settings: How it was to be loaded.
        manifest: Its files.
        revision: `org/name@<40-hex>` if the folder is a snapshot of that revision.
        machine: Where it computes.
        expected_bos: The token that its tokenizer is expected to put first; `None` for none.
    """

    settings: Model
    manifest: Manifest
    revision: str | None
    machine: str
    expected_bos: int | None

    def ran_with(
        self, model: LocalModel, question: Question, answered: Answered
    ) -> dict[str, JsonValue]:
        """How the benchmark was run."""
        return {
            "batch_size": self.settings.batch_size,
            "device": model.device,
            **self._placement(model),
            "threads": torch.get_num_threads(),
            "dtype_requested": self.settings.dtype,
            **question.benchmark.seeds.settings(),
            "scores_not_finite": list(answered.odd_scores),
            "task_source": question.benchmark.origin,
        }

    def in_force(self, model: LocalModel) -> InForce:
        """The settings that were in force."""
        return InForce(
            dtype_requested=self.settings.dtype,
            max_length=model.lm.max_length,
            max_length_requested=self.settings.max_length,
            add_bos_token=self.settings.add_bos_token,
            remote_code=self.settings.remote_code,
        )

    def facts(self, question: Question, answered: Answered, calls: ModelCalls) -> tuple[Fact, ...]:
        """What is a fact of the run and of the checkpoint."""
        return (
            *facts_of_checkpoint(
                calls,
                question.benchmark.seeds,
                revision=self.revision,
                machine=self.machine,
                expected_bos=self.expected_bos,
            ),
            *facts_of_run(
                harness_state(),
                question.benchmark.definition,
                answered.facts,
                remote_code=self._executed_code(),
            ),
        )

    def _executed_code(self) -> dict[str, str]:
        return {
            f"remote code: {file.path}": file.sha256 or ""
            for file in self.manifest.files
            if file.role == "remote_code" and file.path in self.settings.remote_code
        }

    def observations(
        self,
        model: LocalModel,
        question: Question,
        answered: Answered,
        calls: ModelCalls,
        state: MemoryState,
    ) -> tuple[Observation, ...]:
        """What was seen of each facet, with one state of the memory."""
        output_types = question.benchmark.output_types
        return (
            *observed_model(model, state, self.manifest, self.revision),
            observed_harness(
                f"lm-eval {model.versions.get('lm_eval', 'unknown')}", harness_state().files
            ),
            *observed_prompting(
                calls.sent,
                chat_template=state.chat_template if question.chat_template else None,
                system_prompt=question.system_prompt,
                output_types=output_types,
            ),
            *observed_decoding(
                answered.asked.decoding,
                state.generation_config,
                sent=calls.sent.settings,
                output_types=output_types,
                repeats=max(int(t.config.repeats) for t in question.benchmark.leaves.values()),
            ),
        )

    def _placement(self, model: LocalModel) -> dict[str, JsonValue]:
        """Where the model lay, and why; nothing of one that lies on one device as a whole."""
        if self.settings.device_map is None:
            return {}
        device_map = self.settings.device_map
        return {
            "device_map": device_map if isinstance(device_map, str) else dict(device_map),
            "max_memory_per_gpu": self.settings.max_memory_per_gpu,
            "max_cpu_memory": self.settings.max_cpu_memory,
            "bytes_by_place": dict(model.places),
        }
