"""What an lm-eval command sets for all of its tasks, under the keys of each benchmark."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import Settings
from weighin.sources.command_lines.described import unfilled
from weighin.sources.command_lines.found import Found, whole_number

_DEFAULT_SEEDS = [0, 1234, 1234, 1234]
_MOST_DOCUMENTS = 1e15
_KNOWN = "; known: "


def take_tasks(given: Sequence[JsonValue], found: Found) -> Iterator[str]:
    """The names among tasks; what else they may be is left out."""
    for task in dict.fromkeys(str(task).strip() for task in given):
        if found.is_unfilled(task):
            found.left_out.append(unfilled("--tasks", task))
        elif "*" in task or "?" in task:
            why = "a pattern of names; write each task out (`lm_eval ls tasks` lists them)"
            found.leave("--tasks", task, why, may_change_scores=True)
        elif task.endswith((".yaml", ".yml")) or "/" in task:
            why = (
                "a task file; write its folder under `tasks`, and what stands behind `task:` in it "
                "under `benchmarks`"
            )
            found.leave("--tasks", task, why, may_change_scores=True)
        elif task:
            yield task


def take_shots(given: JsonValue, count: int, found: Found) -> None:
    """`--num_fewshot`."""
    value = whole_number("--num_fewshot", given)
    found.carry_to_each(count, "--num_fewshot", given, "num_fewshot", value=value)


def take_limit(given: JsonValue, count: int, found: Found) -> None:
    """`--limit`.

    Raises:
        UsageError: It is no number.
    """
    try:
        number = float(str(given))
    except ValueError as error:
        raise UsageError(f"--from: --limit: expected a number, found {given!r}") from error
    if 1 <= number < _MOST_DOCUMENTS:
        # lm-eval takes 1.0 for one document, and 0.999 for nearly all.
        found.carry_to_each(count, "--limit", given, "samples", value=int(number))
    else:
        why = "a share of the documents cannot be required; write `samples: N` for the first N"
        found.leave("--limit", given, why, may_change_scores=True)


def take_seeds(given: JsonValue, count: int, found: Found) -> None:
    """`--seed`.

    Raises:
        UsageError: lm-eval could not read it.
    """
    seeds = _seeds(given)
    if seeds == _DEFAULT_SEEDS:
        why = "is lm-eval's default, which weighin keeps"
        found.leave("--seed", given, why, may_change_scores=False)
        return
    *states, shots = seeds
    if isinstance(states[0], int) and states.count(states[0]) == len(states):
        found.carry_to_each(count, "--seed", given, "seed", value=states[0])
    elif states != _DEFAULT_SEEDS[:-1]:
        why = "one seed is for Python, numpy and torch here; write `seed: N` under benchmarks"
        found.leave("--seed", given, why, may_change_scores=True)
    if isinstance(shots, int):
        found.carry_to_each(count, "--seed", given, "fewshot_seed", value=shots)
    else:
        why = "shots are always drawn with a seed here; write `fewshot_seed: N`"
        found.leave("--seed", given, why, may_change_scores=True)


def take_decoding(
    given: Mapping[str, JsonValue], count: int, found: Found, settings: Settings
) -> None:
    """`--gen_kwargs`: settings that are known to be harmless, each by itself."""
    for key, value in given.items():
        flag = f"--gen_kwargs {key}"
        if isinstance(value, str) and found.is_unfilled(value):
            found.left_out.append(unfilled(flag, value))
        elif refused := [why for _, why in refusals({key: value}, settings)]:
            why = refused[0].partition(_KNOWN)[0]
            found.leave(flag, value, why, may_change_scores=True)
        else:
            found.carry_to_each(count, flag, _as_given(value), "decoding", key, value=value)


def _as_given(value: JsonValue) -> JsonValue:
    return "true" if value is True else value


def _seeds(given: JsonValue) -> list[int | None]:
    """Seeds of Python, numpy, torch and the shots."""
    parts: Sequence[JsonValue] = given if isinstance(given, list) else str(given).split(",")
    try:
        seeds = [None if str(p).strip().lower() == "none" else int(str(p)) for p in parts]
    except ValueError as error:
        raise UsageError(f"--from: --seed: expected whole numbers, found {given!r}") from error
    if len(seeds) == 1:
        return seeds * len(_DEFAULT_SEEDS)
    if len(seeds) == len(_DEFAULT_SEEDS) - 1:
        return [*seeds, _DEFAULT_SEEDS[-1]]
    if len(seeds) != len(_DEFAULT_SEEDS):
        raise UsageError(f"--from: --seed: expected 1, 3 or 4 numbers, found {len(seeds)}")
    return seeds
