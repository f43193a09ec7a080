"""`weighin explain`: why a rule matters, how it decides, how to mend what it finds."""

from typing import Annotated

import typer


def explain(
    rule: Annotated[
        str | None, typer.Argument(help="Id of a rule; without one, all rules are listed.")
    ] = None,
) -> None:
    """Print Why, How and Fix of a rule, or list the rules."""
    from weighin.cli.output import write_output
    from weighin.rules.explaining import explanation, explanations

    if rule is None:
        width = max(len(e.rule) for e in explanations())
        write_output("".join(f"{e.rule:<{width}}  {e.sentence}\n" for e in explanations()))
        return
    found = explanation(rule)
    lines = [f"{found.rule} ({found.level})", "", found.sentence, ""]
    for title, body in (("Why", found.why), ("How", found.how), ("Fix", found.fix)):
        lines += [f"{title}: {body}", ""]
    if found.parameters:
        lines.append(f"Parameters: {', '.join(found.parameters)}")
    if found.aliases:
        lines.append(f"Also known as: {', '.join(found.aliases)}")
    write_output("\n".join(lines).rstrip() + "\n")
