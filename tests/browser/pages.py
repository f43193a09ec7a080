"""Pages that are looked at in a browser: from an honest row to a hundred benchmarks."""

import json
import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.demo.test_committed_demo import judge_again
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.wide import wide_row
from tests.making.places import CORPUS, ROOT

import weighin
from weighin.reports.checkpoint.comparison_page import comparison_page
from weighin.reports.page.model import Page
from weighin.reports.scorecard.page import scorecard_page
from weighin.reports.verdict.page import verdict_page

PUBLIC_ROW = "*Qwen__Qwen2.5-7B_results_2025-03-06T22-02-41.880180__*.json"
_LAYERS = 30
_CHANGED = (28, 29)
_SIDE = 8


def act(number: int) -> Callable[[Path], Page]:
    """An act of the demo; the paths of its evidence are relative to the repository."""
    return lambda _: verdict_page(judge_again(number))


def public_row(folder: Path) -> Page | None:
    """What one public model scored on 62 tasks; `None` where the public files are not at hand."""
    found = sorted((CORPUS / "lm_eval").glob(PUBLIC_ROW))
    if not found:
        return None
    log = json.loads(found[0].read_text())
    at = f"hf://{log['model_name']}@{log['config']['model_sha']}"
    tasks = [f"  - {{task: {t}, metric: acc}}" for t in log["results"]]
    head = ["weighin: 1", f"model: {{name: {log['model_name']}, checkpoint: '{at}'}}"]
    requirements = folder / "requirements.yaml"
    lines = (*head, "profile: same-checkpoint", "benchmarks:", *tasks, "")
    requirements.write_text("\n".join(lines))
    return verdict_page(weighin.check(requirements, [found[0]]))


def llama_4(folder: Path) -> Page:
    """The case of Llama 4."""
    del folder
    return scorecard_page(weighin.scorecard([ROOT / "tasks/cases/llama-4/scorecard.yaml"]))


def comparison(folder: Path) -> Page:
    """The move of act 2 in small: a checkpoint, and one whose last MLPs were trained on."""
    for side, share in (("released", 0.0), ("variant", 0.02)):
        (folder / side).mkdir()
        chance, luck = random.Random(1), random.Random(2)
        tensors = {}
        for layer in range(_LAYERS):
            for part in ("self_attn.q_proj", "self_attn.o_proj", "mlp.up_proj", "mlp.down_proj"):
                moved = share if layer in _CHANGED and part.startswith("mlp") else 0.0
                numbers = [
                    chance.gauss(0, 1) + moved * luck.gauss(0, 1) for _ in range(_SIDE * _SIDE)
                ]
                name = f"model.layers.{layer}.{part}.weight"
                content = struct.pack(f"<{len(numbers)}f", *numbers)
                tensors[name] = ("F32", [_SIDE, _SIDE], content)
        write_safetensors(folder / side / "model.safetensors", tensors)
    return comparison_page(weighin.compare(folder / "released", folder / "variant"))


def wide(benchmarks: int) -> Callable[[Path], Page]:
    """A row of so many benchmarks, of whose evidence much is missing."""

    def page(folder: Path) -> Page:
        row = wide_row(folder, benchmarks, "same-checkpoint")
        return verdict_page(weighin.check(row.requirements, [row.log]))

    return page


PAGES: dict[str, Callable[[Path], Page | None]] = {
    **{f"act-{number}": act(number) for number in range(1, 6)},
    "public-row": public_row,
    "llama-4": llama_4,
    "comparison": comparison,
    "hundred": wide(100),
}
