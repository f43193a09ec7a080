"""Where the page of a rule is."""

import os
from typing import Final

_VARIABLE: Final = "WEIGHIN_RULES_PAGE"
_IN_THE_PROJECT: Final = "docs/rules.md"


def rule_address(rule: str) -> str:
    """The address of the page of a rule or check.

    Returns:
        `docs/rules.md#<rule>`, a place in weighin's own repository; or, where the environment says
        in `WEIGHIN_RULES_PAGE` at which https address that page is published, a place in that.
    """
    published = os.environ.get(_VARIABLE, "")
    page = published if published.startswith("https://") else _IN_THE_PROJECT
    return f"{page}#{rule}"
