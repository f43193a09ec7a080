"""What an lm-eval command sets, from its flags and from the file that `--config` names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import UsageError
from weighin.files.bounded import read_foreign_file
from weighin.files.yaml.document import read_document
from weighin.files.yaml.problems import Problem
from weighin.sources.command_lines.described import LeftOut, unfilled
from weighin.sources.command_lines.flags import Given, given_flags
from weighin.sources.command_lines.found import EMPTY
from weighin.sources.command_lines.lm_eval.flags import FLAGS, OF_PAIRS
from weighin.sources.command_lines.values import as_told, pairs

_MAX_CONFIG_BYTES = 1_000_000
_CONFIG = "--config"
_COMMANDS = frozenset({"ls", "validate"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set, by flag.

    Attributes:
        values: As given: text of the command line, typed where it holds pairs or stands in YAML.
        left_out: What is set twice, and what no flag takes.
    """

    values: dict[str, JsonValue] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def set(self, flag: str, value: JsonValue) -> None:
        """Set a flag once more: pairs are merged, tasks added, of others the last one counts."""
        before = self.values.get(flag)
        if isinstance(before, dict) and isinstance(value, dict):
            value = {**before, **value}
        elif isinstance(before, list) and isinstance(value, list):
            value = [*before, *value]
        elif flag in self.values and before != value:
            self.left_out.append(
                LeftOut(
                    flag=flag,
                    given=as_told(flag, before),
                    why="given again, and lm-eval takes the last",
                    may_change_scores=False,
                )
            )
        self.values[flag] = value


def settings_of(words: Sequence[str], is_unfilled: Callable[[str], bool]) -> Settings:
    """What the words behind `lm_eval` set.

    Args:
        words: The words.
        is_unfilled: Whether a shell would fill something in, within some words.

    Raises:
        UsageError: They score nothing, lm-eval could not read them, or the file cannot be read.
    """
    words = words[1:] if words[:1] == ["run"] else words
    if words and words[0] in _COMMANDS:
        raise UsageError(f"--from: lm_eval {words[0]}: expected a command that scores, as run does")
    given, rest = given_flags(words, FLAGS, abbreviates=True)
    settings = Settings()
    for each in given:
        if is_unfilled(" ".join(each.values)) and not _is_of_parts(each):
            settings.left_out.append(unfilled(each.name, " ".join(each.values)))
        else:
            settings.set(each.name, _value(each))
    for flag in [flag for flag, value in settings.values.items() if value in ("", [], {})]:
        del settings.values[flag]
        settings.left_out.append(LeftOut(flag=flag, given="", why=EMPTY, may_change_scores=False))
    settings.left_out.extend(_unknown(rest, is_unfilled))
    if isinstance(path := settings.values.get(_CONFIG), str):
        return _over_config(path, settings)
    return settings


def _is_of_parts(given: Given) -> bool:
    """Whether a flag holds several settings, of which some may be known."""
    return given.name == "--tasks" or (
        given.name in OF_PAIRS and all("=" in value or "{" in value for value in given.values)
    )


def _value(given: Given) -> JsonValue:
    if given.name in OF_PAIRS:
        return dict(pairs(given.name, given.values))
    if given.name == "--tasks":
        return [task for value in given.values for task in value.split(",") if task]
    return given.values[0] if given.values else True


def _over_config(path: str, settings: Settings) -> Settings:
    """The settings of a command line over those of the file that it names, as lm-eval has it.

    Raises:
        EvidenceError: The file cannot be read.
        UsageError: It is not YAML, or no mapping.
    """
    found = _settings_of_file(path)
    for flag, value in settings.values.items():
        if flag in found.values:
            found.left_out.append(
                LeftOut(
                    flag=f"{flag} of {path}",
                    given=as_told(flag, found.values[flag]),
                    why="the command line sets it, too, and goes before the file",
                    may_change_scores=False,
                )
            )
        found.values[flag] = value
    found.left_out.extend(settings.left_out)
    return found


def _settings_of_file(path: str) -> Settings:
    place = Path(path)
    text = read_foreign_file(place, max_bytes=_MAX_CONFIG_BYTES).decode("utf-8", "replace")
    document = read_document(text)
    if isinstance(document, Problem):
        raise UsageError(f"{path}:{document.place.line}: {document.text}")
    if document.problems:
        first = document.problems[0]
        raise UsageError(f"{path}:{first.place.line}: {first.text}")
    if not isinstance(document.root, dict):
        raise UsageError(f"{path}: expected a mapping of settings of lm-eval, found none")
    settings = Settings()
    known = {flag.name for flag in FLAGS} - {_CONFIG}
    for key, value in document.root.items():
        flag = f"--{key}"
        if flag not in known:
            why = f"no setting of lm-eval 0.4.13, in {path}"
            settings.left_out.append(
                LeftOut(flag=key, given=as_told(key, value), why=why, may_change_scores=True)
            )
        elif value is not None:
            settings.set(flag, _of_file(flag, value))
    return settings


def _of_file(flag: str, value: JsonValue) -> JsonValue:
    if isinstance(value, str) and flag in OF_PAIRS:
        return dict(pairs(flag, (value,)))
    if flag == "--tasks":
        return [t for each in _as_list(value) for t in str(each).split(",") if t]
    return value


def _as_list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _unknown(rest: Sequence[str], is_unfilled: Callable[[str], bool]) -> list[LeftOut]:
    """What lm-eval's parser would have refused: a flag with the words behind it."""
    found: list[LeftOut] = []
    for word in rest:
        if is_unfilled(word) and not word.startswith("-"):
            found.append(unfilled(word, ""))
        elif word.startswith("-") or not found:
            why = "unknown to lm-eval 0.4.13, so that what it did is not known; check the spelling"
            flag, _, value = word.partition("=")
            found.append(
                LeftOut(flag=flag, given=as_told(flag, value), why=why, may_change_scores=True)
            )
        else:
            last = found[-1]
            told = f"{last.given} {as_told(last.flag, word)}".strip()
            found[-1] = LeftOut(flag=last.flag, given=told, why=last.why, may_change_scores=True)
    return found
