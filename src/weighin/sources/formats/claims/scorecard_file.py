"""A scorecard file among the evidence of `weighin check`: every number a record, by name only."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Score
from weighin.evidence.scorecard import (
    Artifact,
    Availability,
    Protocol,
    Scorecard,
    ScorecardNumber,
    Unit,
)
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Grade, Identifier, Kind
from weighin.sources.formats.claims.claim import Claim
from weighin.sources.formats.facets import commit, stated
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs
from weighin.sources.formats.record import foreign_score
from weighin.sources.scorecard.file import MAX_SCORECARD_BYTES, read_scorecard_file

_KEY = re.compile(rb"^weighin_scorecard[ \t]*:", re.MULTILINE)
_SUFFIXES = frozenset({".yaml", ".yml"})
_HUB, _CHECKPOINT = "hf://", "sha256:"
_SCORE = "score"


class ScorecardReader:
    """Scorecard files. Pasted tables are none: nothing tells them from other tables."""

    signs: ClassVar[Signs] = {"scorecard file": ("weighin_scorecard",)}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is YAML with the key `weighin_scorecard`."""
        if file.suffix not in _SUFFIXES:
            return False
        try:
            return _KEY.search(file.content()[:MAX_SCORECARD_BYTES]) is not None
        except EvidenceError:
            return False

    def read(self, file: ForeignFile) -> Reading:
        """A record for every number."""
        scorecard = read_scorecard_file(file.content(), str(file.path))
        return Reading(
            format="scorecard file",
            records=tuple(
                LoggedRecord(record=claim.record(), folder=file.path.parent)
                for claim in _claims(scorecard, file.shown)
            ),
        )


def _claims(scorecard: Scorecard, shown: str) -> Iterator[Claim]:
    artifacts = {artifact.name: artifact for artifact in scorecard.artifacts}
    for number in scorecard.numbers:
        artifact = artifacts[number.artifact]
        task = number.registered_as or number.benchmark
        yield Claim(
            model=artifact.claimed_as,
            task=task,
            num_fewshot=number.protocol.shots,
            documents=number.documents,
            scores=(_score(number, task),),
            harness=f"scorecard, source {number.source.title}",
            settings=_settings(number),
            shown=shown,
            pointer=number.pointer,
            facts=tuple(_facts(artifact, number.protocol)),
            artifact=artifact.name,
            checkpoint=_checkpoint(artifact),
        )


def _score(number: ScorecardNumber, task: str) -> Score:
    return foreign_score(
        task,
        number.metric or _SCORE,
        float(number.printed),
        stderr=float(number.standard_error) if number.standard_error else None,
        aggregation=number.protocol.averaging or None,
        documents=number.documents,
    )


def _settings(number: ScorecardNumber) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "printed": number.printed,
        "unit": number.unit.value,
        "units": {number.metric or _SCORE: "%"} if number.unit is Unit.PERCENT else {},
        "role": number.role.value,
        "by": number.by or "not stated",
        "split": number.split or "not stated",
        "benchmark": number.benchmark,
        "source_url": number.source.url or "not stated",
        "source_date": number.source.date or "not stated",
        "footnotes": list(number.footnotes),
    }
    return said | {"protocol": number.protocol.model_dump(mode="json", exclude_defaults=True)}


def _facts(artifact: Artifact, protocol: Protocol) -> Iterator[Fact]:
    label = artifact.name if artifact.name != artifact.claimed_as else None
    votes = None if protocol.votes is None else f"cons@{protocol.votes}"
    found = (
        stated(FactName.ARTIFACT_LABEL, label),
        stated(FactName.VARIANTS_TESTED, artifact.variants_tested),
        stated(FactName.AGGREGATION, votes or protocol.averaging or None),
    )
    yield from (fact for fact in found if fact is not None)
    if artifact.availability is Availability.NEVER_PUBLISHED:
        # Null says that nobody can obtain it.
        yield Fact(name=FactName.PUBLIC_URL, value=None, grade=Grade.DECLARED)


def _checkpoint(artifact: Artifact) -> Identifier | None:
    """What the scorecard says the checkpoint is: a word, whatever its precision."""
    written = artifact.checkpoint or ""
    if written.startswith(_HUB):
        repository, _, sha = written.removeprefix(_HUB).partition("@")
        return commit(repository, sha)
    if written.startswith(_CHECKPOINT):
        return Identifier(
            kind=Kind.FILES,
            value=written.removeprefix(_CHECKPOINT),
            grade=Grade.DECLARED,
            scope="checkpoint manifest",
        )
    return None
