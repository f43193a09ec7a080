"""The page on running lists every setting of decoding, as the tables of the source have it."""

import re

import pytest

from tests.making.places import DOCS
from weighin.requirements.decoding.settings import (
    OPENAI,
    TRANSFORMERS,
    ComparedWith,
    Setting,
    Settings,
    Under,
)

PAGE = (DOCS / "running.md").read_text(encoding="utf-8")


def row(name: str, setting: Setting) -> str:
    default = "" if setting.default is None else f"`{str(setting.default).lower()}`"
    norm = "task" if setting.compared_with is ComparedWith.TASK else "row"
    under = "" if setting.under is Under.ANY else setting.under
    means = f"`{setting.means}`" if setting.means else ""
    return f"| `{name}` | {setting.holds} | {default} | {norm} | {under} | {means} |"


@pytest.mark.parametrize(
    ("block", "settings"), [("transformers", TRANSFORMERS), ("openai", OPENAI)]
)
def test_every_setting_stands_in_the_table(block: str, settings: Settings) -> None:
    found = re.search(rf"<!-- {block} begin -->\n(.*?)\n<!-- {block} end -->", PAGE, re.DOTALL)
    assert found is not None
    assert found.group(1).splitlines()[2:] == [row(*item) for item in sorted(settings.items())]
