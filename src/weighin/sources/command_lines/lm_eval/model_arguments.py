"""What `--model_args` sets: each argument has a key, decides no score, or is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue

from weighin.identity.facets import Facet
from weighin.sources.arguments.given import DTYPE_NAMES
from weighin.sources.arguments.meanings import facets_of_argument
from weighin.sources.command_lines.described import Carried, LeftOut, Source, unfilled
from weighin.sources.command_lines.values import as_told, fills_in

FLAG = "--model_args"
_DTYPES = frozenset({"auto", "float32", "bfloat16", "float16"})
_NAMES = ("pretrained", "model", "path")
_LENGTHS = ("max_length", "max_model_len", "max_model_length", "context_length")
_PLACEMENT = ("max_memory_per_gpu", "max_cpu_memory", "offload_folder")
_PATHS = frozenset({"adapter", "offload_folder", "tokenizer"})
_OFF = frozenset({Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION, Facet.REMOTE_CODE})

_QUANTISED = "write the quantised checkpoint to a folder and name that"
WHY: Mapping[str, str] = MappingProxyType(
    {
        "tokenizer": "weighin takes the tokenizer of the checkpoint itself; put its files there",
        "delta": "merge it into the checkpoint and name that",
        "subfolder": "download that folder of the repository and name it",
        "gguf_file": "convert it to safetensors and name that folder",
        "load_in_4bit": _QUANTISED,
        "load_in_8bit": _QUANTISED,
        "autogptq": _QUANTISED,
        "gptqmodel": _QUANTISED,
        "quantization": _QUANTISED,
        "backend": "weighin loads causal language models alone",
        "enable_thinking": "no key sets arguments of the chat template; set the default in the "
        "template of the checkpoint",
        "chat_template_args": "no key sets arguments of the chat template; set the defaults in "
        "the template of the checkpoint",
        "think_end_token": "no key cuts off thinking; add a filter to the task",
        "max_gen_toks": "belongs to a benchmark: write `decoding: {max_gen_toks: N}` under those "
        "that generate",
        "seed": "write `seed` under each benchmark",
        "truncation": "weighin cuts nothing off but what is longer than `max_length`",
        "eos_string": "no key sends it; the server ends an answer",
        "custom_prefix_token_id": "no key sets it; write `add_bos_token` instead if it is BOS",
        "prefix_token_id": "no key sets it; write `add_bos_token` instead if it is BOS",
    }
)
"""Arguments that have no key, with what to write instead."""


@dataclass(slots=True)
class Taken:
    """Arguments as they are taken one by one; what is left over at the end is told.

    Attributes:
        given: All of them.
        is_unfilled: Whether a shell would fill something in.
        carried: What has a key.
        left_out: What has none.
    """

    given: dict[str, JsonValue]
    is_unfilled: Callable[[str], bool]
    carried: list[Carried]
    left_out: list[LeftOut]

    def carry(self, name: str, *keys: str, value: JsonValue) -> None:
        """Write an argument under a key."""
        given = as_told(name, self.given.pop(name))
        self.add(f"{FLAG} {name}", given, *keys, value=value)

    def add(self, flag: str, given: str, *keys: str, value: JsonValue, note: str = "") -> None:
        """Write something under a key, whether or not an argument says it."""
        self.carried.append(
            Carried(
                flag=flag,
                given=given,
                keys=keys,
                value=value,
                is_path=keys[-1] in _PATHS,
                note=note,
            )
        )

    def leave(self, name: str, why: str, *, may_change_scores: bool) -> None:
        """Leave an argument out."""
        given = as_told(name, self.given.pop(name))
        self.left_out.append(
            LeftOut(
                flag=f"{FLAG} {name}", given=given, why=why, may_change_scores=may_change_scores
            )
        )

    def leave_unfilled(self) -> None:
        """Leave out what only a shell knows."""
        for name, value in list(self.given.items()):
            if isinstance(value, str) and fills_in(value) and self.is_unfilled(value):
                del self.given[name]
                self.left_out.append(unfilled(f"{FLAG} {name}", as_told(name, value)))

    def leave_the_rest(self) -> None:
        """Leave out what nobody took, with what is known of it."""
        for name, value in list(self.given.items()):
            facets = facets_of_argument(name)
            if name in WHY:
                self.leave(name, WHY[name], may_change_scores=True)
            elif facets is not None and not facets:
                self.leave(
                    name, "says how the run is carried out, and decides no score",
                    may_change_scores=False,
                )  # fmt: skip
            elif facets is None:
                why = "what it does is not known, and no key sets it"
                self.leave(name, why, may_change_scores=True)
            elif facets <= _OFF and value in (False, None, "", "false", "none"):
                self.leave(name, "off, as it is here", may_change_scores=False)
            else:
                told = ", ".join(sorted(facet.replace("_", " ") for facet in facets))
                self.leave(name, f"bears on {told}, and no key sets it", may_change_scores=True)


def source_of(taken: Taken) -> Source | None:
    """The checkpoint that the arguments name; `None` if they name none."""
    for name in _NAMES:
        place = taken.given.get(name)
        if isinstance(place, str) and place:
            del taken.given[name]
            revision = taken.given.pop("revision", None)
            return Source(
                flag=f"{FLAG} {name}",
                place=place,
                revision=None if revision is None else str(revision),
            )
    return None


def take_loading(taken: Taken, source: Source | None) -> None:
    """What says how a checkpoint is loaded."""
    _take_dtype(taken)
    for name in _LENGTHS:
        if isinstance(value := taken.given.get(name), int) and value is not True:
            taken.carry(name, "model", "max_length", value=value)
    if isinstance(value := taken.given.get("add_bos_token"), bool):
        taken.carry("add_bos_token", "model", "add_bos_token", value=value)
    if isinstance(value := taken.given.get("peft"), str):
        if Path(value).is_dir():
            taken.carry("peft", "model", "adapter", value=value)
        else:
            why = "no folder here; download the adapter and write its folder as model.adapter"
            taken.leave("peft", why, may_change_scores=True)
    if source is not None and taken.given.get("tokenizer") == source.place:
        taken.leave("tokenizer", "is that of the checkpoint itself", may_change_scores=False)
    for name, default in (("backend", ("default", "causal")), ("truncation", (False,))):
        if name in taken.given and taken.given[name] in default:
            taken.leave(name, "is so here, too", may_change_scores=False)
    _take_placement(taken)


def _take_dtype(taken: Taken) -> None:
    value = taken.given.get("dtype")
    if not isinstance(value, str):
        return
    plain = value.removeprefix("torch.")
    plain = DTYPE_NAMES.get(plain, plain)
    if plain in _DTYPES:
        taken.carry("dtype", "model", "dtype", value=plain)
    else:
        why = f"weighin loads as one of {', '.join(sorted(_DTYPES))}"
        taken.leave("dtype", why, may_change_scores=True)


def _take_placement(taken: Taken) -> None:
    if taken.given.get("parallelize") is not True:
        for name in ("parallelize", *_PLACEMENT, "device_map_option"):
            if name in taken.given:
                why = "has no effect without parallelize=True"
                taken.leave(name, why, may_change_scores=False)
        return
    option = taken.given.get("device_map_option", "auto")
    taken.carry("parallelize", "model", "device_map", value=option)
    if "device_map_option" in taken.given:
        taken.leave("device_map_option", "is model.device_map", may_change_scores=False)
    for name in _PLACEMENT:
        if isinstance(value := taken.given.get(name), str | int):
            taken.carry(name, "model", name, value=value)


def taken_of(given: Mapping[str, JsonValue], is_unfilled: Callable[[str], bool]) -> Taken:
    """Some arguments, of which nothing is taken yet but what only a shell knows."""
    taken = Taken(dict(given), is_unfilled, [], [])
    taken.leave_unfilled()
    return taken
