"""The rule `as-required`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.records import Record
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Facet, Kind, normalised
from weighin.requirements.model import BenchmarkRequirement, Model
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import ClaimedRecordRule, place
from weighin.rules.shared.wording import listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRequired(ClaimedRecordRule):
    """Every benchmark was asked as the requirements say.

    Why:
        Shots, filter, task version, decoding and prompt format move scores by more than most
        models differ.

    How:
        Holds what the record says was asked against each value that the requirements set: shots,
        metric and filter, task version, decoding, documents, chat template, system prompt.

    Fix:
        Score the benchmark again as required, or require what was done.
    """

    id: ClassVar[str] = "as-required"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each required value that differs or is not recorded, else one answer."""
        required = case.requirements.benchmark(record.asked.task)
        if required is None:
            return
        parts = tuple(_parts(required, case.requirements.model, record))
        wrong = tuple(part for part in parts if part.found is None or not part.is_same)
        for part in wrong:
            yield _finding(case, record, part)
        if not wrong:
            yield Finding(
                outcome=Outcome.MET,
                statement=f"asked as required: {', '.join(part.name for part in parts)}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One value that the requirements set.

    Attributes:
        name: Its key in the requirements.
        expected: What is required, in words.
        found: What the record says, in words; `None` if it says nothing.
        is_same: Whether the two mean the same.
        facet: The facet whose observation tells; `None` if the record tells by itself.
    """

    name: str
    expected: str
    found: str | None
    is_same: bool
    facet: Facet | None = None


def _finding(case: Case, record: Record, part: _Part) -> Finding:
    again = f"weighin run {case.requirements.source} --only {record.asked.task}"
    where = () if part.facet is None else (place(record, part.facet),)
    if part.found is None:
        recorded_by = "" if part.facet is None else record.observation(part.facet).how_to_record
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{part.name} is not recorded",
            facet=part.facet,
            expected=part.expected,
            found="not recorded",
            where=where,
            fix=recorded_by or f"score it with `{again}`, which records it",
        )
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"{part.name} is {part.found}, required is {part.expected}",
        facet=part.facet,
        expected=part.expected,
        found=part.found,
        where=where,
        fix=f"score it again as required: {again}",
    )


def _parts(required: BenchmarkRequirement, model: Model, record: Record) -> Iterator[_Part]:
    asked = record.asked
    if (shots := required.num_fewshot) is not None:
        yield _Part(
            name="num_fewshot",
            expected=str(shots),
            found=None if asked.num_fewshot is None else str(asked.num_fewshot),
            is_same=asked.num_fewshot == shots,
        )
    if (key := required.metric_key) is not None:
        there = tuple(dict.fromkeys(s.key for s in record.scores if s.task == asked.task))
        yield _Part(
            name="metric",
            expected=key,
            found=listed(there, len(there)) or None,
            is_same=key in there,
        )
    if (version := required.task_version) is not None:
        yield _Part(
            name="task_version",
            expected=version,
            found=asked.task_version,
            is_same=_is_same_version(version, asked.task_version),
        )
    decides = record.observation(Facet.DECODING).applies
    for name, value in required.decoding.items() if decides else ():
        yield _Part(
            name=f"decoding.{name}",
            expected=literal(value),
            found=literal(asked.decoding[name]) if name in asked.decoding else None,
            is_same=normalised(asked.decoding.get(name)) == normalised(value),
        )
    yield _documents(required, record)
    yield from _prompt_parts(required, model, record)


def _documents(required: BenchmarkRequirement, record: Record) -> _Part:
    scored = record.asked.documents_scored
    if required.samples == "all":
        # A log that counts nothing may well be of a part.
        whole = None if scored is None and record.asked.documents_total is None else "all"
        return _Part(
            name="samples",
            expected="all",
            found="a part of the documents" if record.is_partial else whole,
            is_same=whole is not None and not record.is_partial,
        )
    return _Part(
        name="samples",
        expected=str(required.samples),
        found=None if scored is None else str(scored),
        is_same=scored == required.samples,
    )


def _prompt_parts(required: BenchmarkRequirement, model: Model, record: Record) -> Iterator[_Part]:
    applied = required.chat_template
    if applied is None and "chat_template" in model.model_fields_set:
        applied = model.chat_template
    if applied is not None and record.observation(Facet.CHAT_TEMPLATE).applies:
        found = _content(record, Facet.CHAT_TEMPLATE).get("applied")
        yield _Part(
            name="chat_template",
            expected=_applied(applied),
            found=_applied(found) if isinstance(found, bool) else None,
            is_same=found is applied,
            facet=Facet.CHAT_TEMPLATE,
        )
    is_set = required.system_prompt is not None or "system_prompt" in model.model_fields_set
    if not is_set or not record.observation(Facet.SYSTEM_PROMPT).applies:
        return
    prompt = required.system_prompt or model.system_prompt
    expected = None if prompt is None else sha256_hex(prompt.encode("utf-8"))
    content = _content(record, Facet.SYSTEM_PROMPT)
    yield _Part(
        name="system_prompt",
        expected=_prompt(expected),
        found=_prompt(content["sha256"]) if "sha256" in content else None,
        is_same=content.get("sha256") == expected,
        facet=Facet.SYSTEM_PROMPT,
    )


def _content(record: Record, facet: Facet) -> dict[str, JsonValue]:
    """The JSON object that an observation carries; empty if it carries none."""
    for identifier in record.observation(facet).identifiers:
        if identifier.kind is Kind.CONTENT and isinstance(identifier.value, dict):
            return identifier.value
    return {}


def _applied(is_applied: bool) -> str:  # noqa: FBT001 - a value that is told, not a switch
    return "applied" if is_applied else "not applied"


def _prompt(digest: JsonValue) -> str:
    return "none" if digest is None else f"sha256:{literal(digest)}"


def _is_same_version(left: str, right: str | None) -> bool:
    if right is None or left == right:
        return left == right
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False
