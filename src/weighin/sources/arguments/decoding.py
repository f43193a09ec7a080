"""Settings of decoding as a log holds them: what contradicts another log."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from weighin.identity.facets import Grade, Identifier, normalised
from weighin.requirements.decoding.settings import OPENAI, TRANSFORMERS, ComparedWith, Under
from weighin.sources.arguments.given import argument

_GREEDY = "0"


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
