"""What a GGUF file says of its tensors, and whether they are that."""

import json

import pytest
from gguf.constants import LlamaFileType

from weighin.identity.containers.gguf.types import GGML_BLOCKS
from weighin.identity.parts.gguf_file_type import FileType, file_type

NORM = ("F32", (64,))


def stated(number, *tensors):
    return file_type({"general.file_type": json.dumps(number)}, [NORM, *tensors])


@pytest.mark.parametrize("kind", LlamaFileType)
def test_every_file_type_of_the_package_has_its_name_there(kind):
    words = stated(kind.value).words
    name = kind.name.removeprefix("MOSTLY_").removeprefix("ALL_")
    assert ("guessed" in words) if name == "GUESSED" else (f"({_how(kind)} {name})" in words)


def _how(kind):
    return "all" if kind.name.startswith("ALL_") else "mostly"


def test_the_newest_file_type_is_that_of_q2_0():
    assert stated(41, ("Q2_0", (2, 128))) == FileType("file type 41 (mostly Q2_0)")


def test_a_type_that_a_tensor_has_speaks_for_it():
    assert stated(15, ("Q4_K", (2, 256)), ("Q6_K", (2, 256))).words == (
        "file type 15 (mostly Q4_K_M)"
    )


def test_a_type_that_no_tensor_has_is_told():
    found = stated(15, ("Q8_0", (2, 256)))
    assert found.words == "file type 15 (mostly Q4_K_M), but no tensor is Q4_K"
    assert found.is_contradicted


def test_rows_that_no_block_of_the_type_fits_get_another_and_nothing_is_wrong():
    # llama.cpp falls back to Q5_0 for rows of 96 numbers, and to Q8_0 for Q6_K.
    found = stated(15, ("Q5_0", (2, 96)))
    assert not found.is_contradicted
    assert found.words.endswith("no row is a multiple of the 256 numbers of a block of Q4_K")


def test_all_of_them_means_every_tensor():
    assert not stated(0, ("F32", (2, 32))).is_contradicted
    found = stated(0, ("Q8_0", (2, 32)), ("F16", (2, 32)))
    assert found.words == "file type 0 (all F32), but some are F16, Q8_0"
    assert found.is_contradicted


@pytest.mark.parametrize("number", [42, 77, 10**30])
def test_a_number_that_nobody_knows_is_told_and_holds_nothing_against_the_file(number):
    found = stated(number)
    assert found.words == f"file type {str(number)[:20]}, which is not known"
    assert not found.is_contradicted


@pytest.mark.parametrize("value", ["Q4_0", True, -1, 1.5, [1]])
def test_what_is_no_number_is_told(value):
    assert stated(value).is_contradicted


def test_a_file_that_says_nothing_is_no_contradiction():
    assert file_type({}, [NORM]) == FileType()


def test_a_guess_is_told_as_one():
    assert stated(1024 + 8, ("Q5_0", (2, 32))).words == (
        "file type 1032 (mostly Q5_0, guessed by its writer)"
    )


def test_most_matrices_of_each_file_type_have_a_type_of_ggml():
    for number in range(42):
        words = stated(number, *((dtype, (2, 256)) for dtype in GGML_BLOCKS)).words
        assert number == 0 or " but " not in words
