"""The rule `reference-was-scored-alike`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.differences.held.digests import digests_agree
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet, Grade, Kind, agreement, normalised
from weighin.rules.interface import Case, Finding, Outcome, Weaker
from weighin.rules.shared.compute import aggregation_of
from weighin.rules.shared.counterparts import named, references, without_reference
from weighin.rules.shared.per_record import ClaimedRecordRule, bearing, place
from weighin.rules.shared.wording import digest, listed, literal, told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceWasScoredAlike(ClaimedRecordRule):
    """Both sides of a comparison were scored alike.

    Why:
        A baseline scored with other settings than the candidate shows the settings: reported
        gains vanished where the baseline was scored as its makers do.

    How:
        Holds each record against the reference records of its benchmark: facets of how the model
        was run; shots, metric, task version and configuration, dataset; harness; how answers
        became one score. The models may differ, and so may their own templates; whether a
        template was applied may not.

    Fix:
        Score both sides by the same requirements file.

    Attributes:
        facets: The facets that must agree.
    """

    id: ClassVar[str] = "reference-was-scored-alike"
    aliases: ClassVar[tuple[str, ...]] = ("both-sides-alike",)
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"facets": Weaker.FEWER})

    facets: tuple[Facet, ...] = (
        Facet.DTYPE,
        Facet.CHAT_TEMPLATE,
        Facet.SYSTEM_PROMPT,
        Facet.DECODING,
        Facet.TEST_TIME_COMPUTE,
    )

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """What differs from each reference record, else that nothing does."""
        others = references(case, record)
        if not others:
            yield without_reference()
        for other in others:
            problems = (*self._facets(case, record, other), *_asked(case, record, other))
            yield from problems or [
                Finding(
                    outcome=Outcome.MET,
                    statement=f"scored like {named(case, other)}",
                    where=(record.origin, other.origin),
                )
            ]

    def _facets(self, case: Case, record: Record, other: Record) -> Iterator[Finding]:
        for facet in self.facets:
            if len(bearing((record, other), facet)) < 2:  # noqa: PLR2004  # both of the two
                continue
            answer, told = _facet_agreement(record, other, facet)
            if answer is Agreement.SAME:
                continue
            is_different = answer is Agreement.DIFFERENT
            how = record.observation(facet).how_to_record or other.observation(facet).how_to_record
            yield Finding(
                outcome=Outcome.VIOLATED if is_different else Outcome.UNDECIDED,
                facet=facet,
                statement=f"{facet} is other than in {named(case, other)}"
                if is_different
                else f"whether {facet} is that of {named(case, other)} is not known",
                expected=told[1],
                found=told[0],
                where=(place(record, facet), place(other, facet)),
                fix=_SCORE_BOTH if is_different else how or _SCORE_BOTH,
            )


_SCORE_BOTH = "score both sides by the same requirements file"


def _facet_agreement(
    record: Record, other: Record, facet: Facet
) -> tuple[Agreement, tuple[str, str]]:
    """Whether two records agree on a facet, and what each says."""
    mine, theirs = record.observation(facet), other.observation(facet)
    if facet is Facet.CHAT_TEMPLATE:
        # Two models may have templates of their own; whether they were applied is a choice.
        ours, others = _is_applied(record), _is_applied(other)
        if ours is None or others is None:
            return Agreement.UNKNOWN, (_applied(ours), _applied(others))
        answer = Agreement.SAME if ours is others else Agreement.DIFFERENT
        return answer, (_applied(ours), _applied(others))
    answer = agreement(mine.identifiers, theirs.identifiers, Grade.DECLARED)
    return answer, told_apart(mine, theirs)


def _is_applied(record: Record) -> bool | None:
    for identifier in record.observation(Facet.CHAT_TEMPLATE).identifiers:
        if identifier.kind is Kind.CONTENT and isinstance(identifier.value, dict):
            found = identifier.value.get("applied")
            return found if isinstance(found, bool) else None
    return None


def _applied(is_applied: bool | None) -> str:  # noqa: FBT001  # a value that is told, not a switch
    return "not recorded" if is_applied is None else "applied" if is_applied else "not applied"


def _asked(case: Case, record: Record, other: Record) -> Iterator[Finding]:
    """Findings on what was asked: what differs, then what is not known of one of the two."""
    # What is declared is declared of the model under judgement.
    mine, theirs = _parts(case, record), _parts(replace(case, declarations=()), other)
    differ = [k for k in mine if None not in (mine[k], theirs[k]) and not _equal(mine, theirs, k)]
    for name in differ:
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"{name} is {literal(mine[name])}, in {named(case, other)} "
            f"{literal(theirs[name])}",
            expected=literal(theirs[name]),
            found=literal(mine[name]),
            where=(record.origin, other.origin),
            fix=_SCORE_BOTH,
        )
    unknown = [k for k in mine if None in (mine[k], theirs[k])]
    settings = digests_agree(record, other, lambda asked: asked.config_digest)
    if settings is Agreement.SAME and mine["task_version"] is theirs["task_version"] is None:
        unknown.remove("task_version")
    if settings is Agreement.DIFFERENT:
        yield Finding(
            outcome=Outcome.VIOLATED,
            statement=f"settings of the task are other than in {named(case, other)}",
            expected=digest(other.asked.config_digest or ""),
            found=digest(record.asked.config_digest or ""),
            where=(record.origin, other.origin),
            fix=_SCORE_BOTH,
        )
    if unknown:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"not recorded here or in {named(case, other)}: {listed(unknown)}",
            where=(record.origin, other.origin),
            fix=f"score both sides with `weighin run {case.requirements.as_given}`, which records "
            "them",
        )


def _parts(case: Case, record: Record) -> Mapping[str, JsonValue]:
    """What must be alike on both sides; `None` where the record does not say."""
    asked = record.asked
    required = case.required(asked.task)
    key = None if required is None else required.metric_key
    keys = {s.key for s in record.scores if s.task == asked.task}
    metrics: JsonValue = listed(sorted(keys)) or None
    if key is not None and key in keys:
        metrics = key
    aggregation, _ = aggregation_of(case, record)
    return {
        "num_fewshot": asked.num_fewshot,
        "metric": metrics,
        "task_version": asked.task_version,
        "aggregation": aggregation,
        "harness": record.run.harness or None,
    }


def _equal(mine: Mapping[str, JsonValue], theirs: Mapping[str, JsonValue], name: str) -> bool:
    return normalised(mine[name]) == normalised(theirs[name])
