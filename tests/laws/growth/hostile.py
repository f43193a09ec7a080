"""Files of up to 64 MB, and archives of some kilobytes, that are made to take all memory."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.laws.growth.hostile_texts import (
    Content,
    json_texts,
    lines,
    numbered,
    repeated,
    tables,
    yaml_texts,
)
from tests.laws.growth.inputs import COMMIT, Make
from tests.making.logs import lm_eval_table

SIZE = 64_000_000
"""Bytes of a file that is no archive."""

UNPACKED = 1_500_000_000
"""Bytes in an archive."""

# Of these no more is read; headers of tables come on top.
_YAML_SIZE = _TABLE_SIZE = (4 << 20) - 200
_PRINTED_SIZE, _REQUIREMENTS_SIZE, _CARD_SIZE = (16 << 20) - 200, 1_000_000 - 200, (1 << 20) - 200

_RESULTS = "results_2026-01-01T00-00-00.000000.json"
_SAMPLES = "samples_arc_2026-01-01T00-00-00.000000.jsonl"


def _packed(pieces: Iterator[bytes]) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=1) as file:
        for piece in pieces:
            file.write(piece)
    return packed.getvalue()


def _pieces(unit: bytes, size: int = UNPACKED) -> Iterator[bytes]:
    piece = repeated(unit, 10_000_000)
    for _ in range(size // len(piece)):
        yield piece


def _archive(path: Path, members: dict[str, Callable[[], Iterator[bytes]]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces():
                    member.write(piece)


def _header() -> Iterator[bytes]:
    yield json.dumps({"version": 2, "status": "success", "eval": {}, "plan": {}}).encode()


def _as(command: str, name: str, content: Content, size: int = SIZE) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(size))
        return [command, str(path)]

    return make


def _front(content: Content) -> Content:
    return lambda size: b"---\nmodel-index:\n" + content(size - 40) + b"\n---\n"


def _declared(content: Content) -> Content:
    return lambda size: b"weighin_declarations: 1\n" + content(size - 40)


def _requirements(content: Content, size: int) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        (folder / "requirements.yaml").write_bytes(content(size))
        return ["check", str(folder / "requirements.yaml"), str(folder)]

    return make


def _eval(members: dict[str, Callable[[], Iterator[bytes]]]) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        _archive(folder / "log.eval", members)
        return ["inspect", str(folder / "log.eval")]

    return make


def _checkpoint(name: str, content: Content) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        header = json.dumps({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}).encode()
        (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"x")
        (folder / "config.json").write_text("{}")
        (folder / name).write_bytes(content(SIZE))
        return ["fingerprint", str(folder)]

    return make


def _safetensors(header: Content) -> Content:
    def content(size: int) -> bytes:
        made = header(size)
        return struct.pack("<Q", len(made)) + made

    return content


def _tensors(size: int) -> bytes:
    one = '"{}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}},'
    return b"{" + numbered(one, size).rstrip(b",") + b"}"


def _gguf(body: Content, values: int = 1) -> Content:
    return lambda size: b"GGUF" + struct.pack("<IQQ", 3, 0, values) + body(size)


def _gguf_value(kind: int, body: bytes) -> bytes:
    return struct.pack("<Q", 1) + b"a" + struct.pack("<I", kind) + body


def _pickled(program: Content) -> Content:
    def content(size: int) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("archive/data.pkl", program(size // 2 - 2_000_000))
            archive.writestr("archive/version", "3\n")
        return packed.getvalue()

    return content


def _members(size: int) -> bytes:
    del size
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(400_000):
            archive.writestr(zipfile.ZipInfo(f"archive/data/{number}"), b"")
    return packed.getvalue()


def _store(name: str, content: Content) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        path = folder / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(SIZE))
        required = folder / "requirements.yaml"
        required.write_text(
            f"weighin: 1\nmodel: {{name: org/m, checkpoint: 'hf://org/m@{COMMIT}'}}\n"
            "benchmarks: [{task: gsm8k}]\n"
        )
        return ["check", str(required), str(folder / "results")]

    return make


def _manifest(content: Content) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        path = folder / "manifest.json"
        path.write_bytes(content(SIZE))
        (folder / "checkpoint").mkdir()
        _checkpoint("special_tokens_map.json", lambda _: b"{}")(folder / "checkpoint", n)
        return ["verify", str(path), str(folder / "checkpoint")]

    return make


def _plan(content: Content) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        del n
        path = folder / "plan.json"
        path.write_bytes(content(SIZE))
        return ["job", str(path), "0"]

    return make


def _row(content: Content) -> Make:
    """A results file of lm-eval whose only task has this row."""
    head = b'{"config":{"model":"hf"},"configs":{},"results":{"arc":{'
    return _as("inspect", _RESULTS, lambda size: head + content(size - 99) + b'"":0}}}')


_LEDGER = b'{"event":"started","attempt":"a","at":"2026-01-01T00:00:00Z"}\n'
_LEADERBOARD = (
    "model_name,model_sha,"
    + ",".join(
        f"evaluations_{key}_value" for key in ("ifeval", "bbh", "math", "gpqa", "musr", "mmlu_pro")
    )
).encode()
_PRINTED = "\n".join(lm_eval_table.TABLES.splitlines()[:2]).encode() + b"\n"
_HEAD = b"---\nmodel-index:\n- name: m\n  results:\n"

_FEW = frozenset({"brackets", "empty lists", "keys", "numbers"})

HOSTILE: dict[str, Make] = {
    **{f"results of {k}": _as("inspect", _RESULTS, v) for k, v in json_texts().items()},
    **{f"log of {k}": _as("inspect", "log.json", v) for k, v in json_texts().items()},
    **{f"samples of {k}": _as("inspect", _SAMPLES, v) for k, v in (json_texts() | lines()).items()},
    **{
        f"results in YAML of {k}": _as("inspect", "m/.eval_results/a.yaml", v, _YAML_SIZE)
        for k, v in yaml_texts().items()
    },
    **{
        f"declarations of {k}": _as("inspect", "a.yaml", _declared(v), _REQUIREMENTS_SIZE)
        for k, v in yaml_texts().items()
    },
    **{
        f"card of {k}": _as("inspect", "m/README.md", _front(v), _YAML_SIZE)
        for k, v in yaml_texts().items()
    },
    "card of results": _as(
        "inspect", "m/README.md",
        lambda size: _HEAD + repeated(b"  - task: {type: a}\n", size) + b"---\n",
    ),
    **{
        f"requirements of {k}": _requirements(v, _REQUIREMENTS_SIZE)
        for k, v in yaml_texts().items()
    },
    **{
        f"table of {k}": _as("scorecard", f"a{k[k.index('(') + 1 : -1]}", v, _TABLE_SIZE)
        for k, v in tables().items()
    },
    "scorecard file of numbers": _as(
        "scorecard", "a.yaml",
        lambda size: b"weighin_scorecard: 1\ntitle: a\nnumbers:\n"
        + repeated(b"- {artifact: a, benchmark: b, printed: 1}\n", size),
        _CARD_SIZE,
    ),
    "printed rows of lm-eval": _as(
        "inspect", "output.md",
        lambda size: _PRINTED + repeated(b"|a|1|none|0|acc|\xe2\x86\x91|0.5|\xc2\xb1|0.1|\n", size),
        _PRINTED_SIZE,
    ),
    "rows of the leaderboard": _as(
        "scorecard", "v2.csv",
        lambda size: _LEADERBOARD + b"\n" + repeated(b"a,b,0,0,0,0,0,0\n", size),
    ),
    "table of an arena": _as(
        "inspect", "arena.csv",
        lambda size: b"rank,model,arena_score,95_pct_ci,votes\n"
        + repeated(b"1,a,1400,+7/-10,5\n", size),
    ),
    "results of metrics": _row(lambda size: numbered('"m{},none":0.5,', size)),
    "results of a long name": _row(lambda size: b'"' + repeated(b"a", size) + b',none":0.5,'),
    "packed zeros": _as("inspect", f"{_RESULTS}.gz", lambda _: _packed(_pieces(b"\0"))),
    "packed members": _as(
        "inspect", f"{_RESULTS}.gz", lambda size: repeated(gzip.compress(b"", mtime=0), size // 3)
    ),
    "packed lists": _as("inspect", f"{_RESULTS}.gz", lambda _: _packed(_pieces(b"[],"))),
    "packed lines": _as("inspect", f"{_SAMPLES}.gz", lambda _: _packed(_pieces(b"{}\n"))),
    "a packed line": _as("inspect", f"{_SAMPLES}.gz", lambda _: _packed(_pieces(b" "))),
    "a packed table": _as("scorecard", "a.csv.gz", lambda _: _packed(_pieces(b"a,57.2\n"))),
    "an archive of zeros": _eval({"header.json": lambda: _pieces(b"\0")}),
    "an archive of lists": _eval({"header.json": lambda: _pieces(b"[],")}),
    "an archive of a sample": _eval(
        {"header.json": _header, "samples/1_epoch_1.json": lambda: _pieces(b"[],")}
    ),
    "an archive of members": _as("inspect", "log.eval", _members),
    **{
        f"safetensors of {k}": _checkpoint("model.safetensors", _safetensors(v))
        for k, v in json_texts().items()
    },
    "safetensors of tensors": _checkpoint("model.safetensors", _safetensors(_tensors)),
    **{
        f"{name} of {k}": _checkpoint(name, v)
        for name in ("tokenizer.json", "config.json", "model.safetensors.index.json")
        for k, v in json_texts().items()
        if k in {*_FEW, "a long number", "objects in objects"}
    },
    "GGUF of nested arrays": _checkpoint(
        "model.gguf",
        _gguf(lambda size: _gguf_value(9, repeated(struct.pack("<IQ", 9, 1), size))),
    ),
    "GGUF of texts": _checkpoint(
        "model.gguf",
        _gguf(
            lambda size: _gguf_value(
                9, struct.pack("<IQ", 8, size // 8) + repeated(b"\0" * 8, size)
            )
        ),
    ),
    "GGUF of values": _checkpoint(
        "model.gguf",
        _gguf(
            lambda size: b"".join(
                struct.pack("<Q", 8) + b"%08d" % i + struct.pack("<IB", 0, 0)
                for i in range(size // 21)
            ),
            values=SIZE // 21,
        ),
    ),
    "GGUF of a count": _checkpoint(
        "model.gguf", _gguf(lambda _: _gguf_value(9, struct.pack("<IQ", 8, 2**62)))
    ),
    "a pickle of marks": _checkpoint(
        "pytorch_model.bin", _pickled(lambda size: b"\x80\x02" + repeated(b"(", size) + b".")
    ),
    "a pickle of dicts": _checkpoint(
        "pytorch_model.bin", _pickled(lambda size: b"\x80\x02" + repeated(b"}", size) + b".")
    ),
    "a pickle of doubled tuples": _checkpoint(
        "pytorch_model.bin", _pickled(lambda size: b"\x80\x02)" + repeated(b"2\x86", size) + b".")
    ),
    "a pickle of texts": _checkpoint(
        "pytorch_model.bin",
        _pickled(lambda size: b"\x80\x02" + repeated(b"X\x01\0\0\0a", size) + b"."),
    ),
    "a pickle that remembers": _checkpoint(
        "pytorch_model.bin",
        _pickled(
            lambda size: b"\x80\x02}"
            + b"".join(b"r" + struct.pack("<I", i * 97) for i in range(size // 5))
            + b"."
        ),
    ),
    "a torch archive of members": _checkpoint("pytorch_model.bin", _members),
    "a ledger of lines": _store("ledger.jsonl", lambda size: repeated(_LEDGER, size)),
    "a ledger of empty lines": _store("ledger.jsonl", lambda size: repeated(b"\n", size)),
    "a ledger of one line": _store(
        "ledger.jsonl", lambda size: b'{"a":"' + repeated(b"a", size) + b'"}'
    ),
    **{
        f"a record of {k}": _store("m/t/1/record.json", v)
        for k, v in json_texts().items()
        if k in _FEW
    },
    **{
        f"a manifest of {k}": _manifest(v)
        for k, v in json_texts().items()
        if k in _FEW
    },
    **{
        f"a plan of {k}": _plan(v)
        for k, v in json_texts().items()
        if k in _FEW
    },
}  # fmt: skip
