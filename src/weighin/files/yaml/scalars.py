"""What an unquoted YAML scalar means, and which of them mean something else to other readers."""

import math
import re
from dataclasses import dataclass

from pydantic import JsonValue

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
# YAML 1.1 reads these as booleans, YAML 1.2 as text.
_OLD_TRUE = frozenset({"y", "yes", "on"})
_OLD_FALSE = frozenset({"n", "no", "off"})
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.inf|\.nan", re.IGNORECASE)
_OLD_NUMBER = re.compile(
    r"[-+]?("
    r"0[0-9_]+(\.[0-9_]*)?([eE][-+]?[0-9]+)?"
    r"|0o[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+"
    r"|[0-9]+_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r")"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*)?", re.DOTALL)
# 64-bit seeds fit; beyond that JSON readers disagree.
_MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """An unquoted scalar.

    Attributes:
        value: What it means in YAML 1.2.
        otherwise: What other readers take it for; empty if they agree.
        problem: Why it is refused; empty if it is not.
    """

    value: JsonValue
    otherwise: str = ""
    problem: str = ""


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar in the core schema of YAML 1.2.

    Source:
        YAML 1.2.2, section 10.3.2; YAML 1.1 types bool, int, float and timestamp.
    """
    if text in _NULL:
        return Scalar(None)
    if text in _TRUE or text in _FALSE:
        return Scalar(text in _TRUE)
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return _number(text)
    if _NOT_FINITE.fullmatch(text):
        return Scalar(text, problem=f"{text} is not a finite number; write a finite number")
    return Scalar(text, otherwise=_otherwise(text))


def _number(text: str) -> Scalar:
    if _INTEGER.fullmatch(text):
        if len(text.lstrip("+-")) > _MOST_DIGITS:
            return Scalar(
                text, problem=f"whole number of more than {_MOST_DIGITS} digits; quote it"
            )
        return Scalar(int(text))
    if not math.isfinite(number := float(text)):
        return Scalar(text, problem="number too large for a double; write a finite number")
    return Scalar(number)


def _otherwise(text: str) -> str:
    if text.lower() in _OLD_TRUE:
        return "true"
    if text.lower() in _OLD_FALSE:
        return "false"
    if _OLD_NUMBER.fullmatch(text):
        return "a number"
    if _DATE.fullmatch(text):
        return "a date"
    return ""
