"""ECDSA public keys, as signers of models publish them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from weighin.errors import EvidenceError, UsageError
from weighin.extras import installing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key on P-256, P-384 or P-521.

    Attributes:
        sha256: SHA-256 of the key as PEM, which model-signing names it by.
    """

    sha256: str
    _key: "EllipticCurvePublicKey"

    @classmethod
    def from_pem(cls, content: bytes, path: Path) -> Self:
        """The key that a PEM file holds.

        Args:
            content: The bytes of the file.
            path: Named in errors only.

        Raises:
            EvidenceError: The file holds something else.
            UsageError: The extra `sign` is not installed.
        """
        try:
            from cryptography.exceptions import UnsupportedAlgorithm  # optional
            from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
            from cryptography.hazmat.primitives.serialization import (
                Encoding,
                PublicFormat,
                load_pem_public_key,
            )
        except ModuleNotFoundError as error:
            raise UsageError(
                f"signatures: expected the package cryptography, found none; {installing('sign')}"
            ) from error
        wanted = f"{path}: expected a public key as PEM, ECDSA on P-256, P-384 or P-521"
        if b"PRIVATE KEY-----" in content:
            raise EvidenceError(f"{wanted}, found a private key; give the public key beside it")
        try:
            key = load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise EvidenceError(f"{wanted}, found something else") from error
        if not isinstance(key, EllipticCurvePublicKey):
            raise EvidenceError(f"{wanted}, found another kind of key")
        if key.curve.name not in _hashes():
            raise EvidenceError(f"{wanted}, found the curve {key.curve.name}")
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(hashlib.sha256(pem).hexdigest(), key)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether a DER signature over a message is by this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

        try:
            self._key.verify(signature, message, ECDSA(_hashes()[self._key.curve.name]))
        except InvalidSignature:
            return False
        return True


def _hashes() -> "Mapping[str, HashAlgorithm]":
    """The hash that goes with each curve, by Sigstore's specification."""
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

    return {"secp256r1": SHA256(), "secp384r1": SHA384(), "secp521r1": SHA512()}
