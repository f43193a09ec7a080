"""However a model is loaded and called, the record says what was seen, and no more.

The rows are those of the table in docs/witness.md. `./run soak` runs each; `./run test` holds the
table against them.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import DOCS
from tests.making.witness.evaluation import evaluated
from tests.making.witness.ways import END, NO_RECORD, ROWS, START

from weighin.rules.interface import Outcome

pytestmark = [pytest.mark.model, pytest.mark.child]


@pytest.fixture(scope="session")
def adapter(tiny_checkpoint, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("adapters") / "adapter"
    code = (
        "import sys, torch\nfrom peft import LoraConfig, get_peft_model\n"
        "from transformers import AutoModelForCausalLM\ntorch.manual_seed(3)\n"
        "model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)\n"
        "lora = LoraConfig(target_modules=['q_proj'], init_lora_weights=False)\n"
        "get_peft_model(model, lora).save_pretrained(sys.argv[2])\n"
    )
    command = [sys.executable, "-c", code, str(tiny_checkpoint), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def put_in_hub_cache(checkpoint: Path, cache: Path) -> None:
    """Lay a checkpoint into a cache as `huggingface_hub` does."""
    commit = "a" * 40
    snapshot = cache / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(commit)
    for path in checkpoint.iterdir():
        content = path.read_bytes()
        blob = (
            hashlib.sha256(content)
            if path.suffix == ".safetensors"
            else hashlib.sha1(b"blob %d\0" % len(content) + content)
        ).hexdigest()
        (cache / "blobs" / blob).write_bytes(content)
        (snapshot / path.name).symlink_to(f"../../blobs/{blob}")


@pytest.mark.soak
@pytest.mark.parametrize("way", ROWS)
def test_the_record_says_what_was_seen(two, adapter, way):
    row = ROWS[way]
    if row.needs and importlib.util.find_spec(row.needs) is None:
        pytest.skip(f"{row.needs} is not installed")
    (two / "adapter").symlink_to(adapter)
    put_in_hub_cache(two / "one", two / "hf" / "hub" / "models--org--tiny")
    done = evaluated(two, row.script, *row.options)
    if row.says == NO_RECORD:
        assert done.records == []
        assert "no model that was seen answered" in done.document["unbound"][0]["why"]
        return
    assert done.record.watch.state.value == row.says, (done.record.watch, done.errors)
    verdict = done.verdict(row.adapter)
    assert verdict.outcome.value == row.outcome, [
        judged.finding.statement
        for judged in verdict.findings
        if judged.finding.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
    ]


def test_the_table_of_the_documentation_is_that_of_the_tests():
    text = (DOCS / "witness.md").read_text()
    expected = [f"| {way} | {row.says} | {row.outcome} |" for way, row in ROWS.items()]
    found = [line.strip() for line in text.splitlines() if line.startswith("| ")]
    assert [line for line in expected if line not in found] == []


@pytest.mark.soak
def test_a_record_made_by_hand_is_no_evidence(folder):
    done = evaluated(folder, f"{START}{END}")
    (attempt,) = (path.parent for path in (folder / "results").rglob("record.json"))
    forged = attempt.with_name(f"{attempt.name[:-8]}ffffffff")
    shutil.copytree(attempt, forged)
    text = (forged / "record.json").read_text()
    record = json.loads(text)
    record["scores"][0]["value"] = 0.99
    record["run"]["attempt_id"] = forged.name
    (forged / "record.json").write_text(json.dumps(record))
    shutil.rmtree(attempt)
    assert done.verdict().outcome is Outcome.VIOLATED
