"""`weighin fingerprint`: what a checkpoint folder is."""

import json
from pathlib import Path
from typing import Annotated

import typer


def fingerprint(
    folder: Annotated[Path, typer.Argument(help="A checkpoint folder.")],
    *,
    adapter: Annotated[Path | None, typer.Option(help="A PEFT adapter to attach.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
    save: Annotated[Path | None, typer.Option(help="Write the manifest here.")] = None,
) -> None:
    """Print the checkpoint id and the facets of a folder."""
    from weighin import api
    from weighin.cli.output import write_output
    from weighin.errors import UsageError
    from weighin.evidence.files import create_file

    manifest = api.fingerprint(folder, adapter=adapter)
    if save is not None and not create_file(
        save, manifest.canonical(), way_out="give another place with --save"
    ):
        raise UsageError(f"{save}: expected a new file, found one there already; name another")
    if as_json:
        write_output(json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
        return
    rows = {
        "checkpoint id": manifest.checkpoint_id,
        "weights": manifest.weights,
        "tensors": str(len(manifest.tensors)),
        "dtype": manifest.dtype,
        "config": manifest.config,
        "generation config": manifest.generation_config,
        "tokenizer": manifest.tokenizer,
        "special tokens": manifest.special_tokens,
        "chat template": manifest.chat_template,
        "remote code": manifest.remote_code,
        "quantization": manifest.quantization,
        "adapter": None if manifest.adapter is None else manifest.adapter.weights,
    }
    write_output("".join(f"{name:<18} {value or 'none'}\n" for name, value in rows.items()))
