"""The words of a shell command. Nothing is expanded, substituted or run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from weighin.errors import UsageError

MOST_CHARACTERS = 100_000
_BLANK = " \t\r"
# What ends a simple command, or redirects its output; `(` and `)` begin and end a subshell.
_OPERATOR = re.compile(r"&&|\|\||;;|&>>?|\d*(?:>>|>&\d*|>|<<<?|<)|[;|&()\n]")
_ESCAPABLE_IN_QUOTES = '$`"\\'
_CLOSES = {"$(": ")", "${": "}"}
_OF_PARAMETERS = "_@*#?$!-{("


@dataclass(frozen=True, slots=True)
class Word:
    """One word, without its quotes.

    Attributes:
        text: As a program would be given it, but for what a shell would have filled in.
        is_operator: Whether it is an operator of the shell and no word of a command.
        is_unresolved: Whether a shell would fill in a variable, a command or a home folder.
    """

    text: str
    is_operator: bool = False
    is_unresolved: bool = False


def shell_words(text: str) -> tuple[Word, ...]:
    """The words and operators of some lines, by the quoting rules of a POSIX shell.

    Comments are left out. A backslash that a line break followed before it was pasted is passed
    over, since no word of a command line begins with a blank.

    Raises:
        UsageError: A quote is not closed, or the text is far longer than any command line.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"--from: expected a command line of at most {MOST_CHARACTERS} characters, found "
            f"{len(text)}"
        )
    return tuple(_Reader(text.replace("\r\n", "\n")).words())


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def words(self) -> Iterator[Word]:
        while self.at < len(self.text):
            if self.text[self.at] in _BLANK:
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.is_continued():
                continue
            elif operator := self.operator():
                self.at += len(operator)
                yield Word(operator, is_operator=True)
            else:
                yield self.word()

    def operator(self) -> str:
        found = _OPERATOR.match(self.text, self.at)
        return "" if found is None else found.group()

    def is_continued(self) -> bool:
        """Whether a line goes on here; what says so is passed over."""
        if self.text[self.at] != "\\":
            return False
        after = self.at + 1
        while after < len(self.text) and self.text[after] in _BLANK:
            after += 1
        if after < len(self.text) and self.text[after] == "\n":
            after += 1
        elif after == self.at + 1 and after < len(self.text):
            return False
        self.at = after
        return True

    def word(self) -> Word:
        found: list[str] = []
        is_unresolved = self.text[self.at] == "~"
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign in _BLANK or sign in ";|&<>()\n":
                break
            if sign == "'":
                found.append(self.single_quoted())
            elif sign == '"':
                part, is_filled_in = self.double_quoted()
                found.append(part)
                is_unresolved = is_unresolved or is_filled_in
            elif sign == "\\":
                if self.text[self.at + 1 : self.at + 2] != "\n":
                    found.append(self.text[self.at + 1 : self.at + 2])
                self.at += 2
            elif self.is_filled_in():
                is_unresolved = True
                found.append(self.filled_in())
            else:
                found.append(sign)
                self.at += 1
        return Word("".join(found), is_unresolved=is_unresolved)

    def is_filled_in(self) -> bool:
        """Whether a shell would fill something in here."""
        sign, after = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if sign == "~":
            return self.text[self.at - 1 : self.at] in {"=", ":"} and after in {"", "/", " "}
        if sign == "`":
            return True
        return sign == "$" and after != "" and (after.isalnum() or after in _OF_PARAMETERS)

    def filled_in(self) -> str:
        """What a shell would fill something in for: `$NAME`, `${…}`, `$(…)`, `` `…` ``."""
        begun = self.at
        opens = self.text[self.at : self.at + 2]
        end = begun
        if (closes := _CLOSES.get(opens)) is not None:
            end = _closed(self.text, begun + 1, opens[1], closes)
        elif opens[0] == "`":
            end = self.text.find("`", begun + 1)
        if end < 0:
            self.refuse(opens.strip())
        self.at = end + 1
        return self.text[begun : self.at]

    def single_quoted(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self.refuse("'")
        part, self.at = self.text[self.at + 1 : end], end + 1
        return part

    def double_quoted(self) -> tuple[str, bool]:
        found: list[str] = []
        is_unresolved = False
        begun, self.at = self.at, self.at + 1
        while self.at < len(self.text):
            sign, after = self.text[self.at], self.text[self.at + 1 : self.at + 2]
            if sign == '"':
                self.at += 1
                return "".join(found), is_unresolved
            if sign == "\\" and after == "\n":
                self.at += 2
            elif sign == "\\" and after and after in _ESCAPABLE_IN_QUOTES:
                found.append(after)
                self.at += 2
            elif sign != "~" and self.is_filled_in():
                is_unresolved = True
                found.append(self.filled_in())
            else:
                found.append(sign)
                self.at += 1
        self.at = begun
        return self.refuse('"')

    def refuse(self, quote: str) -> NoReturn:
        raise UsageError(
            f"--from: expected the end of a text in quotes, found none after character "
            f"{self.at + 1}; close the {quote}"
        )


def _closed(text: str, start: int, opens: str, closes: str) -> int:
    """Where what begins at a place is closed; -1 if it never is."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == opens) - (text[at] == closes)
        if depth == 0:
            return at
    return -1
