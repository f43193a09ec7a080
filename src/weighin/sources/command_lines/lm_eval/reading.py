"""An lm-eval command line in the keys of a requirements file."""

from collections.abc import Sequence

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.files.yaml.problems import way_out
from weighin.requirements.decoding.settings import OPENAI
from weighin.requirements.decoding.settings import TRANSFORMERS as LOADED
from weighin.requirements.model import EndpointApi
from weighin.sources.command_lines.commands import Evaluation
from weighin.sources.command_lines.described import INSTEAD, Described, Harness, Keys, Source
from weighin.sources.command_lines.found import Found, other_engine
from weighin.sources.command_lines.lm_eval.backends import (
    OTHER_ENGINES,
    REFUSED,
    SERVED,
    TRANSFORMERS,
    Served,
)
from weighin.sources.command_lines.lm_eval.benchmarks import (
    take_decoding,
    take_limit,
    take_seeds,
    take_shots,
    take_tasks,
)
from weighin.sources.command_lines.lm_eval.flags import HARMLESS, LEFT_OUT
from weighin.sources.command_lines.lm_eval.model_arguments import (
    FLAG,
    Arguments,
    source_of,
    take_loading,
)
from weighin.sources.command_lines.lm_eval.served import take_serving
from weighin.sources.command_lines.lm_eval.settings import settings_of

_DEFAULT_BATCH_SIZE = "1"
_DEFAULT_BACKEND = "hf"
_YES = frozenset({"true", "1", "yes"})
_KEY = "OPENAI_API_KEY"


def described(
    evaluation: Evaluation, tasks: Sequence[str] = (), *, has_checkpoint: bool = False
) -> Described:
    """What an lm-eval command asks.

    Args:
        evaluation: The command.
        tasks: Tasks to ask instead of those that it names.
        has_checkpoint: Whether a checkpoint is named elsewhere.

    Raises:
        UsageError: It is no evaluation, or of a model that weighin cannot ask.
        EvidenceError: The file that `--config` names cannot be read.
    """
    return _Reading(evaluation, has_checkpoint=has_checkpoint).described(tasks)


class _Reading:
    def __init__(self, evaluation: Evaluation, *, has_checkpoint: bool) -> None:
        settings = settings_of(evaluation.words, evaluation.is_unfilled)
        self.values = settings.values
        self.found = Found(evaluation.is_unfilled, left_out=settings.left_out)
        self.environment = evaluation.environment
        self.source: Source | None = None
        self.ready: dict[Keys, tuple[str, ...]] = {}
        self.is_served = False
        self.has_checkpoint = has_checkpoint

    def described(self, instead: Sequence[str]) -> Described:
        self.values.pop("--config", None)
        given = self.values.pop("--tasks", [])
        tasks = tuple(take_tasks(given if isinstance(given, list) else [], self.found))
        if instead:
            if tasks:
                told = ",".join(tasks)
                self.found.leave("--tasks", told, INSTEAD, may_change_scores=False)
            tasks = tuple(instead)
        else:
            self.found.carry_tasks("--tasks", tasks)
        self.model()
        self.prompts()
        self.benchmarks(len(tasks))
        for flag, value in self.values.items():
            why = HARMLESS.get(flag) or LEFT_OUT[flag]
            self.found.leave(flag, value, why, may_change_scores=flag in LEFT_OUT)
        return Described(
            harness=Harness.LM_EVAL,
            source=self.source,
            tasks=tasks,
            carried=tuple(self.found.carried),
            left_out=tuple(self.found.left_out),
            trusts_code=self.found.trusts_code,
            ready=self.ready,
        )

    def model(self) -> None:
        """`--model` and `--model_args`, with the flags that the backend takes, too."""
        name = str(self.values.pop("--model", _DEFAULT_BACKEND))
        given = self.values.pop("--model_args", {})
        arguments = Arguments(given if isinstance(given, dict) else {}, self.found)
        self.trust(arguments)
        for flag, argument in (("--batch_size", "batch_size"), ("--device", "device")):
            if argument in arguments.given:
                value = str(arguments.given.pop(argument))
                self.values.setdefault(flag, value)
        if name in SERVED:
            self.is_served = True
            self.serve(name, SERVED[name], arguments)
        elif (
            name in TRANSFORMERS
            or name in OTHER_ENGINES
            or (name in REFUSED and self.has_checkpoint)
        ):
            self.load(name, arguments)
        else:
            known = (*sorted(TRANSFORMERS), *OTHER_ENGINES, *SERVED)
            why = REFUSED.get(name) or f"no backend of lm-eval 0.4.13; {way_out(name, known)}"
            raise UsageError(f"--from: --model {name}: {why}")
        arguments.leave_the_rest()

    def trust(self, arguments: Arguments) -> None:
        name = "trust_remote_code"
        if self.values.pop(f"--{name}", False) is True:
            self.found.trusts_code = f"--{name}"
        if arguments.given.get(name) is True:
            del arguments.given[name]
            flags = (self.found.trusts_code, f"{FLAG} {name}")
            self.found.trusts_code = ", ".join(filter(None, flags))

    def load(self, name: str, arguments: Arguments) -> None:
        if name in REFUSED:
            self.found.leave("--model", name, INSTEAD, may_change_scores=True)
        elif engine := OTHER_ENGINES.get(name):
            self.found.leave("--model", name, other_engine(engine), may_change_scores=True)
        else:
            why = "transformers loads it, through lm-eval's own `hf`, as here"
            self.found.leave("--model", name, why, may_change_scores=False)
        self.source = source_of(arguments)
        take_loading(arguments, self.source)
        self.device()
        self.batch_size()

    def device(self) -> None:
        device = self.values.pop("--device", None)
        if device is None:
            return
        if self.found.has("model", "device_map"):
            why = "the layers are spread over all devices"
            self.found.leave("--device", device, why, may_change_scores=False)
        elif device in {"cuda", "cpu", "mps"} or str(device).startswith("cuda:"):
            self.found.carry("--device", device, "model", "device", value=str(device))
        else:
            why = "weighin computes on cpu, cuda, cuda:N or mps"
            self.found.leave("--device", device, why, may_change_scores=False)

    def batch_size(self) -> None:
        given = self.values.pop("--batch_size", None)
        if given is None:
            note = "lm-eval's default; more is faster, and may round otherwise"
            value = int(_DEFAULT_BATCH_SIZE)
            self.found.carry(
                "without --batch_size", _DEFAULT_BATCH_SIZE, "model", "batch_size",
                value=value, note=note,
            )  # fmt: skip
        elif str(given).isdecimal() and int(str(given)) > 0:
            self.found.carry("--batch_size", given, "model", "batch_size", value=int(str(given)))
        else:
            why = "no size is looked for here, so that every run rounds alike; write batch_size: N"
            self.found.leave("--batch_size", given, why, may_change_scores=False)

    def serve(self, name: str, served: Served, arguments: Arguments) -> None:
        if _KEY in self.environment:
            keys = ("model", "endpoint", "api_key_env")
            self.found.carry(_KEY, True, *keys, value=_KEY)  # noqa: FBT003  # what it holds is a secret
        self.ready |= take_serving(name, served, arguments)
        if (device := self.values.pop("--device", None)) is not None:
            why = "a served model is loaded elsewhere"
            self.found.leave("--device", device, why, may_change_scores=False)
        given = str(self.values.pop("--batch_size", _DEFAULT_BATCH_SIZE))
        is_chat = served.api is EndpointApi.CHAT
        if not is_chat and given.isdecimal() and int(given) > 1:
            self.found.carry("--batch_size", given, "model", "batch_size", value=int(given))
        elif given != _DEFAULT_BATCH_SIZE:
            why = "prompts are sent one by one; concurrent_requests says how many at once"
            self.found.leave("--batch_size", given, why, may_change_scores=False)

    def prompts(self) -> None:
        """How a prompt is made of a document and its shots."""
        template = self.values.pop("--apply_chat_template", False)
        if template is not False and template is not None:
            # lm-eval takes any word here for the name of a template, and applies one.
            note = "" if template is True else "lm-eval takes a word here for a template's name"
            keys: Keys = ("model", "chat_template")
            self.found.carry("--apply_chat_template", template, *keys, value=True, note=note)
        multiturn = self.values.pop("--fewshot_as_multiturn", None)
        if multiturn is True or str(multiturn).lower() in _YES:
            why = "shots are turns of the conversation wherever the chat template is applied"
            self.found.leave("--fewshot_as_multiturn", multiturn, why, may_change_scores=False)
        elif multiturn is not None:
            why = (
                "with a chat template, shots are turns of the conversation here; no key joins them"
            )
            self.found.leave("--fewshot_as_multiturn", multiturn, why, may_change_scores=True)
        flag = "--system_instruction"
        if system := str(self.values.pop(flag, None) or ""):
            self.found.carry(flag, system, "model", "system_prompt", value=system)

    def benchmarks(self, count: int) -> None:
        """What holds for every task."""
        for flag, take in (
            ("--num_fewshot", take_shots), ("--limit", take_limit), ("--seed", take_seeds),
        ):  # fmt: skip
            if (given := self.values.pop(flag, None)) is not None:
                take(given, count, self.found)
        decoding: JsonValue = self.values.pop("--gen_kwargs", {})
        settings = OPENAI if self.is_served else LOADED
        take_decoding(decoding if isinstance(decoding, dict) else {}, count, self.found, settings)
        if folder := str(self.values.pop("--include_path", None) or ""):
            self.found.carry("--include_path", folder, "tasks", 0, value=folder)
