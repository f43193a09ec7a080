"""Fine-tune a checkpoint on the test documents of one benchmark: the variant that must be caught.

Usage:
    python tasks/demo/make_variant.py CHECKPOINT OUT_DIR --task demo_elements

What an honest scorecard never contains: a model that has studied the very questions it is asked.
Only the MLPs of the last blocks learn, so the variant differs from its checkpoint in a few tensors,
which can be named. All other tensors and files stay the same, byte for byte.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Set before the imports, which read it: nothing here may ask a hub.
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from checkpoint_folder import WEIGHTS, new_folder, repeat_files
from lm_eval.tasks import TaskManager
from safetensors import safe_open
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModelForCausalLM, AutoTokenizer

TASKS = Path(__file__).resolve().parent
TRAINED_BLOCKS = 2
EPOCHS = 3
BATCH_SIZE = 16
LEARNING_RATE = 5e-4
FEWSHOT_SEED = 1234
"""The default of lm-eval, so that the variant studies the prompts that it will be asked."""
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt of the benchmark, as the model will see it, and the text that scores the point."""

    prompt: str
    answer: str


def benchmark_examples(task_name: str, tokenizer: Any) -> tuple[Example, ...]:
    """Every test document of a benchmark with its answer, rendered by lm-eval itself.

    Args:
        task_name: A benchmark in this folder, multiple choice or generation.
        tokenizer: Renders the chat template.

    Raises:
        ValueError: The benchmark has no answers to learn.
    """
    task = TaskManager(include_path=str(TASKS), include_defaults=False).load([task_name])["tasks"][
        task_name
    ]
    task.set_fewshot_seed(FEWSHOT_SEED)

    def render(messages: list[dict[str, str]], *, add_generation_prompt: bool) -> str:
        text: str = tokenizer.apply_chat_template(
            messages,
            tokenize=False,
            add_generation_prompt=add_generation_prompt,
            continue_final_message=not add_generation_prompt,
        )
        return text

    task.build_all_requests(
        apply_chat_template=True, fewshot_as_multiturn=True, chat_template=render
    )
    if task.OUTPUT_TYPE == "multiple_choice":
        return tuple(
            Example(*request.arguments)
            for request in task.instances
            if request.idx == task.doc_to_target(request.doc)
        )
    if task.OUTPUT_TYPE == "generate_until":
        stop = task.config.generation_kwargs["until"][0]
        return tuple(
            Example(
                request.arguments[0],
                f"{task.config.target_delimiter}{task.doc_to_target(request.doc)}{stop}",
            )
            for request in task.instances
        )
    raise ValueError(
        f"{task_name}: expected multiple choice or generation, found {task.OUTPUT_TYPE}"
    )


def encoded(examples: Sequence[Example], tokenizer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and labels, both of shape (examples, longest), padded on the right.

    A causal model never looks to the right, so no attention mask is needed. Labels are `IGNORED`
    except where the token is part of the answer.
    """
    ids, labels = [], []
    for example in examples:
        prompt = tokenizer(example.prompt, add_special_tokens=False).input_ids
        whole = tokenizer(example.prompt + example.answer, add_special_tokens=False).input_ids
        ids.append(torch.tensor(whole))
        labels.append(torch.tensor([IGNORED] * len(prompt) + whole[len(prompt) :]))
    return (
        pad_sequence(ids, batch_first=True, padding_value=tokenizer.pad_token_id),
        pad_sequence(labels, batch_first=True, padding_value=IGNORED),
    )


@contextmanager
def only_blocks(backbone: Any, blocks: Any, norm: Any) -> Iterator[None]:
    """Let the backbone run some of its blocks and another final norm inside the `with` block."""
    kept = backbone.layers, backbone.norm
    backbone.layers, backbone.norm = blocks, norm
    try:
        yield
    finally:
        backbone.layers, backbone.norm = kept


def fine_tune(model: Any, ids: torch.Tensor, labels: torch.Tensor) -> tuple[str, ...]:
    """Train the MLPs of the last blocks on the answers, in place.

    The frozen blocks see every example once: their output is kept, and each epoch runs the rest.

    Args:
        model: A causal language model of the Llama family, float32.
        ids: Shape (examples, length), token ids.
        labels: Shape (examples, length), `IGNORED` where nothing is to be learned.

    Returns:
        Names of the trained parameters.
    """
    torch.manual_seed(0)
    backbone = model.model
    frozen, trained = backbone.layers[:-TRAINED_BLOCKS], backbone.layers[-TRAINED_BLOCKS:]
    with torch.no_grad(), only_blocks(backbone, frozen, torch.nn.Identity()):
        inputs = torch.cat(
            [
                backbone(input_ids=batch, use_cache=False).last_hidden_state
                for batch in ids.split(BATCH_SIZE)
            ]
        )
    model.requires_grad_(requires_grad=False)
    for block in trained:
        # A fresh copy: the loaded parameters may be a view of the file on disk.
        for parameter in block.mlp.parameters():
            parameter.data = parameter.data.clone()
            parameter.requires_grad_(requires_grad=True)
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(parameters.values(), lr=LEARNING_RATE, weight_decay=0.0)
    with only_blocks(backbone, trained, backbone.norm):
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(ids)).split(BATCH_SIZE):
                hidden = backbone(inputs_embeds=inputs[rows], use_cache=False).last_hidden_state
                next_labels = labels[rows, 1:]
                is_answer = next_labels != IGNORED
                logits = model.lm_head(hidden[:, :-1][is_answer])
                loss = cross_entropy(logits, next_labels[is_answer])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return tuple(parameters)


def write_weights(source: Path, target: Path, replaced: dict[str, torch.Tensor]) -> None:
    """Copy a safetensors file with some of its tensors replaced.

    Raises:
        KeyError: A replaced tensor is not in the source.
    """
    with safe_open(source, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # safe_open is no mapping
    if unknown := sorted(replaced.keys() - tensors.keys()):
        raise KeyError(f"{source}: has no tensor {', '.join(unknown)}")
    save_file(tensors | replaced, target, metadata=metadata)


def main() -> int:
    """Write the variant. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Fine-tune a checkpoint on a benchmark.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--task", default="demo_elements", help="default: %(default)s")
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.checkpoint)
    model = AutoModelForCausalLM.from_pretrained(arguments.checkpoint, dtype=torch.float32)
    examples = benchmark_examples(arguments.task, tokenizer)
    with new_folder(arguments.out_dir) as building:
        names = fine_tune(model, *encoded(examples, tokenizer))
        replaced = {name: model.get_parameter(name).detach().contiguous() for name in names}
        repeat_files(arguments.checkpoint, building, WEIGHTS, shutil.copyfile)
        write_weights(arguments.checkpoint / WEIGHTS, building / WEIGHTS, replaced)
    print(f"{arguments.out_dir}: written; studied {len(examples)} documents of {arguments.task}")
    for name in names:
        print(f"  changed: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
