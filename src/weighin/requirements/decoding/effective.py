"""The settings of decoding in force: a default that is written out equals one that is left out."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from weighin.files.canonical import canonical_json
from weighin.identity.facets import normalised
from weighin.requirements.decoding.settings import ComparedWith, Settings, Under


def effective(
    sent: Mapping[str, JsonValue], defaults: Mapping[str, JsonValue], settings: Settings
) -> dict[str, JsonValue]:
    """The settings that decide how answers are decoded, without those of the task.

    Settings of sampling do not count under greedy decoding, nor those of beams without beams. What
    is in force where nobody sets anything is left out, so that a default that is written out equals
    one that is not.

    Args:
        sent: What was set for the answers.
        defaults: What the model sets where that leaves it open, its generation config.
        settings: The table of what was answered through.
    """
    in_force = {name: value for name, value in sent.items() if value is not None}
    for name, value in defaults.items():
        if name in settings and value is not None:
            in_force.setdefault(name, value)
    is_greedy = normalised(in_force.get("temperature")) == "0"
    # lm-eval takes it out of what it sends to a server, where the temperature decides.
    if settings["do_sample"].default is not None:
        is_greedy = is_greedy or not in_force.get("do_sample")
        in_force["do_sample"] = not is_greedy
    idle = {Under.SAMPLING} if is_greedy else set()
    if normalised(in_force.get("num_beams", 1)) == "1":
        idle.add(Under.BEAMS)
    return {
        name: value
        for name, value in sorted(in_force.items())
        if not _is_left_out(name, value, settings, idle)
    }


def distinct(found: Iterable[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    """Those that differ, each once, in the order of their canonical JSON."""
    once = {canonical_json(values): values for values in found}
    return [once[key] for key in sorted(once)]


def _is_left_out(name: str, value: JsonValue, settings: Settings, idle: set[Under]) -> bool:
    if (setting := settings.get(name)) is None:
        # Nothing is known of it, so that it belongs to the comparison.
        return False
    if setting.compared_with is ComparedWith.TASK or setting.under in idle:
        return True
    return setting.default is not None and normalised(value) == normalised(setting.default)


def in_words(values: Mapping[str, JsonValue], settings: Settings) -> str:
    """A few words for a person: `greedy`, or `sampling, temperature 0.7, top_p 0.9`."""
    rest = ", ".join(f"{name} {value}" for name, value in values.items() if name != "do_sample")
    if settings["do_sample"].default is None:
        return rest or "as the server decides"
    how = "sampling" if values.get("do_sample") else "greedy"
    return f"{how}, {rest}" if rest else how
