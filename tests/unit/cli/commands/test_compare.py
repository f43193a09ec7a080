"""`weighin compare`: what it prints, and that its answer is never its exit code."""

import json
import shutil
import struct

import jsonschema
import pytest
from tests.making.checkpoints.files import write_safetensors

from weighin.identity.comparison.report import ComparisonReport
from weighin.reports.shared.json_schema import document_schema

NASTY = "evil\x1b[2J\u202e[bold]name"


def floats(*numbers):
    return ("F32", [len(numbers)], struct.pack(f"<{len(numbers)}f", *numbers))


@pytest.fixture
def pair(tmp_path):
    folders = []
    for name, last in (("one", 2.0), ("two", 3.0)):
        folder = tmp_path / name
        folder.mkdir()
        tensors = {f"model.layers.{i}.w": floats(1, 2) for i in range(4)}
        tensors |= {"model.layers.4.w": floats(1, last), NASTY: floats(last)}
        write_safetensors(folder / "model.safetensors", tensors)
        folders.append(folder)
    return folders


def test_a_difference_is_told_and_exits_with_0(weighin, pair):
    told = weighin("compare", *pair)
    assert told.code == 0
    assert told.output.startswith("RELATED\n")
    assert "2 of 6 tensors in both differ" in told.output
    assert "1 of 5 blocks of model.layers differs: block 4" in told.output
    assert "model.layers.0 ... model.layers.3" in told.output


def test_the_same_files_are_told_and_exit_with_0(weighin, pair):
    told = weighin("compare", pair[0], pair[0])
    assert (told.code, told.output.splitlines()[0]) == (0, "SAME FILES")


def test_names_cannot_command_the_terminal(weighin, pair):
    told = weighin("compare", "--verbose", *pair)
    assert "\x1b" not in told.output
    assert "\u202e" not in told.output
    assert "[bold]name" in told.output


def test_without_utf_8_the_picture_is_ascii(pair):
    from io import BytesIO, StringIO, TextIOWrapper

    from rich.console import Console

    from weighin import api
    from weighin.reports.checkpoint.comparison_page import comparison_page
    from weighin.reports.page import text as as_text

    stream = TextIOWrapper(BytesIO(), encoding="ascii")
    Console(file=stream, width=100).print(as_text.render(comparison_page(api.compare(*pair))))
    stream.flush()
    text = stream.buffer.getvalue().decode("ascii")
    assert "###" in text
    wide = StringIO()
    Console(file=wide, width=100).print(as_text.render(comparison_page(api.compare(*pair))))
    assert "█" in wide.getvalue()


def test_json_is_one_document_of_the_published_schema(weighin, pair):
    told = weighin("compare", "--json", *pair)
    document = json.loads(told.output)
    assert told.code == 0
    assert told.output.isascii()
    jsonschema.validate(document, document_schema(ComparisonReport))
    assert document["format"] == "weighin.compare/1"
    assert NASTY in document["differing"]
    printed = weighin("schema", "comparison")
    assert json.loads(printed.output) == json.loads(json.dumps(document_schema(ComparisonReport)))


def test_parents_are_fitted(weighin, pair):
    told = weighin("compare", "--json", "--parent", pair[0], "--parent", pair[1], *pair)
    coefficients = json.loads(told.output)["parents"]["coefficients"]
    assert coefficients == pytest.approx([0, 1], abs=1e-9)


def test_a_missing_checkpoint_is_an_error_and_no_answer(weighin, pair):
    told = weighin("compare", pair[0], pair[0].parent / "nothing")
    assert told.code == 3
    assert told.output == ""


def test_a_manifest_is_compared_by_its_digests(weighin, pair, tmp_path):
    manifest = tmp_path / "one.json"
    weighin("fingerprint", pair[0], "--save", manifest)
    told = weighin("compare", manifest, pair[1])
    assert told.code == 0
    assert "manifest alone" in told.output
    assert "only the manifest of" in told.output


def test_parents_need_their_tensors(weighin, pair, tmp_path):
    manifest = tmp_path / "one.json"
    weighin("fingerprint", pair[0], "--save", manifest)
    told = weighin("compare", *pair, "--parent", manifest)
    assert told.code == 3
    assert "give the folder" in told.errors


def test_a_copy_is_the_same_files(weighin, pair, tmp_path):
    shutil.copytree(pair[0], tmp_path / "copy")
    assert weighin("compare", pair[0], tmp_path / "copy").output.startswith("SAME FILES")


@pytest.fixture
def adapted(tmp_path):
    """A base of one matrix, an adapter of rank 1 that adds 6 to its first number, and both merged.

    With alpha 6 and rank 1, 6 x (1 0) and (1 0): exact in float32.
    """
    base, merged, adapter = (tmp_path / name for name in ("base", "merged", "adapter"))
    name = "model.layers.0.self_attn.q_proj"
    for folder, first in ((base, 1.0), (merged, 7.0)):
        folder.mkdir()
        matrix = ("F32", [2, 2], struct.pack("<4f", first, 2, 3, 4))
        write_safetensors(folder / "model.safetensors", {f"{name}.weight": matrix})
    adapter.mkdir()
    parts = {
        f"base_model.model.{name}.lora_A.weight": ("F32", [1, 2], struct.pack("<2f", 1, 0)),
        f"base_model.model.{name}.lora_B.weight": ("F32", [2, 1], struct.pack("<2f", 1, 0)),
    }
    write_safetensors(adapter / "adapter_model.safetensors", parts)
    config = {"peft_type": "LORA", "r": 1, "lora_alpha": 6}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    return base, merged, adapter


def test_an_adapter_is_attached_to_the_first(weighin, adapted):
    base, merged, adapter = adapted
    told = weighin("compare", base, merged, "--adapter", adapter)
    assert told.output.startswith("MERGED ADAPTER\n")
    assert f"base with {adapter}" in " ".join(told.output.split())
    told = weighin("compare", base, base, "--adapter", adapter)
    assert told.output.startswith("SAME BASE, ADAPTER ATTACHED\n")
    told = weighin("compare", base, merged)
    assert not told.output.startswith("MERGED ADAPTER\n")


@pytest.mark.parametrize("columns", [60, 120])
def test_the_picture_fits_the_width_and_has_no_colours_in_a_pipe(
    weighin, pair, monkeypatch, columns
):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    told = weighin("compare", *pair)
    assert "\x1b" not in told.output
    assert max(map(len, told.output.splitlines())) <= columns
    assert "model.layers.0 ..." in told.output
    assert "█" in told.output
