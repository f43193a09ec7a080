"""What a checkpoint folder was held against, and the answer of it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.verification import PublishedAnswer, PublishedVerification
from weighin.rules.interface import Outcome
from weighin.sources.signatures.verification import Answer, SignatureVerification

_OUTCOMES: Final[Mapping[Answer | PublishedAnswer, Outcome]] = {
    PublishedAnswer.CHANGED: Outcome.VIOLATED,
    PublishedAnswer.UNKNOWN: Outcome.UNDECIDED,
    PublishedAnswer.UNCHANGED: Outcome.MET,
    Answer.INVALID: Outcome.VIOLATED,
    Answer.CHANGED: Outcome.VIOLATED,
    Answer.NOT_COVERED: Outcome.UNDECIDED,
    Answer.UNCHANGED: Outcome.MET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A checkpoint folder held against what was given.

    Attributes:
        manifest: What its manifest says; `None` if none was given.
        published: What a published revision says; `None` if none was given.
        signature: What a signature says; `None` if none was given.
        folder: The folder, as given; empty if that is not known.
        against: What it was held against, as given.
    """

    manifest: Verification | None = None
    published: PublishedVerification | None = None
    signature: SignatureVerification | None = None
    folder: str = ""
    against: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of all answers; undecided without any."""
        said = (self.manifest, self.published, self.signature)
        found = {outcome_of(answer) for answer in said if answer is not None}
        return next((outcome for outcome in Outcome if outcome in found), Outcome.UNDECIDED)


def outcome_of(said: Verification | PublishedVerification | SignatureVerification) -> Outcome:
    """Met if unchanged, violated if changed or not signed by the key, undecided if not known."""
    if isinstance(said, Verification):
        return Outcome.MET if said.is_unchanged else Outcome.VIOLATED
    return _OUTCOMES[said.answer]
