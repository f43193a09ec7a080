"""`weighin verify`: what became of a checkpoint since its manifest or signature was made."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weighin.cli.command import typed_again
from weighin.cli.formats import asked, format_option, json_option, quiet_option, verbose_option
from weighin.reports.shared.fail_on import FailOn
from weighin.reports.shared.formats import OF_AN_ANSWER

if TYPE_CHECKING:
    from weighin.reports.checkpoint.verification import Held
    from weighin.reports.ci.notices import Notices


def verify(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="[MANIFEST] FOLDER",
            help="The manifest that `weighin fingerprint --save` wrote, or hf://org/name@COMMIT or "
            "what --save kept of it; and the checkpoint folder. With --signature the folder alone "
            "is enough.",
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
    fail_on: Annotated[
        FailOn,
        typer.Option(help="Least of what ends with another exit code than 0; includes the worse."),
    ] = FailOn.UNDECIDED,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 whatever the answer; errors do not.")
    ] = False,
    formats: Annotated[list[str] | None, format_option(OF_AN_ANSWER)] = None,
    as_json: Annotated[bool, json_option()] = False,
    quiet: Annotated[bool, quiet_option()] = False,
    verbose: Annotated[bool, verbose_option("List everything that changed.")] = False,
) -> int:
    """Read every byte again and say what changed. Exits 0 unchanged, 10 changed, 11 unknown."""
    from weighin import api
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.cli.terminal.telling import tell
    from weighin.errors import UsageError
    from weighin.reports.checkpoint.verification import Held
    from weighin.reports.checkpoint.verification_report import verification_report
    from weighin.reports.shared.exit_code import failing_code

    asked_for = asked(
        formats,
        of=OF_AN_ANSWER,
        as_json=as_json,
        reads=[*places, adapter, signature, public_key],
        is_quiet=quiet,
    )
    *stated, folder = places
    if len(stated) > 1:
        raise UsageError(f"verify: expected [MANIFEST] FOLDER, found {len(places)} places")
    if not stated and signature is None:
        raise UsageError(
            f"verify: expected MANIFEST FOLDER, found {folder} alone; name the manifest before it, "
            "or give --signature and --public-key"
        )
    if (signature is None) != (public_key is None):
        raise UsageError("verify: expected --signature and --public-key together, found one")
    held = _held(stated[0], Path(folder), adapter) if stated else Held()
    if signature is not None and public_key is not None:
        with hashing_progress() as on_progress:
            signed = api.verify_signature(signature, public_key, folder, on_progress=on_progress)
        held = Held(manifest=held.manifest, published=held.published, signature=signed)
    signed_by = () if signature is None else (str(signature),)
    held = replace(held, folder=folder, against=(*stated, *signed_by))
    code = 0 if exit_zero else failing_code(held.outcome, fail_on)

    def notices() -> "Notices":
        from weighin.reports.checkpoint.notices import verification_notices

        said_by = "" if signature is None else str(signature)
        named = "".join(stated)
        return verification_notices(held, folder=folder, stated=named, signature=said_by, code=code)

    tell(verification_report(held, notices, verbose=verbose, command=typed_again()), asked_for)
    return code


def _held(stated: str, folder: Path, adapter: Path | None) -> "Held":
    """The folder held against a manifest, or against what a hub publishes."""
    from weighin import api
    from weighin.cli.terminal.progress.hashing import hashing_progress
    from weighin.identity.published.kept import is_kept_revision
    from weighin.identity.published.revision import is_on_hub
    from weighin.reports.checkpoint.verification import Held

    is_published = is_on_hub(stated) or is_kept_revision(Path(stated))
    with hashing_progress() as on_progress:
        if is_published:
            published = api.verify_published(
                stated, folder, adapter=adapter, on_progress=on_progress
            )
            return Held(published=published)
        manifest = api.verify(stated, folder, adapter=adapter, on_progress=on_progress)
        return Held(manifest=manifest)
