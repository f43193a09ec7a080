"""A verification as one JSON document."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.verification import PublishedVerification
from weighin.reports.checkpoint.verification import Held
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.shared.json_text import json_text
from weighin.sources.signatures.verification import SignatureVerification

VERIFICATION_FORMAT: Final = "weighin.verification/2"


class VerificationDocument(StrictModel):
    """A checkpoint held against its manifest, a published revision, a signature, or some of them.

    Attributes:
        format: Always `weighin.verification/2`.
        exit_code: 0 unchanged, 10 changed or not signed by the key, 11 not all of it is known.
        manifest: What the manifest says; `null` if none was given.
        published: What a published revision says; `null` if none was given.
        signature: What the signature says; `null` if none was given.
    """

    format: Literal["weighin.verification/2"]
    exit_code: int
    manifest: Verification | None
    published: PublishedVerification | None
    signature: SignatureVerification | None


def render(held: Held) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        VerificationDocument(
            format=VERIFICATION_FORMAT,
            exit_code=exit_code(held.outcome),
            manifest=held.manifest,
            published=held.published,
            signature=held.signature,
        )
    )
