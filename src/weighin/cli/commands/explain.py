"""`weighin explain`: why a rule matters, how it decides, how to mend what it finds."""

from typing import Annotated

import typer

from weighin.cli.completions import rule_ids


def explain(
    *,
    rule: Annotated[
        str | None,
        typer.Argument(
            help="Id of a rule or check; without one, all rules are listed.",
            autocompletion=rule_ids,
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="All rules as one page, with the profiles.")
    ] = False,
) -> None:
    """Print Why, How and Fix of a rule, or list the rules."""
    from weighin.cli.terminal.output import write_output
    from weighin.errors import UsageError
    from weighin.rules.judging.explanations import explanation, explanations
    from weighin.rules.scorecard.catalogue import check_explanation

    if markdown:
        if rule is not None:
            raise UsageError(f"expected --markdown without a rule, found {rule}; leave one out")
        from weighin.reports.explanation.rules_page import rules_page

        write_output(rules_page())
        return
    if rule is None:
        width = max(len(e.rule) for e in explanations())
        write_output("".join(f"{e.rule:<{width}}  {e.sentence}\n" for e in explanations()))
        return
    if (check := check_explanation(rule)) is not None:
        lines = [f"{check.check} (of scorecards)", "", check.sentence, ""]
        for title, body in (("Why", check.why), ("How", check.how), ("Fix", check.fix)):
            lines += [f"{title}: {body}", ""]
        write_output("\n".join(lines).rstrip() + "\n")
        return
    found = explanation(rule)
    lines = [f"{found.rule} ({found.level})", "", found.sentence, ""]
    for title, body in (("Why", found.why), ("How", found.how), ("Fix", found.fix)):
        lines += [f"{title}: {body}", ""]
    if found.parameters:
        lines.append(f"Parameters: {', '.join(found.parameters)}")
    if found.aliases:
        lines.append(f"Also known as: {', '.join(found.aliases)}")
    lines.append(f"Judged by: {found.file}")
    write_output("\n".join(lines).rstrip() + "\n")
