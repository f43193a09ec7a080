"""The page on first files shows what a command says and writes."""

import re

import pytest

from tests.laws.first_files.conftest import folder  # noqa: F401  # a fixture
from tests.making.places import DOCS

PAGE = DOCS / "init.md"
COMMAND = """\
lm_eval --model vllm --model_args pretrained=models/tiny,dtype=bfloat16,enable_thinking=False \\
  --tasks gsm8k,ifeval --num_fewshot 5 --batch_size auto --apply_chat_template --output_path out"""


def block(name):
    found = re.search(
        rf"<!-- {name} begin -->\n(.*?)<!-- {name} end -->", PAGE.read_text(), re.DOTALL
    )
    assert found is not None
    return found.group(1)


@pytest.fixture
def said(weighin, folder):  # noqa: F811  # the fixture
    told = weighin("init", "--from", COMMAND)
    assert told.code == 0, told.errors
    return told.output, (folder / "weighin.yaml").read_text()


def test_the_page_shows_what_a_command_says_and_writes(said):
    output, written = said
    assert block("said") == f"```text\n$ weighin init --from '{COMMAND}'\n{output}```\n"
    assert block("file") == f"```yaml\n{written}```\n"


def test_every_option_stands_on_the_page(weighin):
    page = PAGE.read_text()
    offered = set(re.findall(r" (--[a-z]+)\b", weighin("init", "--help").output))
    assert {o for o in offered if o not in page} <= {"--format", "--quiet", "--help"}
