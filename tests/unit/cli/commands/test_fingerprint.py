"""`weighin fingerprint`: small synthetic folders of every layout, and what is told of them."""

import hashlib
import json
import signal
import struct
import subprocess
import sys

import pytest
from tests.laws.cli.test_progress import terminal

from weighin.cli.terminal.progress import hashing as hashing_progress
from weighin.identity.fingerprint.checkpoint import fingerprint, load_manifest

GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": False}
AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True, "version": "gemm"}
BNB = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
FP8 = {
    "quant_method": "compressed-tensors",
    "format": "float-quantized",
    "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": 8}}},
}
# Names, dtypes and shapes as these builds store one linear layer of 64 x 64.
LAYER = "model.layers.0.self_attn.q_proj"
QUANTISED = {
    "gptq": (
        GPTQ,
        {
            f"{LAYER}.qweight": ("I32", [8, 64]),
            f"{LAYER}.qzeros": ("I32", [1, 8]),
            f"{LAYER}.scales": ("F16", [1, 64]),
            f"{LAYER}.g_idx": ("I32", [64]),
        },
    ),
    "awq": (
        AWQ,
        {
            f"{LAYER}.qweight": ("I32", [64, 8]),
            f"{LAYER}.qzeros": ("I32", [1, 8]),
            f"{LAYER}.scales": ("F16", [1, 64]),
        },
    ),
    "bitsandbytes": (
        BNB,
        {
            f"{LAYER}.weight": ("U8", [2048, 1]),
            f"{LAYER}.weight.absmax": ("U8", [64]),
            f"{LAYER}.weight.quant_map": ("F32", [16]),
            f"{LAYER}.weight.quant_state.bitsandbytes__nf4": ("U8", [90]),
        },
    ),
    "compressed-tensors": (
        FP8,
        {
            f"{LAYER}.weight": ("F8_E4M3", [64, 64]),
            f"{LAYER}.weight_scale": ("BF16", [64, 1]),
            f"{LAYER}.input_scale": ("BF16", [1]),
        },
    ),
}
BYTES = {"I32": 4, "F32": 4, "F16": 2, "BF16": 2, "U8": 1, "F8_E4M3": 1}
PLAIN = {"model.embed_tokens.weight": ("BF16", [32, 4]), "model.norm.weight": ("F32", [4])}


def write_checkpoint(folder, tensors=None, config=None, files=None):
    """A checkpoint folder: tensors as (dtype, shape), configuration, other files as texts."""
    folder.mkdir(exist_ok=True)
    header, data = {}, b""
    for name, (dtype, shape) in (PLAIN if tensors is None else tensors).items():
        size = BYTES[dtype]
        for dimension in shape:
            size *= dimension
        header[name] = {
            "dtype": dtype,
            "shape": shape,
            "data_offsets": [len(data), len(data) + size],
        }
        data += bytes(len(name) + i & 0xFF for i in range(size))
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"} | (config or {})))
    for name, content in (files or {}).items():
        (folder / name).write_text(content)
    return folder


def write_adapter(folder):
    write_checkpoint(folder, {"base_model.model.q.lora_A.weight": ("F32", [2, 4])})
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    (folder / "config.json").unlink()
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "org/base", "r": 2}')
    return folder


def row(told, name):
    (line,) = (line for line in told.output.splitlines() if line.startswith(name.ljust(19)))
    return line[19:]


@pytest.fixture
def plain(tmp_path):
    return write_checkpoint(tmp_path / "plain", files={"README.md": "# plain"})


def test_the_id_is_the_sha256_of_the_saved_manifest(weighin, plain, tmp_path):
    told = weighin("fingerprint", plain, "--save", tmp_path / "manifest.json")
    assert told.code == 0
    saved = (tmp_path / "manifest.json").read_bytes()
    assert row(told, "checkpoint id") == hashlib.sha256(saved).hexdigest()
    assert load_manifest(tmp_path / "manifest.json") == fingerprint(plain)


def test_tensors_parameters_sizes_and_ignored_files_are_told(weighin, plain):
    told = weighin("fingerprint", plain)
    size = sum((plain / name).stat().st_size for name in ("model.safetensors", "config.json"))
    assert row(told, "tensors") == "2"
    assert row(told, "parameters") == "132"
    assert row(told, "size") == f"{size:,} bytes in 2 files"
    assert row(told, "dtype") == "BF16+F32"
    assert row(told, "chat template") == "none"
    assert row(told, "ignored files") == "README.md"


def test_file_digests_are_told_and_leave_the_id_as_it_is(weighin, plain):
    told = weighin("fingerprint", plain, "--files")
    assert row(told, "checkpoint id") == fingerprint(plain).checkpoint_id
    for name in ("model.safetensors", "config.json"):
        digest = hashlib.sha256((plain / name).read_bytes()).hexdigest()
        assert any(digest in line and line.endswith(name) for line in told.output.splitlines())
    assert told.output.count("  sha256 ") == 2


def test_the_json_document_holds_the_manifest_and_what_is_told_beside_it(weighin, plain):
    document = json.loads(weighin("fingerprint", plain, "--json", "--files").output)
    manifest = fingerprint(plain)
    assert document["checkpoint_id"] == manifest.checkpoint_id
    assert document["manifest"] == manifest.model_dump(mode="json")
    assert document["stored_numbers"] == 132
    assert document["ignored_files"] == ["README.md"]
    assert {file["path"] for file in document["file_digests"]} == {
        "model.safetensors",
        "config.json",
    }


def test_names_of_foreign_files_are_no_orders_to_the_terminal(weighin, tmp_path):
    folder = write_checkpoint(tmp_path / "c", files={"\x1b[2Jevil\n": ""})
    assert row(weighin("fingerprint", folder), "ignored files") == "\\x1b[2Jevil\\n"


@pytest.mark.parametrize("build", QUANTISED)
def test_a_quantised_build_has_its_quantisation_as_a_facet(weighin, tmp_path, build):
    quantization, tensors = QUANTISED[build]
    folder = write_checkpoint(
        tmp_path / "q", tensors, {"quantization_config": quantization, "torch_dtype": "float16"}
    )
    told = weighin("fingerprint", folder)
    assert told.code == 0
    assert len(row(told, "quantization")) == 64
    assert row(told, "tensors") == str(len(tensors))
    assert "numbers as stored; quantised" in row(told, "parameters")


@pytest.mark.parametrize("build", QUANTISED)
def test_other_settings_of_a_quantised_build_leave_its_weights(tmp_path, build):
    quantization, tensors = QUANTISED[build]
    first = write_checkpoint(tmp_path / "a", tensors, {"quantization_config": quantization})
    changed = quantization | {"modules_to_not_convert": ["lm_head"]}
    second = write_checkpoint(tmp_path / "b", tensors, {"quantization_config": changed})
    before, after = fingerprint(first), fingerprint(second)
    assert before.weights == after.weights
    assert before.quantization != after.quantization


def test_the_quantisation_of_older_builds_is_read_from_the_file_beside(weighin, tmp_path):
    tensors = QUANTISED["gptq"][1]
    folder = write_checkpoint(
        tmp_path / "q", tensors, files={"quantize_config.json": json.dumps(GPTQ)}
    )
    assert len(row(weighin("fingerprint", folder), "quantization")) == 64


MULTI_MODAL = {
    "model_type": "llava",
    "text_config": {"model_type": "llama", "hidden_size": 4},
    "vision_config": {"model_type": "clip_vision_model", "image_size": 336},
}
PROCESSORS = {
    "preprocessor_config.json": {"image_processor_type": "CLIPImageProcessor", "size": 336},
    "processor_config.json": {"processor_class": "LlavaProcessor", "patch_size": 14},
    "video_preprocessor_config.json": {"video_processor_type": "LlavaVideoProcessor"},
}
TOWERS = {
    "language_model.model.embed_tokens.weight": ("BF16", [32, 4]),
    "vision_tower.patch_embedding.weight": ("F16", [4, 3, 2, 2]),
    "multi_modal_projector.linear_1.weight": ("BF16", [4, 4]),
}


def write_multi_modal(folder, processors):
    files = {name: json.dumps(content) for name, content in processors.items()}
    return write_checkpoint(folder, TOWERS, MULTI_MODAL, files)


def test_processors_of_a_multi_modal_model_are_files_of_the_checkpoint(tmp_path):
    manifest = fingerprint(write_multi_modal(tmp_path / "m", PROCESSORS))
    found = {file.path for file in manifest.files if file.role == "processor"}
    assert found == PROCESSORS.keys()


@pytest.mark.parametrize("name", PROCESSORS)
def test_another_processor_is_another_configuration_of_the_same_weights(tmp_path, name):
    before = fingerprint(write_multi_modal(tmp_path / "a", PROCESSORS))
    changed = PROCESSORS | {name: PROCESSORS[name] | {"do_resize": False}}
    after = fingerprint(write_multi_modal(tmp_path / "b", changed))
    assert before.weights == after.weights
    assert before.config != after.config


def test_versions_in_processors_and_nested_configurations_are_no_difference(tmp_path):
    name = "processor_config.json"
    before = fingerprint(write_multi_modal(tmp_path / "a", PROCESSORS))
    changed = PROCESSORS | {name: PROCESSORS[name] | {"transformers_version": "5.1.0"}}
    folder = write_multi_modal(tmp_path / "b", changed)
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["_name_or_path"] = "somewhere/else"
    (folder / "config.json").write_text(json.dumps(config))
    assert fingerprint(folder).config == before.config


def test_every_expert_of_a_mixture_is_a_tensor_of_its_own(weighin, tmp_path):
    experts = {
        f"model.layers.0.block_sparse_moe.experts.{number}.w1.weight": ("BF16", [8, 4])
        for number in range(8)
    }
    folder = write_checkpoint(tmp_path / "moe", experts, {"num_local_experts": 8})
    told = weighin("fingerprint", folder)
    assert (row(told, "tensors"), row(told, "parameters")) == ("8", "256")


WORDS = {
    "gptq": "gptq, 4 bits, group size 128; tensors packed as gptq",
    "awq": "awq, 4 bits, group size 128; tensors packed as awq",
    "bitsandbytes": "bitsandbytes, nf4, 4 bits; tensors packed as bitsandbytes 4-bit",
    "compressed-tensors": "compressed-tensors, float-quantized, 8 bits; "
    "tensors packed as fp8 with scales",
}


@pytest.mark.parametrize("build", QUANTISED)
def test_a_quantised_build_is_told_in_words(weighin, tmp_path, build):
    config, tensors = QUANTISED[build]
    folder = write_checkpoint(tmp_path / "q", tensors, {"quantization_config": config})
    assert row(weighin("fingerprint", folder), "quantised build") == WORDS[build]
    told = json.loads(weighin("fingerprint", folder, "--json").output)
    assert told["quantization"] == WORDS[build]


def test_what_no_quantised_build_is_has_no_words(weighin, plain):
    assert "quantised build" not in weighin("fingerprint", plain).output
    assert json.loads(weighin("fingerprint", plain, "--json").output)["quantization"] == ""


def test_words_of_a_foreign_configuration_are_no_orders_to_the_terminal(weighin, tmp_path):
    config = {"quantization_config": {"quant_method": "\x1b[31mred"}}
    folder = write_checkpoint(tmp_path / "q", None, config)
    told = weighin("fingerprint", folder)
    assert told.code == 0
    assert "\x1b" not in told.output


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "model.onnx", "original/consolidated.00.pth"]
)
def test_weights_that_are_not_read_are_told_apart_from_other_ignored_files(weighin, plain, name):
    (plain / name).parent.mkdir(exist_ok=True)
    (plain / name).write_bytes(b"anything")
    assert row(weighin("fingerprint", plain), "other weights").startswith(f"{name} (not read")
    told = json.loads(weighin("fingerprint", plain, "--json").output)
    assert told["ignored_weights"] == [name]
    assert set(told["ignored_files"]) == {"README.md", name}


def test_what_lies_beside_an_adapter_alone_is_told(weighin, tmp_path):
    folder = write_adapter(tmp_path / "adapter")
    (folder / "README.md").write_text("# adapter")
    (folder / "optimizer.pt").write_bytes(b"state")
    told = weighin("fingerprint", folder)
    assert row(told, "ignored files") == "README.md, optimizer.pt"
    listed = json.loads(weighin("fingerprint", folder, "--json").output)["ignored_files"]
    assert listed == ["README.md", "optimizer.pt"]


def test_an_attached_adapter_is_told_with_the_base_that_it_names(weighin, plain, tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    alone = weighin("fingerprint", plain)
    told = weighin("fingerprint", plain, "--adapter", adapter)
    assert len(row(told, "adapter")) == 64
    assert row(told, "base of adapter") == "org/base (as the adapter names it)"
    assert row(told, "weights") == row(alone, "weights")
    assert row(told, "checkpoint id") != row(alone, "checkpoint id")


def test_an_adapter_alone_has_digests_and_no_checkpoint_id(weighin, tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    told = weighin("fingerprint", adapter)
    assert told.code == 0
    assert len(row(told, "adapter")) == 64
    assert row(told, "base model") == "org/base (as the adapter names it; not read)"
    assert row(told, "checkpoint id").startswith("none: an adapter alone is not a checkpoint")
    assert json.loads(weighin("fingerprint", adapter, "--json").output)["stored_numbers"] == 8


def test_no_manifest_is_saved_of_an_adapter_alone(weighin, tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    told = weighin("fingerprint", adapter, "--save", tmp_path / "manifest.json")
    assert told.code == 2
    assert "found an adapter alone, which has no manifest" in told.errors
    assert not (tmp_path / "manifest.json").exists()


def write_gguf(path, number, file_type, content):
    """A matrix of a type by its number, of two rows of 64, and what the file says of its type."""
    strings = [text.encode() for text in ("general.architecture", "llama", "general.file_type")]
    key, value, stated = (struct.pack("<Q", len(text)) + text for text in strings)
    name = struct.pack("<Q", 1) + b"q"
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 2)
    head += key + struct.pack("<I", 8) + value + stated + struct.pack("<II", 4, file_type)
    head += name + struct.pack("<IQQIQ", 2, 64, 2, number, 0)
    path.write_bytes(head + bytes(-len(head) % 32) + content + bytes(-len(content) % 32))
    return path


@pytest.mark.child
@pytest.mark.parametrize(
    ("stated", "label", "words"),
    [
        ((42, 41, 36), "quantised build", "file type 41 (mostly Q2_0); tensors packed as Q2_0"),
        ((1, 1, 256), "file type", "file type 1 (mostly F16)"),
        (
            (1, 41, 256),
            "quantised build",
            "file type 41 (mostly Q2_0), but no tensor is Q2_0; tensors packed as plain numbers",
        ),
    ],
    ids=["of a new type", "of plain numbers", "that says otherwise"],
)
def test_a_gguf_file_is_told_with_what_it_says_of_its_tensors(
    weighin, tmp_path, stated, label, words
):
    number, file_type, size = stated
    path = write_gguf(tmp_path / "model.gguf", number, file_type, bytes(size))
    told = weighin("fingerprint", path)
    assert told.code == 0
    assert row(told, label) == words


@pytest.mark.child
def test_a_type_that_nobody_knows_is_named_with_its_tensor(weighin, tmp_path):
    path = write_gguf(tmp_path / "model.gguf", 77, 1, bytes(64))
    told = weighin("fingerprint", path)
    assert told.code == 3
    assert "tensor 'q': expected a type of ggml from 0 to 42, found type 77" in told.errors


def test_a_manifest_is_never_written_over(weighin, plain, tmp_path):
    (tmp_path / "manifest.json").write_text("mine")
    told = weighin("fingerprint", plain, "--save", tmp_path / "manifest.json")
    assert told.code == 2
    assert (tmp_path / "manifest.json").read_text() == "mine"


def test_long_work_shows_a_bar_on_a_terminal_that_goes(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(hashing_progress, "_SECONDS_WITHOUT_BAR", 0)
    with terminal(monkeypatch) as shown, hashing_progress.hashing_progress() as on_progress:
        on_progress(1_000_000, 4_000_000)
    assert "fingerprinting" in shown[0]
    assert "4.0 MB" in shown[0]
    assert shown[0].endswith("\x1b[2K")


def test_short_work_shows_no_bar(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with terminal(monkeypatch) as shown, hashing_progress.hashing_progress() as on_progress:
        on_progress(1, 2)
    assert shown[0] == ""


def test_a_log_gets_a_line_for_long_work(monkeypatch, capsys):
    with hashing_progress.hashing_progress() as on_progress:
        on_progress(1, 2)
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(hashing_progress, "_SECONDS_A_LINE", 0)
        on_progress(250_000_000_000, 1_000_000_000_000)
    told = capsys.readouterr().err
    assert told == "weighin: fingerprinting: 250.0 of 1000.0 GB are read; some 1 min are left\n"


@pytest.mark.child
def test_a_sparse_terabyte_can_be_interrupted(tmp_path):
    size = 2**40
    header = json.dumps({"x": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + size)
    (tmp_path / "config.json").write_text("{}")
    process = subprocess.Popen(
        [sys.executable, "-m", "weighin", "fingerprint", tmp_path],
        stderr=subprocess.PIPE,
        # Whoever runs tests in the background may have it ignored, which a child takes on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # one thread
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode != 0
    assert b"interrupted" in told
    assert b"Traceback" not in told
