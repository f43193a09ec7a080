"""The rule `harness-files-are-allowed`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Weaker
from weighin.rules.shared.fact_rule import FactRule, fails, holds
from weighin.rules.shared.wording import count, listed

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessFilesAreAllowed(FactRule):
    """Every file of the harness and its scorers is one that is allowed.

    Why:
        Whoever can edit the scorer can give any score, and a version number does not change with
        it.

    How:
        Holds the SHA-256 of each file against `allowed`.

    Fix:
        Score the benchmark again with the files that are allowed.

    Attributes:
        allowed: SHA-256 of each file that may be used.
    """

    id: ClassVar[str] = "harness-files-are-allowed"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"allowed": Weaker.MORE})
    fact: ClassVar[FactName] = FactName.HARNESS_FILES
    unknown: ClassVar[str] = "the files of the harness were not hashed"
    declare_it: ClassVar[str] = "declare harness_files: the SHA-256 of each file by its path"
    fix: ClassVar[str] = "score it again with the files that are allowed"

    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met where each digest is allowed."""
        files = value if isinstance(value, dict) else {}
        digests = {n: d.lower() for n, d in files.items() if isinstance(d, str)}
        is_whole = all(_SHA256.fullmatch(digest) for digest in digests.values())
        if not files or len(digests) < len(files) or not is_whole:
            return self.shapeless(value)
        allowed = {digest.lower() for digest in self.allowed}
        others = tuple(name for name, digest in sorted(digests.items()) if digest not in allowed)
        if others:
            return fails(
                f"{count(len(others), 'file')} of the harness not among those allowed: "
                f"{listed(others)}",
                expected=f"only the {count(len(allowed), 'file')} that are allowed",
                found=", ".join(f"{n} sha256:{digests[n][:12]}" for n in others[:4]),
            )
        return holds(f"{count(len(files), 'file')} of the harness, each allowed")
