"""What `declared-everywhere` says."""

from tests.making.rules.cards import BLOG, found, number

from weighin.rules.scorecard.checks.declared_everywhere import DeclaredEverywhere
from weighin.rules.scorecard.interface import Word


def test_what_one_source_declares_and_another_leaves_out_is_undeclared_there():
    card, blog = number("57.2"), number("57.2", passes="several", source=BLOG)
    (finding,) = found(DeclaredEverywhere, card, blog)
    assert finding.word is Word.UNDECLARED
    assert "57.2 % on GPQA Diamond: passes declared in blog, not in model card" in finding.statement
    assert finding.arithmetic == "passes several in blog (2025-04-05)"
