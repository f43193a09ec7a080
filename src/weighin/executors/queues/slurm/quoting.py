"""Text as Slurm's and bash's own readers take it for that text, on one line each."""

import os
import re
import shlex

from weighin.errors import UsageError

# What `#SBATCH` lines and bash have no meaning for.
_PLAIN = re.compile(r"[A-Za-z0-9_.,:@%+/=-]+")
_PRINTABLE = range(0x20, 0x7F)


def in_bash(text: str) -> str:
    r"""One word of a bash script in ASCII: quoted where it must be, `$'…'` where that will not do.

    What begins a command of a runner of CI is spelled out as well: it would be so on printing.
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, os.fsencode(text))) + "'"


def _escaped(byte: int) -> str:
    character = chr(byte)
    if character in "'\\":
        return f"\\{character}"
    return character if byte in _PRINTABLE and character != "#" else f"\\x{byte:02x}"


def directive(option: str) -> str:
    """A line by which a script asks Slurm for something.

    Slurm reads these lines by rules of its own: quotes hold spaces, a backslash takes the next
    byte as it is, and a `#` begins a comment even between quotes.

    Args:
        option: As on the command line of `sbatch`, with `=`.

    Raises:
        UsageError: It cannot stand on one line.
    """
    if not option.isprintable():
        raise UsageError(f"{option!r}: expected an option of sbatch on one line, found another")
    name, sign, value = option.partition("=")
    if sign and _PLAIN.fullmatch(value) is None:
        option = f'{name}="' + re.sub(r"([^A-Za-z0-9_.,:@%+/=\x80-\U0010ffff -])", r"\\\1", value)
        option += '"'
    return f"#SBATCH {option}"


def in_file_name(path: str) -> str:
    """A path in an option like `--output`, where a percent sign begins a pattern.

    Raises:
        UsageError: Slurm reads no pattern in such a path.
    """
    if "\\" in path or not path.isprintable():
        raise UsageError(
            f"--logs {path!r}: expected a path without backslashes and line breaks, in which Slurm "
            "puts the number of a task; give another"
        )
    return path.replace("%", "%%")
