"""`weighin retire`: what a job recorded decides nothing from then on."""

from pathlib import Path
from typing import Annotated

import typer


def retire(
    job: Annotated[
        str, typer.Argument(help="The job: the name of its folder, or at least 6 digits of it.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why; it stands in every report.")],
    results: Annotated[Path, typer.Option(help="The results folder.")] = Path("results"),
) -> int:
    """Let a job decide nothing. It is kept, shown in every report and counted as an attempt."""
    from weighin import api
    from weighin.cli.terminal.output import write_output

    found = api.retire(job, reason=reason, results=results)
    write_output(
        f"{found.job_id[:12]} ({found.benchmark} of {found.model}) decides nothing from now on: "
        f"{found.reason}\n"
    )
    return 0
