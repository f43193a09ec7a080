"""The command that runs: what it was asked to tell, and how far it is."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from weighin.reports.shared.formats import Format


@dataclass(frozen=True, slots=True)
class Asked:
    """In which formats a command was asked to tell what it has to say.

    Attributes:
        printed: The format on standard output; `None` for nothing.
        files: Formats, and where each is written.
        badge: Where the badge is drawn; `None` for nowhere.
        subject: The file that is judged or read first; empty if there is none.
        is_quiet: Whether standard error is for errors alone.
    """

    printed: Format | None = Format.TEXT
    files: tuple[tuple[Format, Path], ...] = ()
    badge: Path | None = None
    subject: str = ""
    is_quiet: bool = False


@dataclass(slots=True)
class Command:
    """The one command of a process, or of a test that calls several.

    Attributes:
        asked: What it was asked to tell; `None` until its options were understood.
        written: The files that it wrote.
        is_printed: Whether something stands on standard output.
    """

    asked: Asked | None = field(default=None)
    written: set[Path] = field(default_factory=set)
    is_printed: bool = False

    def begin(self) -> None:
        """Forget the command before."""
        self.asked, self.is_printed = None, False
        self.written.clear()

    @property
    def is_quiet(self) -> bool:
        """Whether standard error is for errors alone."""
        return self.asked is not None and self.asked.is_quiet


COMMAND: Final = Command()

_TELLING: Final = frozenset(
    {"--json", "--quiet", "-q", "--verbose", "-v", "--full", "--brief", "--exit-zero"}
)
_TELLING_WITH_VALUE: Final = frozenset(
    {"--format", "--json-file", "--junit", "--markdown", "--text", "--svg", "--badge"}
)


def typed_again() -> tuple[str, ...]:
    """The command line without what says how and where its answer is told."""
    kept, is_value = ["weighin"], False
    for argument in sys.argv[1:]:
        option, sign, _ = argument.partition("=")
        if not is_value and argument not in _TELLING and option not in _TELLING_WITH_VALUE:
            kept.append(argument)
        is_value = not is_value and option in _TELLING_WITH_VALUE and not sign
    return tuple(kept)
