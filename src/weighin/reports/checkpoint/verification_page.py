"""A verification told: what changed, and what a signature covers."""

from collections.abc import Sequence
from typing import Final

from weighin.identity.facets import Agreement
from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.verification import PublishedVerification
from weighin.reports.checkpoint.verification import Held, outcome_of
from weighin.reports.page.model import (
    Block,
    Fact,
    Facts,
    Gist,
    Guide,
    Lines,
    Page,
    Run,
    Section,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import counted
from weighin.rules.interface import Outcome
from weighin.sources.signatures.verification import Answer, SignatureVerification

LIMITS: Final = (
    "that this checkpoint is the one that was scored on a benchmark: `weighin check` judges that",
    "that a signer is honest: a signature says who vouches, and you say whom you trust",
)
"""What a verification does not prove."""

_SHOWN: Final = 40
_ANSWERS: Final = {
    Outcome.VIOLATED: "No.",
    Outcome.UNDECIDED: "That is not known.",
    Outcome.MET: "Yes.",
}


def verification_page(held: Held, command: tuple[str, ...] = ()) -> Page:
    """A section for everything that the folder was held against.

    Args:
        held: What is told.
        command: What comes to it again, with its arguments; empty if unknown.
    """
    sections = []
    if held.manifest is not None:
        sections.append(_manifest(held.manifest))
    if held.published is not None:
        sections.append(_published(held.published))
    if held.signature is not None:
        sections.append(_signature(held.signature))
    outcome = held.outcome
    return Page(
        sections=tuple(sections),
        guide=Guide(
            title="Verification of a checkpoint",
            answer=Gist(
                question="Is the folder, file by file, the checkpoint that it was held against?",
                answer=ours(_ANSWERS[outcome], outcome),
            ),
            limits=LIMITS,
            command=command,
        ),
    )


def _manifest(result: Verification) -> Section:
    not_covered = "there, and no part of the id, since no loader of these weights reads it:"
    lists = _lists((not_covered, result.not_covered))
    outcome = outcome_of(result)
    if result.is_unchanged:
        return Section(
            title=(ours("unchanged: the checkpoint is what its manifest says", outcome),),
            blocks=(_facts(("checkpoint id", name(result.expected))),),
            parts=lists,
        )
    how = f" ({result.relation})" if result.relation is not None else ""
    found = ("found", foreign(f"no whole checkpoint: {result.why_not_found}"))
    if result.found is not None:
        found = ("found id", name(result.found))
    return Section(
        title=(ours(f"changed: the checkpoint is not what its manifest says{how}", outcome),),
        blocks=(_facts(("expected id", name(result.expected)), found),),
        parts=(_list("what changed, all of it part of the id:", result.changes), *lists),
    )


def _published(result: PublishedVerification) -> Section:
    moves = "a branch or tag may move, so that it names no one artifact: give that commit"
    stated: list[Block] = [_facts(("revision", f"{result.reference}, {result.statement}"))]
    if not result.is_pinned:
        stated += [_facts(("commit", name(result.commit))), Lines(((ours(moves),),))]
    differing = f"{_listed(result.facets)}: only one of the two has them"
    to_know = f"{result.download}, and `weighin compare` the two folders"
    return Section(
        title=(ours(f"published: {result.answer}", outcome_of(result)),),
        blocks=(
            *stated,
            _facts(
                ("checkpoint id", name(result.checkpoint_id)),
                ("weights", f"{result.weights}: {result.reason}"),
                ("facets differing", differing if result.facets else ""),
                ("facets unknown", ", ".join(result.facets_unknown)),
                ("to know", to_know if result.weights is Agreement.UNKNOWN else ""),
            ),
        ),
        parts=_lists(
            ("weight files with other bytes than any published file:", result.weight_files),
            ("tensors that only one of the two has in that dtype and shape:", result.tensors),
            ("not the published file:", [f"{c.path}: {c.change}" for c in result.files]),
        ),
    )


def _signature(result: SignatureVerification) -> Section:
    title = (ours(f"signature: {result.answer}", outcome_of(result)),)
    why_not = (Lines(((foreign(result.why_not),),)),) if result.why_not else ()
    key = ("key", name(f"sha256:{result.key_sha256}"))
    if result.answer is Answer.INVALID:
        return Section(title=title, blocks=(*why_not, _facts(key)))
    signed = f"{counted(result.files_signed, 'file')} of {result.subject!r}"
    root = f"sha256:{result.root}, over {result.algorithm} of {result.method}"
    facts = _facts(
        key,
        ("signed", signed),
        ("root", root),
        ("facets covered", _listed(result.facets_covered)),
        ("facets changed", ", ".join(result.facets_changed)),
        ("facets unknown", result.facets_unknown),
        ("facets not covered", _listed(result.facets_not_covered)),
    )
    return Section(
        title=title,
        blocks=(*why_not, facts),
        parts=_lists(
            ("not what was signed:", [f"{c.path}: {c.what}" for c in result.changes]),
            ("there, and not covered by the signature:", result.not_covered),
            ("left out by the signer's choice, there or not:", result.ignore_paths),
            ("signed, and a link here:", result.links),
            ("passed over in this check:", result.not_checked),
            ("the signature says nothing of:", result.never_covered),
        ),
    )


def _facts(*rows: tuple[str, str | Run]) -> Facts:
    told = ((label, foreign(words) if isinstance(words, str) else words) for label, words in rows)
    return Facts(tuple(Fact(ours(label), (words,)) for label, words in told if words.text))


def _lists(*lists: tuple[str, Sequence[str]]) -> tuple[Section, ...]:
    return tuple(_list(title, items) for title, items in lists if items)


def _list(title: str, items: Sequence[str]) -> Section:
    lines = Lines(tuple((foreign(item),) for item in items), shown=_SHOWN, is_list=True)
    return Section(title=(ours(title),), blocks=(lines,))


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items) or "none"
