"""Where the page of a rule is said to be."""

import pytest
from tests.making.places import ROOT

from weighin.reports.shared.rule_address import rule_address
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS


@pytest.mark.parametrize(
    "published",
    [
        "",
        "http://x.org/r.md",
        "javascript:alert(1)",
        "https://x.org/a b",
        "https://x.org/>",
        "https://x.org/\"'",
    ],
)
def test_what_is_no_https_address_is_the_page_in_the_project(monkeypatch, published):
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", published)
    assert rule_address("same-weights") == "docs/rules.md#same-weights"


def test_a_published_page_is_where_it_is_published(monkeypatch):
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://x.org/o/weighin/blob/v1/docs/rules.md")
    assert rule_address("a") == "https://x.org/o/weighin/blob/v1/docs/rules.md#a"


@pytest.mark.parametrize("asked", [*CATALOGUE.rules, *SCORECARD_CHECKS], ids=lambda rule: rule.id)
def test_every_rule_and_check_has_a_heading_on_the_page(monkeypatch, asked):
    monkeypatch.delenv("WEIGHIN_RULES_PAGE", raising=False)
    page, _, heading = rule_address(asked.id).partition("#")
    assert f"\n## {heading}\n" in (ROOT / page).read_text("utf-8")
