"""What a shell may complete beside files and flags. A completion that fails completes nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from weighin.cli.requirements_file import REQUIREMENTS_FILE

_JOB = "[0-9a-f]" * 12


def rule_ids(incomplete: str) -> Iterator[tuple[str, str]]:
    """Ids of the rules and checks that begin so, each with its sentence."""
    from weighin.rules.judging.explanations import explanations
    from weighin.rules.scorecard.catalogue import check_explanations

    told = {e.rule: e.sentence for e in explanations()}
    told |= {e.check: e.sentence for e in check_explanations()}
    yield from ((name, told[name]) for name in sorted(told) if name.startswith(incomplete))


def command_names(context: typer.Context, incomplete: str) -> Iterator[str]:
    """Commands that begin so."""
    above = context.parent
    if above is not None and isinstance(above.command, TyperGroup):
        names = above.command.list_commands(above)
        yield from (name for name in names if name.startswith(incomplete))


def job_ids(context: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Jobs of the results folder on the command line that begin so, each with its benchmark.

    Nothing is read: names of folders say it.
    """
    from weighin.evidence.store.names import is_job_name

    results = Path(str(context.params.get("results") or "results")).expanduser()
    found = ((folder.name, folder.parent.name) for folder in results.glob(f"*/*/{_JOB}"))
    yield from sorted((j, b) for j, b in found if j.startswith(incomplete) and is_job_name(j))


def places(incomplete: str) -> Iterator[str]:
    """Files and folders that begin so, where an URL may stand: a shell completes only paths."""
    above, name = os.path.split(incomplete)
    try:
        with os.scandir(os.path.expanduser(above) or ".") as entries:  # noqa: PTH111  # as typed
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    for other, is_folder in found:
        if other.startswith(name) and (name or not other.startswith(".")):
            yield os.path.join(above, other) + ("/" if is_folder else "")  # noqa: PTH118  # as typed


def required_tasks(context: typer.Context, incomplete: str) -> Iterator[str]:
    """Benchmarks of the requirements file on the command line that begin so."""
    from weighin.errors import WeighinError
    from weighin.requirements.benchmark_labels import RequiredBenchmarks
    from weighin.requirements.loading import load_requirements
    from weighin.rules.catalogue import rule_shapes

    parameters: dict[str, Any] = context.params
    # An option that has no value yet ends the parsing before arguments get their names.
    file = parameters.get("requirements") or next(iter(context.args), REQUIREMENTS_FILE)
    try:
        requirements = load_requirements(Path(file).expanduser(), rule_shapes())
    except WeighinError:
        # `weighin check FILE` says what is wrong with it; the prompt is no place to.
        return
    chosen = set(parameters.get("only") or ())
    labels = RequiredBenchmarks(requirements.benchmarks).labels
    yield from (name for name in labels if name.startswith(incomplete) and name not in chosen)
