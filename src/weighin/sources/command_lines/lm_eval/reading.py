"""An lm-eval command line in the keys of a requirements file."""

from collections.abc import Callable, Iterator, Sequence

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.files.yaml.problems import way_out
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import OPENAI
from weighin.requirements.decoding.settings import TRANSFORMERS as LOADED
from weighin.requirements.model import EndpointApi
from weighin.sources.command_lines.commands import Evaluation
from weighin.sources.command_lines.described import (
    INSTEAD,
    Carried,
    Described,
    Harness,
    Keys,
    LeftOut,
    Source,
    unfilled,
)
from weighin.sources.command_lines.lm_eval.backends import (
    OTHER_ENGINES,
    REFUSED,
    SERVED,
    TRANSFORMERS,
    Served,
)
from weighin.sources.command_lines.lm_eval.flags import HARMLESS, LEFT_OUT
from weighin.sources.command_lines.lm_eval.model_arguments import (
    FLAG,
    Taken,
    source_of,
    take_loading,
    taken_of,
)
from weighin.sources.command_lines.lm_eval.served import take_serving
from weighin.sources.command_lines.lm_eval.settings import Settings, settings_of
from weighin.sources.command_lines.values import as_told

_DEFAULT_SEEDS = [0, 1234, 1234, 1234]
_DEFAULT_BATCH_SIZE = 1
_MOST_DOCUMENTS = 1e15
_DEFAULT_BACKEND = "hf"
_YES = frozenset({"true", "1", "yes"})


def described(evaluation: Evaluation, tasks: Sequence[str] = ()) -> Described:
    """What an lm-eval command asks.

    Args:
        evaluation: The command.
        tasks: Tasks to ask instead of those that it names.

    Raises:
        UsageError: It is no evaluation, or of a model that weighin cannot ask.
        EvidenceError: The file that `--config` names cannot be read.
    """
    settings = settings_of(evaluation.words, evaluation.is_unfilled)
    return _Reading(settings, evaluation.is_unfilled).described(tasks)


class _Reading:
    def __init__(self, settings: Settings, is_unfilled: Callable[[str], bool]) -> None:
        self.values = settings.values
        self.left_out = settings.left_out
        self.is_unfilled = is_unfilled
        self.carried: list[Carried] = []
        self.source: Source | None = None
        self.trusts_code: LeftOut | None = None
        self.ready: dict[Keys, list[str]] = {}
        self.is_served = False

    def described(self, instead: Sequence[str]) -> Described:
        self.values.pop("--config", None)
        tasks = tuple(self.tasks())
        if instead:
            self.leave("--tasks", ",".join(tasks), INSTEAD, may_change_scores=False)
            tasks = tuple(instead)
        self.model()
        self.prompts()
        self.benchmarks(len(tasks))
        self.folders()
        for flag, value in self.values.items():
            why = HARMLESS.get(flag) or LEFT_OUT[flag]
            self.leave(flag, value, why, may_change_scores=flag in LEFT_OUT)
        return Described(
            harness=Harness.LM_EVAL,
            source=self.source,
            tasks=tasks,
            carried=tuple(self.carried),
            left_out=tuple(self.left_out),
            trusts_code=self.trusts_code,
            ready={keys: tuple(lines) for keys, lines in self.ready.items()},
        )

    def leave(self, flag: str, value: JsonValue, why: str, *, may_change_scores: bool) -> None:
        told = "" if value is True else as_told(flag, value)
        if isinstance(value, dict):
            told = ",".join(f"{name}={as_told(name, each)}" for name, each in value.items())
        self.left_out.append(
            LeftOut(flag=flag, given=told, why=why, may_change_scores=may_change_scores)
        )

    def carry(self, flag: str, given: JsonValue, *keys: str | int, value: JsonValue) -> None:
        told = "" if given is True else as_told(flag, given)
        self.carried.append(Carried(flag=flag, given=told, keys=keys, value=value))

    def tasks(self) -> Iterator[str]:
        given = self.values.pop("--tasks", [])
        for task in dict.fromkeys(given if isinstance(given, list) else []):
            text = str(task).strip()
            if self.is_unfilled(text):
                self.left_out.append(unfilled("--tasks", text))
            elif "*" in text or "?" in text:
                why = "a pattern of names; write each task out (`lm_eval ls tasks` lists them)"
                self.leave("--tasks", text, why, may_change_scores=True)
            elif text.endswith((".yaml", ".yml")) or "/" in text:
                why = (
                    "a task file; write its folder under `tasks`, and what stands behind `task:` "
                    "in it under `benchmarks`"
                )
                self.leave("--tasks", text, why, may_change_scores=True)
            elif text:
                yield text

    def model(self) -> None:
        name = str(self.values.pop("--model", _DEFAULT_BACKEND))
        arguments = self.values.pop("--model_args", {})
        taken = taken_of(arguments if isinstance(arguments, dict) else {}, self.is_unfilled)
        if self.values.pop("--trust_remote_code", False) is True:
            taken.given.pop("trust_remote_code", None)
            self.trusts_code = _trust("--trust_remote_code")
        elif taken.given.get("trust_remote_code") is True:
            del taken.given["trust_remote_code"]
            self.trusts_code = _trust(f"{FLAG} trust_remote_code")
        if name in SERVED:
            self.is_served = True
            self.serve(name, SERVED[name], taken)
        elif name in TRANSFORMERS or name in OTHER_ENGINES:
            self.load(name, taken)
        elif name in REFUSED:
            raise UsageError(f"--from: --model {name}: {REFUSED[name]}")
        else:
            known = (*sorted(TRANSFORMERS), *OTHER_ENGINES, *SERVED)
            raise UsageError(f"--from: --model {name}: no backend is known; {way_out(name, known)}")
        taken.leave_the_rest()
        self.carried.extend(taken.carried)
        self.left_out.extend(taken.left_out)

    def load(self, name: str, taken: Taken) -> None:
        if engine := OTHER_ENGINES.get(name):
            why = (
                f"weighin loads by transformers, not {engine}, which rounds otherwise; or serve it "
                f"by {engine} and give --model local-completions"
            )
            self.leave("--model", name, why, may_change_scores=True)
        else:
            why = "transformers loads it, through lm-eval's own `hf`, as here"
            self.leave("--model", name, why, may_change_scores=False)
        for flag, argument in (("--batch_size", "batch_size"), ("--device", "device")):
            if argument in taken.given:
                value = taken.given.pop(argument)
                self.values.setdefault(flag, str(value))
        self.source = source_of(taken)
        take_loading(taken, self.source)
        is_spread = any(each.keys == ("model", "device_map") for each in taken.carried)
        self.take_device(is_spread=is_spread)
        self.take_batch_size()

    def take_device(self, *, is_spread: bool) -> None:
        device = self.values.pop("--device", None)
        if device is None:
            return
        if is_spread:
            why = "the layers are spread over all devices"
            self.leave("--device", device, why, may_change_scores=False)
        elif device in {"cuda", "cpu", "mps"} or str(device).startswith("cuda:"):
            self.carry("--device", device, "model", "device", value=str(device))
        else:
            why = "weighin computes on cpu, cuda, cuda:N or mps"
            self.leave("--device", device, why, may_change_scores=False)

    def take_batch_size(self) -> None:
        given = str(self.values.pop("--batch_size", _DEFAULT_BATCH_SIZE))
        if given.isdecimal() and int(given) > 0:
            note = (
                ""
                if given != str(_DEFAULT_BATCH_SIZE)
                else "more is faster, and may round otherwise"
            )
            self.carried.append(
                Carried(
                    flag="--batch_size",
                    given=given,
                    keys=("model", "batch_size"),
                    value=int(given),
                    note=note,
                )
            )
        else:
            why = "no size is looked for here, so that every run rounds alike; write batch_size: N"
            self.leave("--batch_size", given, why, may_change_scores=False)

    def serve(self, name: str, served: Served, taken: Taken) -> None:
        size = taken.given.pop("batch_size", None)
        if size is not None:
            self.values.setdefault("--batch_size", str(size))
        self.ready |= take_serving(name, served, taken)
        if (device := self.values.pop("--device", None)) is not None:
            why = "a served model is loaded elsewhere"
            self.leave("--device", device, why, may_change_scores=False)
        given = str(self.values.pop("--batch_size", _DEFAULT_BATCH_SIZE))
        is_chat = served.api is EndpointApi.CHAT
        if is_chat:
            taken.add(
                "--model", name, "model", "chat_template", value=True,
                note="a chat interface always applies one",
            )  # fmt: skip
        if not is_chat and given.isdecimal() and int(given) > _DEFAULT_BATCH_SIZE:
            self.carry("--batch_size", given, "model", "batch_size", value=int(given))
        elif given != str(_DEFAULT_BATCH_SIZE):
            why = "prompts are sent one by one; concurrent_requests says how many at once"
            self.leave("--batch_size", given, why, may_change_scores=False)

    def prompts(self) -> None:
        given = self.values.pop("--apply_chat_template", False)
        if given is not False and given is not None:
            keys: Keys = ("model", "chat_template")
            self.carried = [each for each in self.carried if each.keys != keys]
            self.carry("--apply_chat_template", given, *keys, value=True)
        multiturn = self.values.pop("--fewshot_as_multiturn", None)
        if multiturn is not None:
            is_on = multiturn is True or str(multiturn).lower() in _YES
            if is_on:
                why = "shots are turns of the conversation wherever the chat template is applied"
                self.leave("--fewshot_as_multiturn", multiturn, why, may_change_scores=False)
            else:
                why = (
                    "with a chat template, shots are turns of the conversation here; without shots "
                    "it makes no difference"
                )
                self.leave("--fewshot_as_multiturn", multiturn, why, may_change_scores=True)
        system = self.values.pop("--system_instruction", None)
        if isinstance(system, str) and system:
            self.carry("--system_instruction", system, "model", "system_prompt", value=system)

    def benchmarks(self, count: int) -> None:
        shots = self.values.pop("--num_fewshot", None)
        if shots is not None:
            self.carry_to_each(
                count, "--num_fewshot", shots, num_fewshot=_whole("--num_fewshot", shots)
            )
        self.limit(count)
        self.seeds(count)
        decoding = self.values.pop("--gen_kwargs", {})
        for key, value in (decoding if isinstance(decoding, dict) else {}).items():
            self.decoding(count, key, value)

    def carry_to_each(self, count: int, flag: str, given: JsonValue, **settings: JsonValue) -> None:
        for index in range(count):
            for key, value in settings.items():
                self.carry(flag, given, "benchmarks", index, key, value=value)

    def decoding(self, count: int, key: str, value: JsonValue) -> None:
        flag = f"--gen_kwargs {key}"
        if isinstance(value, str) and self.is_unfilled(value):
            self.left_out.append(unfilled(flag, value))
            return
        for _, why in refusals({key: value}, OPENAI if self.is_served else LOADED):
            self.leave(flag, value, why, may_change_scores=True)
            return
        for index in range(count):
            self.carry(flag, value, "benchmarks", index, "decoding", key, value=value)

    def limit(self, count: int) -> None:
        given = self.values.pop("--limit", None)
        if given is None:
            return
        try:
            number = float(str(given))
        except ValueError as error:
            raise UsageError(f"--from: --limit: expected a number, found {given!r}") from error
        if 1 <= number < _MOST_DOCUMENTS:
            # lm-eval takes 1.0 for one document, and 0.999 for nearly all.
            self.carry_to_each(count, "--limit", given, samples=int(number))
        else:
            why = "a share of the documents cannot be required; write `samples: N` for the first N"
            self.leave("--limit", given, why, may_change_scores=True)

    def seeds(self, count: int) -> None:
        given = self.values.pop("--seed", None)
        if given is None:
            return
        seeds = _seeds(given)
        if seeds == _DEFAULT_SEEDS:
            why = "is lm-eval's default, which weighin keeps"
            self.leave("--seed", given, why, may_change_scores=False)
            return
        *states, shots = seeds
        if isinstance(states[0], int) and states.count(states[0]) == len(states):
            self.carry_to_each(count, "--seed", given, seed=states[0])
        elif states != _DEFAULT_SEEDS[:-1]:
            why = "one seed is for Python, numpy and torch here; write `seed: N` under benchmarks"
            self.leave("--seed", given, why, may_change_scores=True)
        if isinstance(shots, int):
            self.carry_to_each(count, "--seed", given, fewshot_seed=shots)
        else:
            why = "shots are always drawn with a seed here; write `fewshot_seed: N`"
            self.leave("--seed", given, why, may_change_scores=True)

    def folders(self) -> None:
        folder = self.values.pop("--include_path", None)
        if isinstance(folder, str) and folder:
            self.carried.append(
                Carried(
                    flag="--include_path",
                    given=folder,
                    keys=("tasks", 0),
                    value=folder,
                    is_path=True,
                )
            )


def _trust(flag: str) -> LeftOut:
    return LeftOut(flag=flag, given="", why="", may_change_scores=True)


def _whole(flag: str, given: JsonValue) -> int:
    try:
        return int(str(given))
    except ValueError as error:
        raise UsageError(f"--from: {flag}: expected a whole number, found {given!r}") from error


def _seeds(given: JsonValue) -> list[int | None]:
    """Seeds of Python, numpy, torch and the shots.

    Raises:
        UsageError: lm-eval could not read them.
    """
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
