"""`weighin explain`: why a rule matters, how it decides, how to mend what it finds."""

from typing import Annotated

import typer

from weighin.cli.completions import rule_ids
from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.shared.formats import EVERYWHERE, Format


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
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
) -> None:
    """Print Why, How and Fix of a rule, or list the rules."""
    from weighin.cli.terminal.telling import tell
    from weighin.errors import UsageError
    from weighin.reports.requirements import explanation_json, explanation_text
    from weighin.reports.told.report import Report

    asked_for = asked(formats, of=EVERYWHERE, as_json=as_json, is_quiet=quiet)
    if rule is not None:
        if markdown:
            raise UsageError(f"expected --markdown without a rule, found {rule}; leave one out")
        asked_rule = rule
        printers = {
            Format.TEXT: lambda: explanation_text.render(asked_rule),
            Format.JSON: lambda: explanation_json.render(asked_rule),
        }
    elif markdown:
        from weighin.reports.requirements.rules_page import rules_page

        printers = {Format.TEXT: rules_page, Format.JSON: explanation_json.render_all}
    else:
        printers = {
            Format.TEXT: explanation_text.render_all,
            Format.JSON: explanation_json.render_all,
        }
    tell(Report(printers=printers), asked_for)
