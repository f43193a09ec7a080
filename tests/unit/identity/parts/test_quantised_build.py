"""Quantised builds: the facet, the packed tensors, and both in words."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from weighin.errors import CheckpointError
from weighin.identity.comparison.manifests import compare_manifests
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.checkpoint import fingerprint, quantization_in_words
from weighin.identity.manifest import TensorEntry
from weighin.identity.parts.quantised_build import packings, quantization_words

# What the README of each tool calls its own build.
BUILDS = {
    "gptq": "gptq, 4 bits, group size 32; tensors packed as gptq",
    "gptq with a file of its own": "4 bits, group size 32; tensors packed as gptq",
    "awq": "awq, 4 bits, group size 32; tensors packed as awq",
    "bitsandbytes 4-bit": "bitsandbytes, nf4, 4 bits; tensors packed as bitsandbytes 4-bit",
    "bitsandbytes 8-bit": "bitsandbytes, 8 bits; tensors packed as bitsandbytes 8-bit",
    "compressed-tensors": "compressed-tensors, float-quantized, 8 bits, float; "
    "tensors packed as fp8 with scales",
    "fp8 in blocks": "fp8, e4m3, blocks of 16x16; tensors packed as fp8 with block scales",
    "mlx": "4 bits, group size 32; tensors packed as mlx",
    "fused experts": "mxfp4; tensors packed as mxfp4",
}
PLAIN = ["safetensors", "mixture of experts", "multi-modal", "meta slices", "adapter"]


@pytest.fixture
def build(formats, tmp_path):
    """Writes the checkpoint of a format and returns its folder."""

    def write(kind):
        formats.build(tmp_path, kind)
        return tmp_path

    return write


def config_of(folder):
    return json.loads((folder / "config.json").read_text())


def rewrite_config(folder, config):
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(("kind", "words"), BUILDS.items(), ids=BUILDS.keys())
def test_a_build_is_told_by_scheme_bits_and_group_size(build, kind, words):
    folder = build(kind)
    assert quantization_in_words(folder, fingerprint(folder)) == words


@pytest.mark.parametrize("kind", PLAIN)
def test_a_checkpoint_of_plain_numbers_is_no_quantised_build(build, kind):
    folder = build(kind)
    manifest = fingerprint(folder)
    assert manifest.quantization is None
    assert packings(manifest.tensors) == ()
    assert quantization_in_words(folder, manifest) == ""


@pytest.mark.parametrize("kind", BUILDS)
def test_one_bit_of_any_packed_tensor_changes_the_weights_and_names_it(build, formats, kind):
    folder = build(kind)
    before = fingerprint(folder)
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    (length,) = struct.unpack_from("<Q", whole)
    header = json.loads(whole[8 : 8 + length])
    for name in formats.FORMATS[kind]["model.safetensors"]:
        changed = bytearray(whole)
        changed[8 + length + header[name]["data_offsets"][0]] ^= 1
        path.write_bytes(changed)
        after = fingerprint(folder)
        assert after.weights != before.weights
        assert compare_manifests(before, after).differing == (name,)


STATED = ["gptq", "awq", "bitsandbytes 4-bit", "bitsandbytes 8-bit", "compressed-tensors"]


@pytest.mark.parametrize("kind", STATED)
def test_another_stated_scheme_changes_the_quantization_facet_and_no_weights(build, kind):
    folder = build(kind)
    before = fingerprint(folder)
    config = config_of(folder)
    config["quantization_config"] |= {"modules_to_not_convert": ["lm_head"]}
    rewrite_config(folder, config)
    after = fingerprint(folder)
    assert after.weights == before.weights
    assert Facet.QUANTIZATION in compare_manifests(before, after).facets


@pytest.mark.parametrize("kind", BUILDS)
def test_packed_tensors_make_a_quantised_build_though_nothing_is_stated(build, kind):
    folder = build(kind)
    packed = packings(fingerprint(folder).tensors)
    (folder / "quantize_config.json").unlink(missing_ok=True)
    rewrite_config(folder, {"model_type": "llama"})
    manifest = fingerprint(folder)
    assert manifest.quantization is not None
    words = f"nothing stated; tensors packed as {', '.join(packed)}"
    assert quantization_in_words(folder, manifest) == words


def test_a_scheme_that_is_stated_of_plain_numbers_is_told_so(build):
    folder = build("safetensors")
    rewrite_config(folder, {"quantization_config": {"quant_method": "gptq", "bits": 4}})
    words = quantization_in_words(folder, fingerprint(folder))
    assert words == "gptq, 4 bits; tensors packed as plain numbers"


SCHEME = {"quant_method": "gptq", "bits": 3, "group_size": 64}
PLACES = {
    "of its own": {"quantization_config": SCHEME},
    "older compressed-tensors": {"compression_config": SCHEME},
    "of MLX": {"quantization": SCHEME},
    "of Meta": {"quantization_args": SCHEME},
    "of the text model": {"text_config": {"quantization_config": SCHEME}},
}


@pytest.mark.parametrize("config", PLACES.values(), ids=PLACES.keys())
def test_a_scheme_is_the_same_facet_wherever_the_config_states_it(build, config):
    folder = build("gptq")
    rewrite_config(folder, PLACES["of its own"])
    expected = fingerprint(folder).quantization
    rewrite_config(folder, config)
    manifest = fingerprint(folder)
    assert manifest.quantization == expected
    assert quantization_in_words(folder, manifest).startswith("gptq, 3 bits, group size 64;")


def test_the_config_wins_over_the_older_file_beside_it(build):
    folder = build("gptq")
    before = fingerprint(folder)
    (folder / "quantize_config.json").write_text('{"bits": 8}')
    after = fingerprint(folder)
    assert after.quantization == before.quantization
    assert after.checkpoint_id != before.checkpoint_id


def test_a_config_that_changed_since_is_not_put_into_words(build):
    folder = build("gptq")
    manifest = fingerprint(folder)
    rewrite_config(folder, PLACES["of its own"])
    with pytest.raises(CheckpointError, match="expected the quantization that was read before"):
        quantization_in_words(folder, manifest)


BITS = {"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4}


@pytest.mark.parametrize(("dtype", "bits"), BITS.items(), ids=BITS.keys())
def test_small_floats_are_read_as_the_reference_library_reads_them(
    tmp_path, write_safetensors, dtype, bits
):
    content = bytes(range(bits))  # eight numbers
    path = write_safetensors(tmp_path / "model.safetensors", {"x": (dtype, [2, 4], content)})
    (tensor,) = fingerprint(tmp_path).tensors
    with safe_open(path, "np") as file:
        reference = file.get_slice("x")
        stated = (reference.get_dtype(), reference.get_shape())
    assert (tensor.dtype, list(tensor.shape)) == stated == (dtype, [2, 4])


@pytest.mark.parametrize("dtype", ["I4", "U4", "INT4", "f8_e4m3", "F8"])
def test_a_dtype_that_safetensors_does_not_have_is_refused_by_name(
    tmp_path, write_safetensors, dtype
):
    write_safetensors(tmp_path / "model.safetensors", {"x": (dtype, [2], b"x")})
    with pytest.raises(CheckpointError, match=f"tensor 'x': dtype: expected .* found '{dtype}'"):
        fingerprint(tmp_path)


def test_fp8_of_e4m3_and_of_e5m2_with_the_same_bytes_are_different_weights(
    new_folder, write_safetensors
):
    digests = set()
    for dtype in ("F8_E4M3", "F8_E5M2", "U8"):
        folder = new_folder()
        write_safetensors(folder / "model.safetensors", {"x": (dtype, [4], b"abcd")})
        digests.add(fingerprint(folder).weights)
    assert len(digests) == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "quant_method",
                    "bits",
                    "group_size",
                    "weight_block_size",
                    "type",
                    "weights",
                    "config_groups",
                    "quantization",
                    "load_in_4bit",
                    "format",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(stated=json_values)
def test_whatever_is_stated_has_words(stated):
    assert quantization_words((stated,), ()).endswith("; tensors packed as plain numbers")


def test_a_statement_of_any_size_has_few_words():
    groups = {str(i): {"weights": {"num_bits": i, "type": "x" * 99}} for i in range(10_000)}
    stated = {"config_groups": groups, "bits": 10**4000, "format": "y" * 10_000}
    assert len(quantization_words((stated,), ())) < 500


suffixes = st.sampled_from(
    [".qweight", ".scales", ".weight", ".SCB", ".weight_scale", ".weight.absmax", "_blocks"]
)
tensors = st.builds(
    TensorEntry,
    name=st.builds("x{}".format, suffixes),
    dtype=st.sampled_from(["I32", "U8", "F8_E4M3", "F16"]),
    shape=st.lists(st.integers(0, 4), max_size=2).map(tuple),
    sha256=st.just("0" * 64),
)


@given(found=st.lists(tensors, unique_by=lambda tensor: tensor.name))
def test_the_packing_does_not_depend_on_the_order_of_tensors(found):
    assert packings(found) == packings(found[::-1])
