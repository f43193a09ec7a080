"""Signs folders as the specification of model-signing says, so that any statement can be signed."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Signer:
    """One key, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._folder = folder
        self.public_key = folder / "key.pem"
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.public_key.write_bytes(pem)
        self.hint = hashlib.sha256(pem).hexdigest()

    def write(self, bundle: object, name: str = "model.sig") -> Path:
        path = self._folder / name
        path.write_text(bundle if isinstance(bundle, str) else json.dumps(bundle))
        return path

    def sign(self, statement: object) -> Path:
        """A bundle over a statement, whatever it says."""
        return self.write(self.bundle(statement))

    def bundle(self, statement: object, prefix: bytes = b"DSSEv1") -> dict:
        text = statement if isinstance(statement, str) else json.dumps(statement)
        payload = text.encode()
        message = b" ".join(
            [prefix, b"28", PAYLOAD_TYPE.encode(), str(len(payload)).encode(), payload]
        )
        signature = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": self.hint}, "tlogEntries": []},
            "dsseEnvelope": {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
            },
        }


def resource(name: str, content: bytes) -> dict:
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "algorithm": "sha256", "digest": digest}


def resources_of(folder: Path, leaving_out: Iterable[str] = ()) -> list[dict]:
    """Every file, those aside that are named."""
    left_out = set(leaving_out)
    return [
        resource(path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() not in left_out
    ]


def statement(
    resources: list[dict], ignore_paths: Iterable[str] = (), **serialization: object
) -> dict:
    root = hashlib.sha256(b"".join(bytes.fromhex(r["digest"]) for r in resources)).hexdigest()
    how: Mapping[str, object] = {
        "method": "files",
        "hash_type": "sha256",
        "allow_symlinks": False,
        "ignore_paths": list(ignore_paths),
    }
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "tiny", "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {"serialization": {**how, **serialization}, "resources": resources},
    }
