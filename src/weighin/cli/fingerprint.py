"""`weighin fingerprint`: what a checkpoint folder is."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
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
    save: Annotated[Path | None, typer.Option(help="Write the manifest here.")] = None,
    with_files: Annotated[
        bool,
        typer.Option(
            "--files",
            help="Also print the SHA-256 of every file, in the same pass; the id stays as it is.",
        ),
    ] = False,
) -> None:
    """Print the checkpoint id, the facets, the tensors and the sizes of a checkpoint."""
    from weighin.cli.checkpoint_text import Fingerprinted, adapter_text, checkpoint_text
    from weighin.cli.hashing_progress import hashing_progress
    from weighin.cli.output import write_output
    from weighin.cli.revision import print_revision
    from weighin.errors import UsageError
    from weighin.evidence.files import create_file
    from weighin.identity.adapter import fingerprint_adapter
    from weighin.identity.checkpoint import fingerprint as fingerprint_folder
    from weighin.identity.file_digests import fingerprint_with_files
    from weighin.identity.folder import is_adapter_alone, list_checkpoint
    from weighin.identity.hub_revision import HUB_SCHEME

    if folder.startswith(HUB_SCHEME):
        if adapter is not None or save is not None:
            raise UsageError(f"{folder}: a revision that is not downloaded has no manifest")
        print_revision(folder, as_json=as_json)
        return
    place = Path(folder)
    if is_adapter_alone(place):
        if adapter is not None or save is not None or with_files:
            raise UsageError(
                f"{folder}: expected a checkpoint, found an adapter alone, which has no manifest; "
                "give the folder of its base model, and this one with --adapter"
            )
        write_output(adapter_text(fingerprint_adapter(place), as_json=as_json))
        return
    with hashing_progress() as on_progress, _no_collector():
        if with_files:
            manifest, files = fingerprint_with_files(
                place, adapter=adapter, on_progress=on_progress
            )
        else:
            manifest = fingerprint_folder(place, adapter=adapter, on_progress=on_progress)
            files = ()
    found = Fingerprinted(manifest, files, ignored=list_checkpoint(place).ignored)
    if save is not None and not create_file(
        save, manifest.canonical(), way_out="give another place with --save"
    ):
        raise UsageError(f"{save}: expected a new file, found one there already; name another")
    write_output(checkpoint_text(found, as_json=as_json))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without the collector of cycles meanwhile, which looks at many records again and again.

    There are no cycles among them, and with 16,000 shards it takes an eighth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
