"""Why a rule did not find what it asks for: the cause that findings of many rules share."""

from dataclasses import dataclass
from enum import StrEnum


class CauseKind(StrEnum):
    """What kind of thing is behind a finding; those on what is missing say what that is.

    What contradicts comes first; of what is missing, that on which the most rests.
    """

    COMMITS = "commits-differ"
    """The evidence, or it and the requirements, name several commits of the weights."""
    SETTINGS = "settings-differ"
    """What makes other weights, or another use of them, of the same name is set otherwise."""
    PART = "part-of-the-documents"
    """A part of the documents was scored where all are required."""

    NO_RECORD = "no-record"
    NO_SCORE = "no-score"
    DECLARED_NOT_AT_HAND = "declared-checkpoint-not-at-hand"
    RELEASED_NOT_AT_HAND = "released-checkpoint-not-at-hand"
    NO_MANIFEST = "no-manifest"
    NOTHING_MEASURED = "nothing-measured"
    FACET_NOT_RECORDED = "facet-not-recorded"
    SETTING_NOT_RECORDED = "setting-not-recorded"
    NO_REVISION = "no-revision"
    NO_SAMPLES = "no-samples"
    NO_REFERENCE = "no-reference"
    NO_LEDGER = "no-ledger"
    NO_PROBES = "no-probes"
    RUN_NOT_RECORDED = "run-not-recorded"
    NOT_DECLARED = "not-declared"


@dataclass(frozen=True, slots=True)
class Cause:
    """What is behind a finding. Findings of one cause are told as one.

    Attributes:
        kind: Of which kind.
        about: What tells it from others of its kind, for example the commits; empty where one
            report can have only one.
    """

    kind: CauseKind
    about: tuple[str, ...] = ()
