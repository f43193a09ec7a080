"""A verification told on the terminal and as JSON: what changed, and what a signature covers."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from weighin.identity.facets import StrictModel
from weighin.identity.verification import Verification
from weighin.reports.foreign_text import visible
from weighin.reports.wording import counted
from weighin.sources.model_signing import Answer, SignatureVerification

VERIFICATION_FORMAT: Final = "weighin.verification/1"

_UNCHANGED: Final = 0
_CHANGED: Final = 10
_NOT_DEMONSTRATED: Final = 11
_SHOWN: Final = 40
_EXIT_CODES: Final = {
    Answer.INVALID: _CHANGED,
    Answer.CHANGED: _CHANGED,
    Answer.NOT_COVERED: _NOT_DEMONSTRATED,
    Answer.UNCHANGED: _UNCHANGED,
}


class VerificationDocument(StrictModel):
    """A checkpoint held against its manifest, against a signature, or both.

    Attributes:
        format: Always `weighin.verification/1`.
        exit_code: 0 unchanged, 10 changed or not signed by the key, 11 not all of it is covered.
        manifest: What the manifest says; `null` if none was given.
        signature: What the signature says; `null` if none was given.
    """

    format: Literal["weighin.verification/1"]
    exit_code: int
    manifest: Verification | None
    signature: SignatureVerification | None


def exit_code(manifest: Verification | None, signature: SignatureVerification | None) -> int:
    """0 unchanged, 10 changed or not signed by the key, 11 not demonstrated; the worst counts."""
    codes: set[int] = set()
    if manifest is not None:
        codes.add(_UNCHANGED if manifest.is_unchanged else _CHANGED)
    if signature is not None:
        codes.add(_EXIT_CODES[signature.answer])
    order = (_CHANGED, _NOT_DEMONSTRATED, _UNCHANGED)
    return next((code for code in order if code in codes), _NOT_DEMONSTRATED)


def render_json(manifest: Verification | None, signature: SignatureVerification | None) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    document = VerificationDocument(
        format=VERIFICATION_FORMAT,
        exit_code=exit_code(manifest, signature),
        manifest=manifest,
        signature=signature,
    )
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=True) + "\n"


def render_text(manifest: Verification | None, signature: SignatureVerification | None) -> str:
    """Lines for people; foreign text is shown and never obeyed."""
    lines: list[str] = []
    if manifest is not None:
        lines.extend(_of_manifest(manifest))
    if signature is not None:
        lines.extend(_of_signature(signature))
    return "".join(f"{visible(line)}\n" for line in lines)


def _of_manifest(result: Verification) -> Iterator[str]:
    if result.is_unchanged:
        yield "unchanged: the checkpoint is what its manifest says"
        yield f"  checkpoint id      {result.expected}"
        return
    how = f" ({result.relation})" if result.relation is not None else ""
    yield f"changed: the checkpoint is not what its manifest says{how}"
    yield f"  expected           {result.expected}"
    yield f"  found              {result.found or result.why_not_found}"
    yield from _items(result.changes)


def _of_signature(result: SignatureVerification) -> Iterator[str]:
    yield f"signature: {result.answer}"
    if result.why_not:
        yield f"  {result.why_not}"
    yield f"  key                sha256:{result.key_sha256}"
    if result.answer is Answer.INVALID:
        return
    yield f"  signed             {counted(result.files_signed, 'file')} of {result.subject!r}"
    yield f"  root               sha256:{result.root}, over {result.algorithm} of {result.method}"
    yield f"  facets covered     {_listed(result.facets_covered)}"
    if result.facets_changed:
        yield f"  facets changed     {_listed(result.facets_changed)}"
    if result.facets_unknown:
        yield f"  facets unknown     {result.facets_unknown}"
    yield f"  facets not covered {_listed(result.facets_not_covered)}"
    for heading, items in (
        ("not what was signed:", tuple(f"{c.path}: {c.what}" for c in result.changes)),
        ("there, and not covered by the signature:", result.not_covered),
        ("left out by the signer's choice, there or not:", result.ignore_paths),
        ("signed, and a link here:", result.links),
        ("passed over in this check:", result.not_checked),
        ("the signature says nothing of:", result.never_covered),
    ):
        if items:
            yield f"  {heading}"
            yield from (f"  {line}" for line in _items(items))


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "none"


def _items(items: tuple[str, ...]) -> Iterator[str]:
    yield from (f"  - {item}" for item in items[:_SHOWN])
    if len(items) > _SHOWN:
        yield f"  - and {len(items) - _SHOWN} more; --json lists all"
