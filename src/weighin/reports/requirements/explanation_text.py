"""What rules and checks say of themselves, as text."""

from collections.abc import Iterator

from weighin.reports.shared.rule_address import rule_address
from weighin.rules.judging.explanations import explanation, explanations
from weighin.rules.scorecard.catalogue import check_explanation


def render(rule_id: str) -> str:
    """What a rule or check says of itself, with a line break at the end.

    Args:
        rule_id: Its id, or an alias of a rule.

    Raises:
        UsageError: No rule and no check has that name.
    """
    return "\n".join(_lines(rule_id)).rstrip() + "\n"


def render_all() -> str:
    """All rules with their sentences, one a line."""
    width = max(len(e.rule) for e in explanations())
    return "".join(f"{e.rule:<{width}}  {e.sentence}\n" for e in explanations())


def _lines(rule_id: str) -> Iterator[str]:
    if (check := check_explanation(rule_id)) is not None:
        yield from (f"{check.check} (of scorecards)", "", check.sentence, "")
        yield from _sections(check.why, check.how, check.fix)
        yield f"Page: {rule_address(check.check)}"
        return
    found = explanation(rule_id)
    yield from (f"{found.rule} ({found.level})", "", found.sentence, "")
    yield from _sections(found.why, found.how, found.fix)
    if found.parameters:
        yield f"Parameters: {', '.join(found.parameters)}"
    if found.aliases:
        yield f"Also known as: {', '.join(found.aliases)}"
    yield f"Judged by: {found.file}"
    yield f"Page: {rule_address(found.rule)}"


def _sections(why: str, how: str, fix: str) -> Iterator[str]:
    for title, body in (("Why", why), ("How", how), ("Fix", fix)):
        yield from (f"{title}: {body}", "")
