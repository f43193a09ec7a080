"""What the file states of a benchmark, held against a record of it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from pydantic import JsonValue

from weighin.evidence.records import Record
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Agreement, Facet, normalised
from weighin.requirements.decoding.effective import effective
from weighin.requirements.decoding.settings import OPENAI, TRANSFORMERS, ComparedWith
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.interface import Case
from weighin.rules.shared.by_its_own_word import reached_limit
from weighin.rules.shared.stated.part import StatedPart, answer, object_of
from weighin.rules.shared.wording import listed, literal

_SEEDED = ("random", "numpy", "torch")
_DOCUMENTS = "sha256:"


def benchmark_parts(case: Case, record: Record) -> Iterator[StatedPart]:
    """The values that the file states of the record's benchmark, in the order of the keys."""
    if (number := case.place_of(record.asked.task)) is not None:
        yield from parts_of(case, number, record)


def parts_of(case: Case, number: int, record: Record) -> Iterator[StatedPart]:
    """The values that the file states of one of its benchmarks, held against any record."""
    required, place = case.requirements.benchmarks[number], f"benchmarks.{number}"
    yield from _shots(required, record, place)
    yield from _metric(required, record, place)
    yield from _task_version(required, record, place)
    yield from _decoding(case, required, record, place)
    yield _samples(required, record, place)
    yield from _template(case, required, record, place)
    yield from _system_prompt(case, required, record, place)
    yield from _repeats(required, record, place)
    yield from _seeds(required, record, place)
    yield from _documents(required, record, place)


def asked_alike(case: Case, record: Record) -> Agreement:
    """Whether a record was asked with the shots and repeats that are required.

    A record that was asked with others is of another benchmark.
    """
    required = case.required(record.asked.task)
    if required is None:
        return Agreement.SAME
    stated = (required.num_fewshot, required.repeats)
    parts = (*_shots(required, record, ""), *_repeats(required, record, ""))
    answers = {part.agreement for part in parts}
    if Agreement.DIFFERENT in answers:
        return Agreement.DIFFERENT
    is_known = Agreement.UNKNOWN not in answers
    is_known = is_known and len(parts) == sum(value is not None for value in stated)
    return Agreement.SAME if is_known else Agreement.UNKNOWN


def _shots(required: BenchmarkRequirement, record: Record, place: str) -> Iterator[StatedPart]:
    if (stated := required.num_fewshot) is not None:
        yield _number("num_fewshot", stated, record.asked.num_fewshot, place)


def _number(key: str, stated: int, found: int | None, place: str) -> StatedPart:
    return StatedPart(
        key=key,
        path=f"{place}.{key}",
        expected=str(stated),
        found=None if found is None else str(found),
        agreement=answer(is_same=found == stated, is_known=found is not None),
    )


def _metric(required: BenchmarkRequirement, record: Record, place: str) -> Iterator[StatedPart]:
    if (key := required.metric_key) is None:
        return
    scores = tuple(s for s in record.scores if s.task == record.asked.task)
    there = tuple(dict.fromkeys(s.key for s in scores))
    is_same = any(required.claims(s.metric, s.filter) for s in scores)
    yield StatedPart(
        key="metric",
        path=f"{place}.metric",
        expected=key,
        found=listed(there, len(there)) or None,
        agreement=answer(is_same=is_same, is_known=bool(there)),
        sorts_out=False,
    )


def _task_version(
    required: BenchmarkRequirement, record: Record, place: str
) -> Iterator[StatedPart]:
    if (stated := required.task_version) is None:
        return
    found = record.asked.task_version
    yield StatedPart(
        key="task_version",
        path=f"{place}.task_version",
        expected=stated,
        found=found,
        agreement=answer(is_same=_is_same_version(stated, found), is_known=found is not None),
    )


def _is_same_version(left: str, right: str | None) -> bool:
    if right is None or left == right:
        return left == right
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False


def _decoding(
    case: Case, required: BenchmarkRequirement, record: Record, place: str
) -> Iterator[StatedPart]:
    """Each stated setting beside the task's configuration, and beside what was sent."""
    asked = record.asked.decoding
    if not record.observation(Facet.DECODING).applies:
        return
    for name, stated in required.decoding.items():
        found, is_same = asked.get(name), normalised(asked.get(name)) == normalised(stated)
        aside = ""
        if is_same and (sent := _contrary(case, record, {name: stated})) is not None:
            found, is_same, aside = sent, False, "as it was sent"
        text = literal(found) if name in asked else None
        if name not in asked and (in_force := _in_force(case, record, name)):
            others = [e for e in in_force if not _adds_nothing(e, {name: stated})]
            is_same, aside = not others, "in what was in force"
            text = literal(others[0].get(name, "not set") if others else stated)
        yield StatedPart(
            key=f"decoding.{name}",
            path=f"{place}.decoding.{name}",
            expected=literal(stated),
            found=text,
            agreement=answer(is_same=is_same, is_known=text is not None),
            aside=aside,
        )


def _contrary(case: Case, record: Record, stated: Mapping[str, JsonValue]) -> JsonValue:
    """What was sent in which the stated settings were not in force; `None` if they were."""
    table = TRANSFORMERS if case.requirements.model.endpoint is None else OPENAI
    for sent in () if record.sent is None else record.sent.generation:
        in_force = effective(sent, {}, table)
        if normalised(effective({**sent, **stated}, {}, table)) != normalised(in_force):
            return dict(in_force)
    return None


def _in_force(case: Case, record: Record, name: str) -> list[dict[str, JsonValue]]:
    """The settings that were in force for answers, where they would hold a setting of this name.

    What a server does with what it is not sent is not known.
    """
    setting = TRANSFORMERS.get(name)
    if setting is None or setting.compared_with is not ComparedWith.BENCHMARKS:
        return []
    if case.requirements.model.endpoint is not None or not record.is_own:
        return []
    each = object_of(record, Facet.DECODING).get("in_force")
    return [dict(e) for e in each if isinstance(e, dict)] if isinstance(each, list) else []


def _adds_nothing(in_force: Mapping[str, JsonValue], stated: Mapping[str, JsonValue]) -> bool:
    with_it = effective({**in_force, **stated}, {}, TRANSFORMERS)
    return normalised(with_it) == normalised(effective(in_force, {}, TRANSFORMERS))


def _samples(required: BenchmarkRequirement, record: Record, place: str) -> StatedPart:
    scored, is_all = record.asked.documents_scored, required.samples == "all"
    if is_all:
        # A log that counts nothing may well be of a part.
        whole = None if scored is None and record.asked.documents_total is None else "all"
        found = "a part of the documents" if record.is_partial else whole
    else:
        found = None if scored is None else str(scored)
    limit = reached_limit(record) if is_all else None
    if limit is not None:
        found = f"at most {limit} were to be asked, and the log does not show whether these are all"
    return StatedPart(
        key="samples",
        path=f"{place}.samples",
        expected=str(required.samples),
        found=found,
        agreement=answer(
            is_same=found == str(required.samples), is_known=found is not None and limit is None
        ),
        sorts_out=False,
    )


def _template(
    case: Case, required: BenchmarkRequirement, record: Record, place: str
) -> Iterator[StatedPart]:
    model, stated, path = case.requirements.model, required.chat_template, f"{place}.chat_template"
    if stated is None and "chat_template" in model.model_fields_set:
        stated, path = model.chat_template, "model.chat_template"
    if stated is None or not record.observation(Facet.CHAT_TEMPLATE).applies:
        return
    found = object_of(record, Facet.CHAT_TEMPLATE).get("applied")
    is_known = isinstance(found, bool)
    yield StatedPart(
        key="chat_template",
        path=path,
        expected=_APPLIED[stated],
        found=_APPLIED[found is True] if is_known else None,
        agreement=answer(is_same=found is stated, is_known=is_known),
        facet=Facet.CHAT_TEMPLATE,
    )


_APPLIED = {True: "applied", False: "not applied"}


def _system_prompt(
    case: Case, required: BenchmarkRequirement, record: Record, place: str
) -> Iterator[StatedPart]:
    model, stated, path = case.requirements.model, required.system_prompt, f"{place}.system_prompt"
    if stated is None:
        if "system_prompt" not in model.model_fields_set:
            return
        stated, path = model.system_prompt, "model.system_prompt"
    if not record.observation(Facet.SYSTEM_PROMPT).applies:
        return
    expected = None if stated is None else sha256_hex(stated.encode("utf-8"))
    content = object_of(record, Facet.SYSTEM_PROMPT)
    is_known = "sha256" in content
    yield StatedPart(
        key="system_prompt",
        path=path,
        expected=_prompt(expected),
        found=_prompt(content["sha256"]) if is_known else None,
        agreement=answer(is_same=content.get("sha256") == expected, is_known=is_known),
        facet=Facet.SYSTEM_PROMPT,
    )


def _prompt(digest: JsonValue) -> str:
    return "none" if digest is None else f"sha256:{literal(digest)}"


def _repeats(required: BenchmarkRequirement, record: Record, place: str) -> Iterator[StatedPart]:
    if (stated := required.repeats) is not None and not record.is_older:
        yield _number("repeats", stated, record.asked.repeats, place)


def _seeds(required: BenchmarkRequirement, record: Record, place: str) -> Iterator[StatedPart]:
    for key, stated, names in (
        ("seed", required.seed, _SEEDED),
        ("fewshot_seed", required.fewshot_seed, ("fewshot",)),
    ):
        if stated is None:
            continue
        seeds = {name: seed for name in names if (seed := _seed(record, name)) is not None}
        departing = {name: seed for name, seed in seeds.items() if seed != stated}
        is_known = bool(departing) or len(seeds) == len(names)
        found = literal(dict(departing)) if len(names) > 1 and departing else None
        if is_known and found is None:
            found = str(seeds[names[0]])
        yield StatedPart(
            key=key,
            path=f"{place}.{key}",
            expected=str(stated),
            found=found,
            agreement=Agreement.UNKNOWN if not is_known else answer(is_same=not departing),
        )


def _seed(record: Record, name: str) -> int | None:
    """A seed of the harness, also where an older record holds it among its settings."""
    if name in record.asked.seeds:
        return record.asked.seeds[name]
    found = record.run.settings.get(f"{name}_seed")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _documents(required: BenchmarkRequirement, record: Record, place: str) -> Iterator[StatedPart]:
    if (stated := required.documents) is None:
        return
    found = record.asked.documents_digest
    yield StatedPart(
        key="documents",
        path=f"{place}.documents",
        expected=stated,
        found=None if found is None else f"{_DOCUMENTS}{found}",
        agreement=answer(is_same=f"{_DOCUMENTS}{found}" == stated, is_known=found is not None),
        sorts_out=False,
    )
