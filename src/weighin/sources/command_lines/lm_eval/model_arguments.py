"""What `--model_args` sets: each argument has a key, decides no score, or is told."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import JsonValue

from weighin.files.opened import is_folder
from weighin.identity.facets import Facet
from weighin.sources.arguments.given import DTYPE_NAMES
from weighin.sources.arguments.meanings import facets_of_argument
from weighin.sources.command_lines.described import Source, unfilled
from weighin.sources.command_lines.found import Found
from weighin.sources.command_lines.values import as_told, fills_in

FLAG = "--model_args"
_DTYPES = frozenset({"auto", "float32", "bfloat16", "float16"})
_NAMES = ("pretrained", "model", "path")
_LENGTHS = ("max_length", "max_model_len", "max_model_length", "context_length")
_PLACEMENT = ("max_memory_per_gpu", "max_cpu_memory", "offload_folder")
_OFF = frozenset({Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION, Facet.REMOTE_CODE})

_QUANTISED = "write the quantised checkpoint to a folder and name that"
_TEMPLATE = "no key sets arguments of the chat template; set the default in the template itself"
_PREFIX = "no key sets it; write `add_bos_token` instead if it is BOS"
WHY: Mapping[str, str] = MappingProxyType(
    {
        "tokenizer": "weighin takes the tokenizer of the checkpoint itself; put its files there",
        "delta": "merge it into the checkpoint and name that",
        "subfolder": "download that folder of the repository and name it",
        "gguf_file": "convert it to safetensors and name that folder",
        **dict.fromkeys(
            ("load_in_4bit", "load_in_8bit", "autogptq", "gptqmodel", "quantization"), _QUANTISED
        ),
        "backend": "weighin loads causal language models alone",
        "enable_thinking": _TEMPLATE,
        "chat_template_args": _TEMPLATE,
        "think_end_token": "no key cuts off thinking; add a filter to the task",
        "max_gen_toks": "belongs to a benchmark: write `decoding: {max_gen_toks: N}` under those "
        "that generate",
        "seed": "write `seed` under each benchmark",
        "truncation": "weighin cuts off only what is longer than `max_length`",
        "eos_string": "no key sends it; the server ends an answer",
        "custom_prefix_token_id": _PREFIX,
        "prefix_token_id": _PREFIX,
    }
)
"""Arguments that have no key, with what to write instead."""


class Arguments:
    """Arguments as they are taken one by one; what is left over at the end is told.

    Attributes:
        given: Those that nobody took yet.
        found: Where each goes.
    """

    def __init__(self, given: Mapping[str, JsonValue], found: Found) -> None:
        self.given, self.found = dict(given), found
        for name, value in given.items():
            if isinstance(value, str) and fills_in(value) and found.is_unfilled(value):
                del self.given[name]
                found.left_out.append(unfilled(f"{FLAG} {name}", as_told(name, value)))

    def carry(self, name: str, *keys: str, value: JsonValue) -> None:
        """Write an argument under a key."""
        self.found.carry(f"{FLAG} {name}", self.given.pop(name), *keys, value=value)

    def leave(self, name: str, why: str, *, may_change_scores: bool) -> None:
        """Leave an argument out, if it was given."""
        if name in self.given:
            given = self.given.pop(name)
            told = given if given is not True else "true"
            self.found.leave(f"{FLAG} {name}", told, why, may_change_scores=may_change_scores)

    def text(self, name: str) -> str:
        """An argument that is a text; empty if it is none."""
        value = self.given.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """An argument that is a whole number; `None` if it is none."""
        value = self.given.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def leave_the_rest(self) -> None:
        """Leave out what nobody took, with what is known of it."""
        for name, value in list(self.given.items()):
            facets = facets_of_argument(name)
            if name in WHY:
                self.leave(name, WHY[name], may_change_scores=True)
            elif facets is None:
                why = "what it does is not known, and no key sets it"
                self.leave(name, why, may_change_scores=True)
            elif not facets:
                why = "says how the run is carried out, and decides no score"
                self.leave(name, why, may_change_scores=False)
            elif facets <= _OFF and value in (False, None, "", "false", "none"):
                self.leave(name, "off, as it is here", may_change_scores=False)
            else:
                told = ", ".join(sorted(facet.replace("_", " ") for facet in facets))
                self.leave(name, f"bears on {told}, and no key sets it", may_change_scores=True)


def source_of(arguments: Arguments) -> Source | None:
    """The checkpoint that the arguments name; `None` if they name none."""
    for name in _NAMES:
        if place := arguments.text(name):
            del arguments.given[name]
            if (revision := arguments.given.get("revision")) is not None:
                del arguments.given["revision"]
            elif "revision" in arguments.given:
                arguments.leave("revision", "names none, as without it", may_change_scores=False)
            return Source(
                flag=f"{FLAG} {name}",
                place=place,
                revision=None if revision is None else str(revision),
            )
    return None


def take_loading(arguments: Arguments, source: Source | None) -> None:
    """What says how a checkpoint is loaded."""
    _take_dtype(arguments)
    take_length(arguments)
    if isinstance(value := arguments.given.get("add_bos_token"), bool):
        arguments.carry("add_bos_token", "model", "add_bos_token", value=value)
    if adapter := arguments.text("peft"):
        if is_folder(adapter):
            arguments.carry("peft", "model", "adapter", value=adapter)
        else:
            why = "no folder here; download the adapter and write its folder as model.adapter"
            arguments.leave("peft", why, may_change_scores=True)
    if source is not None and arguments.text("tokenizer") == source.place:
        arguments.leave("tokenizer", "is that of the checkpoint itself", may_change_scores=False)
    for name, default in (("backend", ("default", "causal")), ("truncation", (False,))):
        if arguments.given.get(name) in default:
            arguments.leave(name, "is so here, too", may_change_scores=False)
    _take_placement(arguments)


def take_length(arguments: Arguments) -> None:
    """The longest input, under any of its names."""
    for name in _LENGTHS:
        if (value := arguments.number(name)) is not None:
            arguments.carry(name, "model", "max_length", value=value)


def _take_dtype(arguments: Arguments) -> None:
    if not (given := arguments.text("dtype")):
        return
    plain = given.removeprefix("torch.")
    plain = DTYPE_NAMES.get(plain, plain)
    if plain in _DTYPES:
        arguments.carry("dtype", "model", "dtype", value=plain)
    else:
        why = f"weighin loads as one of {', '.join(sorted(_DTYPES))}"
        arguments.leave("dtype", why, may_change_scores=True)


def _take_placement(arguments: Arguments) -> None:
    if arguments.given.get("parallelize") is not True:
        for name in ("parallelize", *_PLACEMENT, "device_map_option"):
            why = "has no effect without parallelize=True"
            arguments.leave(name, why, may_change_scores=False)
        return
    option = arguments.given.get("device_map_option", "auto")
    arguments.carry("parallelize", "model", "device_map", value=option)
    arguments.leave("device_map_option", "is model.device_map", may_change_scores=False)
    for name in _PLACEMENT:
        if isinstance(value := arguments.given.get(name), str | int):
            arguments.carry(name, "model", name, value=value)
