"""The facets of the artifact that was scored: each the same on every benchmark."""

from dataclasses import dataclass
from typing import ClassVar

from weighin.identity.facets import Facet
from weighin.rules.shared.facets.same_facet import SameFacet


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWeights(SameFacet):
    """Every benchmark was scored with the same weights.

    Why:
        Scores of different weights are scores of different models. A row that mixes them claims
        something that no single model did; one name, one size and one config do not show it.

    How:
        Compares digests of the tensors in memory where one loader made them, else of the tensors
        on disk. Names the tensors that differ and, where both checkpoints were at hand, how far;
        puts the score beside the one on the other checkpoint where that was recorded.

    Fix:
        Score the benchmark again on the checkpoint that the others were scored on.
    """

    id: ClassVar[str] = "same-weights"
    facet: ClassVar[Facet] = Facet.WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SameConfig(SameFacet):
    """Every benchmark was scored with the same `config.json`.

    Why:
        The same tensors compute something else under another RoPE base, norm epsilon, window or
        activation.

    How:
        Compares digests of the canonical JSON, without the fields that only name a path or a
        library version.

    Fix:
        Restore the config and score the benchmark again.
    """

    id: ClassVar[str] = "same-config"
    facet: ClassVar[Facet] = Facet.CONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class SameGenerationConfig(SameFacet):
    """Every benchmark was scored with the same `generation_config.json`.

    Why:
        Its defaults (repetition penalty, banned n-grams, stop tokens) reach the decoder without
        standing in any argument, and change generated answers.

    How:
        Compares digests of the canonical JSON, without the note of how it was made.

    Fix:
        Restore the file and score the generation benchmarks again.
    """

    id: ClassVar[str] = "same-generation-config"
    aliases: ClassVar[tuple[str, ...]] = ("same-generation_config",)
    facet: ClassVar[Facet] = Facet.GENERATION_CONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRemoteCode(SameFacet):
    """Every benchmark ran the same code from the checkpoint.

    Why:
        Python files in a checkpoint are the model: they can compute anything from the same
        tensors.

    How:
        Compares a digest over the path and content of every Python file of the checkpoint. A
        checkpoint without such files agrees with another one without.

    Fix:
        Restore the files, name those that may run under `model.remote_code`, and score again.
    """

    id: ClassVar[str] = "same-remote-code"
    aliases: ClassVar[tuple[str, ...]] = ("same-remote_code",)
    facet: ClassVar[Facet] = Facet.REMOTE_CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class SameTokenizer(SameFacet):
    """Every benchmark was scored with the same tokenizer.

    Why:
        Other merges or another vocabulary give the model other input for the same text, and
        log-likelihoods that cannot be compared. The path of an edited tokenizer stays the same.

    How:
        Compares digests of the tokenizer proper, without padding and truncation, which the harness
        sets.

    Fix:
        Restore the tokenizer files and score the benchmark again.
    """

    id: ClassVar[str] = "same-tokenizer"
    facet: ClassVar[Facet] = Facet.TOKENIZER


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSpecialTokens(SameFacet):
    """Every benchmark was scored with the same special-token policy.

    Why:
        A missing or doubled BOS token moves scores by points, and is set outside the tokenizer
        proper.

    How:
        Compares the special and added tokens and the flags that prepend or append them.

    Fix:
        Set `model.add_bos_token` for all benchmarks, or restore the tokenizer's settings.
    """

    id: ClassVar[str] = "same-special-tokens"
    aliases: ClassVar[tuple[str, ...]] = ("same-special_tokens",)
    facet: ClassVar[Facet] = Facet.SPECIAL_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDtype(SameFacet):
    """Every benchmark was scored with the weights loaded as the same dtype.

    Why:
        Rounding to 16 bits changes log-likelihoods and with them close answers; `auto` means
        what the checkpoint says, which is not the same on every engine.

    How:
        Compares the dtypes of the tensors in memory, or the dtype that a log declares.

    Fix:
        Set `model.dtype` to one dtype and score the benchmark again.
    """

    id: ClassVar[str] = "same-dtype"
    facet: ClassVar[Facet] = Facet.DTYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class SameQuantization(SameFacet):
    """Every benchmark was scored with the same quantisation.

    Why:
        A quantised model is another artifact under the same name, usually a weaker one; served
        models change it between providers.

    How:
        Compares the quantisation config that was in force; no quantisation agrees with none.

    Fix:
        Score all benchmarks with one quantisation, or claim the rows separately.
    """

    id: ClassVar[str] = "same-quantization"
    facet: ClassVar[Facet] = Facet.QUANTIZATION


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAdapters(SameFacet):
    """Every benchmark was scored with the same adapters, or without any.

    Why:
        An adapter is a fine-tune that leaves the base weights' files untouched; one that lies in
        the checkpoint folder is attached without being asked for.

    How:
        Compares digests of the adapters' configs and tensors; no adapter agrees with none.

    Fix:
        Name the adapter under `model.adapter`, or remove it, and score the benchmark again.
    """

    id: ClassVar[str] = "same-adapters"
    facet: ClassVar[Facet] = Facet.ADAPTERS
