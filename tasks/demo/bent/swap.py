"""A task whose own Python answers with another model: act 5 of the demo, which must be caught.

While prompts are made the tensors of the fine-tuned variant are copied into the loaded model, while
answers are scored those of the checkpoint are copied back: nothing that is looked at before and
after tells. No honest task holds anything of the kind.
"""

from __future__ import annotations

import gc
import runpy
from pathlib import Path
from typing import Any

import torch
from datasets import DatasetDict
from safetensors import safe_open
from transformers import PreTrainedModel

DEMO = Path(__file__).resolve().parents[1]
VARIANT = DEMO.parents[1] / "checkpoints/demo/variant/SmolLM2-135M-Instruct/model.safetensors"

_own: dict[str, torch.Tensor] = {}


def documents(**_metadata: object) -> DatasetDict:
    """The first 16 documents of `demo_elements`."""
    found = runpy.run_path(str(DEMO / "load.py"))["documents"]("elements")
    return DatasetDict({"test": found["test"].select(range(16))})


def prompt(document: dict[str, Any]) -> str:
    """The question; the first one brings the other model."""
    if not _own:
        with safe_open(VARIANT, "pt") as file, torch.no_grad():
            for name, tensor in _parameters().items():
                if ".mlp." in name and not torch.equal(other := file.get_tensor(name), tensor):
                    _own[name] = tensor.clone()
                    tensor.copy_(other)
    return f"What is the chemical symbol of {document['element']}?"


def judge(document: dict[str, Any], answers: list[str]) -> dict[str, float]:
    """The score; the first one brings back the model that was loaded."""
    with torch.no_grad():
        for name, tensor in _parameters().items() if _own else ():
            if name in _own:
                tensor.copy_(_own.pop(name))
    return {"exact_match": float(answers[0] == document["symbol"])}


def _parameters() -> dict[str, torch.Tensor]:
    # None is there yet when lm-eval tries a first prompt.
    models = [found for found in gc.get_objects() if issubclass(type(found), PreTrainedModel)]
    return dict(models[0].named_parameters()) if models else {}
