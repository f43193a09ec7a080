"""`weighin compare`: how two checkpoints differ."""

import os
from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.command import typed_again
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.formats import OF_A_DOCUMENT


def compare(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A checkpoint folder, .gguf file, manifest, or hf://org/name@revision.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="What A is compared with.")],
    *,
    adapter: Annotated[
        Path | None,
        typer.Option(help="A PEFT adapter to attach to A, to compare a merged checkpoint with."),
    ] = None,
    parent: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint that B may be a merge of; give it once for each."),
    ] = None,
    formats: Annotated[list[str] | None, format_option(OF_A_DOCUMENT)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("List every tensor that differs.")] = False,
) -> int:
    """Say how two checkpoints relate, and which tensors differ.

    Exits with 0 whenever they could be compared, whatever the answer.
    """
    # Before numpy is imported: on matrices of this size, threads of BLAS only wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from weighin import api
    from weighin.cli.terminal.progress.comparing import comparing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.reports.checkpoint import comparison_json
    from weighin.reports.checkpoint.comparison_page import comparison_page
    from weighin.reports.told.report import document_report

    asked_for = asked(
        formats,
        of=OF_A_DOCUMENT,
        as_json=as_json,
        reads=[first, second, adapter, *(parent or ())],
        is_quiet=quiet,
    )
    with comparing_progress() as (on_progress, on_hashing):
        found = api.compare(
            first,
            second,
            adapter=adapter,
            parents=parent or (),
            on_progress=on_progress,
            on_hashing=on_hashing,
        )
    report = document_report(
        lambda: comparison_page(found, typed_again()), lambda: comparison_json.render(found)
    )
    tell(report, asked_for, verbose=verbose)
    return 0
