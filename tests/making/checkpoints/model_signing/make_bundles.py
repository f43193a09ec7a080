"""Makes the folder and the bundles beside this file with model-signing itself; see README.md."""

import json
import struct
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from model_signing import hashing, signing

HERE = Path(__file__).parent
TINY = HERE / "tiny"
GIT_ONLY = hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=True)


def write_tiny() -> None:
    TINY.mkdir()
    (TINY / "code").mkdir()
    data = struct.pack("<8f", *range(8))
    header = json.dumps(
        {
            "embed.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
            "norm.weight": {"dtype": "F32", "shape": [4], "data_offsets": [16, 32]},
        }
    ).encode()
    (TINY / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)
    texts = {
        "config.json": '{"model_type": "llama"}',
        "tokenizer.json": '{"model": {"vocab": {"a": 0}}, "added_tokens": []}',
        "tokenizer_config.json": '{"bos_token": "a", "chat_template": "{{ messages }}"}',
        "code/modeling.py": "ANSWER = 42\n",
        "README.md": "# tiny\n",
    }
    for name, text in texts.items():
        (TINY / name).write_text(text)


def main() -> None:
    write_tiny()
    bundles = {
        "files": (ec.SECP256R1(), GIT_ONLY),
        "blake2": (
            ec.SECP384R1(),
            hashing.Config().use_file_serialization(hashing_algorithm="blake2"),
        ),
        "shards": (ec.SECP521R1(), hashing.Config().use_shard_serialization(shard_size=50)),
        "without-tokenizer": (
            ec.SECP256R1(),
            hashing.Config().set_ignored_paths(paths=["tokenizer.json", "README.md"]),
        ),
    }
    for name, (curve, config) in bundles.items():
        key = ec.generate_private_key(curve)
        private = HERE / "key"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        signing.Config().use_elliptic_key_signer(private_key=private).set_hashing_config(
            config
        ).sign(TINY, HERE / f"{name}.sig")
        private.unlink()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (HERE / f"{name}.pem").write_bytes(public)


if __name__ == "__main__":
    main()
