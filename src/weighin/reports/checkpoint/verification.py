"""A verification told on the terminal and as JSON: what changed, and what a signature covers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Agreement
from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.verification import PublishedAnswer, PublishedVerification
from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.wording import counted
from weighin.sources.signatures.verification import Answer, SignatureVerification

VERIFICATION_FORMAT: Final = "weighin.verification/1"

_UNCHANGED: Final = 0
_CHANGED: Final = 10
_NOT_DEMONSTRATED: Final = 11
_SHOWN: Final = 40
_EXIT_CODES: Final[Mapping[Answer | PublishedAnswer, int]] = {
    PublishedAnswer.CHANGED: _CHANGED,
    PublishedAnswer.UNKNOWN: _NOT_DEMONSTRATED,
    PublishedAnswer.UNCHANGED: _UNCHANGED,
    Answer.INVALID: _CHANGED,
    Answer.CHANGED: _CHANGED,
    Answer.NOT_COVERED: _NOT_DEMONSTRATED,
    Answer.UNCHANGED: _UNCHANGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A checkpoint folder held against what was given.

    Attributes:
        manifest: What its manifest says; `None` if none was given.
        published: What a published revision says; `None` if none was given.
        signature: What a signature says; `None` if none was given.
    """

    manifest: Verification | None = None
    published: PublishedVerification | None = None
    signature: SignatureVerification | None = None


class VerificationDocument(StrictModel):
    """A checkpoint held against its manifest, a published revision, a signature, or some of them.

    Attributes:
        format: Always `weighin.verification/1`.
        exit_code: 0 unchanged, 10 changed or not signed by the key, 11 not all of it is known.
        manifest: What the manifest says; `null` if none was given.
        published: What a published revision says; `null` if none was given.
        signature: What the signature says; `null` if none was given.
    """

    format: Literal["weighin.verification/1"]
    exit_code: int
    manifest: Verification | None
    published: PublishedVerification | None
    signature: SignatureVerification | None


def exit_code(held: Held) -> int:
    """0 unchanged, 10 changed or not signed by the key, 11 not demonstrated; the worst counts."""
    codes: set[int] = set()
    if held.manifest is not None:
        codes.add(_UNCHANGED if held.manifest.is_unchanged else _CHANGED)
    if held.published is not None:
        codes.add(_EXIT_CODES[held.published.answer])
    if held.signature is not None:
        codes.add(_EXIT_CODES[held.signature.answer])
    order = (_CHANGED, _NOT_DEMONSTRATED, _UNCHANGED)
    return next((code for code in order if code in codes), _NOT_DEMONSTRATED)


def render_json(held: Held) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    document = VerificationDocument(
        format=VERIFICATION_FORMAT,
        exit_code=exit_code(held),
        manifest=held.manifest,
        published=held.published,
        signature=held.signature,
    )
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=True) + "\n"


def render_text(held: Held) -> str:
    """Lines for people; foreign text is shown and never obeyed."""
    lines: list[str] = []
    if held.manifest is not None:
        lines.extend(_of_manifest(held.manifest))
    if held.published is not None:
        lines.extend(_of_published(held.published))
    if held.signature is not None:
        lines.extend(_of_signature(held.signature))
    return "".join(f"{visible(line)}\n" for line in lines)


def _of_manifest(result: Verification) -> Iterator[str]:
    if result.is_unchanged:
        yield "unchanged: the checkpoint is what its manifest says"
        yield f"  checkpoint id      {result.expected}"
    else:
        how = f" ({result.relation})" if result.relation is not None else ""
        yield f"changed: the checkpoint is not what its manifest says{how}"
        yield f"  expected id        {result.expected}"
        if result.found is None:
            yield f"  found              no whole checkpoint: {result.why_not_found}"
        else:
            yield f"  found id           {result.found}"
        yield "  what changed, all of it part of the id:"
        yield from (f"  {line}" for line in _items(result.changes))
    if result.not_covered:
        yield "  there, and no part of the id, since no loader of these weights reads it:"
        yield from (f"  {line}" for line in _items(result.not_covered))


def _of_published(result: PublishedVerification) -> Iterator[str]:
    yield f"published: {result.answer}"
    yield f"  revision           {result.reference}, {result.statement}"
    if not result.is_pinned:
        yield f"  commit             {result.commit}"
        yield "  a branch or tag may move, so that it names no one artifact: give that commit"
    yield f"  checkpoint id      {result.checkpoint_id}"
    yield f"  weights            {result.weights}: {result.reason}"
    if result.facets:
        yield f"  facets differing   {_listed(result.facets)}: only one of the two has them"
    if result.facets_unknown:
        yield f"  facets unknown     {_listed(result.facets_unknown)}"
    if result.weights is Agreement.UNKNOWN:
        yield f"  to know            {result.download}, and `weighin compare` the two folders"
    for heading, items in (
        ("weight files with other bytes than any published file:", result.weight_files),
        ("tensors that only one of the two has in that dtype and shape:", result.tensors),
        ("not the published file:", tuple(f"{c.path}: {c.change}" for c in result.files)),
    ):
        if items:
            yield f"  {heading}"
            yield from (f"  {line}" for line in _items(items))


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
