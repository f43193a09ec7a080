"""The one evaluation among the commands of some lines: whose it is, and what stands around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from weighin.errors import UsageError
from weighin.sources.command_lines.described import Harness, LeftOut
from weighin.sources.command_lines.values import fills_in, told_words
from weighin.sources.command_lines.words import Word, shell_words

_PROGRAMS = {"lm_eval": Harness.LM_EVAL, "lm-eval": Harness.LM_EVAL}
_SUBCOMMANDS = {"inspect": Harness.INSPECT, "lighteval": Harness.LIGHTEVAL}
_MODULES = {
    "lm_eval": Harness.LM_EVAL,
    "lm_eval.__main__": Harness.LM_EVAL,
    "inspect_ai": Harness.INSPECT,
    "lighteval": Harness.LIGHTEVAL,
}
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL | re.ASCII)
_PYTHON = re.compile(r"python[0-9.]*")
_LAUNCHERS = frozenset(
    {
        "env", "time", "nohup", "sudo", "srun", "accelerate", "torchrun", "deepspeed", "uv", "uvx",
        "poetry", "pipx", "pdm", "hatch", "numactl", "taskset", "nice", "exec", "do", "then",
        "else", "!", "{", "mpirun", "timeout", "stdbuf", "rye", "conda", "micromamba",
    }
)  # fmt: skip
_OF_SEVERAL = frozenset({"accelerate", "torchrun", "deepspeed", "mpirun", "srun"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """An evaluation as it was typed.

    Attributes:
        harness: Whose it is.
        words: What stands behind the program.
        typed: All of it, with what starts it.
        environment: Variables that were set for it, by name.
        unresolved: Texts among all words in which a shell would fill something in.
        left_out: What stands around it: launchers, redirections, other commands.
    """

    harness: Harness
    words: tuple[str, ...]
    typed: tuple[str, ...]
    environment: dict[str, str]
    unresolved: frozenset[str]
    left_out: tuple[LeftOut, ...]

    def is_unfilled(self, text: str) -> bool:
        """Whether a shell would fill something in, within a text of these words."""
        return fills_in(text) and any(text in word or word in text for word in self.unresolved)


def evaluation_in(text: str) -> Evaluation:
    """The evaluation in some lines of a shell.

    Raises:
        UsageError: There is none, or more than one.
    """
    left_out: list[LeftOut] = []
    found: list[Evaluation] = []
    environment: dict[str, str] = {}
    for words in _simple_commands(shell_words(text), left_out):
        evaluation = _evaluation(words)
        if evaluation is not None:
            found.append(evaluation)
        elif names := _exported(words):
            environment |= names
        else:
            # No more of it is told: it may hold a key.
            why = "another command, which is not run; what it changes for this one is not known"
            left_out.append(
                LeftOut(flag=words[0].text, given="…", why=why, may_change_scores=_moves(words))
            )
    if len(found) != 1:
        what = _none(left_out) if not found else f"{len(found)} of them; give one at a time"
        raise UsageError(
            "--from: expected one command of lm_eval, inspect eval or lighteval, found " + what
        )
    (only,) = found
    return Evaluation(
        harness=only.harness,
        words=only.words,
        typed=only.typed,
        environment={**environment, **only.environment},
        unresolved=only.unresolved,
        left_out=(*left_out, *only.left_out),
    )


def _simple_commands(words: Sequence[Word], left_out: list[LeftOut]) -> Iterator[tuple[Word, ...]]:
    """The commands between operators, without their redirections."""
    command: list[Word] = []
    redirection = ""
    for word in (*words, Word("\n", is_operator=True)):
        if not word.is_operator:
            if redirection:
                left_out.append(
                    LeftOut(
                        flag=redirection,
                        given=word.text,
                        why="what is printed is no part of an evaluation",
                        may_change_scores=False,
                    )
                )
                redirection = ""
            else:
                command.append(word)
        elif "<" in word.text or ">" in word.text:
            # `2>&1` names what it goes to, and no file.
            redirection = "" if "&" in word.text[1:] and word.text[-1].isdigit() else word.text
        else:
            redirection = ""
            if command:
                yield tuple(command)
            command = []


def _exported(words: Sequence[Word]) -> dict[str, str]:
    """Variables of a line that only sets some."""
    rest = words[1:] if words[0].text == "export" else words
    pairs = [_ASSIGNMENT.fullmatch(word.text) for word in rest]
    return {p.group(1): p.group(2) for p in pairs if p} if rest and all(pairs) else {}


def _moves(words: Sequence[Word]) -> bool:
    """Whether a command may change what paths mean."""
    return words[0].text in {"cd", "pushd", "source", ".", "popd"}


def _evaluation(words: Sequence[Word]) -> Evaluation | None:
    texts = [word.text for word in words]
    # A cell of a notebook, or the prompt of a terminal.
    texts[0] = texts[0].removeprefix("!") if len(texts[0]) > 1 else texts[0]
    if texts[0] in {"$", "%", ">"} and len(texts) > 1:
        texts, words = texts[1:], words[1:]
    environment: dict[str, str] = {}
    start = 0
    while start < len(texts) and (
        (pair := _ASSIGNMENT.fullmatch(texts[start])) or texts[start] == "env"
    ):
        if pair:
            environment[pair.group(1)] = pair.group(2)
        start += 1
    if start == len(texts):
        return None
    place = _program(texts, start)
    if place is None:
        return None
    harness, end = place
    return Evaluation(
        harness=harness,
        words=tuple(texts[end:]),
        typed=tuple(texts[start:]),
        environment=environment,
        unresolved=frozenset(word.text.removeprefix("!") for word in words if word.is_unresolved),
        left_out=tuple(_launched(texts[start:end])),
    )


def _program(texts: Sequence[str], start: int) -> tuple[Harness, int] | None:
    """Whose program runs, and where its arguments begin; `None` if it is no harness."""
    first = PurePath(texts[start]).name
    if not (_harness_of(texts, start) or first in _LAUNCHERS or _PYTHON.fullmatch(first)):
        return None
    for index in range(start, len(texts)):
        if harness := _harness_of(texts, index):
            return harness, index + 1
    return None


def _harness_of(texts: Sequence[str], index: int) -> Harness | None:
    """The harness that a word starts."""
    text, after = texts[index], texts[index + 1] if index + 1 < len(texts) else ""
    if index and texts[index - 1] in {"-m", "--module"}:
        return _MODULES.get(text)
    name = PurePath(text).name.removesuffix(".exe")
    if name in _PROGRAMS:
        return _PROGRAMS[name]
    if name in _SUBCOMMANDS and after:
        return _SUBCOMMANDS[name]
    # lm-eval before 0.4 was started so, in a clone of it.
    is_script = name == "main.py" and any(word.startswith("--tasks") for word in texts[index:])
    return Harness.LM_EVAL if is_script else None


def _launched(texts: Sequence[str]) -> Iterator[LeftOut]:
    """What stands before the program."""
    before = [text for text in texts[:-1] if text not in {"-m", "--module"}]
    plain = [text for text in before if not _PYTHON.fullmatch(PurePath(text).name)]
    if not plain:
        return
    several = sorted(_OF_SEVERAL.intersection(PurePath(text).name for text in plain))
    why = "starts the program and decides no score"
    if several:
        why = (
            "how many processes share the work decides no score; `accelerate launch … -m weighin "
            "run` shares it in the same way"
        )
    yield LeftOut(flag=told_words(plain), given="", why=why, may_change_scores=False)


def _none(others: Sequence[LeftOut]) -> str:
    """What stands there instead of a harness, and what to do with it."""
    if not others:
        return "none"
    called = ", ".join(dict.fromkeys(other.flag for other in others))
    return (
        f"none: it calls {called}, and a program is not read; give the command of the harness that "
        "it runs, or let `weighin witness` weigh it as it runs"
    )
