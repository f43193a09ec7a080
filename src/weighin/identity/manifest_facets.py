"""The facets of a checkpoint that its files state, whatever their format."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatedFacets:
    """Digests as in `Manifest`; each `None` if the checkpoint has no such part."""

    config: str | None
    generation_config: str | None
    tokenizer: str | None
    special_tokens: str | None
    chat_template: str | None
    quantization: str | None
