"""Text as it must be written in a YAML file, so that every reader takes it for that text."""

import re

from weighin.files.yaml.scalars import plain_scalar

# Letters, digits and what has no meaning in YAML within a word, also in a flow mapping.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.+/@=-]*")
_PLAIN_IN_BLOCK = re.compile(r"[A-Za-z_][A-Za-z0-9_.+/@=,-]*[A-Za-z0-9_]")
_LARGEST_OF_FOUR_DIGITS = 0xFFFF


def as_yaml(text: str, *, is_in_flow: bool = False) -> str:
    """The text, quoted where it must be.

    Args:
        text: Any text.
        is_in_flow: Whether it stands within `{…}` or `[…]`, where a comma ends a value.
    """
    pattern = _PLAIN if is_in_flow else _PLAIN_IN_BLOCK
    scalar = plain_scalar(text)
    if (pattern.fullmatch(text) or _PLAIN.fullmatch(text)) and (
        scalar.value == text and not scalar.otherwise and not scalar.problem
    ):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= _LARGEST_OF_FOUR_DIGITS else f"\\U{code:08X}"
