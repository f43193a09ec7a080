"""Evidence of real runs of a tiny model, made when a case is run.

A case names one of these in `expected.json`. Each scores the case's own requirements with
`weighin run`, on checkpoints that it puts beside them.
"""

import json
import shutil
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import TINY_TASKS
from tests.making.tiny.checkpoint import save_tiny_checkpoint
from weighin.cli.application import run_application


@dataclass(frozen=True)
class Workshop:
    """A copy of a case, and the checkpoints that may stand beside it.

    Attributes:
        case: The copy.
        checkpoints: A folder with `tiny`; with `tuned`, the same after one step of training; and
            with two adapters of it: `adapter`, and `still`, which changes nothing.
    """

    case: Path
    checkpoints: Path

    def put(self, name: str) -> None:
        """Put a checkpoint, and the tasks, where the requirements name them."""
        shutil.copytree(self.checkpoints / name, self.case / "checkpoints" / name)
        shutil.copytree(TINY_TASKS, self.case / "tasks", dirs_exist_ok=True)

    def score(
        self,
        checkpoint: str = "tiny",
        *arguments: str,
        name: str = "",
        adapter: str = "",
        into: str = "evidence",
    ) -> None:
        """Score the requirements on a checkpoint, under their model's name or another."""
        for wanted in filter(None, (checkpoint, adapter)):
            if not (self.case / "checkpoints" / wanted).exists():
                self.put(wanted)
        asked = (self.case / "requirements.yaml").read_text()
        (self.case / "run.yaml").write_text(_of_run(asked, checkpoint, name, adapter))
        command_line(*("run", self.case / "run.yaml", "--results", self.case / into), *arguments)


def _of_run(requirements: str, checkpoint: str, name: str, adapter: str) -> str:
    """The requirements of a run: those of the case, of another checkpoint or under another name."""
    lines = requirements.splitlines()
    replaced = ("  checkpoint:", "  released:", *(["  name:"] if name else []))
    kept = [line for line in lines if not line.startswith(replaced)]
    model = [f"  checkpoint: checkpoints/{checkpoint}"]
    model += [f"  name: {name}"] if name else []
    model += [f"  adapter: checkpoints/{adapter}"] if adapter else []
    at = kept.index("model:") + 1
    return "\n".join([*kept[:at], *model, *kept[at:], ""])


def command_line(*arguments: object) -> int:
    """The exit code of a command line of weighin, in this process."""
    before = sys.argv
    sys.argv = ["weighin", *map(str, arguments)]
    try:
        return run_application()
    finally:
        sys.argv = before


def save_checkpoints(folder: Path) -> Path:
    """The tiny checkpoint, the same after one step of training, and two adapters of it."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tiny = save_tiny_checkpoint(folder / "tiny")
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    model = AutoModelForCausalLM.from_pretrained(tiny)
    ids = tokenizer("Two plus three is five.", return_tensors="pt").input_ids
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    model(input_ids=ids, labels=ids).loss.backward()
    optimiser.step()
    shutil.copytree(tiny, folder / "tuned")
    model.save_pretrained(folder / "tuned")
    _save_adapter(tiny, folder / "still", is_still=True)
    _save_adapter(tiny, folder / "adapter", is_still=False)
    return folder


def _save_adapter(checkpoint: Path, folder: Path, *, is_still: bool) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(checkpoint)
    # As peft starts, one of the two factors is zero: the product changes nothing.
    config = LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=is_still)
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5 for a name that it will drop.
        warnings.simplefilter("ignore", FutureWarning)
        get_peft_model(base, config).save_pretrained(folder)


def one_checkpoint(workshop: Workshop) -> None:
    """All benchmarks on one checkpoint."""
    workshop.score()


def a_variant_behind_one_score(workshop: Workshop) -> None:
    """One benchmark on the checkpoint, the other on the tuned one, under one name."""
    workshop.score("tiny", "--only", "tiny_choice")
    workshop.score("tuned", "--only", "tiny_generate")


def the_variant_behind_all_scores(workshop: Workshop) -> None:
    """All benchmarks on the tuned checkpoint; the released one lies beside it."""
    workshop.put("tiny")
    workshop.score("tuned")


def five_attempts_of_one_benchmark(workshop: Workshop) -> None:
    """One benchmark five times; the ledger keeps them all, the evidence is the last."""
    workshop.score()
    for _ in range(4):
        workshop.score("tiny", "--only", "tiny_choice", "--new-attempt")


def two_names_of_one_checkpoint(workshop: Workshop) -> None:
    """The checkpoint under its own name, and once more under the name of an adapter."""
    workshop.score()
    workshop.score(name="tiny-with-adapter", into="evidence/adapter")


def two_names_of_two_checkpoints(workshop: Workshop) -> None:
    """The checkpoint under its own name, and the tuned one under another."""
    workshop.score()
    workshop.score("tuned", name="tiny-with-adapter", into="evidence/adapter")


def an_adapter_without_effect(workshop: Workshop) -> None:
    """The checkpoint, and under another name the checkpoint with an adapter that adds zero."""
    workshop.score()
    workshop.score(name="tiny-with-adapter", adapter="still", into="evidence/adapter")


def an_adapter_with_effect(workshop: Workshop) -> None:
    """The checkpoint, and under another name the checkpoint with an adapter."""
    workshop.score()
    workshop.score(name="tiny-with-adapter", adapter="adapter", into="evidence/adapter")


def a_part_of_the_documents(workshop: Workshop) -> None:
    """All benchmarks on their first documents only."""
    workshop.score("tiny", "--samples", "23")


def a_score_that_was_edited(workshop: Workshop) -> None:
    """All benchmarks; then one score in the harness's own file and in the record is raised."""
    workshop.score()
    for path in workshop.case.glob("evidence/*/tiny_choice/*/*/lm-eval/results_*.json"):
        log = json.loads(path.read_text())
        log["results"]["tiny_choice"]["acc,none"] += 0.1
        path.write_text(json.dumps(log))


RUNS: dict[str, Callable[[Workshop], None]] = {
    run.__name__: run
    for run in (
        one_checkpoint,
        a_variant_behind_one_score,
        the_variant_behind_all_scores,
        five_attempts_of_one_benchmark,
        two_names_of_one_checkpoint,
        two_names_of_two_checkpoints,
        an_adapter_without_effect,
        an_adapter_with_effect,
        a_part_of_the_documents,
        a_score_that_was_edited,
    )
}
