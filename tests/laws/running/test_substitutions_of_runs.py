"""No kind of substitution in a run of weighin is met: it is named, or it is undecided.

A kind is (setting or place). Every row does it to a real run of the tiny model. The slow rows
of a group are marked `soak`; at least one of each group is among the others.
"""

import gc
import json
import re
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.making.hub.release import (
    FIRST,
    PINNED,
    change_a_bit,
    on_hub,
    save_release,
    write_record,
    write_requirements_for,
)
from tests.making.hub.server import COMMIT, REPOSITORY
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    UP_PROJECTION,
    change_tensor,
    edit_json,
    edit_text,
    quantise,
)
from tests.making.runs.substituting import (
    COMPARABLE,
    ON_IMPORT,
    WHILE_PROMPTS_ARE_MADE,
    WHILE_SCORING,
    Stores,
    Workshop,
    put_back,
)
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, says_its_name, served

import weighin
from weighin.errors import WeighinError
from weighin.evidence.store import RECORD_NAME
from weighin.rules.interface import Level, Outcome, Verdict

# peft 0.21 asks transformers 5 for a name that it will drop.
pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]

VIOLATED, UNDECIDED, MET = Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET
WATCHED, REFUSED, HEAD = "watched-throughout", "refused", "head"
TEMPLATED = "  chat_template: true\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of substitution.

    Attributes:
        name: What is substituted, and where.
        does: Does it, and gives the verdict.
        says: By rule: words that stand in its findings of the outcome. For what is refused, the
            words of the refusal; for what is only told, those of the head.
        outcome: The verdict; `None` if it is refused with exit code 3.
        is_slow: Whether another of its group stands for it where time is short.
    """

    name: str
    does: Callable[[Workshop], Verdict]
    says: Mapping[str, str]
    outcome: Outcome | None = VIOLATED
    is_slow: bool = False


def changed(rule: str, *words: str) -> dict[str, str]:
    return {rule: ".*".join(words)}


def refused(words: str) -> dict[str, str]:
    return {REFUSED: words}


# --- Weights.


def other_weights_under_the_declared_name(at: Workshop) -> Verdict:
    change_tensor(at.checkpoint)
    other = at.file(CHOICE)
    weighin.run(other, results=at.results)
    return weighin.check(at.file(CHOICE, checkpoint=at.stores.tiny), [at.results])


def other_weights_under_the_declared_id(at: Workshop) -> Verdict:
    (manifest,) = (at.stores.scored(CHOICE) / "checkpoints").glob("*.json")
    shutil.copytree(manifest.parent, at.results / "checkpoints")
    change_tensor(at.checkpoint)
    file = at.file(CHOICE, checkpoint=f"sha256:{manifest.stem}")
    return weighin.run(file, results=at.results, checkpoint=at.checkpoint)


def parameter(model):
    return model.get_parameter(UP_PROJECTION)


def write_into(model, factor=2.0):
    import torch

    with torch.no_grad():
        parameter(model).mul_(factor)


def replace(model, factor=2.0):
    parameter(model).data = parameter(model).data * factor


def every_tensor(model, factor):
    import torch

    with torch.no_grad():
        for tensor in model.parameters():
            tensor.mul_(factor)


PUT_BACK_WHILE_SCORING = """
import torch

WERE = {}


def swap():
    with torch.no_grad():
        for name, tensor in weighed().model.named_parameters():
            WERE[name] = tensor.clone()
            tensor.mul_(-1.5)


def judge(doc, results):
    if WERE:
        with torch.no_grad():
            for name, tensor in weighed().model.named_parameters():
                tensor.copy_(WERE[name])
        WERE.clear()
    return {"acc": float(max(range(4), key=lambda i: results[i][0]) == 0)}
"""


def swapped_by_the_task_and_put_back(at: Workshop) -> Verdict:
    file = at.tasks / f"{CHOICE}.yaml"
    edit_text(file, "  - metric: acc_norm\n", "")
    file.write_text(file.read_text() + "process_results: !function own.judge\n")
    return at.by_task("swap()", more=PUT_BACK_WHILE_SCORING)


def other_class(model):
    class LlamaMLP(type(model.model.layers[0].mlp)):
        def forward(self, x):
            return -super().forward(x)

    model.model.layers[0].mlp.__class__ = LlamaMLP


WEIGHTS = (
    Kind(
        "weights, before the run",
        other_weights_under_the_declared_name,
        changed("checkpoint-is-declared", UP_PROJECTION),
    ),
    Kind(
        "weights, of a declared id",
        other_weights_under_the_declared_id,
        refused("expected the weights of sha256:.*nothing was scored"),
        None,
        is_slow=True,
    ),
    Kind(
        "weights, on disk between benchmarks",
        lambda at: at.next_scored(change_tensor),
        changed("same-weights", UP_PROJECTION) | changed("checkpoint-is-declared", CHOICE),
    ),
    Kind(
        "weights, in memory before the first answer",
        lambda at: at.amid(write_into, after=[None]),
        changed("loaded-is-on-disk", "in memory other than on disk", UP_PROJECTION)
        | changed(WATCHED, UP_PROJECTION, "before the first answer"),
        is_slow=True,
    ),
    Kind(
        "weights, by the task while prompts are made, put back while it scores",
        swapped_by_the_task_and_put_back,
        changed(WATCHED, "tensors became another before the first answer")
        | changed("loaded-is-on-disk", "in memory other than on disk"),
    ),
    Kind(
        "weights, for half of the requests",
        lambda at: at.amid(
            lambda m: every_tensor(m, -1.5), lambda m: every_tensor(m, -1 / 1.5), after=[24, 72]
        ),
        changed(WATCHED, "tensors became another at pass"),
        is_slow=True,
    ),
    Kind(
        "one tensor, for half of the requests",
        lambda at: at.amid(replace, lambda m: replace(m, 0.5), after=[24, 72]),
        changed(WATCHED, UP_PROJECTION, "at pass"),
    ),
    Kind(
        "a buffer that no checkpoint stores",
        lambda at: at.amid(lambda m: m.model.rotary_emb.inv_freq.mul_(2)),
        changed(WATCHED, "inv_freq"),
        is_slow=True,
    ),
    Kind(
        "a plain number of a module",
        lambda at: at.amid(lambda m: setattr(m.model.layers[0].self_attn, "scaling", 25.0)),
        changed(WATCHED, "number .*self_attn.scaling", "25.0"),
        is_slow=True,
    ),
    Kind(
        "the class of a module",
        lambda at: at.amid(other_class),
        changed(WATCHED, "class model.layers.0.mlp became another"),
    ),
)

# --- Code that answers.

LLAMA = "from transformers.models.llama.modeling_llama import LlamaMLP as C"
MODE = """
import torch


class Mode(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        return -found if func is torch.nn.functional.silu else found


MODE = Mode()
"""
OTHER = "\ndef other(self, x):\n    return -self.down_proj(self.act_fn(self.gate_proj(x)))\n"


def with_mode(at: Workshop, moment: str = WHILE_PROMPTS_ARE_MADE) -> Verdict:
    import torch

    depth = torch._C._len_torch_function_stack()
    try:
        return at.by_task("MODE.__enter__()", moment, more=MODE)
    finally:
        while torch._C._len_torch_function_stack() > depth:
            torch._C._pop_torch_function_stack()


KERNEL = """
import torch

LIBRARY = torch.library.Library("aten", "IMPL")
"""


def with_kernel_past_python(at: Workshop) -> Verdict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return at.by_task(
            "KEPT.append(torch._C._dispatch_library('IMPL', 'aten', 'CPU', 'own.py', 1))\n"
            "KEPT[-1].impl('silu', 'CPU', lambda x: -x * torch.sigmoid(x), False)",
            more="import torch\n\nKEPT = []\n",
        )


def with_kernel(at: Workshop) -> Verdict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return at.by_task(
            "LIBRARY.impl('silu', lambda x: -x * torch.sigmoid(x), 'CPU')",
            more=KERNEL,
        )


def with_global_hook(at: Workshop) -> Verdict:
    import torch

    try:
        return at.by_task(
            "import torch\ntorch.nn.modules.module.register_module_forward_hook("
            "lambda module, inputs, output: None)"
        )
    finally:
        torch.nn.modules.module._global_forward_hooks.clear()


CODE = (
    Kind(
        "a method of a class, while tasks are loaded",
        lambda at: at.by_task(
            f"{LLAMA}\nown = C.forward\nC.forward = lambda self, x: -own(self, x)", ON_IMPORT
        ),
        changed(WATCHED, "LlamaMLP.forward became another while tasks were loaded"),
        is_slow=True,
    ),
    Kind(
        "a method of an instance",
        lambda at: at.by_task(
            "m = weighed().model.model.layers[0].mlp\nown = m.forward\n"
            "m.forward = lambda x: -own(x)"
        ),
        changed(WATCHED, "method model.layers.0.mlp.forward became another before the first")
        | changed("same-config", "changed while tiny_choice ran"),
    ),
    Kind(
        "a forward hook",
        lambda at: at.amid(
            lambda m: m.model.layers[0].register_forward_hook(lambda *_: None), after=[None]
        ),
        changed(WATCHED, "hook model.layers.0") | changed("same-config", "with hooks"),
        is_slow=True,
    ),
    Kind(
        "a hook on every module",
        with_global_hook,
        changed(WATCHED, "_global_forward_hooks"),
        is_slow=True,
    ),
    Kind(
        "an entry of the registry of attention",
        lambda at: at.by_task(
            "from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS as R\n"
            "own = R['sdpa']\n"
            "R['sdpa'] = lambda m, q, k, v, *a, **s: own(m, q, k, -v, *a, **s)"
        ),
        changed(WATCHED, r"ALL_ATTENTION_FUNCTIONS\[sdpa\]"),
        is_slow=True,
    ),
    Kind(
        "a function of torch",
        lambda at: at.by_task(
            "import torch\nF = torch.nn.functional\nown = F.silu\n"
            "F.silu = lambda x, inplace=False: -own(x)"
        ),
        changed(WATCHED, "torch.nn.functional.silu became another"),
        is_slow=True,
    ),
    Kind(
        "a function of torch that is not Python",
        lambda at: at.by_task("import torch\ntorch._C._nn.silu = lambda x: -x"),
        changed(WATCHED, "torch._C._nn.silu"),
        is_slow=True,
    ),
    Kind(
        "a method of every tensor",
        lambda at: at.by_task(
            "import torch\nown = torch.Tensor.transpose\n"
            "torch.Tensor.transpose = lambda self, *a: own(self, *a)"
        ),
        changed(WATCHED, "Tensor.transpose"),
        is_slow=True,
    ),
    Kind(
        "the code inside of a function",
        lambda at: at.by_task(f"{LLAMA}\nC.forward.__code__ = other.__code__", more=OTHER),
        changed(WATCHED, "LlamaMLP.forward", "before the first answer"),
    ),
    Kind(
        "a default of a function",
        lambda at: at.by_task(
            "import torch\ntorch.nn.functional.softmax.__defaults__ = (None, 3, torch.float64)"
        ),
        changed(WATCHED, "torch.nn.functional.softmax"),
        is_slow=True,
    ),
    Kind(
        "every function of torch, by a mode",
        with_mode,
        changed(WATCHED, "mode of torch became another before the first answer"),
    ),
    Kind(
        "every function of torch, by a mode from when tasks were loaded",
        lambda at: with_mode(at, ON_IMPORT),
        changed(WATCHED, "mode of torch became another while tasks were loaded"),
    ),
    Kind(
        "a kernel of torch, past its Python",
        with_kernel_past_python,
        changed(WATCHED, "kernel aten::silu became another before the first answer"),
    ),
    Kind(
        "a kernel of torch",
        with_kernel,
        changed(WATCHED, "kernel aten/silu/CPU became another before the first answer"),
    ),
    Kind(
        "lm-eval's generation",
        lambda at: at.by_task(
            "from lm_eval.models.huggingface import HFLM as C\n"
            "C.generate_until = lambda self, requests, **_: ['2'] * len(requests)",
            benchmarks=(GENERATE,),
        ),
        changed(WATCHED, "HFLM.generate_until became another before the first answer"),
    ),
    Kind(
        "lm-eval's encoding",
        lambda at: at.by_task(
            "from lm_eval.models.huggingface import HFLM as C\nown = C.tok_encode\n"
            "C.tok_encode = lambda self, s, *a, **k: own(self, s[::-1], *a, **k)"
        ),
        changed(WATCHED, "HFLM.tok_encode became another"),
        is_slow=True,
    ),
    Kind(
        "lm-eval's metric in memory",
        lambda at: at.by_task(
            "import lm_eval.api.registry as r\n"
            "r.metric_registry._objs['exact_match'] = lambda **_: {'exact_match': 1.0}",
            ON_IMPORT,
            benchmarks=(GENERATE,),
        ),
        changed(WATCHED, r"METRIC_REGISTRY\[exact_match\] became another while tasks were loaded"),
        is_slow=True,
    ),
    Kind(
        "scoring, while answers are scored",
        lambda at: at.by_task(
            "from lm_eval.api.task import ConfigurableTask as C\n"
            "C.process_results = lambda self, doc, results: dict(acc=1.0)",
            WHILE_SCORING,
        ),
        changed(WATCHED, "ConfigurableTask.process_results became another while it was scored"),
        is_slow=True,
    ),
    Kind(
        "a function of a library that scoring calls",
        lambda at: at.by_task("import numpy\nnumpy.argmax = lambda *_, **__: 0"),
        changed(WATCHED, "numpy.argmax"),
    ),
    Kind(
        "weighin's counting",
        lambda at: at.by_task(
            "from weighin.harness.local.asked.moments import Moments as C\n"
            "C.problem = lambda self, taken: ''"
        ),
        changed(WATCHED, "Moments.problem"),
        is_slow=True,
    ),
    Kind(
        "weighin's looks after the last answer",
        lambda at: at.by_task(
            "from weighin.harness.local.asked.around import Around as C\n"
            "C._last = lambda self: None"
        ),
        changed(WATCHED, "Around._last"),
        is_slow=True,
    ),
)

# --- What surrounds the weights.


def truncate_merges(checkpoint: Path) -> None:
    path = checkpoint / "tokenizer.json"
    content = json.loads(path.read_text())
    content["model"]["merges"] = content["model"]["merges"][:5]
    path.write_text(json.dumps(content))


def normalise_otherwise(at: Workshop) -> Verdict:
    return at.by_task(
        "from tokenizers.normalizers import Replace\n"
        "weighed().tokenizer.backend_tokenizer.normalizer = Replace('plus', 'minus')"
    )


def edit_template(checkpoint: Path) -> None:
    edit_text(checkpoint / "chat_template.jinja", "</s>", "</s>\n")


def described(at: Workshop) -> Verdict:
    with (at.tasks / f"{GENERATE}.yaml").open("a") as stream:
        stream.write("description: Answer with a number.\n")
    return at.next_scored(
        model=TEMPLATED, before=f"  device: cpu\n{TEMPLATED}", rest=COMPARABLE, tasks=at.tasks
    )


def refused_by_the_template(at: Workshop) -> Verdict:
    path = at.checkpoint / "chat_template.jinja"
    path.write_text(
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('none') }}{% endif %}"
        + path.read_text()
    )
    file = at.file(CHOICE, model=f"{TEMPLATED}  system_prompt: Be right.\n")
    return weighin.run(file, results=at.results)


def add_code(checkpoint: Path, constant: str = "1.0") -> None:
    (checkpoint / "own.py").write_text(
        "import torch\nfrom transformers import LlamaConfig, LlamaForCausalLM\n\n\n"
        "class OwnConfig(LlamaConfig):\n    model_type = 'own'\n\n\n"
        "class OwnModel(LlamaForCausalLM):\n    config_class = OwnConfig\n\n"
        "    def __init__(self, config):\n        super().__init__(config)\n"
        # transformers makes the model without memory: there is nothing to hold before a call.
        "        self.scale = None\n\n"
        "    def forward(self, *arguments, **settings):\n"
        f"        if self.scale is None:\n            self.scale = torch.tensor({constant})\n"
        "        found = super().forward(*arguments, **settings)\n"
        "        found.logits = found.logits * self.scale\n        return found\n"
    )
    edit_json(
        checkpoint / "config.json",
        model_type="own",
        architectures=["OwnModel"],
        auto_map={"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"},
    )


NAMED = "  remote_code: [own.py]\n"


def edited_code(at: Workshop) -> Verdict:
    add_code(at.checkpoint)
    file = at.file(CHOICE, GENERATE, model=NAMED)
    weighin.run(file, results=at.results, only=[CHOICE])
    add_code(at.checkpoint, "-1.0")
    weighin.run(file, results=at.results, only=[GENERATE])
    return weighin.check(file, [at.results])


def plain_tensor_of_code(at: Workshop) -> Verdict:
    add_code(at.checkpoint)
    return at.amid(lambda m: m.scale.neg_(), model=NAMED)


def save_adapter(folder: Path) -> Path:
    import torch
    from safetensors.torch import save_file

    place = "base_model.model.model.layers.{}.self_attn.q_proj.lora_{}.weight"
    tensors = {
        place.format(layer, part): torch.full(shape, 0.5)
        for layer in (0, 1)
        for part, shape in (("A", (2, 32)), ("B", (32, 2)))
    }
    folder.mkdir()
    save_file(tensors, folder / "adapter_model.safetensors")
    settings = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "target_modules": ["q_proj"],
        "lora_alpha": 4, "base_model_name_or_path": "tiny",
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


def adapted(at: Workshop) -> Verdict:
    adapter = save_adapter(at.folder / "adapter")
    return at.next_scored(model=f"  adapter: {adapter}\n", file_model="")


def not_adapted(at: Workshop) -> Verdict:
    adapter = save_adapter(at.folder / "adapter")
    return at.checked(CHOICE, model=f"  adapter: {adapter}\n")


def with_template_argument(at: Workshop) -> Verdict:
    return at.by_task(
        "weighed().chat_template_args = {'enable_thinking': True}",
        benchmarks=(CHOICE,),
        model=TEMPLATED,
    )


SURROUNDINGS = (
    Kind(
        "tokenizer, on disk",
        lambda at: at.next_scored(truncate_merges),
        changed("same-tokenizer", CHOICE),
        is_slow=True,
    ),
    Kind(
        "tokenizer, in memory",
        normalise_otherwise,
        changed("same-tokenizer", "changed while tiny_choice ran"),
    ),
    Kind(
        "tokenizer, a method of the object",
        lambda at: at.by_task(
            "t = weighed().tokenizer\nown = t.encode\nt.encode = lambda s, *a, **k: own(s[::-1])"
        ),
        changed(WATCHED, "method tokenizer.encode"),
        is_slow=True,
    ),
    Kind(
        "chat template, on disk",
        lambda at: at.next_scored(
            edit_template, model=TEMPLATED, before=f"  device: cpu\n{TEMPLATED}"
        ),
        changed("same-chat-template", CHOICE),
        is_slow=True,
    ),
    Kind(
        "chat template, in memory",
        lambda at: at.by_task("weighed().tokenizer.chat_template = 'other'", model=TEMPLATED),
        changed(WATCHED, "chat_template became another"),
        is_slow=True,
    ),
    Kind(
        "chat template, applied to one benchmark",
        lambda at: at.next_scored(model=TEMPLATED, file_model=""),
        changed("same-chat-template", "applied"),
        is_slow=True,
    ),
    Kind(
        "chat template, its arguments",
        with_template_argument,
        changed(WATCHED, "chat_template_args"),
    ),
    Kind(
        "system prompt, by the file",
        lambda at: at.next_scored(
            model="  system_prompt: Be right.\n", file_model="", rest=COMPARABLE
        ),
        changed("same-system-prompt", CHOICE),
        is_slow=True,
    ),
    Kind(
        "system prompt, by a task's description",
        described,
        changed("same-system-prompt", CHOICE),
    ),
    Kind(
        "system prompt, refused by the template",
        refused_by_the_template,
        changed("as-required", "system_prompt"),
    ),
    Kind(
        "generation config, on disk",
        lambda at: at.next_scored(
            lambda folder: edit_json(folder / "generation_config.json", repetition_penalty=5.0),
            rest=COMPARABLE,
        ),
        changed("same-generation-config", CHOICE),
        is_slow=True,
    ),
    Kind(
        "generation config, in memory",
        lambda at: at.amid(
            lambda m: setattr(m.generation_config, "repetition_penalty", 9.0),
            benchmark=GENERATE,
            after=[8],
        ),
        changed(WATCHED, "generation_config", "9.0"),
    ),
    Kind(
        "config, in memory",
        lambda at: at.amid(lambda m: setattr(m.config, "rms_norm_eps", 1.0)),
        changed(WATCHED, "config"),
        is_slow=True,
    ),
    Kind(
        "dtype",
        lambda at: at.next_scored(model="  dtype: bfloat16\n", file_model=""),
        changed("same-dtype", "bfloat16|float32"),
        is_slow=True,
    ),
    Kind(
        "dtype, other than stated",
        lambda at: at.checked(CHOICE, model="  dtype: bfloat16\n"),
        changed("as-required", "dtype", "bfloat16"),
    ),
    Kind(
        "longest input",
        lambda at: at.next_scored(model="  max_length: 8\n", file_model=""),
        changed("same-max-length", "8"),
        is_slow=True,
    ),
    Kind(
        "longest input, other than stated",
        lambda at: at.checked(CHOICE, model="  max_length: 8\n"),
        changed("as-required", "max_length", "512"),
    ),
    Kind(
        "begin of sequence",
        lambda at: at.next_scored(model="  add_bos_token: true\n", file_model=""),
        changed("same-special-tokens", CHOICE),
        is_slow=True,
    ),
    Kind(
        "adapter",
        adapted,
        changed("same-adapters", CHOICE),
        is_slow=True,
    ),
    Kind(
        "adapter, stated and not attached",
        not_adapted,
        changed("as-required", "adapter"),
    ),
    Kind(
        "code of the checkpoint, edited",
        edited_code,
        changed("same-remote-code", CHOICE),
        is_slow=True,
    ),
    Kind(
        "code of the checkpoint, a plain tensor that it keeps",
        plain_tensor_of_code,
        changed(WATCHED, "scale: None became .*, which the checkpoint's own code can do"),
        UNDECIDED,
    ),
    Kind(
        "quantization",
        lambda at: at.next_scored(quantise),
        changed("same-quantization", CHOICE) | changed("same-weights", ""),
        is_slow=True,
    ),
)

# --- Decoding.

DECODING = {
    "sampling": {"temperature": 0.9, "do_sample": True},
    "token bans": {"suppress_tokens": [5, 6, 7]},
    "beams": {"num_beams": 2},
}


def decoded_otherwise(at: Workshop, settings: dict) -> Verdict:
    path = at.tasks / f"{GENERATE}.yaml"
    written = path.read_text().replace(f"task: {GENERATE}", "task: another")
    lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in settings.items())
    written = re.sub(r"  do_sample: false\n", "" if "do_sample" in settings else r"\g<0>", written)
    (at.tasks / "another.yaml").write_text(
        written.replace("generation_kwargs:\n", f"generation_kwargs:\n{lines}")
    )
    at.take(GENERATE)
    file = at.file(GENERATE, "another", tasks=at.tasks, rest=COMPARABLE)
    weighin.run(file, results=at.results, only=["another"])
    return weighin.check(file, [at.results])


def stated_decoding(at: Workshop, decoding: str) -> Verdict:
    file = at.file(f"{GENERATE}\n    decoding: {decoding}")
    return weighin.run(file, results=at.results)


def task_with(at: Workshop, line: str) -> Verdict:
    edit_text(at.tasks / f"{GENERATE}.yaml", "  do_sample: false\n", f"  {line}\n")
    return weighin.run(at.file(GENERATE, tasks=at.tasks), results=at.results)


OF_DECODING = (
    *(
        Kind(
            f"decoding, {name}",
            lambda at, settings=settings: decoded_otherwise(at, settings),
            changed("same-decoding", "another differs", next(iter(settings))[-8:]),
            is_slow=name != "token bans",
        )
        for name, settings in DECODING.items()
    ),
    Kind(
        "decoding, other than stated",
        lambda at: at.checked(
            f"{GENERATE}\n    decoding: {{suppress_tokens: [5]}}", scored=(GENERATE,)
        ),
        changed("as-required", "suppress_tokens"),
    ),
    Kind(
        "decoding, code in the file",
        lambda at: stated_decoding(at, "{custom_generate: folder, trust_remote_code: true}"),
        refused("custom_generate"),
        None,
    ),
    Kind(
        "decoding, code in the task",
        lambda at: task_with(at, "custom_generate: folder"),
        refused("custom_generate"),
        None,
        is_slow=True,
    ),
)

# --- The question.

FEWER = """

def fewer(**metadata):
    every = sums(**metadata)
    every["test"] = every["test"].select(range(8))
    return every
"""


def fewer_documents(tasks: Path) -> None:
    path = tasks / "load.py"
    path.write_text(path.read_text() + FEWER)
    edit_text(tasks / f"{CHOICE}.yaml", "load.sums", "load.fewer")


def other_question(tasks: Path) -> None:
    edit_text(tasks / f"{CHOICE}.yaml", '"{{question}}"', '"Say: {{question}}"')


def other_scoring(tasks: Path) -> None:
    path = tasks / "load.py"
    path.write_text(path.read_text() + "\n\ndef judge(doc, results):\n    return {'acc': 1.0}\n")
    edit_text(tasks / f"{CHOICE}.yaml", "  - metric: acc_norm\n", "")
    with (tasks / f"{CHOICE}.yaml").open("a") as stream:
        stream.write("process_results: !function load.judge\n")


def stated(line: str, task: str = GENERATE) -> Callable[[Workshop], Verdict]:
    return lambda at: at.checked(f"{task}\n    {line}", scored=(task,))


ANOTHER_TASK = (
    f"t = [o for o in gc.get_objects() if type(o).__name__ == 'ConfigurableTask'"
    f" and '_config' in vars(o) and o.config.task == '{GENERATE}'][0]\n"
)


def of_another_task(code: str) -> Callable[[Workshop], Verdict]:
    return lambda at: at.by_task(ANOTHER_TASK + code, benchmarks=(CHOICE, GENERATE))


def with_other_files_of_lm_eval(at: Workshop) -> Verdict:
    """The second benchmark is scored by an lm-eval of which one file is another."""
    from weighin.harness.observed import harness_state as module

    at.take(CHOICE)
    module.harness_state.cache_clear()
    folder = Path(shutil.copytree(module.LM_EVAL_FOLDER / "api", at.folder / "lm_eval" / "api"))
    (folder / "metrics.py").write_text((folder / "metrics.py").read_text() + "\n")
    before, module.LM_EVAL_FOLDER = module.LM_EVAL_FOLDER, folder.parent
    try:
        file = at.file(CHOICE, GENERATE, rest=COMPARABLE)
        weighin.run(file, results=at.results, only=[GENERATE])
    finally:
        module.LM_EVAL_FOLDER = before
        module.harness_state.cache_clear()
    return weighin.check(file, [at.results])


QUESTION = (
    Kind(
        "documents, between two attempts",
        lambda at: at.next_attempt(fewer_documents),
        changed("same-documents", "other documents", "0 added, 16 lost, 0 changed"),
    ),
    Kind(
        "documents, other than stated",
        stated(f"documents: 'sha256:{'0' * 64}'"),
        changed("as-required", "documents"),
    ),
    Kind(
        "task configuration, between two attempts",
        lambda at: at.next_attempt(other_question, COMPARABLE),
        changed("same-task-configuration", CHOICE),
        is_slow=True,
    ),
    Kind(
        "code of the task that scores, between two attempts",
        lambda at: at.next_attempt(other_scoring, COMPARABLE),
        changed("same-task-configuration", CHOICE),
        is_slow=True,
    ),
    Kind(
        "files of lm-eval",
        with_other_files_of_lm_eval,
        changed("same-harness-files", CHOICE),
        is_slow=True,
    ),
    Kind(
        "scoring of another benchmark's task",
        of_another_task("t.process_results = lambda doc, results: {'exact_match': 1.0}"),
        changed(WATCHED, f"task {GENERATE}: process_results became another before it was asked"),
    ),
    Kind(
        "a metric of another benchmark's task",
        of_another_task("t._metric_fn_list['exact_match'] = lambda **_: {'exact_match': 1.0}"),
        changed(WATCHED, f"task {GENERATE}: metric exact_match became another"),
        is_slow=True,
    ),
    Kind(
        "a filter of another benchmark's task",
        of_another_task("t._filters[0].filters.pop(0)"),
        changed(WATCHED, f"{GENERATE}: filter strict"),
        is_slow=True,
    ),
    Kind(
        "documents of another benchmark's task",
        of_another_task("t.dataset['test'] = t.dataset['test'].select(range(4))"),
        changed(WATCHED, f"task {GENERATE}: documents became another while it was asked"),
        is_slow=True,
    ),
    Kind(
        "prompts of another benchmark's task",
        of_another_task("t.config.doc_to_text = 'Say: {{question}}'"),
        changed(WATCHED, f"task {GENERATE}: configuration became another while it was asked"),
        is_slow=True,
    ),
    Kind("few-shot seed", stated("fewshot_seed: 1"), changed("as-required", "fewshot_seed")),
    Kind("seed", stated("seed: 1"), changed("as-required", "seed")),
    Kind("shots", stated("num_fewshot: 2"), changed("as-required", "num_fewshot")),
    Kind("repeats", stated("repeats: 4"), changed("as-required", "repeats")),
    Kind("task version", stated("task_version: '9'"), changed("as-required", "task_version")),
    Kind("documents, a part of them", stated("samples: 7"), changed("as-required", "samples")),
)

# --- The hub.


def published_on_hub(at: Workshop, act: Callable[[Path], None], *, online: bool) -> Verdict:
    from huggingface_hub import snapshot_download

    snapshot = Path(snapshot_download(REPOSITORY, revision=COMMIT))
    scored = Path(shutil.copytree(at.folder / "release", at.folder / "scored"))
    act(snapshot)
    if act is relink:
        shutil.copy(snapshot / FIRST, scored / FIRST)
    write_record(at.results, scored)
    return weighin.check(write_requirements_for(at.folder, PINNED), [at.results], online=online)


def overwrite_blob(snapshot: Path) -> None:
    change_a_bit((snapshot / FIRST).resolve())


def relink(snapshot: Path) -> None:
    from weighin.files.canonical import sha256_hex

    content = bytearray((snapshot / FIRST).read_bytes())
    content[-1] ^= 1
    blob = snapshot.parents[1] / "blobs" / sha256_hex(bytes(content))
    blob.write_bytes(content)
    (snapshot / FIRST).unlink()
    (snapshot / FIRST).symlink_to(f"../../blobs/{blob.name}")


HUB = (
    Kind(
        "a blob of the hub cache",
        lambda at: published_on_hub(at, overwrite_blob, online=False),
        changed("released-is-scored", "as published, found sha256"),
        UNDECIDED,
    ),
    Kind(
        "a link of the hub cache",
        lambda at: published_on_hub(at, relink, online=False),
        changed("released-is-scored", "as published, found sha256"),
        UNDECIDED,
    ),
    Kind(
        "a link of the hub cache, and the hub is asked",
        lambda at: published_on_hub(at, relink, online=True),
        changed("released-is-scored", "as published, found sha256"),
        UNDECIDED,
    ),
)

# --- A served model.


def of_server(at: Workshop, server: TinyServer, decoding: str = "") -> Verdict:
    with served(server):
        file = endpoint_requirements(
            at.folder, server, benchmarks=f"  - {{task: {GENERATE}, samples: 4{decoding}}}\n"
        )
        return weighin.run(file, results=at.results)


def names_itself_otherwise(number: int) -> dict:
    return {**says_its_name(number), "model": "tiny-1" if number < 2 else "tiny-2"}


SERVED = (
    Kind(
        "served model, its name",
        lambda at: of_server(at, TinyServer(), ", decoding: {model: tuned}"),
        refused("model"),
        None,
    ),
    Kind(
        "served model, its messages",
        lambda at: of_server(at, TinyServer(), ", decoding: {messages: []}"),
        refused("messages"),
        None,
    ),
    Kind(
        "served model, the name that it answers under",
        lambda at: of_server(at, TinyServer(says=names_itself_otherwise)),
        changed("same-endpoint", "named 2 models", "tiny-2"),
    ),
)

# --- The file and the evidence.

FAR = (
    "waivers:\n  - {rule: same-weights, owner: a, reason: b, expires: 9999-12-31}\n"
    "  - {rule: checkpoint-is-declared, owner: a, reason: b, expires: 9999-12-31}\n"
)


def retired(at: Workshop) -> Verdict:
    at.take(CHOICE)
    (record,) = at.results.rglob(RECORD_NAME)
    job_id = json.loads(record.read_bytes())["run"]["job_id"]
    weighin.retire(job_id, reason="an experiment", results=at.results)
    return weighin.check(at.file(CHOICE), [at.results])


def forged(at: Workshop) -> Verdict:
    """A score in a record that its ledger does not know."""
    at.take(CHOICE)
    (path,) = at.results.rglob(RECORD_NAME)
    content = json.loads(path.read_bytes())
    content["scores"][0]["value"] = 1.0
    path.write_text(json.dumps(content))
    return weighin.check(at.file(CHOICE), [at.results])


OF_FILE = (
    Kind(
        "a waiver for all times",
        lambda at: at.next_scored(change_tensor, rest=FAR),
        changed("same-weights", UP_PROJECTION),
        is_slow=True,
    ),
    Kind(
        "the only record is retired",
        retired,
        changed("every-benchmark-present", "retired"),
        UNDECIDED,
    ),
    Kind(
        "a record with another score",
        forged,
        changed("records-intact", RECORD_NAME),
    ),
    Kind(
        "facets of the profile that the file drops",
        lambda at: at.next_scored(edit_template, model=TEMPLATED, file_model="",
            rest=f"{COMPARABLE}same: [weights]\nrules: {{checkpoint-is-declared: off}}\n"),
        {HEAD: "without config.*chat_template.*checkpoint-is-declared off instead of error"},
        MET,
    ),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def everything_that_was_there_before():
    """It need not be looked through for models that are gone, again and again."""
    import torch  # noqa: F401  # it is part of it

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def stores(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return Stores(tiny_checkpoint, tmp_path_factory.mktemp("stores"))


@pytest.fixture
def workshop(
    stores: Stores, tmp_path: Path, loaded_models: list, monkeypatch: pytest.MonkeyPatch
) -> Workshop:
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    return Workshop(tmp_path, stores, loaded_models)


def told(verdict: Verdict, rule: str, outcome: Outcome) -> str:
    if rule == HEAD:
        return " ".join(verdict.head.asks_less)
    return "\n".join(
        " ".join((f.statement, *f.benchmarks, *f.tensors, f.expected, f.found))
        for j in verdict.findings
        if j.rule == rule and (f := j.finding).outcome is outcome and j.level is Level.ERROR
    )


def require(workshop: Workshop, kind: Kind) -> None:
    if kind.outcome is None:
        with pytest.raises(WeighinError, match=kind.says[REFUSED]) as error:
            kind.does(workshop)
        assert error.value.exit_code == 3
        assert not list(workshop.results.rglob(RECORD_NAME))
        return
    verdict = kind.does(workshop)
    assert verdict.outcome is kind.outcome
    for rule, words in kind.says.items():
        found = told(verdict, rule, kind.outcome)
        assert re.search(words, found), f"{rule}: expected {words!r} in {found!r}"


def rows(kinds: Sequence[Kind]) -> pytest.MarkDecorator:
    slow = pytest.mark.soak
    return pytest.mark.parametrize(
        "kind", [pytest.param(k, id=k.name, marks=slow if k.is_slow else ()) for k in kinds]
    )


@rows((*WEIGHTS, *CODE, *SURROUNDINGS, *OF_DECODING, *QUESTION, *SERVED, *OF_FILE))
def test_a_substitution_in_a_run_is_named_or_undecided(workshop: Workshop, kind: Kind):
    with put_back():
        require(workshop, kind)


@rows(HUB)
def test_a_substitution_in_the_hub_cache_is_named_or_undecided(
    workshop: Workshop, kind: Kind, monkeypatch: pytest.MonkeyPatch
):
    release = save_release(workshop.folder / "release")
    with on_hub(release, workshop.folder / "cache", monkeypatch):
        require(workshop, kind)


def test_a_run_in_which_nothing_is_substituted_is_met(workshop: Workshop):
    with put_back():
        assert workshop.by_task("pass").outcome is MET
        stated = f"{GENERATE}\n    decoding: {{num_beams: 1}}"
        assert workshop.checked(stated, scored=(GENERATE,)).outcome is MET


def test_no_two_rows_are_the_same_kind():
    kinds = (*WEIGHTS, *CODE, *SURROUNDINGS, *OF_DECODING, *QUESTION, *HUB, *SERVED, *OF_FILE)
    assert len({kind.name for kind in kinds}) == len(kinds) >= 45
