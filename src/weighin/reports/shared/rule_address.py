"""Where the page of a rule is."""

import os
import re
from typing import Final

_VARIABLE: Final = "WEIGHIN_RULES_PAGE"
_IN_THE_PROJECT: Final = "docs/rules.md"
# Printable ASCII without what would end an address in Markdown, HTML or a log.
_PUBLISHED: Final = re.compile(r"https://[!$%&+,\-./0-9:=?@A-Z_a-z~]+")


def rule_address(rule: str) -> str:
    """The address of the page of a rule or check.

    Returns:
        `docs/rules.md#<rule>`, a place in weighin's own repository; or, where the environment says
        in `WEIGHIN_RULES_PAGE` at which https address that page is published, a place in that.
    """
    published = os.environ.get(_VARIABLE, "")
    page = published if _PUBLISHED.fullmatch(published) else _IN_THE_PROJECT
    return f"{page}#{rule}"
