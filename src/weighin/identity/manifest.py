"""The checkpoint manifest: what a checkpoint folder holds, without paths of a machine or times."""

from dataclasses import dataclass
from typing import Final, Literal

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.strict_model import StrictModel

MANIFEST_FORMAT: Final = "weighin.checkpoint/1"


class TensorEntry(StrictModel):
    """One tensor on disk.

    Attributes:
        name: As spelled in the file; never used as a path.
        dtype: As safetensors spells it, for example `BF16`.
        shape: Row-major.
        sha256: Hex digest of the tensor's bytes, row-major, little-endian.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    sha256: str


class FileEntry(StrictModel):
    """One file of the checkpoint.

    Attributes:
        path: Relative to the folder, POSIX separators.
        role: `weights`, `index`, `config`, `generation_config`, `tokenizer`, `chat_template`,
            `remote_code`, `adapter`, `processor` or `quantization`.
        size_bytes: Size of the file.
        sha256: Hex digest of the file's bytes. `None` for weight shards, whose identity is their
            tensors (two saves of the same tensors differ in their metadata) unless file digests
            were asked for.
    """

    path: str
    role: str
    size_bytes: int
    sha256: str | None


class AdapterEntry(StrictModel):
    """An adapter inside the folder or attached to it.

    Attributes:
        config_sha256: Digest of `adapter_config.json` as canonical JSON, without `peft_version`.
        weights: Weights digest of the adapter's tensors.
        base_model: `base_model_name_or_path` as the adapter states it; empty if it states none.
        tensors: Its tensors.
    """

    config_sha256: str
    weights: str
    base_model: str
    tensors: tuple[TensorEntry, ...]


class Manifest(StrictModel):
    """What a checkpoint is, as canonical JSON. Its SHA-256 is the checkpoint id.

    Facet digests are `None` where the folder has no such part. Every digest is a hex SHA-256.

    Attributes:
        format: Always `weighin.checkpoint/1`.
        weights: Weights digest: RFC 6962 tree over the tensors, design section 3.
        tensors: All tensors, in order of their UTF-8 names.
        files: The files that are read when the checkpoint is loaded, in order of their paths.
        config: Digest of `config.json` as canonical JSON, without fields that name a path or a
            library version (`_name_or_path`, `transformers_version`). Of a multi-modal model,
            together with what the processors of images, videos and sounds state.
        generation_config: The same of `generation_config.json`, without `_from_model_config`.
        tokenizer: Digest of the tokenizer proper: `tokenizer.json` with padding and truncation
            nulled, else the vocabulary files.
        special_tokens: Digest of the special-token policy: special tokens, added tokens,
            `add_bos_token`, `add_eos_token`, `add_prefix_space`, `clean_up_tokenization_spaces`.
        chat_template: Digest of the UTF-8 text of the chat template(s).
        remote_code: Digest over the (path, sha256) of every `*.py` file.
        dtype: The dtypes of the tensors, most parameters first, for example `BF16` or `BF16+F32`.
        quantization: Digest of `quantization_config` as canonical JSON; else of what older
            builds state elsewhere in the configuration or in a file beside it; else, if tensors
            are packed all the same, of the names of their packings.
        adapter: An adapter that lies in the folder and that transformers would load by itself.
    """

    format: Literal["weighin.checkpoint/1"] = MANIFEST_FORMAT
    weights: str
    tensors: tuple[TensorEntry, ...]
    files: tuple[FileEntry, ...]
    config: str | None
    generation_config: str | None
    tokenizer: str | None
    special_tokens: str | None
    chat_template: str | None
    remote_code: str | None
    dtype: str
    quantization: str | None
    adapter: AdapterEntry | None

    def canonical(self) -> bytes:
        """The manifest's file: RFC 8785 JSON, so that `sha256sum` of it is the checkpoint id."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def checkpoint_id(self) -> str:
        """Hex SHA-256 of the canonical manifest."""
        return sha256_hex(self.canonical())


@dataclass(frozen=True, slots=True)
class StatedFacets:
    """Digests as in `Manifest`; each `None` if the checkpoint has no such part."""

    config: str | None
    generation_config: str | None
    tokenizer: str | None
    special_tokens: str | None
    chat_template: str | None
    quantization: str | None
