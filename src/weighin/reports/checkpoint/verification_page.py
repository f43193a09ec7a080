"""A verification told: what changed, and what a signature covers."""

from collections.abc import Iterator, Sequence
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
    Items,
    Lines,
    Page,
    Phrase,
    Run,
    Section,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import counted, listed
from weighin.rules.interface import Outcome
from weighin.sources.signatures.verification import Answer, SignatureVerification

LIMITS: Final = (
    "that this checkpoint is the one that was scored on a benchmark: `weighin check` judges that",
    "that a signer is honest: a signature says who vouches, and you say whom you trust",
)
"""What a verification does not prove."""

_SHOWN: Final = 40
_SHOWN_IN_ANSWER: Final = 3
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
        title=_title(held),
        sections=tuple(sections),
        guide=Guide(
            title="Verification of a checkpoint",
            answer=Gist(
                question=_question(held),
                answer=ours(_ANSWERS[outcome], outcome),
                why=tuple(_why(held)),
            ),
            limits=LIMITS,
            command=command,
        ),
    )


def _title(held: Held) -> Phrase:
    """What was held against what; empty if that is not known."""
    if not held.folder:
        return ()
    against = (Items(tuple(map(name, held.against))),) if held.against else (ours("nothing"),)
    return (name(held.folder), ours(" held against "), *against)


def _question(held: Held) -> str:
    folder = f"the folder {held.folder}" if held.folder else "the folder"
    if not held.against:
        return f"Is {folder}, file by file, the checkpoint that it was held against?"
    return f"Is {folder}, file by file, what {' and '.join(held.against)} says?"


def _why(held: Held) -> Iterator[str]:
    """What changed, or is not known, by each of what it was held against."""
    if (said := held.manifest) is not None:
        if said.is_unchanged:
            yield "Every tensor and file is what the manifest says."
        else:
            lost = said.changes or (said.why_not_found,)
            yield f"By the manifest: {listed(lost, _SHOWN_IN_ANSWER)}."
    if (published := held.published) is not None:
        files = (f"{change.path}: {change.change}" for change in published.files)
        tensors = (f"tensor {tensor!r}" for tensor in published.tensors)
        changes = (*published.weight_files, *tensors, *files)
        told = f": {listed(changes, _SHOWN_IN_ANSWER)}" if changes else ""
        yield f"By {published.reference}, {published.answer}{told}."
    if (signed := held.signature) is not None:
        changes = tuple(f"{change.path}: {change.what}" for change in signed.changes)
        told = listed(changes, _SHOWN_IN_ANSWER) or signed.why_not
        if not told and signed.answer is Answer.NOT_COVERED:
            told = f"not covered is {_listed(signed.facets_not_covered)}"
        yield f"By the signature, {signed.answer}{f': {told}' if told else ''}."


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
        blocks=(
            _lines(result.changes),
            _facts(("expected id", name(result.expected)), found),
        ),
        parts=lists,
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
    return Section(title=(ours(title),), blocks=(_lines(items),))


def _lines(items: Sequence[str]) -> Lines:
    return Lines(tuple((foreign(item),) for item in items), shown=_SHOWN, is_list=True)


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items) or "none"
