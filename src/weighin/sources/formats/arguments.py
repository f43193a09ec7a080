"""Arguments that a log says were set: what contradicts another log, and never shows sameness."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.identity.facets import Grade, Identifier, Kind, normalised
from weighin.requirements.decoding.settings import OPENAI, TRANSFORMERS, ComparedWith, Under
from weighin.sources.formats.facets import LONGEST_SUMMARY, in_words

_GREEDY = "0"


def argument(name: str, value: JsonValue, grade: Grade = Grade.DECLARED) -> Identifier:
    """One argument that was set.

    Args:
        name: As the harness spells it.
        value: What it was set to.
        grade: `named` where unlike values may have one effect, as two names of one tokenizer.
    """
    return Identifier(kind=Kind.ARGUMENT, value=value, grade=grade, scope=name)


def arguments(settings: Mapping[str, JsonValue]) -> tuple[Identifier, ...]:
    """Each of some arguments that were set."""
    return tuple(argument(name, value) for name, value in settings.items() if value is not None)


def with_arguments(
    observation: Observation, found: tuple[Identifier, ...], pointer: str = ""
) -> Observation:
    """The observation with arguments beside what it knows, told where it knows nothing.

    Args:
        observation: What the log says of the facet itself.
        found: What was set, and what else can only tell a difference.
        pointer: Where that stands in the log.
    """
    known = {(i.kind, i.scope) for i in observation.identifiers}
    new = tuple(i for i in found if (i.kind, i.scope) not in known)
    if not new or not observation.applies:
        return observation
    told = {i.scope: i.value for i in new if i.kind is Kind.ARGUMENT}
    update: dict[str, object] = {"identifiers": (*observation.identifiers, *new)}
    if told and observation.grade is Grade.ABSENT:
        update |= {"summary": in_words(told)[:LONGEST_SUMMARY], "pointer": pointer}
    return observation.model_copy(update=update)


def decoding_arguments(
    settings: Mapping[str, JsonValue], *, is_transformers: bool
) -> Iterator[Identifier]:
    """What the settings of decoding say that belongs to how the model is used.

    What is the task's own, such as stop sequences, is left out, and what has no effect without
    sampling where nothing is sampled.

    Args:
        settings: As recorded, by name.
        is_transformers: Whether transformers generated: elsewhere only the temperature decides
            whether anything is sampled.
    """
    table = TRANSFORMERS if is_transformers else OPENAI
    said = {name: value for name, value in settings.items() if value is not None}
    samples = said.get("do_sample") if is_transformers else None
    is_greedy = samples is False or normalised(said.get("temperature")) == _GREEDY
    if is_greedy:
        yield argument("temperature", _GREEDY)
    for name, value in sorted(said.items()):
        setting = table.get(name)
        if name == "do_sample":
            if is_transformers and not is_greedy:
                yield argument(name, value)
        elif is_greedy and (name == "temperature" or _is_of_sampling(name)):
            continue
        elif setting is None or setting.compared_with is not ComparedWith.TASK:
            # The model's own generation config may keep transformers from sampling at all.
            is_sure = not is_transformers or samples is True or not _is_of_sampling(name)
            yield argument(name, value, Grade.DECLARED if is_sure else Grade.NAMED)


def _is_of_sampling(name: str) -> bool:
    return any(
        (setting := table.get(name)) is not None and setting.under is Under.SAMPLING
        for table in (TRANSFORMERS, OPENAI)
    )
