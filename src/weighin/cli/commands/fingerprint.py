"""`weighin fingerprint`: what a checkpoint folder is."""

from pathlib import Path
from typing import Annotated

import typer

from weighin.cli.formats import asked, format_option, json_option, quiet_option
from weighin.reports.shared.formats import EVERYWHERE, Format


def fingerprint(
    folder: Annotated[
        str,
        typer.Argument(
            help="A checkpoint folder, a PEFT adapter alone, a .gguf file, or "
            "hf://org/name@revision."
        ),
    ],
    *,
    adapter: Annotated[Path | None, typer.Option(help="A PEFT adapter to attach.")] = None,
    formats: Annotated[list[str] | None, format_option(EVERYWHERE)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Write the manifest here; of a revision, what the hub says of it."),
    ] = None,
    with_files: Annotated[
        bool,
        typer.Option(
            "--files",
            help="Also print the SHA-256 of every file, in the same pass; the id stays as it is.",
        ),
    ] = False,
) -> None:
    """Print the id, facets, tensors and sizes of a checkpoint."""
    from weighin.cli.terminal.next_step import tell_next
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.revision import require_new, revision_report, save_new
    from weighin.cli.terminal.telling import tell
    from weighin.errors import UsageError
    from weighin.files.collector import without_collector
    from weighin.identity.fingerprint.adapter import fingerprint_adapter
    from weighin.identity.fingerprint.checkpoint import fingerprint as fingerprint_folder
    from weighin.identity.fingerprint.checkpoint import quantization_in_words
    from weighin.identity.fingerprint.file_digests import fingerprint_with_files
    from weighin.identity.fingerprint.gguf_checkpoint import gguf_file_type
    from weighin.identity.folder.listing import is_adapter_alone, list_adapter, list_checkpoint
    from weighin.identity.published.revision import HUB_SCHEME
    from weighin.reports.checkpoint import fingerprint_json
    from weighin.reports.checkpoint.fingerprint import Fingerprinted
    from weighin.reports.checkpoint.fingerprint_page import adapter_page, fingerprint_page
    from weighin.reports.page import lines
    from weighin.reports.told.report import Report

    asked_for = asked(
        formats, of=EVERYWHERE, as_json=as_json, reads=[folder, adapter], is_quiet=quiet
    )
    if save is not None:
        require_new(save)
    if folder.startswith(HUB_SCHEME):
        if adapter is not None or with_files:
            raise UsageError(
                f"{folder}: --adapter and --files need bytes, which are not downloaded; download "
                "the revision and fingerprint its folder"
            )
        tell(revision_report(folder, save=save), asked_for)
        return
    place = Path(folder)
    if is_adapter_alone(place):
        if adapter is not None or save is not None or with_files:
            raise UsageError(
                f"{folder}: expected a checkpoint, found an adapter alone, which has no manifest; "
                "give the folder of its base model, and this one with --adapter"
            )
        entry = fingerprint_adapter(place)
        ignored = list_adapter(place).ignored
        of_adapter = {
            Format.TEXT: lambda: lines.render(adapter_page(entry, ignored)),
            Format.JSON: lambda: fingerprint_json.render_adapter(entry, ignored),
        }
        tell(Report(printers=of_adapter), asked_for)
        return
    with hashing_progress() as on_progress, without_collector():
        if with_files:
            manifest, files = fingerprint_with_files(
                place, adapter=adapter, on_progress=on_progress
            )
        else:
            manifest = fingerprint_folder(place, adapter=adapter, on_progress=on_progress)
            files = ()
    listing = list_checkpoint(place)
    file_type = gguf_file_type(place, manifest)
    found = Fingerprinted(
        manifest,
        files,
        ignored=listing.ignored,
        ignored_weights=listing.ignored_weights,
        quantization=quantization_in_words(place, manifest, file_type),
        file_type=file_type.words,
    )
    if save is not None:
        save_new(save, manifest.canonical())
    of_checkpoint = {
        Format.TEXT: lambda: lines.render(fingerprint_page(found)),
        Format.JSON: lambda: fingerprint_json.render(found),
    }
    tell(Report(printers=of_checkpoint), asked_for)
    tell_next(asked_for, *_next(folder, adapter, save))


def _next(folder: str, adapter: Path | None, save: Path | None) -> tuple[Path | str, ...]:
    """Keep the manifest, or hold the folder against it."""
    attached = () if adapter is None else ("--adapter", adapter)
    if save is None:
        return ("fingerprint", folder, *attached, "--save", "manifest.json")
    return ("verify", save, folder, *attached)
