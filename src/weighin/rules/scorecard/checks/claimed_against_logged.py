"""The rule `claimed-against-logged`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from weighin.evidence.benchmarks import plain_name
from weighin.evidence.records import Record, Score
from weighin.evidence.scorecard import Unit
from weighin.identity.facets import Grade
from weighin.identity.published.revision import HUB_SCHEME
from weighin.rules.scorecard.checks.claim_against_rerun import held_against
from weighin.rules.scorecard.interface import MeasuredScore, ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, grouped, stated_numbers
from weighin.rules.scores.claimed_scores_are_recorded import prints_as
from weighin.rules.shared.facets.artifact_names import commits_of
from weighin.rules.shared.wording import digest, listed, number
from weighin.statistics.standard_errors import largest_standard_error

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_HUNDRED = 100
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAgainstLogged:
    """Every claim is the score of a logged run of the artifact that it is claimed of.

    Why:
        A log says which checkpoint gave a number; a table only says so.

    How:
        For each claimed share: the logged runs of its benchmark. The claim is confirmed where a
        run of its artifact prints so, rounded or cut off; it is of a different artifact where only
        a run of another checkpoint does. Otherwise the closest run of its artifact is held against
        it like a re-run. A run is of the artifact by its checkpoint, else by its commit, else by
        its name.

    Fix:
        Publish the recorded score, or give the record of the run that gave the published one.
    """

    id: ClassVar[str] = "claimed-against-logged"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every claimed share, if any run is logged."""
        if not case.records:
            return
        everything = [s for s in stated_numbers(case) if s.is_share and s.is_claim]
        names = grouped(everything, lambda s: plain_name(s.artifact.name)).keys()
        for claim in everything:
            yield _of(case, claim, names - {plain_name(claim.artifact.name)})


class _Belongs(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Logged:
    record: Record
    score: Score
    belongs: _Belongs

    @property
    def words(self) -> str:
        record = self.record
        of = record.model if record.checkpoint_id is None else digest(record.checkpoint_id)
        return f"{number(self.score.value)} ({self.score.key}) of {of} in {record.origin.file}"


def _of(case: ScorecardCase, claim: StatedNumber, others: set[str]) -> ScorecardFinding:
    logged = [
        _Logged(record, score, _belongs(claim, record, others))
        for record in case.records
        if _is_of_benchmark(claim, record)
        for score in _scores(claim, record)
    ]
    ours = [one for one in logged if one.belongs is _Belongs.YES]
    percent = "%" if claim.number.unit is Unit.PERCENT else ""
    matching = [one for one in logged if prints_as(claim.number.printed + percent, one.score.value)]
    for one in matching:
        if one.belongs is _Belongs.YES:
            return ScorecardFinding(
                word=Word.CONSISTENT,
                statement=f"{claim.cited} is the logged score of this artifact: {one.words}",
                numbers=(claim.number,),
                run=_measured(claim, one),
            )
    if ours:
        return _closest(case, claim, ours)
    return _not_ours(claim, logged, matching)


def _not_ours(
    claim: StatedNumber, logged: Sequence[_Logged], matching: Sequence[_Logged]
) -> ScorecardFinding:
    """The finding where no logged run is known to be of the claimed artifact."""
    fix = "give the record of the run that gave it, or score the artifact: weighin run"
    for one in matching:
        if one.belongs is _Belongs.NO:
            return ScorecardFinding(
                word=Word.DIFFERENT_ARTIFACT,
                statement=f"{claim.cited} is logged for another artifact only: {one.words}",
                numbers=(claim.number,),
                fix=fix,
            )
    told = ""
    if logged:
        told = "; logged are " + listed([one.words for one in logged])
    return ScorecardFinding(
        word=Word.UNRESOLVED,
        statement=f"{claim.cited}: no logged run is known to be of {claim.artifact.name}{told}",
        numbers=(claim.number,),
        fix=fix,
    )


def _closest(case: ScorecardCase, claim: StatedNumber, ours: Sequence[_Logged]) -> ScorecardFinding:
    """The finding on the logged run of the artifact whose score is the closest to the claim."""
    claimed = float(claim.value.value)
    best = min(ours, key=lambda one: abs(_share(claim, one.score.value) - claimed))
    share = _share(claim, best.score.value)
    if 0 < claimed - share < float(claim.value.unit):
        return ScorecardFinding(
            word=Word.UNUSUAL,
            statement=f"{claim.cited} was rounded up from the logged score: {best.words}",
            numbers=(claim.number,),
            run=_measured(claim, best),
            fix="round to the nearest",
        )
    found = held_against(case, claim, _measured(claim, best))
    if found.word is not Word.CONSISTENT:
        return found
    return ScorecardFinding(
        word=Word.UNDECLARED,
        statement=f"{claim.cited} is not the logged score, though within the margin of it: "
        f"{best.words}",
        unresolved=found.unresolved,
        arithmetic=found.arithmetic,
        numbers=found.numbers,
        run=found.run,
        p_value=found.p_value,
        fix="publish the recorded score, or give the record of the run that gave this one",
    )


def _measured(claim: StatedNumber, logged: _Logged) -> MeasuredScore:
    """What a logged run measured, in the claim's terms."""
    share = _share(claim, logged.score.value)
    error, origin = logged.score.stderr, "as logged"
    if error is not None and share != logged.score.value:
        error /= _HUNDRED
    documents = logged.score.documents or logged.record.asked.documents_scored
    if error is None and documents is not None and documents >= _FEWEST and 0 <= share <= 1:
        error, origin = largest_standard_error(share, documents), f"of {documents} documents"
    return MeasuredScore(
        score=share,
        rounding=0.0,
        standard_error=error,
        words=f"the logged score {logged.words}",
        by=logged.record.origin.file,
        arithmetic=origin,
    )


def _share(claim: StatedNumber, value: float) -> float:
    is_percentage = claim.number.unit is Unit.PERCENT and abs(value) > 1
    return value / _HUNDRED if is_percentage else value


def _is_of_benchmark(claim: StatedNumber, record: Record) -> bool:
    task = record.asked.task
    names = {claim.number.benchmark, claim.number.registered_as}
    if claim.benchmark is not None:
        names |= {claim.benchmark.id, *claim.benchmark.names, *claim.benchmark.lm_eval}
    shots = {claim.number.protocol.shots, record.asked.num_fewshot} - {None}
    is_same = plain_name(task) in {plain_name(name) for name in names if name}
    return is_same and len(shots) < 2  # noqa: PLR2004  # two differ


def _scores(claim: StatedNumber, record: Record) -> tuple[Score, ...]:
    """The record's scores of the claimed metric; all of the benchmark where none has its name."""
    of_task = tuple(s for s in record.scores if s.task == record.asked.task)
    wanted = plain_name(claim.number.metric)
    named = tuple(s for s in of_task if wanted in {plain_name(s.metric), plain_name(s.key)})
    return named or of_task


def _belongs(claim: StatedNumber, record: Record, others: set[str]) -> _Belongs:
    """Whether a record is of the claimed artifact: by checkpoint, by commit, by name."""
    checkpoint = claim.artifact.checkpoint or ""
    if (match := _SHA256.fullmatch(checkpoint)) and record.checkpoint_id is not None:
        return _Belongs.YES if match[1] == record.checkpoint_id else _Belongs.NO
    if checkpoint.startswith(HUB_SCHEME):
        commits = commits_of(record, Grade.DECLARED)
        if checkpoint.removeprefix(HUB_SCHEME) in commits:
            return _Belongs.YES
        repository = checkpoint.removeprefix(HUB_SCHEME).partition("@")[0]
        if commits:
            # Two commits of one repository may hold the same weights; two repositories seldom do.
            is_other = all(commit.partition("@")[0] != repository for commit in commits)
            return _Belongs.NO if is_other else _Belongs.UNKNOWN
    name, repository_name = plain_name(record.model), plain_name(record.model.rpartition("/")[2])
    if plain_name(claim.artifact.name) in {name, repository_name}:
        return _Belongs.YES
    return _Belongs.NO if {name, repository_name} & others else _Belongs.UNKNOWN
