"""A `lighteval` command line in the keys of a requirements file.

Its tasks are LightEval's: `weighin check` judges its results by the file. `weighin run` would score
lm-eval's task of the same name, which asks otherwise.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.sources.arguments.given import DTYPE_NAMES
from weighin.sources.arguments.meanings import facets_of_argument
from weighin.sources.command_lines.commands import Evaluation
from weighin.sources.command_lines.described import (
    FILLED_BY_A_SHELL,
    INSTEAD,
    Described,
    Harness,
    Source,
    unfilled,
)
from weighin.sources.command_lines.flags import Flag, Takes, given_flags
from weighin.sources.command_lines.found import (
    EMPTY,
    RUNNING,
    UNKNOWN,
    Found,
    other_engine,
    whole_number,
)
from weighin.sources.command_lines.values import parts_at_commas, value_of

_RESULTS = "results"
_ENGINES = {"vllm": "vLLM", "sglang": "SGLang"}
_WORK = "belongs to how LightEval works, and weighin has no such thing; its results hold it"

CARRIED = frozenset(
    {
        "--max-samples",
        "--output-dir",
        "--override-batch-size",
        "--use-chat-template",
        "--system-prompt",
    }
)
"""Flags that have a key, or a reason of their own; the last three are of versions before 0.11."""
HARMLESS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            "--dataset-loading-processes", "--results-path-template", "--push-to-hub",
            "--no-push-to-hub", "--push-to-tensorboard", "--no-push-to-tensorboard", "--public-run",
            "--no-public-run", "--results-org", "--save-details", "--no-save-details", "--wandb",
            "--no-wandb", "--job-id", "--load-tasks-multilingual", "--no-load-tasks-multilingual",
        ),
        RUNNING,
    )
)  # fmt: skip
"""Flags without which the scores are the same, with why."""
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            "--vision-model", "--no-vision-model", "--custom-tasks", "--num-fewshot-seeds",
            "--load-responses-from-details-date-id", "--remove-reasoning-tags",
            "--no-remove-reasoning-tags", "--reasoning-tags", "--cot-prompt",
        ),
        _WORK,
    )
)  # fmt: skip
"""Flags that may change the scores and have no key, with why."""
_TAKE_ONE = frozenset(
    {
        "--max-samples", "--output-dir", "--override-batch-size", "--system-prompt",
        "--dataset-loading-processes", "--results-path-template", "--results-org", "--job-id",
        "--custom-tasks", "--num-fewshot-seeds", "--load-responses-from-details-date-id",
        "--reasoning-tags", "--cot-prompt",
    }
)  # fmt: skip
FLAGS = tuple(
    Flag(name, Takes.ONE if name in _TAKE_ONE else Takes.NOTHING)
    for name in (*sorted(CARRIED), *HARMLESS, *LEFT_OUT)
)

_GENERATION: Mapping[str, str] = MappingProxyType(
    {
        "temperature": "temperature",
        "top_p": "top_p",
        "top_k": "top_k",
        "min_p": "min_p",
        "max_new_tokens": "max_new_tokens",
        "repetition_penalty": "repetition_penalty",
        "frequency_penalty": "frequency_penalty",
        "presence_penalty": "presence_penalty",
        "stop_tokens": "until",
    }
)
_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "dtype": "dtype",
        "device": "device",
        "system_prompt": "system_prompt",
        "max_length": "max_length",
        "max_model_length": "max_length",
        "batch_size": "batch_size",
        "use_chat_template": "chat_template",
        "override_chat_template": "chat_template",
    }
)
_TEXTS = frozenset({"dtype", "device", "system_prompt"})
_NUMBERS = frozenset({"max_length", "max_model_length", "batch_size"})
_UNQUOTED_KEY = re.compile(r"\s*[\"']?(\w+)[\"']?\s*:(.*)", re.DOTALL)


def described(evaluation: Evaluation, tasks: Sequence[str] = ()) -> Described:
    """What a `lighteval` command asks.

    Args:
        evaluation: The command.
        tasks: lm-eval tasks to ask instead of those that it names.

    Raises:
        UsageError: It scores nothing, or a model that weighin cannot ask.
    """
    words = evaluation.words
    backend = words[0] if words else ""
    if backend not in {"accelerate", *_ENGINES}:
        raise UsageError(
            f"--from: lighteval {backend}: expected accelerate, vllm or sglang, whose checkpoints "
            "weighin can load"
        )
    return _Reading(evaluation.is_unfilled).described(backend, words[1:], tasks)


class _Reading(Found):
    def __init__(self, is_unfilled: Callable[[str], bool]) -> None:
        super().__init__(is_unfilled)
        self.values: dict[str, str] = {}
        self.source: Source | None = None

    def described(self, backend: str, words: Sequence[str], instead: Sequence[str]) -> Described:
        given, rest = given_flags(words, FLAGS, abbreviates=False)
        for each in given:
            value = each.values[0] if each.values else ""
            if each.values == ("",):
                self.leave(each.name, "", EMPTY, may_change_scores=False)
            elif value and self.is_unfilled(value):
                self.left_out.append(unfilled(each.name, value))
            elif each.name in CARRIED:
                self.values[each.name] = value
            else:
                why = HARMLESS.get(each.name) or LEFT_OUT[each.name]
                self.leave(each.name, value, why, may_change_scores=each.name in LEFT_OUT)
        places = [word for word in rest if not word.startswith("-")]
        for word in rest:
            if word.startswith("-"):
                why = UNKNOWN.format(harness="LightEval 0.13.0")
                self.leave(word, "", why, may_change_scores=True)
        if len(places) != len(("model", "tasks")):
            raise UsageError(
                f"--from: lighteval {backend}: expected arguments of the model and tasks, found "
                f"{len(places)} words"
            )
        if backend in _ENGINES:
            why = other_engine(_ENGINES[backend])
            self.leave("lighteval", backend, why, may_change_scores=True)
        tasks = self.tasks(places[1], instead)
        self.model(places[0], len(tasks))
        self.settings(len(tasks))
        return Described(
            harness=Harness.LIGHTEVAL,
            source=self.source,
            tasks=tasks,
            carried=tuple(self.carried),
            left_out=tuple(self.left_out),
            trusts_code=self.trusts_code,
            logs="" if instead else self.values.get("--output-dir", _RESULTS),
        )

    def tasks(self, text: str, instead: Sequence[str]) -> tuple[str, ...]:
        if text.endswith(".txt"):
            raise UsageError(f"--from: tasks {text}: a file is not read; write its tasks out")
        found: list[str] = []
        for word in dict.fromkeys(part.strip() for part in text.split(",") if part.strip()):
            if self.is_unfilled(word):
                self.left_out.append(unfilled("TASKS", word))
                continue
            if instead:
                self.leave("TASKS", word, INSTEAD, may_change_scores=False)
                continue
            name, shots, aliases = _task(word)
            index = len(found)
            found.append(name)
            why = (
                f"LightEval scores it, and `weighin check` judges its results; `weighin run` would "
                f"score lm-eval's task {name}, with other prompts"
            )
            self.leave("TASKS", word, why, may_change_scores=True)
            self.carry("TASKS", word, "benchmarks", index, "task", value=name)
            self.carry("TASKS", word, "benchmarks", index, "aliases", value=list(aliases))
            if shots is not None:
                self.carry("TASKS", word, "benchmarks", index, "num_fewshot", value=shots)
        return tuple(instead) or tuple(found)

    def model(self, text: str, count: int) -> None:
        if text.endswith((".yaml", ".yml")):
            raise UsageError(
                f"--from: {text}: a file of settings is not read; write model_name=… in its place"
            )
        arguments: dict[str, JsonValue] = {}
        for part in parts_at_commas(text):
            name, sign, given = (word.strip() for word in part.partition("="))
            if self.is_unfilled(given or name):
                self.left_out.append(unfilled(name if sign else "MODEL_ARGS", given or name))
            elif name == "generation_parameters":
                arguments[name] = given
            else:
                arguments[name] = value_of(given) if sign else True
        place = arguments.pop("model_name", None) or arguments.pop("pretrained", None)
        if not isinstance(place, str):
            if any(each.why == FILLED_BY_A_SHELL for each in self.left_out):
                return
            raise UsageError("--from: lighteval: expected model_name=…, found none")
        revision = arguments.pop("revision", None)
        self.source = Source(
            flag="model_name", place=place, revision=None if revision is None else str(revision)
        )
        for name, value in arguments.items():
            self.argument(name, value, count)

    def argument(self, name: str, value: JsonValue, count: int) -> None:
        if name == "generation_parameters":
            for key, setting in _generation(str(value)).items():
                self.generation(key, setting, count)
        elif name == "trust_remote_code" and value is True:
            self.trusts_code = name
        elif name == "model_parallel" and value is True:
            self.carry(name, "true", "model", "device_map", value="auto")
        elif name in _KEYS and (typed := _typed(name, value)) is not None:
            self.carry(name, str(value), "model", _KEYS[name], value=typed)
        elif facets_of_argument(name) == frozenset():
            self.leave(name, value, RUNNING, may_change_scores=False)
        else:
            why = "no key sets it; the results hold it, and the same-… rules compare them"
            self.leave(name, value, why, may_change_scores=True)

    def generation(self, name: str, value: JsonValue, count: int) -> None:
        flag = f"generation_parameters {name}"
        key = _GENERATION.get(name)
        if name == "seed" and isinstance(value, int):
            self.carry_to_each(count, flag, value, "seed", value=value)
        elif key is None:
            why = "no key sets it; the results hold it, and `same-decoding` compares them"
            self.leave(flag, value, why, may_change_scores=True)
        else:
            self.carry_to_each(count, flag, value, "decoding", key, value=value)

    def settings(self, count: int) -> None:
        if (limit := self.values.get("--max-samples")) is not None:
            number = whole_number("--max-samples", limit, least=1)
            self.carry_to_each(count, "--max-samples", limit, "samples", value=number)
        if (size := self.values.get("--override-batch-size")) is not None:
            number = whole_number("--override-batch-size", size)
            if number > 0:
                self.carry("--override-batch-size", size, "model", "batch_size", value=number)
            else:
                why = "no size is looked for here; write batch_size: N"
                self.leave("--override-batch-size", size, why, may_change_scores=False)
        if "--use-chat-template" in self.values:
            self.carry("--use-chat-template", "", "model", "chat_template", value=True)
        if (system := self.values.get("--system-prompt")) is not None:
            self.carry("--system-prompt", system, "model", "system_prompt", value=system)
        if (folder := self.values.get("--output-dir")) is not None:
            why = "where the results are, which `weighin check` judges"
            self.leave("--output-dir", folder, why, may_change_scores=False)


def _typed(name: str, value: JsonValue) -> JsonValue:
    """The value of an argument as its key holds it; `None` if it can hold no such value."""
    is_switch = isinstance(value, bool)
    if name in _TEXTS:
        plain = str(value).removeprefix("torch.")
        return DTYPE_NAMES.get(plain, plain) if name == "dtype" else str(value)
    if name in _NUMBERS:
        return value if isinstance(value, int) and not is_switch else None
    return value if is_switch else None


def _task(word: str) -> tuple[str, int | None, tuple[str, ...]]:
    """Name, shots, and the names under which results may hold a task: `suite|gsm8k|5|0`."""
    parts = word.split("|")
    is_old = len(parts) > len(("task", "shots"))
    name = parts[1] if is_old else parts[0]
    behind = parts[2:] if is_old else parts[1:]
    shots = int(behind[0]) if behind and behind[0].isdecimal() else None
    suffix = f"|{behind[0]}" if behind else ""
    aliases = [word, f"{parts[0]}|{name}{suffix}", f"{name}{suffix}"] if is_old else [word]
    return name, shots, tuple(alias for alias in dict.fromkeys(aliases) if alias != name)


def _generation(text: str) -> dict[str, JsonValue]:
    """Parameters in braces, whose names LightEval takes without quotes."""
    inner = text.strip().removeprefix("{").removesuffix("}")
    found: dict[str, JsonValue] = {}
    for part in parts_at_commas(inner):
        if pair := _UNQUOTED_KEY.fullmatch(part):
            found[pair.group(1)] = value_of(pair.group(2))
    return found
