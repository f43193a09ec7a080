"""The files: never over another, never half, pinned, and what is asked of a person."""

import io
import json
import os
import pty
import stat
import subprocess
import sys

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.places import ROOT

from weighin import api
from weighin.errors import CheckpointError, UsageError

ASKED = ("init", "--checkpoint", "models/tiny", "--tasks", "a,b")
LM_EVAL = "lm_eval --model_args pretrained=models/tiny,dtype=float32 --tasks a --num_fewshot 2"


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_flags_give_a_valid_file_and_the_manifest_that_fingerprint_saves(weighin, folder):
    told = weighin(*ASKED, "--fewshot", "5")
    assert told.code == 0, told.errors
    assert told.output.endswith("next: weighin plan weighin.yaml\n")
    assert weighin("check", "--validate", "weighin.yaml").code == 0
    assert weighin("fingerprint", "models/tiny", "--save", "saved.json").code == 0
    manifest = folder / "tiny.manifest.json"
    assert manifest.read_bytes() == (folder / "saved.json").read_bytes()
    text = (folder / "weighin.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=./requirements.schema.json\n")
    assert "  released: tiny.manifest.json  # pins the folder: checkpoint sha256:" in text
    assert text.count("num_fewshot: 5") == 2


def test_what_the_manifest_pins_is_judged(folder):
    api.init(checkpoint="models/tiny", tasks=["a"])
    again = api.init(checkpoint="models/tiny", tasks=["a"])
    assert again.files.written == ()
    assert len(again.files.unchanged) == 2
    tensors = {"x": ("F32", [1], b"\x00\x00\x00\x40")}
    write_safetensors(folder / "models" / "tiny" / "model.safetensors", tensors)
    with pytest.raises(UsageError, match=r"tiny\.manifest\.json: expected nothing there"):
        api.init(checkpoint="models/tiny", tasks=["a"])


def test_a_file_is_never_overwritten_unless_that_is_asked_for(weighin, folder):
    (folder / "weighin.yaml").write_text("mine\n")
    before = files(folder)
    told = weighin(*ASKED)
    assert told.code == 2
    assert "nothing is overwritten" in told.errors
    assert "--force" in told.errors
    assert (files(folder), (folder / "weighin.yaml").read_text()) == (before, "mine\n")
    assert weighin(*ASKED, "--force").code == 0
    assert "mine" not in (folder / "weighin.yaml").read_text()


def test_a_link_stays_a_link_and_a_device_a_device(weighin, folder):
    (folder / "target.yaml").write_text("mine\n")
    (folder / "weighin.yaml").symlink_to("target.yaml")
    assert weighin(*ASKED).code == 2
    assert weighin(*ASKED, "--force").code == 0
    assert (folder / "weighin.yaml").is_symlink()
    assert "mine" not in (folder / "target.yaml").read_text()
    (folder / "target.yaml").unlink()
    # A link into nowhere is something that lies there, too.
    assert weighin(*ASKED).code == 2
    for device in ("/dev/full", "/dev/null"):
        told = weighin(*ASKED, "--output", device, "--force")
        assert told.code == 2
        assert stat.S_ISCHR(os.stat(device).st_mode)  # noqa: PTH116  # of a device


@pytest.mark.parametrize(
    ("output", "code"), [("models", 2), ("models/tiny/config.json/x.yaml", 3), ("/proc/x.yaml", 2)]
)
@pytest.mark.usefixtures("folder")
def test_a_place_that_cannot_be_written_is_named(weighin, output, code):
    told = weighin(*ASKED, "--output", output)
    assert told.code == code
    assert output.partition("/")[0] in told.errors


def test_two_files_are_never_one(weighin, folder):
    told = weighin(*ASKED, "--output", "tiny.manifest.json")
    assert told.code == 2
    assert "another file is written there" in told.errors
    told = weighin(*ASKED, "--output", ".gitlab-ci.yml", "--ci", "gitlab")
    assert told.code == 2
    assert files(folder) == ["models/tiny/config.json", "models/tiny/model.safetensors"]


def test_paths_are_from_the_folder_of_the_file(weighin, folder):
    (folder / "mine").mkdir()
    (folder / "sub").mkdir()
    told = weighin("init", "--from", f"{LM_EVAL} --include_path mine", "--output", "sub/w.yaml")
    assert told.code == 0, told.errors
    (validated,) = api.validate(["sub/w.yaml"]).files
    assert validated.is_valid
    assert validated.remarks == ()
    requirements = validated.requirements
    assert requirements.resolve(requirements.model.checkpoint).samefile("models/tiny")
    assert requirements.resolve(requirements.tasks[0]).samefile("mine")


def test_a_folder_without_weights_gives_no_file(folder):
    (folder / "empty").mkdir()
    before = files(folder)
    with pytest.raises(CheckpointError):
        api.init(checkpoint="empty", tasks=["a"])
    assert files(folder) == before


def test_a_folder_that_is_elsewhere_is_told_and_not_pinned(weighin, folder):
    told = weighin("init", "--checkpoint", "/nowhere/model", "--tasks", "a")
    assert told.code == 0
    assert "to fill     weighin.yaml:" in told.output
    line = int(told.output.partition("to fill     weighin.yaml:")[2].partition(":")[0])
    assert "/nowhere/model" in (folder / "weighin.yaml").read_text().splitlines()[line - 1]
    assert weighin("check", "--validate", "weighin.yaml").code == 0


def test_flags_go_before_what_a_command_says(weighin, folder):
    command = "lm_eval --model_args pretrained=org/other --tasks x --num_fewshot 2"
    told = weighin(*ASKED, "--fewshot", "3", "--from", command)
    assert told.code == 0, told.errors
    text = (folder / "weighin.yaml").read_text()
    assert "num_fewshot: 3" in text
    assert "org/other" not in text
    assert told.output.count("another value was given to weighin init itself") == 3


def on_standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_a_command_may_stand_on_standard_input(weighin, folder, monkeypatch):
    on_standard_input(monkeypatch, f"{LM_EVAL} \\\n --limit 5\n".encode())
    told = weighin("init", "--from", "-", "--json")
    assert told.code == 0, told.errors
    assert json.loads(told.output)["harness"] == "lm-eval"
    assert "samples: 5" in (folder / "weighin.yaml").read_text()
    for nothing in (b"", b" \n", b"\xff", b"a" * 2_000_000):
        on_standard_input(monkeypatch, nothing)
        assert weighin("init", "--from", "-").code == 2


@pytest.mark.parametrize("given", [(), ("--checkpoint", "models/tiny"), ("--tasks", "a")])
@pytest.mark.usefixtures("folder")
def test_without_a_terminal_nothing_is_asked_and_the_flags_are_named(weighin, given):
    told = weighin("init", *given)
    assert told.code == 2
    for flag in ("--checkpoint", "--tasks", "--from"):
        assert flag in told.errors


def at_a_terminal(typed):
    """How `weighin init` ends where somebody types, and what stands on the screen."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "dumb"}
    command = [sys.executable, "-m", "weighin", "init"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        os.write(ours, typed)
        told = read_all(ours)
        return process.wait(60), told


@pytest.mark.child
def test_who_ends_the_questions_gets_no_file(folder):
    code, told = at_a_terminal(b"models/tiny\n\x04")
    assert code == 130, told
    assert "Traceback" not in told
    assert not (folder / "weighin.yaml").exists()


@pytest.mark.child
def test_at_a_terminal_what_is_missing_is_asked(folder):
    code, told = at_a_terminal(b"models/tiny\na, b\n2\n")
    assert code == 0, told
    assert "shots of every benchmark" in told
    text = (folder / "weighin.yaml").read_text()
    assert "checkpoint: models/tiny" in text
    assert text.count("num_fewshot: 2") == 2


def read_all(descriptor):
    told = b""
    try:
        while part := os.read(descriptor, 4096):
            told += part
    except OSError:
        pass  # the other end is closed
    os.close(descriptor)
    return told.decode()


def test_the_file_of_settings_that_config_names_is_read(weighin, folder):
    (folder / "lm.yaml").write_text(
        "model: hf\nmodel_args:\n  pretrained: models/tiny\n  dtype: bfloat16\n"
        "tasks: [a, b]\nnum_fewshot: 5\nbatch_size: 4\nno_such_setting: 1\n"
    )
    told = weighin("init", "--from", "lm_eval run --config lm.yaml --num_fewshot 3")
    assert told.code == 0, told.errors
    text = (folder / "weighin.yaml").read_text()
    assert text.count("num_fewshot: 3") == 2
    assert "dtype: bfloat16" in text
    assert "batch_size: 4" in text
    assert "no_such_setting 1: no setting of lm-eval" in told.output
    assert "--num_fewshot of lm.yaml 5: the command line sets it, too" in told.output
    for content in ("a: *b", "- a", "a: [", "!!python/object/apply:os.system [id]"):
        (folder / "lm.yaml").write_text(content)
        assert weighin("init", "--from", "lm_eval -C lm.yaml", "--force").code == 2
    assert weighin("init", "--from", "lm_eval -C none.yaml", "--force").code in {2, 3}


def test_python_of_the_checkpoint_waits_for_who_read_it(weighin, folder):
    command = f"{LM_EVAL} --trust_remote_code"
    told = weighin("init", "--from", command)
    assert "there is no Python in the checkpoint" in told.output
    (folder / "models" / "tiny" / "modeling_tiny.py").write_text("raise SystemExit\n")
    (folder / "models" / "tiny" / "config.json").write_text(
        '{"model_type": "tiny", "auto_map": {"AutoModelForCausalLM": "modeling_tiny.Tiny"}}'
    )
    assert weighin("init", "--from", command, "--force").code == 0
    text = (folder / "weighin.yaml").read_text()
    assert "\n  # remote_code: [modeling_tiny.py]  # runs on loading: read it before\n" in text
    uncommented = text.replace("  # remote_code", "  remote_code")
    (folder / "weighin.yaml").write_text(uncommented)
    assert weighin("check", "--validate", "weighin.yaml").code == 0
