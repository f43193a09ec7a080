"""An `inspect eval` command line in the keys of a requirements file.

Its tasks are Inspect's: `weighin check` judges its logs by the file. `weighin run` would score
lm-eval's task of the same name, which asks otherwise.
"""

import re
from collections.abc import Callable, Sequence

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.requirements.checks.endpoint_urls import is_url
from weighin.sources.arguments.meanings import facets_of_argument
from weighin.sources.command_lines.commands import Evaluation
from weighin.sources.command_lines.described import INSTEAD, Described, Harness, Source, unfilled
from weighin.sources.command_lines.flags import given_flags
from weighin.sources.command_lines.found import (
    EMPTY,
    RUNNING,
    UNKNOWN,
    Found,
    other_engine,
    whole_number,
)
from weighin.sources.command_lines.inspect.flags import DECODING, FLAGS, HARMLESS, LEFT_OUT
from weighin.sources.command_lines.values import value_of

_EVAL = frozenset({"eval", "eval-set"})
_LOGS = "logs"
_IN_PROCESS = frozenset({"hf", "vllm", "sglang"})
_ENGINES = {"vllm": "vLLM", "sglang": "SGLang"}
_OPENAI = "https://api.openai.com/v1"
_SERVED = frozenset({"openai", "openai-api", "vllm", "sglang", "ollama"})
_COUNTS = {"--limit": ("samples", 1), "--epochs": ("repeats", 1), "--seed": ("seed", 0)}
_DTYPES = ("dtype", "torch_dtype")
_FROM_FILE = re.compile(r"(?P<file>[^@]+\.(?:py|ipynb))(?:@(?P<task>\w+))?")


def described(
    evaluation: Evaluation, tasks: Sequence[str] = (), *, has_checkpoint: bool = False
) -> Described:
    """What an `inspect eval` command asks.

    Args:
        evaluation: The command.
        tasks: lm-eval tasks to ask instead of those that it names.
        has_checkpoint: Whether a checkpoint is named elsewhere.

    Raises:
        UsageError: It is no evaluation, or of a model that weighin cannot ask.
    """
    if evaluation.words[:1] and evaluation.words[0] not in _EVAL:
        raise UsageError(
            f"--from: inspect {evaluation.words[0]}: expected a command that scores, as eval does"
        )
    reading = _Reading(evaluation.is_unfilled, has_checkpoint=has_checkpoint)
    return reading.described(evaluation, tasks)


class _Reading(Found):
    def __init__(self, is_unfilled: Callable[[str], bool], *, has_checkpoint: bool) -> None:
        super().__init__(is_unfilled)
        self.has_checkpoint = has_checkpoint
        self.values: dict[str, str] = {}
        self.arguments: dict[str, JsonValue] = {}
        self.source: Source | None = None

    def described(self, evaluation: Evaluation, instead: Sequence[str]) -> Described:
        given, rest = given_flags(evaluation.words[1:], FLAGS, abbreviates=False)
        for each in given:
            value = each.values[0] if each.values else ""
            if each.values == ("",):
                self.leave(each.name, "", EMPTY, may_change_scores=False)
            elif value and each.name != "-M" and self.is_unfilled(value):
                self.left_out.append(unfilled(each.name, value))
            elif each.name == "-M":
                name, _, text = value.partition("=")
                self.arguments[name] = value_of(text)
            elif each.name in HARMLESS or each.name in LEFT_OUT:
                why = HARMLESS.get(each.name) or LEFT_OUT[each.name]
                self.leave(each.name, value, why, may_change_scores=each.name in LEFT_OUT)
            else:
                self.values[each.name] = value
        for name, value in evaluation.environment.items():
            if name == "INSPECT_EVAL_MODEL":
                self.values.setdefault("--model", value)
        tasks = self.tasks(rest, instead)
        self.model()
        self.benchmarks(len(tasks))
        return Described(
            harness=Harness.INSPECT,
            source=self.source,
            tasks=tasks,
            carried=tuple(self.carried),
            left_out=tuple(self.left_out),
            logs="" if instead else self.values.get("--log-dir", _LOGS),
        )

    def tasks(self, rest: Sequence[str], instead: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for word in rest:
            if self.is_unfilled(word):
                self.left_out.append(unfilled("TASKS", word))
            elif word.startswith("-"):
                why = UNKNOWN.format(harness="Inspect 0.3.285")
                self.leave(word, "", why, may_change_scores=True)
            elif instead:
                self.leave("TASKS", word, INSTEAD, may_change_scores=False)
            else:
                name = _task_name(word)
                found.setdefault(name, word)
                why = (
                    f"Inspect scores it, and `weighin check` judges its logs; `weighin run` would "
                    f"score lm-eval's task {name}, with other prompts"
                )
                self.leave("TASKS", word, why, may_change_scores=True)
        for index, (name, word) in enumerate(found.items()):
            self.carry("TASKS", word, "benchmarks", index, "task", value=name)
            if name != word:
                self.carry("TASKS", word, "benchmarks", index, "aliases", value=[word])
        return tuple(instead) or tuple(found)

    def model(self) -> None:
        model = self.values.get("--model", "")
        if not model and any(each.flag == "--model" for each in self.left_out):
            return
        if self.has_checkpoint:
            self.leave("--model", model, INSTEAD, may_change_scores=True)
            if (base := self.values.get("--model-base-url")) is not None:
                self.leave("--model-base-url", base, INSTEAD, may_change_scores=True)
            for argument, value in self.arguments.items():
                self.argument(argument, value)
            return
        provider, _, name = model.partition("/")
        base_url = self.values.get("--model-base-url", "")
        if not name or "," in model:
            raise UsageError(
                f"--from: --model: expected one model as provider/name, found {model or 'none'}"
            )
        if provider in _IN_PROCESS and not base_url:
            self.loaded(provider, name)
        elif provider in _SERVED and (base_url or provider == "openai"):
            self.served(model, name, base_url)
        else:
            raise UsageError(
                f"--from: --model {model}: weighin asks OpenAI-compatible interfaces alone, and "
                "loads checkpoints by transformers; give --model-base-url of such an interface, "
                "or --checkpoint"
            )

    def loaded(self, provider: str, name: str) -> None:
        if provider in _ENGINES:
            why = other_engine(_ENGINES[provider])
            self.leave("--model", f"{provider}/…", why, may_change_scores=True)
        folder = self.arguments.pop("model_path", None)
        revision = self.arguments.pop("revision", None)
        self.source = Source(
            flag="--model" if folder is None else "-M model_path",
            place=name if folder is None else str(folder),
            revision=None if revision is None else str(revision),
        )
        for argument, value in self.arguments.items():
            flag = f"-M {argument}"
            if argument in _DTYPES:
                self.carry(flag, value, "model", "dtype", value=str(value).removeprefix("torch."))
            elif argument == "device":
                self.carry(flag, value, "model", "device", value=str(value))
            elif argument == "batch_size" and isinstance(value, int):
                self.carry(flag, value, "model", "batch_size", value=value)
            else:
                self.argument(argument, value)

    def served(self, model: str, name: str, base_url: str) -> None:
        url = (base_url or _OPENAI).rstrip("/")
        served = name.rpartition("/")[2] if model.startswith("openai-api/") else name
        endpoint = ("model", "endpoint")
        self.carry("--model", model, "model", "name", value=served.rpartition("/")[2])
        self.carry("--model", model, *endpoint, "served_model", value=served)
        flag = "--model-base-url" if base_url else "--model"
        if is_url(url):
            url = url if url.endswith("/completions") else f"{url}/chat/completions"
            self.carry(flag, base_url or model, *endpoint, "url", value=url)
        else:
            note = "set this variable to the full URL: what is in it may be a secret"
            self.carry(flag, "", *endpoint, "url_env", value="ENDPOINT_URL", note=note)
        self.carry("--model", model, *endpoint, "api", value="chat")
        self.carry("--model", model, "model", "chat_template", value=True)
        if model.startswith("openai/"):
            self.carry("--model", model, *endpoint, "api_key_env", value="OPENAI_API_KEY")
        for argument, value in self.arguments.items():
            self.argument(argument, value)

    def argument(self, name: str, value: JsonValue) -> None:
        """An argument of the model that has no key."""
        if facets_of_argument(name) == frozenset():
            self.leave(f"-M {name}", value, RUNNING, may_change_scores=False)
        else:
            why = "no key sets it; the logs hold it, and the same-… rules compare them"
            self.leave(f"-M {name}", value, why, may_change_scores=True)

    def benchmarks(self, count: int) -> None:
        for flag, key in DECODING.items():
            if (text := self.values.get(flag)) is not None:
                self.carry_to_each(count, flag, text, "decoding", key, value=value_of(text))
        if (stops := self.values.get("--stop-seqs")) is not None:
            texts: list[JsonValue] = list(stops.split(","))
            self.carry_to_each(count, "--stop-seqs", stops, "decoding", "until", value=texts)
        if (system := self.values.get("--system-message")) is not None:
            self.carry("--system-message", system, "model", "system_prompt", value=system)
        for flag, (key, least) in _COUNTS.items():
            if (text := self.values.get(flag)) is None:
                continue
            if flag == "--limit" and not text.isdecimal():
                why = "a range cannot be required; write `samples: N` for the first N"
                self.leave(flag, text, why, may_change_scores=True)
            else:
                number = whole_number(flag, text, least=least)
                self.carry_to_each(count, flag, text, key, value=number)
        if (folder := self.values.get("--log-dir")) is not None:
            why = "where the logs are, which `weighin check` judges"
            self.leave("--log-dir", folder, why, may_change_scores=False)


def _task_name(word: str) -> str:
    """The name of a task: behind the `@` or the file's name, else behind its package."""
    if found := _FROM_FILE.fullmatch(word):
        return (
            found["task"] or found["file"].replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
        )
    return word.partition("@")[0].rpartition("/")[2] or word
