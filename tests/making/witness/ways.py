"""Ways of loading and calling a model in an evaluation, and what the witness says of each."""

from dataclasses import dataclass

from tests.making.witness.evaluation import LOADED, PRELUDE

START = f"{PRELUDE}{LOADED}"
TOKENIZER = f"{PRELUDE}tokenizer = AutoTokenizer.from_pretrained('one')\n"
END = "\nanswer(model)\nwrite('results_1.json')\n"
PEFT = "from peft import PeftModel\n"
CONFIG = "from transformers import AutoConfig\nconfig = AutoConfig.from_pretrained('one')\n"
BUILT = f"{TOKENIZER}{CONFIG}model = AutoModelForCausalLM.from_config(config)\n"
DOUBLED = "with torch.no_grad(): model.model.layers[0].mlp.up_proj.weight.mul_(2)\n"
NO_RECORD = "no record"


@dataclass(frozen=True)
class Row:
    """One way of loading and calling, what the record says, and what comes of it."""

    script: str
    says: str
    outcome: str
    needs: str = ""
    adapter: str = ""
    options: tuple[str, ...] = ()


def held(script: str, outcome: str = "met", needs: str = "", **more) -> Row:
    return Row(script, "held", outcome, needs, **more)


def changed(script: str, **more) -> Row:
    return Row(script, "changed", "violated", **more)


def unknown(script: str, **more) -> Row:
    return Row(script, "could not run", "undecided", **more)


def quantised(config: str, names: str, needs: str) -> Row:
    load = f"AutoModelForCausalLM.from_pretrained('one', quantization_config={config})"
    script = f"{TOKENIZER}from transformers import {names}\nmodel = {load}{END}"
    return held(script, "undecided", needs)


ON_DISK = (
    "{'model.embed_tokens': 'cpu', 'model.layers.0': 'cpu', 'model.layers.1': 'disk', "
    "'model.norm': 'cpu', 'model.rotary_emb': 'cpu', 'lm_head': 'cpu'}"
)
DDP = f"""{PRELUDE}
import torch.distributed, torch.multiprocessing
def work(rank):
    met = f"file://{{os.getcwd()}}/met"
    torch.distributed.init_process_group("gloo", met, rank=rank, world_size=2)
    tokenizer = AutoTokenizer.from_pretrained("one")
    answer(torch.nn.parallel.DistributedDataParallel(load("one")), 4)
    torch.distributed.barrier()
    if rank == 0: write("results_1.json")
    torch.distributed.barrier()
if __name__ == "__main__":
    torch.multiprocessing.spawn(work, nprocs=2)
"""
CHILD = f"""{PRELUDE}
import multiprocessing
def work(model): answer(model); write("results_1.json")
if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=work, args=(load("one"),))
    child.start(); child.join()
"""
THREADS = """
import threading
threads = [threading.Thread(target=work, args=each) for each in given]
[t.start() for t in threads]; [t.join() for t in threads]
"""
BARE = """
class Bare(torch.nn.Module):
    def __init__(self): super().__init__(); self.e = torch.nn.Embedding(300, 8)
    def forward(self, ids): return self.e(ids)
model = Bare()
"""
ROWS = {
    "`pipeline(...)`": held(
        f"{PRELUDE}from transformers import pipeline\n"
        "ask = pipeline('text-generation', model='one', dtype=torch.float32)\n"
        "for _ in range(4): ask('The capital of', max_new_tokens=2, do_sample=False)\n"
        "write('results_1.json')\n"
    ),
    "`model.generate(...)`": held(
        f"{START}for n in range(8):\n    prompt = torch.tensor([[1, 2, n + 3]])\n"
        "    model.generate(prompt, max_new_tokens=2)\nwrite('results_1.json')\n"
    ),
    "`model.forward(...)`": held(
        f"{START}for n in range(8): model.forward(torch.tensor([[1, 2, n + 3]]))\n"
        "write('results_1.json')\n"
    ),
    "`torch.compile(model)`": held(f"{START}model = torch.compile(model, backend='eager'){END}"),
    "`torch.compile(model, fullgraph=True)`": held(
        f"{START}model = torch.compile(model, backend='eager', fullgraph=True){END}"
    ),
    "`model.compile()`": held(f"{START}model.compile(backend='eager'){END}"),
    "a tensor written to under `torch.compile`": changed(
        f"{START}model = torch.compile(model, backend='eager')\nanswer(model, 4)\n{DOUBLED}{END}"
    ),
    "another module around it, `DataParallel`": held(
        f"{START}model = torch.nn.DataParallel(model){END}"
    ),
    "two processes of `DistributedDataParallel`": held(DDP),
    "two threads that ask one model": held(
        f"{START}work = answer; given = ((model, 40), (model, 40))\n{THREADS}"
        "write('results_1.json')\n"
    ),
    "two threads that ask a model each": unknown(
        f"{START}other = load('two'); work = answer; given = ((model, 40), (other, 40))\n{THREADS}"
        "write('results_1.json')\n"
    ),
    "an adapter of PEFT, before the first answer": held(
        f"{START}{PEFT}model = PeftModel.from_pretrained(model, 'adapter'){END}", adapter="adapter"
    ),
    "`model.load_adapter(...)`, before the first answer": held(
        f"{START}model.load_adapter('adapter'){END}", adapter="adapter"
    ),
    "`from_pretrained` of an adapter's folder": held(
        f"{TOKENIZER}model = load('adapter'){END}", adapter="adapter"
    ),
    "an adapter of PEFT, after the first answer": changed(
        f"{START}{PEFT}answer(model)\nmodel = PeftModel.from_pretrained(model, 'adapter'){END}",
        adapter="adapter",
    ),
    "an adapter left out of some answers": changed(
        f"{START}{PEFT}model = PeftModel.from_pretrained(model, 'adapter')\nanswer(model, 4)\n"
        f"with model.disable_adapter(): answer(model, 4)\nwrite('results_1.json')\n",
        adapter="adapter",
    ),
    "an adapter that was merged": held(
        f"{START}{PEFT}model = PeftModel.from_pretrained(model, 'adapter').merge_and_unload(){END}",
        "violated",
        adapter="adapter",
    ),
    "an adapter made in memory": held(
        f"{START}from peft import LoraConfig, get_peft_model\n"
        f"model = get_peft_model(model, LoraConfig(target_modules=['q_proj'])){END}",
        "undecided",
    ),
    "`load_state_dict`, before the first answer": held(
        f"{START}model.load_state_dict(load('two').state_dict()){END}", "violated"
    ),
    "`load_state_dict`, after the first answer": changed(
        f"{START}answer(model)\nmodel.load_state_dict(load('two').state_dict()){END}"
    ),
    "`load_model` of safetensors, after the first answer": changed(
        f"{START}from safetensors.torch import load_model\nanswer(model)\n"
        f"load_model(model, 'two/model.safetensors', strict=False){END}"
    ),
    "`from_config`, then `load_model` or `load_state_dict`": held(
        f"{BUILT}from safetensors.torch import load_model\n"
        f"load_model(model, 'one/model.safetensors', strict=False){END}",
        "undecided",
    ),
    "`from_pretrained(None, state_dict=...)`": held(
        f"{TOKENIZER}{CONFIG}from transformers import LlamaForCausalLM as Kind\n"
        "given = load('one').state_dict()\n"
        f"model = Kind.from_pretrained(None, config=config, state_dict=given){END}",
        "undecided",
    ),
    "`torch.load` of a whole model": held(
        f"{START}torch.save(model, 'm.pt')\nmodel = torch.load('m.pt', weights_only=False){END}",
        "undecided",
    ),
    "`copy.deepcopy(model)` answers": held(
        f"{START}import copy\nmodel = copy.deepcopy(model){END}", "undecided"
    ),
    "a model pickled to a child": held(CHILD, "undecided"),
    "a copy answers, too": unknown(
        f"{START}import copy\nanswer(model)\nmodel = copy.deepcopy(model)\n{DOUBLED}{END}"
    ),
    "saved and loaded again, in a loop": unknown(
        f"{START}for n in range(2):\n"
        f"    answer(model); model.save_pretrained(f'c{{n}}'); model = load(f'c{{n}}'){END}"
    ),
    "`device_map='cpu'`": held(
        f"{TOKENIZER}model = AutoModelForCausalLM.from_pretrained('one', device_map='cpu'){END}"
    ),
    "`device_map` with a part on disk": unknown(
        f"{TOKENIZER}model = AutoModelForCausalLM.from_pretrained('one', dtype=torch.float32, "
        f"device_map={ON_DISK}, offload_folder='off'){END}"
    ),
    "a snapshot of the hub's cache": held(
        "import os\nos.environ |= {'HF_HUB_OFFLINE': '1', 'HF_HOME': os.path.abspath('hf')}\n"
        + START.replace('("one")', '("org/tiny")')
        + "answer(model)\nwrite('results_1.json', 'org/tiny')\n",
        options=("--name", "one"),
    ),
    "int8 of torchao": quantised(
        "TorchAoConfig(torchao.quantization.Int8WeightOnlyConfig())",
        "TorchAoConfig; import torchao.quantization",
        "torchao",
    ),
    "4 bits of bitsandbytes": quantised(
        "BitsAndBytesConfig(load_in_4bit=True)", "BitsAndBytesConfig", "bitsandbytes"
    ),
    "a file opened long before it is written": held(
        f"{START}file = open('results_1.json', 'w')\nanswer(model)\nwrite('x.txt')\n"
        "file.write(open('x.txt').read()); file.close()\n"
    ),
    "another model once the file is opened": changed(
        f"{START}file = open('results_1.json', 'w')\nanswer(model)\n{DOUBLED}answer(model)\n"
        "write('x.txt'); file.write(open('x.txt').read()); file.close()\n"
    ),
    "killed while it writes": unknown(
        f"{START}answer(model)\nfile = open('results_1.json', 'w'); write('x.txt'); answer(model)\n"
        "file.write(open('x.txt').read()); file.flush(); os.kill(os.getpid(), 9)\n"
    ),
    "forked while a thread answers": unknown(
        # torch's own threads do not outlive a fork.
        f"{START}import threading\ntorch.set_num_threads(1)\n"
        "thread = threading.Thread(target=answer, args=(model, 100)); thread.start()\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0: answer(model, 2); os._exit(0)\n"
        "    os.wait()\n"
        "thread.join(); write('results_1.json')\n"
    ),
    "a model without transformers": Row(f"{START}{BARE}{END}", NO_RECORD, NO_RECORD),
}
