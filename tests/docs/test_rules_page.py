"""The page on the rules says what the rules say."""

import re

import pytest

from tests.making.places import DOCS
from weighin.reports.requirements.rules_page import rules_page
from weighin.requirements.profiles import available_profiles
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS

PAGE = DOCS / "rules.md"


@pytest.fixture(scope="module")
def page() -> str:
    return rules_page()


def test_the_published_page_on_rules_is_current(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, (
        "run: ./run weighin explain --markdown > docs/rules.md"
    )


def test_every_rule_has_a_section_and_the_links_of_the_table_lead_there(page: str) -> None:
    sections = re.findall(r"^## (.*)$", page, re.MULTILINE)
    rules = [rule.id for rule in CATALOGUE.rules]
    assert sections == [*rules, "judge", *(check.id for check in SCORECARD_CHECKS)]
    assert set(re.findall(r"\(#([a-z0-9-]+)\)", page)) == set(rules)


def test_the_table_has_a_column_for_every_profile(page: str) -> None:
    header = next(line for line in page.splitlines() if line.startswith("| rule |"))
    assert header == f"| rule | what holds | {' | '.join(available_profiles())} |"


def test_the_page_tells_what_a_profile_file_says(page: str) -> None:
    # As written in profiles/same-checkpoint.yaml.
    section = page.partition("\n## one-attempt\n")[2].partition("\n## ")[0]
    assert "same-checkpoint (warning)" in section
    assert "| `limit` (at least 1) | `1` |" in section
    assert "Also known as: `attempts-at-most`" in section


def test_a_rule_on_a_fact_tells_the_least_grade(page: str) -> None:
    section = page.partition("\n## outputs-vary\n")[2].partition("\n## ")[0]
    assert "the fact `distinct_outputs`, of grade `declared` or better" in section
