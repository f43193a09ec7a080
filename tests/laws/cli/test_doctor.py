"""`weighin doctor`: it says what stands in the way, ends as a run would, and shows no secret."""

import json
import os
import socket
from datetime import date
from pathlib import Path

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.places import TINY_TASKS

from weighin.api.environment import examined_file
from weighin.rules.judging.validating import validated
from weighin.sources.environment.examined import Health, worst
from weighin.sources.environment.machine import Gpu, Machine, examined_machine, this_machine
from weighin.sources.environment.required.stumbles import Here

CANARY = "canary-s3cret-Zx81"
FILE = """\
weighin: 1
model:
  name: tiny
  checkpoint: {checkpoint}
tasks: ['{tasks}']
benchmarks:
  - task: {task}
"""
SERVED = """\
weighin: 1
model:
  name: tiny
  chat_template: {template}
  endpoint:
    {url}
    served_model: tiny
    api: chat
    api_key_env: WEIGHIN_TEST_KEY
tasks: ['{tasks}']
benchmarks:
  - task: tiny_generate
"""


@pytest.fixture(autouse=True)
def _plain(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("PYTHONPATH", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_TOKEN", "WEIGHIN_TEST_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkpoint(tmp_path):
    folder = tmp_path / "ckpt"
    folder.mkdir()
    write_safetensors(folder / "model.safetensors", {"w": ("F32", [1], bytes(4))})
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def write(tmp_path, checkpoint):
    def written(text=FILE, **fields):
        usual = {"checkpoint": checkpoint, "tasks": TINY_TASKS, "task": "tiny_choice"}
        usual |= {"template": "true", "url": "url: http://127.0.0.1:1/v1/chat/completions"}
        path = tmp_path / "asked.yaml"
        path.write_text(text.format(**{**usual, **fields}))
        return path

    return written


def here(*, asks=False, memory_bytes=10**12):
    machine = Machine(cores=2, memory_bytes=memory_bytes, available_bytes=memory_bytes, gpus=None)
    return Here(machine=machine, environment=os.environ, results="r", checkpoint=None, asks=asks)


def of_file(path, *, code=0, **place):
    """What is told of a file, of which the command tells the same after all else."""
    found = tuple(examined_file(validated(path, date(2026, 11, 30)), here(**place)))
    assert worst(found) == code, found
    return found


def problems(found):
    return [one.words for one in found if one.health is Health.PROBLEM]


def test_where_nothing_stands_in_the_way_it_says_so(weighin, write, tmp_path):
    told = weighin("doctor", write(), "--offline")
    assert told.code == 0
    assert told.output.startswith("Nothing stands in the way of a run of ")
    assert "no requirements file was read" not in told.output
    nameless = weighin("doctor", "--offline").output.splitlines()[0]
    assert nameless.endswith("; no requirements file was read")
    write().rename(tmp_path / "weighin.yaml")
    assert "a run of weighin.yaml" in weighin("doctor", "--offline").output


def test_every_package_that_matters_has_its_version(weighin):
    from importlib.metadata import version

    document = json.loads(weighin("doctor", "--offline", "--json").output)
    told = {one["name"]: one["words"] for one in document["examined"]}
    for name in ("lm_eval", "datasets", "numpy", "transformers", "torch"):
        assert told[name] == version(name)
    assert "requirements" not in {one["topic"] for one in document["examined"]}


def test_a_problem_is_told_first_with_its_way_out_and_its_exit_code(weighin, write):
    asked = write(checkpoint="google/gemma", task="tiny_choise")
    told = weighin("doctor", asked, "--offline")
    assert told.code == 3
    assert told.output.startswith("2 problems in the way of a run of ")
    assert "hf://google/gemma@COMMIT" in told.output
    assert "did you mean tiny_choice" in told.output
    document = json.loads(weighin("doctor", asked, "--offline", "--json").output)
    assert (document["exit_code"], document["problems"]) == (3, 2)


STUMBLES = [
    ({"checkpoint": "nowhere"}, 3, "found nothing at"),
    ({"checkpoint": "'sha256:" + "0" * 64 + "'"}, 2, "which says not where it lies"),
    ({"task": "tiny_choise"}, 3, "no task file names 'tiny_choise'"),
    ({"tasks": "nowhere"}, 3, "expected a folder with task files"),
    ({"task": "[broken"}, 3, "asked.yaml:8:"),
]


@pytest.mark.parametrize(("fields", "code", "says"), STUMBLES)
def test_what_a_run_would_stumble_over_is_a_problem(write, fields, code, says):
    found = of_file(write(**fields), code=code)
    assert any(says in words for words in problems(found)), problems(found)
    assert all(one.fix for one in found if one.health is Health.PROBLEM)


@pytest.mark.model
@pytest.mark.soak
@pytest.mark.parametrize(("fields", "code", "says"), STUMBLES)
def test_a_run_ends_as_it_is_told(weighin, write, fields, code, says):
    del says
    told = weighin("run", write(**fields), "--results", "new")
    assert told.code == code, told.errors


def test_pointers_in_the_place_of_weights_are_told(write, checkpoint):
    (checkpoint / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"
    )
    assert "Git-LFS" in problems(of_file(write(), code=3))[0]


def test_a_commit_of_the_hub_that_is_not_in_the_cache_is_told(write, monkeypatch):
    asked = write(checkpoint=f"hf://acme/tiny@{'d' * 40}")
    assert any("fetches it first" in one.words for one in of_file(asked))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "not in the cache" in problems(of_file(asked, code=3))[0]


def test_a_variable_that_is_not_set_is_told(write, monkeypatch):
    asked = write(SERVED)
    assert "WEIGHIN_TEST_KEY" in problems(of_file(asked, code=2))[0]
    monkeypatch.setenv("WEIGHIN_TEST_KEY", f"{CANARY}\n")
    assert "something else" in problems(of_file(asked, code=2))[0]
    monkeypatch.setenv("WEIGHIN_TEST_KEY", CANARY)
    assert problems(of_file(asked)) == []


def test_a_chat_interface_without_its_template_is_told(write, monkeypatch):
    monkeypatch.setenv("WEIGHIN_TEST_KEY", CANARY)
    found = problems(of_file(write(SERVED, template="false"), code=3))
    assert "chat_template: expected true" in found[0]


def test_a_server_is_sent_nothing_and_one_that_nobody_runs_is_told(write, monkeypatch):
    monkeypatch.setenv("WEIGHIN_TEST_KEY", CANARY)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asked = write(SERVED, url=f"url: http://127.0.0.1:{port}/v1/chat/completions")
        assert problems(of_file(asked, asks=True)) == []
        with server.accept()[0] as connection:
            assert connection.recv(1) == b""
    assert "nobody listens" in problems(of_file(asked, code=75, asks=True))[0]


SECRETS = (
    "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "WEIGHIN_TEST_KEY", "WEIGHIN_TEST_URL",
    "HTTPS_PROXY", "OPENAI_API_KEY", "TRANSFORMERS_CACHE", "LD_PRELOAD_X", "USE_TORCH",
    "HF_DATASETS_TRUST_REMOTE_CODE", "LM_HARNESS_CACHE_PATH", "CUDA_VISIBLE_DEVICES", "RANK",
)  # fmt: skip


def test_no_value_of_a_variable_is_ever_shown(weighin, write, monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, f"http://user:{CANARY}@127.0.0.1:1/{CANARY}")
    asked = write(SERVED, url="url_env: WEIGHIN_TEST_URL")
    options = [f"--format={told}=out.{told}" for told in ("text", "html", "markdown")]
    told = weighin("doctor", asked, "--json", *options)
    assert told.code in {2, 75}
    written = [Path(f"out.{name}").read_text() for name in ("text", "html", "markdown")]
    for text in (told.output, told.errors, *written):
        assert CANARY not in text
        assert "user:" not in text
    monkeypatch.setenv("WEIGHIN_TEST_URL", f"http://127.0.0.1:1/{CANARY}")
    assert CANARY not in str(of_file(asked, asks=True))


def test_every_variable_that_is_listed_is_told_where_it_is_set():
    from weighin.sources.environment.variables import VARIABLES, examined_variables

    for variable in VARIABLES:
        value = "" if variable.when == "empty" else "1"
        (found,) = examined_variables({variable.name: value})
        assert found.name == variable.name
    (nothing,) = examined_variables({})
    assert nothing.health == "ok"


def test_a_switch_that_is_off_is_no_news():
    from weighin.sources.environment.variables import examined_variables

    (found,) = examined_variables({"TRANSFORMERS_OFFLINE": "0", "PYTHONOPTIMIZE": ""})
    assert found.health == "ok"


def test_a_model_that_does_not_fit_is_told_before_hours_of_loading(write, checkpoint):
    with (checkpoint / "model.safetensors").open("r+b") as stream:
        stream.truncate(10**9)
    (checkpoint / "config.json").write_text('{"torch_dtype": "bfloat16"}')
    asked = write()
    assert problems(of_file(asked, memory_bytes=15 * 10**8)) == []
    asked.write_text(asked.read_text().replace("tasks:", "  dtype: float32\ntasks:"))
    (words,) = problems(of_file(asked, code=75, memory_bytes=15 * 10**8))
    assert "2.0 GB in memory as float32; this machine has 1.5 GB" in words
    asked.write_text(asked.read_text().replace("float32", "float32\n  device: cuda"))
    assert "no GPU" in problems(of_file(asked, code=3, memory_bytes=3 * 10**9))[0]


def test_gpus_are_told_as_their_driver_tells_them(tmp_path, monkeypatch):
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771, 143000'\necho 'MIG, [N/A], [N/A]'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    mib = 1 << 20
    gpus = (Gpu("NVIDIA H200", 143771 * mib, 143000 * mib), Gpu("MIG", 0, 0))
    assert this_machine().gpus == gpus
    driver.write_text("#!/bin/sh\nexit 9\n")
    assert this_machine().gpus is None


def test_a_place_that_cannot_be_written_is_told():
    found = tuple(examined_machine(here().machine, "/proc/1/x/y"))
    assert problems(found) == ["/proc/1 cannot be written by this user"]
    assert worst(found) == 2


@pytest.fixture
def lm_eval(tmp_path, monkeypatch):
    """A release of lm-eval that is found first."""
    place = tmp_path / "site"
    (place / "lm_eval").mkdir(parents=True)
    (place / "lm_eval" / "__init__.py").write_bytes(b"")
    info = place / "lm_eval-0.4.13.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lm_eval\nVersion: 0.4.13\n")
    empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    (info / "RECORD").write_text(f"lm_eval/__init__.py,{empty},0\n")
    monkeypatch.syspath_prepend(place)
    return place


def of_lm_eval():
    from weighin.sources.environment.harness_package import examined_harness

    return [one.words for one in examined_harness()]


def test_an_lm_eval_as_it_was_released_is_no_news(lm_eval):
    del lm_eval
    assert of_lm_eval() == []


def test_a_patched_lm_eval_is_told(lm_eval):
    (lm_eval / "lm_eval" / "__init__.py").write_text("patched = True\n")
    (told,) = of_lm_eval()
    assert told.startswith("1 of its files are not as they were released: lm_eval/__init__.py")


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ({"dir_info": {"editable": True}}, "a folder, which it is imported from"),
        ({"vcs_info": {"vcs": "git"}}, "version control"),
        ([], "does not tell"),
    ],
)
def test_an_lm_eval_that_is_no_release_is_told_without_its_address(lm_eval, origin, says):
    if isinstance(origin, dict):
        origin["url"] = f"https://user:{CANARY}@git.example"
    (lm_eval / "lm_eval-0.4.13.dist-info" / "direct_url.json").write_text(json.dumps(origin))
    (told,) = of_lm_eval()
    assert says in told
    assert CANARY not in told


def test_an_lm_eval_that_hides_the_installed_one_is_a_problem(lm_eval, tmp_path, monkeypatch):
    del lm_eval
    (tmp_path / "nearer" / "lm_eval").mkdir(parents=True)
    (tmp_path / "nearer" / "lm_eval" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "nearer")
    (told,) = of_lm_eval()
    assert "is imported instead of what is installed" in told


def test_code_that_runs_first_is_told_and_not_executed(tmp_path):
    from weighin.sources.environment.startup import examined_startup

    (nothing,) = examined_startup([str(tmp_path)])
    assert nothing.health == "ok"
    for name in ("sitecustomize.py", "a.pth"):
        (tmp_path / name).write_text("import os; raise SystemExit(1)\n")
    (tmp_path / "plain.pth").write_text("/a/folder\n")
    assert [one.name for one in examined_startup([str(tmp_path)])] == ["sitecustomize", "a.pth"]


@pytest.mark.parametrize(
    "text",
    [
        "task: a",
        "- task: a",
        'group: "a"',
        "tag: a",
        "tag: [x, a]",
        "tag:\n  - x\n  - a\ntask: b",
        "group: g\ntask:\n  - b\n  - task: a\n    num_fewshot: 1",
        "'task' : 'a' # a comment",
    ],
)
def test_a_name_in_a_task_file_is_found_however_it_is_written(tmp_path, text):
    from weighin.sources.environment.required.tasks import names_in

    (tmp_path / "a.yaml").write_text(text)
    assert "a" in names_in(tmp_path)
    assert "comment" not in names_in(tmp_path)


@pytest.mark.parametrize("text", ["tag:\n- ", "task:", "- ", ""])
def test_a_file_of_blanks_takes_no_time(tmp_path, text):
    from weighin.sources.environment.required.tasks import names_in

    (tmp_path / "a.yaml").write_text(f"{text}{' ' * 10**6}:\n" * 3)
    assert names_in(tmp_path) <= {":"}


def test_every_name_that_lm_eval_knows_is_found():
    pytest.importorskip("lm_eval")
    from weighin.harness.tasks.origin import SHIPPED_TASKS, shipped_names
    from weighin.sources.environment.required.tasks import names_in

    assert shipped_names() - names_in(SHIPPED_TASKS) == set()
