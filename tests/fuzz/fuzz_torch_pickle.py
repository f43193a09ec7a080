"""What `torch.save` writes: a zip archive, or the pickle of one alone.

A pickle in an archive is guarded by a checksum, so that its bytes are also read without one.
"""

import random
from pathlib import Path

from tests.fuzz.targets import memory_file
from tests.fuzz.watching import only_reading

from weighin.identity.containers.torch.header import header_of
from weighin.identity.containers.torch.pickled_tensors import tensors_of

_PLACE = Path("a.bin")
_PARTS = (
    b"cposix\nsystem\n", b"cbuiltins\neval\n", b"(X\x02\x00\x00\x00idtR", b"\x8c\x05posix",
    b"\x8c\x06system", b"\x93", b"R", b"b", b"Q", b"(", b"t", b"u", b"s", b"e", b"a", b"}", b"]",
    b")", b"o", b"\x81", b"\x92", b"\x82\x01", b"\x83\x01\x00", b"P1\n", b"\x94", b"q\x00",
    b"h\x00", b"j\xff\xff\xff\xff", b"r\xff\xff\xff\xff", b"\x85", b"\x86", b"\x87", b"N",
    b"\x88", b"\x89", b"\x8a\xff", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x8b\xff\xff\xff\x7f",
    b"K\x00", b"J\xff\xff\xff\xff", b"G\x7f\xf8\x00\x00\x00\x00\x00\x00", b"0", b"1", b"2", b".",
    b"X\xff\xff\xff\xff", b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x80\x05", b"\x80\x00", b"\x97", b"\x98", b"\x90", b"\x91", b"X\x03\x00\x00\x00\xed\xa0\x80",
    b"ccollections\nOrderedDict\n)R", b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"ctorch._utils\n_rebuild_tensor_v3\n", b"ctorch._utils\n_rebuild_parameter\n",
    b"ctorch\nFloatStorage\n", b"ctorch.storage\nUntypedStorage\n", b"ctorch\nfloat8_e4m3fn\n",
)  # fmt: skip


def read(content: bytes) -> None:
    """Read an archive, or a pickle."""
    if content.startswith(b"PK"):
        with memory_file(content) as descriptor, only_reading():
            header = header_of(descriptor, _PLACE)
        names = [span.name for span in header.tensors]
        assert all(0 <= span.begin <= span.end <= len(content) for span in header.tensors)
    else:
        with only_reading():
            tensors = tensors_of(content, f"{_PLACE}: data.pkl")
        names = [tensor.name for tensor in tensors]
        assert all(0 <= tensor.begin <= tensor.end <= tensor.storage_bytes for tensor in tensors)
    assert len(names) == len(set(names))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Bytes with opcodes put in, or a part of them repeated or removed."""
    begin = chance.randrange(len(content) + 1)
    end = min(len(content), begin + chance.choice((0, 0, 0, 1, 2, 8, 40)))
    part = chance.choice(_PARTS) if chance.random() < 0.7 else content[end : end + 60]
    return content[:begin] + part + content[end:]
