"""A path at which nothing can be read: every command ends with 3, names it, and leaves nothing."""

import inspect
import json
from typing import get_args

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.checkpoints.signing import Signer
from tests.making.places import EVIDENCE_OF_V1, TINY_TASKS

from weighin.cli.application import app

MISSING = "{here}/gone/away"
REQUIREMENTS, MET = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
UNREACHED = ("{here}/" + "x" * 300, "{here}/" + "x/" * 3_000, "{here}/round/away")
PLACES = {
    "missing": MISSING,
    "behind a file": "{here}/table.md/away",
    **dict(zip(("too long a name", "too long a path", "a link to itself"), UNREACHED, strict=True)),
}
BY_ID = "{here}/by_id.yaml"
SLURM = ("--slurm", "--print-script", "--results", "{here}/new")

# For each argument and option that names what is read: a command line where nothing lies there.
READ = {
    ("run", "requirements"): (MISSING,),
    ("run", "checkpoint"): (BY_ID, "--checkpoint", MISSING),
    ("plan", "requirements"): (MISSING,),
    ("plan", "checkpoint"): (BY_ID, "--checkpoint", MISSING),
    ("job", "plan"): (MISSING, "--results", "{here}/new", "--index", 0),
    ("submit", "requirements"): (MISSING, *SLURM),
    ("submit", "checkpoint"): (BY_ID, "--checkpoint", MISSING, *SLURM),
    ("check", "requirements"): (MISSING,),
    ("check", "evidence"): (REQUIREMENTS, MISSING),
    ("check", "reference"): (REQUIREMENTS, MET, "--reference", MISSING),
    ("inspect", "evidence"): (MISSING,),
    ("import", "evidence"): (MISSING, "--results", "{here}/new"),
    ("fingerprint", "folder"): (MISSING,),
    ("fingerprint", "adapter"): ("{here}/checkpoint", "--adapter", MISSING),
    ("verify", "places"): (MISSING, "{here}/checkpoint"),
    ("verify", "adapter"): ("{here}/manifest.json", "{here}/checkpoint", "--adapter", MISSING),
    ("verify", "signature"): ("{here}/checkpoint", "--signature", MISSING, "--public-key", MISSING),
    ("verify", "public_key"): (
        "{here}/checkpoint",
        "--signature",
        "{here}/model.sig",
        "--public-key",
        MISSING,
    ),
    ("compare", "first"): (MISSING, "{here}/checkpoint"),
    ("compare", "second"): ("{here}/checkpoint", MISSING),
    ("compare", "adapter"): ("{here}/checkpoint", "{here}/checkpoint", "--adapter", MISSING),
    ("compare", "parent"): ("{here}/checkpoint", "{here}/checkpoint", "--parent", MISSING),
    ("diff", "first"): (MISSING, MET),
    ("diff", "second"): (MET, MISSING),
    ("export", "evidence"): (MISSING, "--to", "csv"),
    ("retire", "results"): ("abcdef012345", "--reason", "r", "--results", MISSING),
    ("doctor", "requirements"): (MISSING, "--offline"),
    ("doctor", "checkpoint"): (BY_ID, "--offline", "--checkpoint", MISSING),
    ("ls", "results"): (MISSING,),
    ("show", "record"): (MISSING,),
    ("show", "results"): ("abcdef012345", "--results", MISSING),
    ("scorecard", "files"): (MISSING,),
    ("scorecard", "registry"): ("{here}/table.md", "--registry", MISSING),
    ("scorecard", "evidence"): ("{here}/table.md", "--evidence", MISSING),
}
FURTHER = {
    "verify, the folder": ("verify", "{here}/manifest.json", MISSING),
    "export, a store": ("export", MISSING, "--to", "store", "--into", "{here}/new"),
}
# What is written, or made where it is missing; and names of what is no path of this machine.
NOT_READ = {
    "results", "into", "save", "svg", "csv", "json_file", "junit", "markdown", "text", "badge",
    "keep_comparisons", "keep_revision", "logs", "log_file", "checkpoint_there", "output",
}  # fmt: skip


def paths_of(command):
    """Names of the parameters of a command that take a path."""
    signature = inspect.signature(command.callback, eval_str=True)
    for name, parameter in signature.parameters.items():
        declared, *options = get_args(parameter.annotation) or (parameter.annotation,)
        metavars = {getattr(option, "metavar", None) for option in options}
        if "Path" in str(declared) or metavars & {"PATH", "FILE", "A", "B", "[MANIFEST] FOLDER"}:
            yield name


def test_every_argument_and_option_that_may_be_a_path_is_held_to_it():
    commands = {c.name or c.callback.__name__: c for c in app.registered_commands}
    places = {(name, path) for name, command in commands.items() for path in paths_of(command)}
    left_out = {(name, path) for name, path in places - READ.keys() if path not in NOT_READ}
    # Of a plan, which takes seconds to make: it is opened as the one of `run` is.
    assert left_out == {("job", "checkpoint")}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    write_safetensors(checkpoint / "model.safetensors", {"w": ("F32", [1], bytes(4))})
    (checkpoint / "config.json").write_text("{}")
    from weighin import api

    manifest = api.fingerprint(checkpoint)
    (tmp_path / "manifest.json").write_bytes(manifest.canonical())
    Signer(tmp_path).sign({})
    (tmp_path / "table.md").write_text("| model | GSM8K (%) |\n|---|---|\n| m | 50.0 |\n")
    (tmp_path / "by_id.yaml").write_text(
        f"weighin: 1\nmodel: {{name: m, checkpoint: 'sha256:{manifest.checkpoint_id}'}}\n"
        f"tasks: ['{TINY_TASKS}']\nbenchmarks: [{{task: tiny_choice}}]\n"
    )
    return tmp_path


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    "line",
    [*((command, *line) for (command, _), line in READ.items()), *FURTHER.values()],
    ids=[*map(" ".join, READ), *FURTHER],
)
def test_a_path_at_which_nothing_lies_ends_with_3(weighin, here, line, place):
    (here / "round").symlink_to("round")
    before = set(here.rglob("*"))
    words = [str(word).replace(MISSING, place).format(here=here) for word in line]
    told = weighin(*words)
    # Where the system does not look, two commands call the path a wrong argument.
    wrong = {2} if place in UNREACHED and words[0] in {"diff", "export"} else set()
    assert told.code in {3, *wrong}, told.errors
    assert (told.output, place.removeprefix("{here}/")[:60] in told.errors) == ("", True)
    assert set(here.rglob("*")) - before == set()
    as_json = json.loads(weighin(*words, "--json").output)
    assert (as_json["format"], as_json["exit_code"]) == ("weighin.error/1", told.code)


def test_a_file_in_a_folder_that_is_not_there_is_not_begun(weighin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ("--checkpoint", "hf://org/name", "--tasks", "gsm8k")
    told = weighin("init", *asked, "--output", tmp_path / "gone" / "weighin.yaml")
    assert (told.code, told.output) == (3, "")
    assert f"found no folder {tmp_path / 'gone'}; make it first" in told.errors
    assert list(tmp_path.iterdir()) == []
