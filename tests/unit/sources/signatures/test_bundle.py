"""Bundles that are malformed, forged or of another kind: only our own errors, and no success."""

import base64
import json
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.making.checkpoints.signing import Signer, resource, statement
from tests.making.places import MADE_BY_MODEL_SIGNING

from weighin.errors import EvidenceError, UsageError, WeighinError
from weighin.sources.signatures.bundle import open_bundle
from weighin.sources.signatures.signed_files import signed_files

REAL = (MADE_BY_MODEL_SIGNING / "files.sig").read_bytes()
REAL_KEY = MADE_BY_MODEL_SIGNING / "files.pem"


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def refusal(signer):
    """Why a signed statement, or a bundle, is refused."""

    def refused(made=None, *, bundle=None):
        path = signer.sign(made) if bundle is None else signer.write(bundle)
        with pytest.raises(EvidenceError) as caught:
            signed_files(open_bundle(path, signer.public_key).signed, path)
        assert str(caught.value).startswith(str(path))
        return str(caught.value)

    return refused


def with_field(made, path, value):
    """The document with the value at a dotted path replaced."""
    copy = json.loads(json.dumps(made))
    *above, last = path.split(".")
    node = copy
    for part in above:
        node = node[int(part) if isinstance(node, list) else part]
    node[int(last) if isinstance(node, list) else last] = value
    return copy


def one(name="a.txt", content=b"a"):
    return statement([resource(name, content)])


def shards(*names, size=2, hash_type="sha256"):
    made = [resource(name, b"ab") | {"algorithm": f"{hash_type}-sharded-{size}"} for name in names]
    return statement(made, method="shards", shard_size=float(size))


def test_honest_bundle_tells_what_was_signed(signer):
    opened = open_bundle(signer.sign(one()), signer.public_key)
    assert opened.signed is not None
    assert [r.name for r in opened.signed.resources] == ["a.txt"]
    assert opened.key_sha256 == signer.hint


def test_root_is_the_one_that_model_signing_computed():
    opened = open_bundle(MADE_BY_MODEL_SIGNING / "blake2.sig", MADE_BY_MODEL_SIGNING / "blake2.pem")
    payload = json.loads((MADE_BY_MODEL_SIGNING / "blake2.sig").read_text())["dsseEnvelope"]
    stated = json.loads(base64.b64decode(payload["payload"]))["subject"][0]["digest"]["sha256"]
    assert opened.signed is not None
    assert opened.signed.root == stated


@pytest.mark.parametrize("field", ["certificate", "x509CertificateChain"])
def test_bundle_with_a_certificate_is_refused_by_name(signer, refusal, field):
    bundle = signer.bundle(one())
    bundle["verificationMaterial"] = {field: {"rawBytes": ""}, "tlogEntries": []}
    assert f"verificationMaterial.{field}" in (told := refusal(bundle=bundle))
    assert "not supported in this version" in told


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2", "mediaType"),
        ("messageSignature", {}, "messageSignature"),
        ("dsseEnvelope.payloadType", "text/plain", "dsseEnvelope.payloadType"),
        ("dsseEnvelope.signatures", [], "dsseEnvelope.signatures"),
        ("dsseEnvelope.payload", "?", "dsseEnvelope.payload"),
        ("dsseEnvelope.signatures.0.sig", "?", "dsseEnvelope.signatures.0.sig"),
        ("dsseEnvelope.extra", 1, "dsseEnvelope.extra"),
        ("verificationMaterial.publicKey", None, "verificationMaterial.publicKey"),
    ],
)
def test_bundle_of_another_kind_is_refused_at_its_place(signer, refusal, path, value, place):
    assert place in refusal(bundle=with_field(signer.bundle(one()), path, value))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1, "a": 1}', '{"a": NaN}', "\ufeff{}"])
def test_bundle_that_is_no_strict_json_is_refused(refusal, text):
    refusal(bundle=text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("predicateType", "https://model_signing/Digests/v0.1"),
        ("predicateType", "https://slsa.dev/provenance/v1"),
        ("_type", "https://in-toto.io/Statement/v0.1"),
        ("subject", []),
        ("subject.0.digest.sha256", "0" * 64),
        ("subject.0.digest", {"sha512": "0" * 128}),
        ("predicate.serialization.method", "tensors"),
        ("predicate.serialization.hash_type", "blake3"),
        ("predicate.serialization.follow", True),
        ("predicate.serialization.ignore_paths", "tokenizer.json"),
        ("predicate.resources.0.digest", "00"),
        ("predicate.resources.0.algorithm", "blake2b"),
        ("predicate.resources.0.name", 1),
        ("predicate.resources.0.size", 1),
    ],
)
def test_signed_statement_of_another_form_is_refused(refusal, path, value):
    refusal(with_field(one(), path, value))


def test_statement_whose_root_is_of_other_resources_contradicts_itself(refusal):
    made = one()
    made["subject"] = one(content=b"b")["subject"]
    assert "contradicts itself" in refusal(made)


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "a\0b", "..", "a/."]
)
def test_name_that_is_no_plain_path_in_the_folder_is_refused(refusal, name):
    assert "expected a path inside the signed folder" in refusal(one(name))


def test_signature_over_a_single_file_is_refused_by_name(refusal):
    assert "single file" in refusal(one("."))


def test_name_that_stands_twice_is_refused(refusal):
    made = statement([resource("a", b"a"), resource("a", b"b")])
    assert "resource 'a' stands twice" in refusal(made)


@pytest.mark.parametrize(
    "made",
    [
        shards("a:0:2", "a:3:5"),
        shards("a:0:2", "a:1:3"),
        shards("a:1:3"),
        shards("a:2:4", "a:0:2"),
        shards("a:0:1", "a:1:3"),
        shards("a:0:0"),
        shards("a:0:3"),
        shards("a:0"),
        shards("a:0:-2"),
        shards("a:b:0:2"),
        shards("a:0:²"),
        shards("a:0:2", size=0),
        with_field(shards("a:0:2"), "predicate.serialization.shard_size", 1.5),
        with_field(shards("a:0:2"), "predicate.serialization.shard_size", 3),
    ],
)
def test_shards_that_leave_bytes_out_or_overlap_are_refused(refusal, made):
    refusal(made)


def test_shards_without_a_gap_are_one_file(signer):
    path = signer.sign(shards("a:0:2", "a:2:4", "a:4:5"))
    (file,) = signed_files(open_bundle(path, signer.public_key).signed, path)
    assert (file.path, file.size_bytes, len(file.parts)) == ("a", 5, 3)


def test_payload_signed_by_nobody_is_not_read(signer):
    bundle = signer.bundle(one())
    forged = signer.bundle({"anything": "else"})
    bundle["dsseEnvelope"]["payload"] = forged["dsseEnvelope"]["payload"]
    opened = open_bundle(signer.write(bundle), signer.public_key)
    assert opened.signed is None
    assert opened.why_not


@pytest.mark.parametrize("prefix", [b"DSSEV1", b"", b"DSSEv2"])
def test_other_encoding_of_what_is_signed_does_not_hold(signer, prefix):
    opened = open_bundle(signer.write(signer.bundle(one(), prefix)), signer.public_key)
    assert opened.signed is None


def test_entries_of_a_log_are_passed_over_and_told(signer):
    bundle = signer.bundle(one())
    bundle["verificationMaterial"]["tlogEntries"] = [{"logIndex": "1"}]
    opened = open_bundle(signer.write(bundle), signer.public_key)
    assert opened.not_checked == ("the transparency log entries of the bundle",)


def test_bundle_without_a_hint_of_its_key_holds(signer):
    bundle = signer.bundle(one())
    bundle["verificationMaterial"] = {"publicKey": {}}
    assert open_bundle(signer.write(bundle), signer.public_key).signed is not None


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: b"", "something else"),
        (lambda: b"-----BEGIN CERTIFICATE-----\n", "something else"),
        (lambda: public_pem(ed25519.Ed25519PrivateKey.generate()), "another kind of key"),
        (lambda: public_pem(ec.generate_private_key(ec.SECP256K1())), "the curve secp256k1"),
        (
            lambda: ec.generate_private_key(ec.SECP256R1()).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
            "a private key",
        ),
    ],
)
def test_file_that_is_no_key_of_the_three_curves_is_refused(signer, tmp_path, make, found):
    key = tmp_path / "other.pem"
    key.write_bytes(make())
    with pytest.raises(EvidenceError, match=found):
        open_bundle(signer.sign(one()), key)


def test_missing_bundle_and_missing_key_are_our_errors(signer, tmp_path):
    for bundle, key in (
        (tmp_path / "none", signer.public_key),
        (signer.sign(one()), tmp_path / "none"),
    ):
        with pytest.raises(EvidenceError, match="none"):
            open_bundle(bundle, key)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, len(REAL) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_of_a_real_bundle_ever_changes_what_it_says(tmp_path, place, byte):
    path = tmp_path / "model.sig"
    path.write_bytes(REAL[:place] + bytes([byte]) + REAL[place + 1 :])
    honest = open_bundle(MADE_BY_MODEL_SIGNING / "files.sig", REAL_KEY)
    try:
        opened = open_bundle(path, REAL_KEY)
    except WeighinError:
        return
    assert opened.signed in (None, honest.signed)


def test_without_the_extra_the_way_out_is_named(signer, monkeypatch):
    path = signer.sign(one())
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(UsageError, match=r"install weighin\[sign\]"):
        open_bundle(path, signer.public_key)
