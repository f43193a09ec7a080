"""The rule `revision-is-immutable`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.facets.artifact_names import commits_of, is_immutable, is_known_by_content
from weighin.rules.shared.fact_rule import FactAtHand, fact_at_hand
from weighin.rules.shared.per_record import RecordRule, place


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionIsImmutable(RecordRule):
    """The revision of the weights is a full commit, or the weights themselves were hashed.

    Why:
        A branch or tag names other weights after the next push: `main` on Monday and `main` on
        Friday are two models, and nobody can tell from the name which one was scored.

    How:
        Reads the revision that was asked for. A full commit is immutable, and so are weights that
        are known by a digest of their bytes. A commit that a log looked up by the name of the
        model, after the run, does not say what was loaded.

    Fix:
        Load the model at a 40-hex commit, or score it with `weighin run`.
    """

    id: ClassVar[str] = "revision-is-immutable"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_REVISION
    anchor: ClassVar[str] = "model.checkpoint"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the revision."""
        commits = commits_of(record, Grade.PINNED)
        asked = fact_at_hand(case, record, FactName.REVISION)
        if is_known_by_content(record):
            yield _immutable(record, "the weights are known by a digest of their bytes")
        elif any(is_immutable(commit) for commit in commits):
            yield _immutable(record, f"the weights are those of the commit {commits[0]}")
        elif asked is None or not isinstance(asked.fact.value, str) or not asked.fact.value.strip():
            yield _not_recorded(record)
        else:
            yield _asked(record, asked, asked.fact.value.strip())


def _immutable(record: Record, statement: str) -> Finding:
    return Finding(
        outcome=Outcome.MET,
        facet=Facet.WEIGHTS,
        statement=statement,
        where=(place(record, Facet.WEIGHTS),),
    )


def _not_recorded(record: Record) -> Finding:
    looked_up = next(iter(commits_of(record, Grade.DECLARED)), "")
    beside = f"; the commit {looked_up} beside it says what the hub held" if looked_up else ""
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement=f"no revision that was asked for is recorded{beside}",
        expected="a 40-hex commit",
        found=looked_up or "not recorded",
        where=(place(record, Facet.WEIGHTS),),
        fix=how_to_record((record,), Facet.WEIGHTS),
    )


def _asked(record: Record, asked: FactAtHand, revision: str) -> Finding:
    if is_immutable(revision):
        return Finding(
            outcome=Outcome.MET,
            facet=Facet.WEIGHTS,
            statement=f"the revision asked for is the commit {revision}",
            where=(asked.where,),
        )
    looked_up = next(iter(commits_of(record, Grade.DECLARED)), "")
    beside = f"; the commit {looked_up} was looked up, not asked for" if looked_up else ""
    return Finding(
        outcome=Outcome.VIOLATED,
        facet=Facet.WEIGHTS,
        statement=f"the revision {revision!r} can move{beside}",
        expected="a 40-hex commit",
        found=revision,
        where=(asked.where,),
        fix=how_to_record((record,), Facet.WEIGHTS),
    )
