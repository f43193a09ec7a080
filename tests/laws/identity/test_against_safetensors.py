"""The strict reader against the library `safetensors`, on files of which most are broken.

`./run bench strict-reader` compares 100,000; here is the beginning of them.
"""

import struct

import pytest
from tests.fuzz.safetensors_files import file_of
from tests.fuzz.two_readers import Readers, Reason

FILES = 5000
TENSOR = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'


def framed(header: str, data: bytes = bytes(8)) -> bytes:
    text = header.encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.fixture(scope="module")
def counts():
    """Raises if the strict reader accepts more, reads other tensors, or refuses for no reason."""
    with Readers() as readers:
        readers.compare_all(map(file_of, range(FILES)))
        return readers.counts


def test_what_the_strict_reader_accepts_the_library_accepts_and_reads_the_same(counts):
    assert counts["both"] > FILES // 10


def test_what_only_the_library_accepts_is_refused_for_a_reason_of_the_closed_list(counts):
    reasons = {reason.name for reason in Reason}
    assert set(counts) - reasons == {"both", "neither"}
    assert counts.total() == FILES


def test_a_number_gives_the_same_file_again():
    assert [file_of(number) for number in range(50)] == [file_of(number) for number in range(50)]
    assert file_of(1) != file_of(1, seed=1)


EXAMPLES = {
    Reason.KEY_TWICE: framed(f'{{"x":{TENSOR},"x":{TENSOR}}}'),
    Reason.SPACE_BEFORE_THE_HEADER: framed(f' {{"x":{TENSOR}}}'),
    Reason.UNKNOWN_FIELD: framed(f'{{"x":{TENSOR[:-1]},"stride":-0}}}}'),
    Reason.TENSOR_AS_LIST: framed('{"x":["F32",[2],[0,8]]}'),
    Reason.DTYPE_AS_OBJECT: framed(f'{{"x":{TENSOR}}}'.replace('"F32"', '{"F32":null}')),
    Reason.METADATA_NULL: framed(f'{{"__metadata__":null,"x":{TENSOR}}}'),
    Reason.NUMBER_OF_64_BITS: framed(
        '{"x":{"dtype":"F32","shape":[0,9223372036854775808],"data_offsets":[0,0]}}', b""
    ),
    Reason.PRODUCT_OF_64_BITS: framed(
        '{"x":{"dtype":"F32","shape":[4294967296,2147483648,0],"data_offsets":[0,0]}}', b""
    ),
    Reason.NESTED: framed(f'{{"x":{TENSOR[:-1]},"a":{"[" * 100}{"]" * 100}}}}}'),
}


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
def test_the_library_still_accepts_what_each_reason_is_about(reason):
    with Readers() as readers:
        assert readers.compare(EXAMPLES[reason]) == reason.name


NEGATIVE_ZEROS = {
    "offset": TENSOR.replace("[0,8]", "[-0,8]"),
    "dimension": '{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}',
}


@pytest.mark.parametrize("tensor", NEGATIVE_ZEROS.values(), ids=NEGATIVE_ZEROS.keys())
def test_a_negative_zero_is_no_count(tensor):
    data = bytes(8) if "[2]" in tensor else b""
    with Readers() as readers:
        assert readers.compare(framed(f'{{"x":{tensor}}}', data)) == "neither"
