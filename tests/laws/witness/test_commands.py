"""A command under the witness is the command that it is without, and what answered is on record.

`./run soak` tries every way of answering with something else; `./run test` an honest evaluation.
"""

import sys

import pytest
from tests.making.witness.evaluation import LOADED, PRELUDE, evaluated

from weighin.evidence.watched import WatchState
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome

pytestmark = [pytest.mark.model, pytest.mark.child]

HONEST = f"""{PRELUDE}{LOADED}
answer(model)
write("results_1.json")
print("printed by the evaluation")
"""
KEPT = "w = model.model.layers[0].mlp.up_proj.weight; kept = w.detach().clone()"
# Each answers with something else than what was loaded for half of the prompts.
SWAPS = {
    "tensor written to": (
        f"{KEPT}\nwith torch.no_grad(): w.copy_(kept * 2)",
        "with torch.no_grad(): w.copy_(kept)",
    ),
    "another tensor": (
        (
            "m = model.model.layers[0].mlp.up_proj; kept = m.weight\n"
            "m.weight = torch.nn.Parameter(kept.detach() * 2)"
        ),
        "m.weight = kept",
    ),
    "method of a class": (
        (
            "from transformers.models.llama.modeling_llama import LlamaMLP as C\n"
            "kept = C.forward; C.forward = lambda self, x: -kept(self, x)"
        ),
        "C.forward = kept",
    ),
    "hook": (
        "h = model.model.layers[0].register_forward_hook(lambda m, i, o: o)",
        "",
    ),
    "adapter": (
        (
            "from peft import LoraConfig, get_peft_model\n"
            "model = get_peft_model(model, LoraConfig(target_modules=['q_proj']))"
        ),
        "",
    ),
}
# Each answers with something that was never watched; what is told of it.
UNSEEN = {
    "without the environment": "import os\nos.execvp('env', ['env', '-i', sys.executable, 'h.py'])",
    "with -I": "import subprocess\nsubprocess.run([sys.executable, '-I', 'h.py'], check=True)",
    "with an environment of its own": (
        "import subprocess\nsubprocess.run([sys.executable, 'h.py'], env={}, check=True)"
    ),
}


def test_an_honest_evaluation_is_recorded_measured_and_met(folder):
    done = evaluated(folder, HONEST)
    assert (done.code, done.output) == (0, "printed by the evaluation\n"), done.errors
    record = done.record
    assert record.is_witnessed
    assert record.watch.state is WatchState.HELD
    assert record.observation(Facet.WEIGHTS).grade is Grade.MEASURED
    assert record.scores[0].value == 0.5
    assert done.verdict().outcome is Outcome.MET, done.verdict().findings
    assert done.document["models"][0]["passes"] == 8


@pytest.mark.soak
@pytest.mark.parametrize("way", SWAPS)
def test_what_answers_is_not_replaced_meanwhile(folder, way):
    swap, back = SWAPS[way]
    done = evaluated(
        folder,
        f"{PRELUDE}{LOADED}answer(model)\n{swap}\nanswer(model, 24)\n{back}\n"
        "write('results_1.json')\n",
    )
    assert done.record.watch.state is WatchState.CHANGED
    assert done.outcomes()["watched-throughout"] is Outcome.VIOLATED


@pytest.mark.soak
def test_other_tensors_than_those_on_disk_are_named(two):
    put = "model.load_state_dict(load('two').state_dict())"
    done = evaluated(two, f"{PRELUDE}{LOADED}{put}\nanswer(model)\nwrite('results_1.json')\n")
    assert "model.layers.0.mlp.up_proj.weight" in done.record.loaded.differ_from_disk
    assert done.outcomes()["loaded-is-on-disk"] is Outcome.VIOLATED


@pytest.mark.soak
def test_a_model_that_is_loaded_anew_is_another_record(two):
    done = evaluated(
        two,
        f"{PRELUDE}{LOADED}answer(model); write('results_1.json'); del model\n"
        "model = load('two'); answer(model); write('results_2.json', 'two', 'boolq')\n",
    )
    assert len({record.checkpoint_id for record in done.records}) == 2


@pytest.mark.soak
def test_of_two_models_the_one_that_the_log_names_is_bound_or_none(two):
    script = f"{PRELUDE}{LOADED}judge = load('two'); answer(model); answer(judge)\n"
    named = evaluated(two, f"{script}write('results_1.json')\n")
    assert named.record.run.settings["witnessed"]["model"] == "one"
    (two / "results_1.json").unlink()
    unnamed = evaluated(two, f"{script}write('results_2.json', 'x')\n", "--results", "others")
    assert unnamed.document["recorded"] == []
    assert "2 models answered" in unnamed.document["unbound"][0]["why"]


@pytest.mark.soak
@pytest.mark.parametrize("way", UNSEEN)
def test_what_was_not_watched_is_said_and_never_met(folder, way):
    (folder / "h.py").write_text(f"import os; os.chdir({str(folder)!r})\n{HONEST}")
    done = evaluated(folder, f"{PRELUDE}{LOADED}answer(model, 4)\n{UNSEEN[way]}\n")
    assert way in " ".join(done.document["not_seen"])
    assert all(record.watch.state is WatchState.COULD_NOT_RUN for record in done.records)
    assert done.verdict().outcome is Outcome.UNDECIDED


@pytest.mark.soak
def test_answers_that_did_not_come_out_of_the_model_are_missed(folder):
    done = evaluated(folder, f"{PRELUDE}{LOADED}answer(model, 2)\nwrite('results_1.json')\n")
    assert "2 prompts were seen to go into the model, of 4 documents" in done.record.watch.why
    assert done.outcomes()["watched-throughout"] is Outcome.UNDECIDED


@pytest.mark.soak
@pytest.mark.parametrize(("end", "code"), [("sys.exit(7)", 7), ("os.kill(os.getpid(), 9)", 137)])
def test_what_was_seen_outlives_whatever_ends_the_process(folder, end, code):
    script = f"{PRELUDE}{LOADED}answer(model)\nwrite('results_1.json')\nanswer(model)\n{end}\n"
    done = evaluated(folder, script)
    assert done.code == code
    assert done.record.watch.state is WatchState.HELD
    assert done.verdict().outcome is Outcome.MET


@pytest.mark.soak
def test_answers_after_the_last_weighing_are_not_vouched_for(folder):
    script = (
        f"{PRELUDE}{LOADED}answer(model)\n"
        # What no audit hears of, as a library in C writes it.
        "write('results_1.json'); os.rename('results_1.json', 'results_2.json')\n"
    )
    done = evaluated(folder, script)
    assert done.record.watch.state is WatchState.HELD


@pytest.mark.soak
def test_children_by_fork_and_by_spawn_are_seen(folder):
    work = "answer(model); write('results_1.json')"
    fork = f"{PRELUDE}{LOADED}if os.fork() == 0:\n    {work}; os._exit(0)\nos.wait()\n"
    assert evaluated(folder, fork).record.watch.state is WatchState.HELD
    (folder / "results_1.json").unlink()
    loaded = LOADED.strip().replace("\n", "; ")
    (folder / "work.py").write_text(f"{PRELUDE}def work():\n    {loaded}; {work}\n")
    spawn = (
        "import multiprocessing\nfrom work import work\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('spawn').Process(target=work)\n"
        "    child.start(); child.join()\n"
    )
    done = evaluated(folder, spawn, "--results", "spawned")
    assert [one["benchmark"] for one in done.document["recorded"]] == ["arc"]


@pytest.mark.soak
def test_nothing_of_ours_stays_in_a_model_that_is_saved(folder):
    save = f"{PRELUDE}{LOADED}answer(model)\ntorch.save(model, 'saved.pt')\n"
    done = evaluated(folder, save)
    assert done.code == 0, done.errors
    assert b"weighin" not in (folder / "saved.pt").read_bytes()


@pytest.mark.soak
def test_no_model_lives_longer_than_without(folder):
    script = (
        f"{PRELUDE}import gc, weakref\n{LOADED}gc.disable(); answer(model)\n"
        "w = weakref.ref(model.model.layers[0].mlp.up_proj.weight); del model\n"
        "print('gone' if w() is None else 'alive')\n"
    )
    assert evaluated(folder, script).output == "gone\n"


def test_a_sitecustomize_of_the_users_own_still_runs(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import sys\nif 'weighin' not in sys.orig_argv: print('from sitecustomize')\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}:{':'.join(filter(None, sys.path))}")
    done = evaluated(tmp_path, "import sys; print('torch' in sys.modules); sys.exit(3)")
    assert (done.code, done.output) == (3, "from sitecustomize\nFalse\n")


def test_without_a_log_what_was_loaded_and_called_is_on_record(folder):
    done = evaluated(folder, f"{PRELUDE}{LOADED}answer(model, 5)\n", "--name", "mine")
    record = done.record
    assert (record.model, record.asked.task, record.scores) == ("mine", "evaluate.py (no log)", ())
    assert record.run.settings["witnessed"]["passes"] == 5
    assert record.observation(Facet.WEIGHTS).grade is Grade.MEASURED
    assert "mine, and its log is of one" in done.errors
    assert done.verdict().outcome is Outcome.UNDECIDED
    # It is no benchmark that anybody requires, and speaks neither for one nor against one.
    assert done.outcomes()["every-benchmark-present"] is Outcome.UNDECIDED
