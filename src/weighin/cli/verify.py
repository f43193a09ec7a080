"""`weighin verify`: what became of a checkpoint since its manifest or signature was made."""

from pathlib import Path
from typing import Annotated

import typer


def verify(
    places: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MANIFEST] FOLDER",
            help="The manifest that `weighin fingerprint --save` wrote, and the checkpoint folder; "
            "with --signature the folder alone is enough.",
        ),
    ],
    *,
    adapter: Annotated[
        Path | None, typer.Option(help="The PEFT adapter that the manifest was made with.")
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(help="An OpenSSF model-signing bundle over the folder.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="The signer's public key, ECDSA as PEM.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Read every byte again and say what changed. Exits 0 unchanged, 10 changed, 11 not covered."""
    from weighin import api
    from weighin.cli.output import write_output
    from weighin.errors import UsageError
    from weighin.reports.as_verification import exit_code, render_json, render_text

    *manifests, folder = places
    if len(manifests) > 1:
        raise UsageError(f"verify: expected [MANIFEST] FOLDER, found {len(places)} places")
    if not manifests and signature is None:
        raise UsageError(
            f"verify: expected MANIFEST FOLDER, found {folder} alone; name the manifest before it, "
            "or give --signature and --public-key"
        )
    if (signature is None) != (public_key is None):
        raise UsageError("verify: expected --signature and --public-key together, found one")
    held = api.verify(manifests[0], folder, adapter=adapter) if manifests else None
    signed = (
        api.verify_signature(signature, public_key, folder)
        if signature is not None and public_key is not None
        else None
    )
    write_output((render_json if as_json else render_text)(held, signed))
    return exit_code(held, signed)
