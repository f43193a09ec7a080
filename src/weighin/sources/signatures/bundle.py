"""Signatures of OpenSSF model-signing 1.x: the bundle, the key, and the statement that was signed.

The bundle is Sigstore's v0.3; in it stands a DSSE envelope around an in-toto statement. Nothing of
the statement is read before the signature over it holds. Bundles with certificates are refused.
"""

import hashlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from weighin.errors import CheckpointError, EvidenceError
from weighin.files.canonical import strict_json
from weighin.files.opened import read_small_file
from weighin.files.strict_model import StrictModel
from weighin.sources.signatures.public_key import PublicKey

BUNDLE_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://model_signing/signature/v1.0"

_CERTIFICATES = ("certificate", "x509CertificateChain")
_Model = TypeVar("_Model", bound=BaseModel)
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _KeyIdentifier(StrictModel):
    hint: str | None = None
    raw_bytes: str | None = Field(default=None, alias="rawBytes")
    key_details: str | None = Field(default=None, alias="keyDetails")


class _Material(StrictModel):
    public_key: _KeyIdentifier = Field(alias="publicKey")
    log_entries: tuple[JsonValue, ...] = Field(default=(), alias="tlogEntries")
    timestamps: JsonValue = Field(default=None, alias="timestampVerificationData")


class _EnvelopeSignature(StrictModel):
    signature: str = Field(alias="sig")
    key_id: str = Field(default="", alias="keyid")


class _Envelope(StrictModel):
    payload: str
    payload_type: Literal["application/vnd.in-toto+json"] = Field(alias="payloadType")
    signatures: Annotated[tuple[_EnvelopeSignature, ...], Field(min_length=1, max_length=1)]


class _Bundle(StrictModel):
    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = Field(alias="mediaType")
    material: _Material = Field(alias="verificationMaterial")
    envelope: _Envelope = Field(alias="dsseEnvelope")


class _Digest(StrictModel):
    sha256: _Sha256


class _Subject(StrictModel):
    name: str = ""
    digest: _Digest


class Serialization(StrictModel):
    """How the signer cut the folder into resources.

    Attributes:
        method: `files` or `shards`.
        hash_type: `sha256` or `blake2b`.
        allow_symlinks: Whether the signer followed links.
        ignore_paths: Paths that the signer left out, with all that lies below them.
        shard_size: Bytes of a shard, with method `shards`. A double, as protobuf writes it.
    """

    method: Literal["files", "shards"]
    hash_type: Literal["sha256", "blake2b"]
    allow_symlinks: bool
    ignore_paths: tuple[str, ...] = ()
    shard_size: int | float | None = None


class Resource(StrictModel):
    """One file or shard that was signed: its name is bound by the statement, not by the root."""

    name: str
    algorithm: str
    digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64}|[0-9a-f]{128})$")]


class _Predicate(StrictModel):
    # Verifiers of v1.0 are told to pass over fields that they do not know; they are reported.
    model_config = ConfigDict(extra="allow")

    serialization: Serialization
    resources: tuple[Resource, ...]


class _Statement(StrictModel):
    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: Annotated[tuple[_Subject, ...], Field(min_length=1, max_length=1)]
    predicate_type: Literal["https://model_signing/signature/v1.0"] = Field(alias="predicateType")
    predicate: _Predicate


class Signed(StrictModel):
    """What a signature is over.

    Attributes:
        subject: Name that the signer gave the folder; only a hint.
        root: SHA-256 over the digests of the resources in their order. It does not bind names.
        serialization: How the folder was cut.
        resources: In the order of the statement.
        unread: Fields of the statement that this version does not know.
    """

    subject: str
    root: str
    serialization: Serialization
    resources: tuple[Resource, ...]
    unread: tuple[str, ...]


class OpenedBundle(StrictModel):
    """A bundle after its signature was checked.

    Attributes:
        key_sha256: SHA-256 of the public key as PEM, which bundles name the key by.
        signed: What was signed; `None` if the signature is not by that key.
        why_not: Why there is none; empty if `signed` is there.
        not_checked: Parts of the bundle that were passed over.
    """

    key_sha256: str
    signed: Signed | None
    why_not: str
    not_checked: tuple[str, ...]


def open_bundle(path: Path, public_key: Path) -> OpenedBundle:
    """What a bundle says, if it is signed by a key.

    1. The bundle is read strictly. 2. The key is read. 3. The signature over the envelope must be
    the key's. 4. The statement in it is read. 5. Its root must be that of its resources.

    Args:
        path: The bundle, usually `model.sig`.
        public_key: The key, ECDSA on P-256, P-384 or P-521, as PEM.

    Raises:
        EvidenceError: One of the files is not what it should be, or the signed statement
            contradicts itself. A signature of another key is an answer, not an error.
        UsageError: The extra `sign` is not installed.
    """
    bundle = _bundle(_read(path), path)
    key = PublicKey.from_pem(_read(public_key), public_key)
    payload = _decoded(bundle.envelope.payload, path, "dsseEnvelope.payload")
    signature = _decoded(
        bundle.envelope.signatures[0].signature, path, "dsseEnvelope.signatures.0.sig"
    )
    signed, why_not = None, ""
    if key.has_signed(_pae(payload), signature):
        signed = _signed(payload, path)
    else:
        why_not = "the signature is not by this key over this statement"
        hint = bundle.material.public_key.hint
        if hint and hint != key.sha256:
            why_not += f"; the bundle names another key: {hint}"
    not_checked = []
    if bundle.material.log_entries:
        not_checked.append("the transparency log entries of the bundle")
    if bundle.material.timestamps:
        not_checked.append("the timestamps of the bundle")
    return OpenedBundle(
        key_sha256=key.sha256, signed=signed, why_not=why_not, not_checked=tuple(not_checked)
    )


def _read(path: Path) -> bytes:
    try:
        return read_small_file(path)
    except CheckpointError as error:
        raise EvidenceError(str(error)) from error


def _json_object(content: bytes, path: Path, what: str) -> Mapping[str, JsonValue]:
    try:
        value = strict_json(content)
    except ValueError as error:
        raise EvidenceError(f"{path}: {what}: expected strict JSON, found: {error}") from error
    if not isinstance(value, dict):
        raise EvidenceError(f"{path}: {what}: expected an object, found {type(value).__name__}")
    return value


def _bundle(content: bytes, path: Path) -> _Bundle:
    parsed = _json_object(content, path, "the bundle")
    material = parsed.get("verificationMaterial")
    if isinstance(material, dict):
        for name in _CERTIFICATES:
            if name in material:
                raise EvidenceError(
                    f"{path}: verificationMaterial.{name}: bundles signed with a certificate "
                    "(keyless, or of a PKI) are not supported in this version; verify it with "
                    "model_signing, or sign with a key"
                )
    if "messageSignature" in parsed:
        raise EvidenceError(
            f"{path}: messageSignature: expected a dsseEnvelope, as model-signing 1.x writes it; "
            "this bundle signs a single file"
        )
    return _validated(_Bundle, content, path, "")


def _validated(model: type[_Model], content: bytes, path: Path, within: str) -> _Model:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join((*([within] if within else []), *map(str, first["loc"])))
        found = "" if first["type"] == "missing" else f", found {first['input']!r:.80}"
        raise EvidenceError(f"{path}: {place}: {first['msg'].lower()}{found}") from error


def _decoded(text: str, path: Path, place: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise EvidenceError(f"{path}: {place}: expected base64: {error}") from error


def _pae(payload: bytes) -> bytes:
    """What DSSE signs. The encoding of model-signing 0.2, which had a bug, is not accepted."""
    return b"DSSEv1 %d %s %d %s" % (
        len(PAYLOAD_TYPE),
        PAYLOAD_TYPE.encode(),
        len(payload),
        payload,
    )


def _signed(payload: bytes, path: Path) -> Signed:
    stated = _json_object(payload, path, "the statement").get("predicateType")
    if stated != PREDICATE_TYPE:
        raise EvidenceError(
            f"{path}: predicateType: expected {PREDICATE_TYPE}, found {stated!r}; this version "
            "reads model-signing 1.x"
        )
    statement = _validated(_Statement, payload, path, "statement")
    predicate = statement.predicate
    root = hashlib.sha256(
        b"".join(bytes.fromhex(resource.digest) for resource in predicate.resources)
    ).hexdigest()
    (subject,) = statement.subject
    if subject.digest.sha256 != root:
        raise EvidenceError(
            f"{path}: the signed statement contradicts itself: expected the root {root} of its "
            f"resources, found {subject.digest.sha256}"
        )
    return Signed(
        subject=subject.name,
        root=root,
        serialization=predicate.serialization,
        resources=predicate.resources,
        unread=tuple(sorted(predicate.model_extra or ())),
    )
