"""`weighin fingerprint`: what a checkpoint folder is."""

from pathlib import Path
from typing import Annotated

import typer


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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
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
    """Print the checkpoint id, the facets, the tensors and the sizes of a checkpoint."""
    from weighin.cli.terminal.hashing_progress import hashing_progress
    from weighin.cli.terminal.output import write_output
    from weighin.cli.terminal.revision import print_revision, save_new
    from weighin.errors import UsageError
    from weighin.files.collector import without_collector
    from weighin.identity.fingerprint.adapter import fingerprint_adapter
    from weighin.identity.fingerprint.checkpoint import fingerprint as fingerprint_folder
    from weighin.identity.fingerprint.checkpoint import quantization_in_words
    from weighin.identity.fingerprint.file_digests import fingerprint_with_files
    from weighin.identity.folder.listing import is_adapter_alone, list_adapter, list_checkpoint
    from weighin.identity.published.revision import HUB_SCHEME
    from weighin.reports.checkpoint import fingerprint_json
    from weighin.reports.checkpoint.fingerprint import Fingerprinted
    from weighin.reports.checkpoint.fingerprint_page import adapter_page, fingerprint_page
    from weighin.reports.page import lines

    if folder.startswith(HUB_SCHEME):
        if adapter is not None or with_files:
            raise UsageError(
                f"{folder}: --adapter and --files need bytes, which are not downloaded; download "
                "the revision and fingerprint its folder"
            )
        print_revision(folder, as_json=as_json, save=save)
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
        if as_json:
            write_output(fingerprint_json.render_adapter(entry, ignored))
        else:
            write_output(lines.render(adapter_page(entry, ignored)))
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
    found = Fingerprinted(
        manifest,
        files,
        ignored=listing.ignored,
        ignored_weights=listing.ignored_weights,
        quantization=quantization_in_words(place, manifest),
    )
    if save is not None:
        save_new(save, manifest.canonical())
    if as_json:
        write_output(fingerprint_json.render(found))
    else:
        write_output(lines.render(fingerprint_page(found)))
