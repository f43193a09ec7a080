"""Who takes the witness away, or puts something else before it, gets no `met` for it.

`./run soak` tries each way; `./run test` what is judged of what a process told.
"""

import pytest
from tests.making.witness.evaluation import evaluated
from tests.making.witness.ways import DOUBLED, END, START

pytestmark = [pytest.mark.model, pytest.mark.child]

HALVED = "with torch.no_grad(): model.model.layers[0].mlp.up_proj.weight.div_(2)\n"
HOOKED = "from transformers.modeling_utils import PreTrainedModel as Kind\n"
PLAIN = "Kind.__call__ = torch.nn.Module.__call__\n"
CALL = "own = torch.nn.Module.__call__\ntorch.nn.Module.__call__ = lambda *a, **s: own(*a, **s)\n"
NO_RECORD, CHANGED, UNKNOWN = "no record", "changed", "could not run"
TOLD = 'open(os.environ["WEIGHIN_WITNESS"] + "/events/1-1.jsonl", "w").close()\n'
# What it does with the witness, by what is recorded of what answered.
ATTACKS = {
    NO_RECORD: {
        "the import hook is taken away": (
            "import sys\nkinds = {type(finder).__name__: finder for finder in sys.meta_path}\n"
            f"sys.meta_path.remove(kinds['_Finder'])\n{START}{END}"
        ),
        "the call is put back": f"{START}{HOOKED}{PLAIN}{DOUBLED}{END}",
    },
    CHANGED: {
        "the call is put back after the first answer": (
            f"{START}answer(model)\n{HOOKED}{PLAIN}{DOUBLED}{END}"
        ),
        "the call is put back for a while": (
            f"{START}answer(model)\n{HOOKED}kept = Kind.__call__\n{PLAIN}{DOUBLED}answer(model)\n"
            f"{HALVED}Kind.__call__ = kept\nwrite('results_1.json')\n"
        ),
        "weights are written to and put back between two passes": (
            f"{START}answer(model)\n{DOUBLED}{HALVED}{END}"
        ),
        "the call of every module is another": f"{START}answer(model)\n{CALL}{END}",
        "killed with weights that are others": (
            f"{START}answer(model)\nfile = open('results_1.json', 'w')\n{DOUBLED}answer(model)\n"
            "write('x.txt'); file.write(open('x.txt').read()); file.flush()\n"
            "os.kill(os.getpid(), 9)\n"
        ),
    },
    "unplaced": {
        "the call of every module was another before": f"import torch\n{CALL}{START}{END}",
    },
    UNKNOWN: {
        "what the watch holds is emptied": (
            f"{START}answer(model)\nimport gc\n"
            "watch = next(o for o in gc.get_objects() if type(o).__name__ == 'PassWatch')\n"
            f"watch._tensors = ()\n{DOUBLED}answer(model)\n{HALVED}write('results_1.json')\n"
        ),
        "a child answers with other weights, and ends without a word": (
            f"{START}answer(model)\nif os.fork() == 0:\n    {DOUBLED[:-1]}\n    answer(model, 1)\n"
            "    os._exit(0)\nos.wait()\nwrite('results_1.json')\n"
        ),
        "events are written by the program": f"{START}answer(model)\n{TOLD}{END}",
    },
}
# Each starts a program that may answer unseen, beside an honest model.
BESIDE = {
    "the environment is emptied first": (
        "del os.environ['WEIGHIN_WITNESS']; subprocess.run([sys.executable, 'h.py'])"
    ),
    "another `sitecustomize` stands before": (
        "os.mkdir('site'); open('site/sitecustomize.py', 'w').close()\n"
        "path = os.path.abspath('site') + ':' + os.environ['PYTHONPATH']\n"
        "subprocess.run([sys.executable, 'h.py'], env={**os.environ, 'PYTHONPATH': path})"
    ),
    "a shell starts Python alone": "subprocess.run(['sh', '-c', f'{sys.executable} -I h.py'])",
    "a shell empties the environment": "os.system(f'env -i {sys.executable} h.py')",
}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("says", "way"), [(says, way) for says in ATTACKS for way in ATTACKS[says]]
)
def test_what_is_taken_from_the_witness_is_not_met(folder, says, way):
    done = evaluated(folder, ATTACKS[says][way])
    assert [record.watch.state.value for record in done.records] == [says] * (says != NO_RECORD)
    if done.records:
        assert done.verdict().outcome.value == ("violated" if says == CHANGED else "undecided")


@pytest.mark.soak
@pytest.mark.parametrize("way", BESIDE)
def test_what_may_answer_beside_an_honest_model_is_not_met(folder, way):
    (folder / "h.py").write_text("print(1)\n")
    done = evaluated(folder, f"{START}import subprocess\n{BESIDE[way]}{END}")
    assert done.record.watch.state.value == UNKNOWN
    assert "h.py" in " ".join(done.document["not_seen"])
    assert done.verdict().outcome.value == "undecided"


@pytest.mark.soak
def test_a_command_keeps_its_exit_code_where_nothing_can_be_recorded(folder):
    vanish = "import shutil\nshutil.rmtree('results'); open('results', 'w').close(); sys.exit(5)\n"
    done = evaluated(folder, f"{START}{END}os.makedirs('results', exist_ok=True)\n{vanish}")
    assert done.code == 5
    assert "cannot write" in done.document["unbound"][0]["why"]


def test_the_exit_code_is_the_commands_where_the_report_cannot_be_written(tmp_path):
    done = evaluated(tmp_path, "import sys; sys.exit(3)", "--format", "json=/dev/full")
    assert done.code == 3
    assert "cannot write" in done.errors
