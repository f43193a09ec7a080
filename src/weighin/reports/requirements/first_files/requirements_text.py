"""A requirements file as text, with comments: made to be read and edited by a person."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from weighin.files.yaml.written import as_yaml
from weighin.reports.shared.foreign_text import visible
from weighin.requirements.format import RequirementsFile
from weighin.requirements.model import BenchmarkRequirement, Endpoint, Model
from weighin.requirements.profiles import load_profile
from weighin.sources.command_lines.described import Keys
from weighin.version import __version__

SCHEMA_FILE: Final = "requirements.schema.json"

_COLUMNS = 100
_ENDPOINT: Keys = ("model", "endpoint")
_ORDER: Mapping[Keys, tuple[str, ...]] = {
    (): tuple(RequirementsFile.model_fields),
    ("model",): tuple(Model.model_fields),
    _ENDPOINT: tuple(Endpoint.model_fields),
    ("benchmarks",): tuple(BenchmarkRequirement.model_fields),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a requirements file is to hold.

    Attributes:
        written_from: What it was made from, in words.
        root: Its values.
        notes: What stands behind a value, by its keys.
        ready: Lines that somebody may take the `#` from, by the mapping in which they stand.
        left_out: What of a command is in no key and may change the scores.
        scored_by: The command whose records are judged; empty if the file itself is run, or logs
            are judged.
    """

    written_from: str
    root: Mapping[str, JsonValue]
    notes: Mapping[Keys, str] = field(default_factory=dict)
    ready: Mapping[Keys, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    scored_by: str = ""


def requirements_text(draft: Draft) -> str:
    """The file, with a line break at the end."""
    return "".join(f"{line}\n" for line in _Writing(draft).lines())


class _Writing:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def lines(self) -> Iterator[str]:
        yield f"# yaml-language-server: $schema=./{SCHEMA_FILE}"
        yield from _comment(
            f"Written by weighin {__version__} (`weighin init`) from {self.draft.written_from}; "
            f"yours to edit. An editor checks it once `weighin schema > {SCHEMA_FILE}` was run."
        )
        if self.draft.scored_by:
            yield "# Scored by this, and then judged with `weighin check`:"
            yield f"#   {visible(self.draft.scored_by)}"
        if self.draft.left_out:
            yield from _comment("Not carried over, and the scores may be others with it:")
            for line in self.draft.left_out:
                yield from _comment(line, first="#   ", further="#     ")
        for key in _in_order(self.draft.root, ()):
            value = self.draft.root[key]
            if key == "profile":
                yield ""
                yield from _comment(load_profile(str(value)).description)
            if key == "benchmarks" and isinstance(value, list):
                yield ""
                yield from self.benchmarks(value)
            elif isinstance(value, dict):
                yield f"{key}:"
                yield from self.mapping(value, (key,), "  ")
            else:
                yield self.pair((key,), key, value, "")

    def mapping(self, values: Mapping[str, JsonValue], keys: Keys, indent: str) -> Iterator[str]:
        for key in _in_order(values, keys):
            value = values[key]
            if (*keys, key) == _ENDPOINT and isinstance(value, dict):
                yield f"{indent}{key}:"
                yield from self.mapping(value, _ENDPOINT, f"{indent}  ")
            else:
                yield self.pair((*keys, key), key, value, indent)
        yield from (f"{indent}# {visible(line)}" for line in self.draft.ready.get(keys, ()))

    def benchmarks(self, entries: Iterable[JsonValue]) -> Iterator[str]:
        yield "benchmarks:"
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                mark = "  - "
                for key in _in_order(entry, ("benchmarks",)):
                    yield self.pair(("benchmarks", index, key), key, entry[key], mark)
                    mark = "    "

    def pair(self, keys: Keys, key: str, value: JsonValue, indent: str) -> str:
        text = as_yaml(value) if isinstance(value, str) else in_flow(value)
        note = self.draft.notes.get(keys, "")
        return f"{indent}{key}: {text}" + (f"  # {visible(note)}" if note else "")


def _in_order(values: Mapping[str, JsonValue], keys: Keys) -> list[str]:
    order = _ORDER[keys]
    return sorted(values, key=lambda key: (order.index(key) if key in order else len(order), key))


def _comment(text: str, *, first: str = "# ", further: str = "# ") -> list[str]:
    return textwrap.wrap(
        visible(text),
        _COLUMNS,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def in_flow(value: JsonValue) -> str:
    """A value on one line, typed: `[a, "1"]`, `{k: 1.0}`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            text = repr(value)
            # Readers of YAML 1.1 know an exponent only behind a point.
            return text if "e" not in text or "." in text else text.replace("e", ".0e")
        case str():
            return as_yaml(value, is_in_flow=True)
        case list():
            return "[" + ", ".join(map(in_flow, value)) + "]"
        case _:
            pairs = (f"{as_yaml(k, is_in_flow=True)}: {in_flow(v)}" for k, v in value.items())
            return "{" + ", ".join(pairs) + "}"
