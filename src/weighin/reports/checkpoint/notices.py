"""A verification in notices, one for each thing that the folder was held against."""

from collections.abc import Iterator
from typing import Final

from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.revision import is_on_hub
from weighin.identity.published.verification import PublishedVerification
from weighin.reports.checkpoint.verification import Held, outcome_of
from weighin.reports.ci.notices import (
    Identified,
    Notice,
    Notices,
    Passed,
    Place,
    RuleHelp,
    fingerprinted,
    never_green,
    worst_first,
)
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.shared.wording import counted, listed
from weighin.rules.interface import Level, Outcome
from weighin.sources.signatures.verification import SignatureVerification

_KIND: Final = "verification"
_SHOWN: Final = 10
_SHOWN_IN_SENTENCE: Final = 3
_DOES_NOT_PROVE: Final = (
    "that the folder is unchanged does not show that it is what was loaded or scored, nor that "
    "what made its manifest can be trusted"
)
_MANIFEST: Final = RuleHelp(
    id="unchanged-since-manifest",
    sentence="The checkpoint folder is what its manifest says.",
    why="A score belongs to one checkpoint. Files of the same name may hold other weights.",
    how="Reads every byte again and compares tensors, tokenizer, chat template and settings with "
    "the manifest.",
    fix="Restore the files, or make a manifest of what is there now: "
    "`weighin fingerprint FOLDER --save MANIFEST.json`.",
)
_PUBLISHED: Final = RuleHelp(
    id="unchanged-since-published",
    sentence="The checkpoint folder is what a commit on the hub publishes.",
    why="A score is claimed of what everybody can download.",
    how="Compares the digests of the files with those that the hub lists of a commit. A branch or "
    "tag may move, so that it decides nothing.",
    fix="Download the commit again, or name the one that was scored.",
)
_SIGNED: Final = RuleHelp(
    id="unchanged-since-signed",
    sentence="The checkpoint folder is what was signed with the key, all of it.",
    why="Who vouches for a checkpoint vouches for these bytes alone.",
    how="Verifies the signature, reads every signed file again, and asks which facets of the "
    "checkpoint it does not cover.",
    fix="Restore the files, or ask the signer for a signature over what is there now.",
)
_ITSELF: Final = RuleHelp(
    id="verification",
    sentence="The checkpoint folder was held against something, and is unchanged.",
    why="A check that had nothing to check must not look like one that succeeded.",
    how="The answer is the worst of a manifest, a published commit and a signature.",
    fix="Name a manifest, a commit on the hub, or a signature and its key.",
)


def verification_notices(
    held: Held, *, folder: str, stated: str = "", signature: str = "", code: int | None = None
) -> Notices:
    """The notices of a verification.

    Args:
        held: What the folder was held against.
        folder: The checkpoint folder.
        stated: The manifest or what was kept of a revision, as given; empty if there is none. What
            lies on the hub has no line, so that the folder stands for it.
        signature: The signature; empty if there is none.
        code: The exit code that it is told by; by default that of its answer.
    """
    manifest = stated if stated and not is_on_hub(stated) else folder
    first = stated or signature or folder
    whole = Place(file=folder if is_on_hub(first) else first, line=1)
    answers = tuple(_answers(held, manifest, signature or folder))
    told = [(rule, notice) for rule, notice in answers if notice.outcome is not Outcome.MET]
    notices = worst_first(fingerprinted(_KIND, (Identified(notice) for _, notice in told)))
    found = Notices(
        kind=_KIND,
        title=folder,
        outcome=held.outcome,
        exit_code=exit_code(held.outcome) if code is None else code,
        summary="; ".join(n.statement for _, n in answers) or "held against nothing",
        place=whole,
        rules={rule.id: rule for rule, _ in told},
        notices=notices,
        passed=tuple(
            Passed(rule=n.rule, subjects=n.subjects, statement=n.statement)
            for _, n in answers
            if n.outcome is Outcome.MET
        ),
        closing=_DOES_NOT_PROVE,
    )
    return never_green(found, _ITSELF)


def _answers(held: Held, manifest: str, signature: str) -> Iterator[tuple[RuleHelp, Notice]]:
    if held.manifest is not None:
        yield _MANIFEST, _of_manifest(held.manifest, manifest)
    if held.published is not None:
        yield _PUBLISHED, _of_published(held.published, manifest)
    if held.signature is not None:
        yield _SIGNED, _of_signature(held.signature, signature)


def _of_manifest(result: Verification, file: str) -> Notice:
    statement = "the checkpoint is what its manifest says"
    if not result.is_unchanged:
        changes = result.changes or (result.why_not_found,)
        told = listed(changes, _SHOWN_IN_SENTENCE)
        statement = f"the checkpoint is not what its manifest says: {told}"
    found = result.found or f"no whole checkpoint: {result.why_not_found}"
    return Notice(
        rule=_MANIFEST.id,
        level=Level.ERROR,
        outcome=outcome_of(result),
        statement=statement,
        place=Place(file=file, line=1),
        contradicts=not result.is_unchanged,
        details=(
            ("expected", f"checkpoint id {result.expected}"),
            ("found", found if result.found is None else f"checkpoint id {found}"),
            ("changes", listed(result.changes, _SHOWN)),
        ),
        fix="restore the files, or make a manifest of what is there now with "
        "`weighin fingerprint FOLDER --save MANIFEST.json`",
    )


def _of_published(result: PublishedVerification, file: str) -> Notice:
    files = tuple(f"{change.path}: {change.change}" for change in result.files)
    outcome = outcome_of(result)
    return Notice(
        rule=_PUBLISHED.id,
        level=Level.ERROR,
        outcome=outcome,
        statement=f"{result.answer}: {result.reference}",
        place=Place(file=file, line=1),
        contradicts=outcome is Outcome.VIOLATED,
        details=(
            ("commit", result.commit),
            ("weights", f"{result.weights}: {result.reason}"),
            ("facets", ", ".join((*result.facets, *result.facets_unknown))),
            ("tensors", listed(result.tensors, _SHOWN)),
            ("changes", listed((*result.weight_files, *files), _SHOWN)),
        ),
        fix=result.download,
    )


def _of_signature(result: SignatureVerification, file: str) -> Notice:
    changes = tuple(f"{change.path}: {change.what}" for change in result.changes)
    outcome = outcome_of(result)
    return Notice(
        rule=_SIGNED.id,
        level=Level.ERROR,
        outcome=outcome,
        statement=result.answer.value,
        place=Place(file=file, line=1),
        contradicts=outcome is Outcome.VIOLATED,
        details=(
            ("reason", result.why_not),
            ("key", f"sha256:{result.key_sha256}"),
            ("signed", counted(result.files_signed, "file")),
            ("uncovered", ", ".join(result.facets_not_covered)),
            ("changes", listed(changes, _SHOWN)),
        ),
        fix="restore the files, or ask the signer for a signature over what is there now",
    )
