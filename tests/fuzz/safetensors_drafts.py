"""The fields of the header of a safetensors file, whole or broken somewhere."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32,
    "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}  # fmt: skip
NAMES = (
    "x", "model.layers.0.mlp.up_proj.weight", "lm_head.weight", "", "../../x", "é", "e\u0301",
    "\U0001f600", "a\nb", '"', "\\", "\x7f", "\u0000", "__metadata", "\u017f", "\ufeff",
    "data_offsets",
)  # fmt: skip
# As they stand in a header: also what no writer of JSON would write.
RAW = (
    "-0", "-1", "0.0", "1e0", "1E1", "2.5", "-0.0", "01", "+1", "1.", ".5", "0x1", "1_000", "1e999",
    "NaN", "Infinity", "-Infinity", "null", "true", "false", '"2"', '""', "[]", "{}", "[0]",
    "[[0]]", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    "18446744073709551616", "4294967296", "1" * 400, "1" * 5000, '"\\ud800"',
    '"\\ud83d\\ude00"', '"\\x41"', "'x'", "/**/0",
    '{"F32":null}', '"F32 "', '"f32"', '"F128"', '"FLOAT"', "[" * 101 + "]" * 101,
    "[" * 130 + "]" * 130,
    "[0,1,2]", "[1,0]", "[0,]", "\ufeff0", "",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON text that is put into the header as it is."""

    text: str


@dataclass(slots=True)
class Members:
    """An object whose keys may stand twice."""

    pairs: list[tuple[str, object]] = field(default_factory=list)

    def put(self, key: str, value: object) -> None:
        """Replace the values of a key."""
        self.pairs = [(name, value if name == key else old) for name, old in self.pairs]


@dataclass(slots=True)
class Draft:
    """A file in the making."""

    header: Members
    data: bytes
    random: random.Random

    def tensor(self) -> Members:
        """Some tensor that is still an object."""
        found = [value for _, value in self.header.pairs if isinstance(value, Members)]
        return self.random.choice(found) if found else Members()


def whole(chance: random.Random) -> Draft:
    """A valid file of up to five small tensors."""
    pairs: list[tuple[str, object]] = []
    data = b""
    if chance.random() < 0.4:
        pairs.append(("__metadata__", Members([("format", "pt"), ("é", "\u2028")])))
    for name in chance.sample(NAMES, chance.randrange(6)):
        dtype = chance.choice(list(BITS))
        shape = [chance.choice((0, 1, 2, 3, 4)) for _ in range(chance.randrange(4))]
        if BITS[dtype] % 8:
            shape.append(4)
        size = math.prod(shape) * BITS[dtype] // 8
        offsets = [len(data), len(data) + size]
        data += chance.randbytes(size)
        fields: list[tuple[str, object]] = [
            ("dtype", dtype), ("shape", list(shape)), ("data_offsets", offsets)
        ]  # fmt: skip
        chance.shuffle(fields)
        pairs.append((name, Members(fields)))
    chance.shuffle(pairs)
    return Draft(Members(pairs), data, chance)


def tensor_twice(draft: Draft) -> None:
    """A name stands twice, with the same or another tensor."""
    pairs, chance = draft.header.pairs, draft.random
    if pairs:
        name, value = chance.choice(pairs)
        again = value if chance.random() < 0.5 else chance.choice(pairs)[1]
        pairs.insert(chance.randrange(len(pairs) + 1), (name, again))


def field_twice(draft: Draft) -> None:
    """A field of a tensor stands twice."""
    tensor = draft.tensor()
    if tensor.pairs:
        tensor.pairs.append(draft.random.choice(tensor.pairs))


def unknown_field(draft: Draft) -> None:
    """A field that the format does not have."""
    name = draft.random.choice(("stride", "", "Dtype", "data_offset", "__metadata__"))
    draft.tensor().pairs.append((name, Raw(draft.random.choice(RAW))))


def missing_field(draft: Draft) -> None:
    """A field is left out."""
    tensor = draft.tensor()
    if tensor.pairs:
        tensor.pairs.remove(draft.random.choice(tensor.pairs))


def another_value(draft: Draft) -> None:
    """A field has a value of any kind."""
    name = draft.random.choice(("dtype", "shape", "data_offsets"))
    draft.tensor().put(name, Raw(draft.random.choice(RAW)))


def another_dtype(draft: Draft) -> None:
    """Another dtype, whose size may not fit."""
    draft.tensor().put("dtype", draft.random.choice(list(BITS)))


def another_number(draft: Draft) -> None:
    """One number of a shape or of offsets is another."""
    tensor, chance = draft.tensor(), draft.random
    lists = [value for _, value in tensor.pairs if isinstance(value, list) and value]
    if lists:
        numbers = chance.choice(lists)
        index = chance.randrange(len(numbers))
        number = numbers[index]
        near = number + chance.choice((-8, -1, 1, 8)) if isinstance(number, int) else 0
        numbers[index] = Raw(chance.choice(RAW)) if chance.random() < 0.6 else near


def huge_shape(draft: Draft) -> None:
    """Dimensions whose product overflows, or would without a zero."""
    sizes = (0, 0, 1, 2, 2**31, 2**32, 2**61, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64)
    tensor, chance = draft.tensor(), draft.random
    shape = [chance.choice(sizes) for _ in range(chance.randrange(1, 5))]
    if chance.random() < 0.4:
        # From 2**63 to before 2**64: no longer a signed number, still an unsigned one.
        shape = chance.choice(([2**32, 2**31, 0], [2, 2**62, 0, 1], [0, 2**62, 2], [2**63 - 1, 2]))
        chance.shuffle(shape)
    tensor.put("shape", shape)
    if chance.random() < 0.7:
        tensor.put("data_offsets", [(end := chance.choice((0, len(draft.data)))), end])


def many_dimensions(draft: Draft) -> None:
    """A shape of many ones, or zeros."""
    tensor = draft.tensor()
    shape = next((value for name, value in tensor.pairs if name == "shape"), None)
    if isinstance(shape, list):
        shape += [draft.random.choice((1, 1, 0))] * draft.random.choice((10, 300))


def moved(draft: Draft) -> None:
    """A tensor begins elsewhere: a hole or an overlap."""
    tensor, chance = draft.tensor(), draft.random
    begin = chance.randrange(len(draft.data) + 3)
    tensor.put("data_offsets", [begin, begin + chance.randrange(9)])


def swapped(draft: Draft) -> None:
    """Two tensors trade their places in the data."""
    first, second = draft.tensor(), draft.tensor()
    places = [dict(tensor.pairs).get("data_offsets") for tensor in (first, second)]
    first.put("data_offsets", places[1])
    second.put("data_offsets", places[0])


def empty_tensor(draft: Draft) -> None:
    """One more tensor, of no bytes, somewhere."""
    at = draft.random.randrange(len(draft.data) + 2)
    tensor = Members([("dtype", "F32"), ("shape", [0]), ("data_offsets", [at, at])])
    draft.header.pairs.append((draft.random.choice(NAMES), tensor))


def tensor_as_list(draft: Draft) -> None:
    """A tensor is a list of its fields, which some readers take for an object."""
    pairs, chance = draft.header.pairs, draft.random
    found = [i for i, (_, value) in enumerate(pairs) if isinstance(value, Members)]
    if found:
        name, value = pairs[index := chance.choice(found)]
        fields = dict(value.pairs) if isinstance(value, Members) else {}
        keys = ["dtype", "shape", "data_offsets"]
        if chance.random() < 0.3:
            chance.shuffle(keys)
        pairs[index] = (name, [fields.get(key, Raw("0")) for key in keys])


def dtype_as_object(draft: Draft) -> None:
    """A dtype is an object, which some readers take for its key."""
    tensor = draft.tensor()
    dtype = dict(tensor.pairs).get("dtype")
    if isinstance(dtype, str):
        tensor.put("dtype", Members([(dtype, Raw(draft.random.choice(("null", "[]", "0"))))]))


def other_metadata(draft: Draft) -> None:
    """Free text that is none."""
    texts = (
        "null", "[]", "0", "{}", '{"a":1}', '{"a":null}', '{"a":"1","a":"2"}', '{"a":{}}',
        '{"a":"\\ud800"}', '{"":""}', '""', '[["a","b"]]',
    )  # fmt: skip
    pairs = draft.header.pairs
    if draft.random.random() < 0.5:
        pairs[:] = [(name, value) for name, value in pairs if name != "__metadata__"]
    pairs.append(("__metadata__", Raw(draft.random.choice(texts))))


def not_a_tensor(draft: Draft) -> None:
    """A name stands for a value of any kind."""
    value = Raw(draft.random.choice(RAW))
    draft.header.pairs.append((draft.random.choice(NAMES), value))


OF_FIELDS: tuple[Callable[[Draft], None], ...] = (
    tensor_twice, field_twice, unknown_field, missing_field, another_value, another_dtype,
    another_number, another_number, huge_shape, many_dimensions, moved, swapped, empty_tensor,
    tensor_as_list, dtype_as_object, other_metadata, not_a_tensor,
)  # fmt: skip
