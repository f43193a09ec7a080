"""Digests of what was asked, held against those that the requirements file states."""

from typing import Annotated

from pydantic import Field

from weighin.rules.interface import Finding, Outcome
from weighin.rules.shared.wording import digest

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ASK_ALIKE = "score both with the same version of the harness, task, template and shots"


def against_requirement(what: str, required: str, found: str) -> Finding:
    """Met where a digest is the one that the requirements file states."""
    if found == required:
        return Finding(
            outcome=Outcome.MET, statement=f"the {what} are as required", found=digest(found)
        )
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the {what} are other than required",
        expected=f"sha256:{required}",
        found=f"sha256:{found}",
        fix=ASK_ALIKE,
    )
