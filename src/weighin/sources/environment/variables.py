"""Environment variables that change what lm-eval does, or what answers. None is ever shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from weighin.sources.environment.examined import Examined, Health, Topic

_SWITCHES: Final = frozenset(
    {"0", "1", "2", "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f"}
)


class _When(StrEnum):
    """With which value a variable is worth a word."""

    SET = "set"
    ON = "on"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable, when it matters, what it does, and whether more than a note is due.

    Attributes:
        name: Its name.
        words: What it does.
        fix: What to do; empty for nothing.
        when: With which value it matters.
        health: How much.
    """

    name: str
    words: str
    fix: str = ""
    when: _When = _When.SET
    health: Health = Health.NOTE


_UNSET = "unset it, unless you mean it"
VARIABLES: Final = (
    _Variable("HF_TOKEN", "a token for the hub", health=Health.OK),
    _Variable("HUGGING_FACE_HUB_TOKEN", "a token for the hub", health=Health.OK),
    _Variable(
        "HF_ENDPOINT",
        "names are looked up at another hub: a commit proves what that one says",
        _UNSET,
    ),
    _Variable(
        "TRANSFORMERS_OFFLINE",
        "an older name of HF_HUB_OFFLINE, which says what is meant",
        "set HF_HUB_OFFLINE=1 instead",
        _When.ON,
    ),
    _Variable(
        "HF_DATASETS_OFFLINE", "datasets that are not in the cache cannot be loaded", "", _When.ON
    ),
    _Variable(
        "HF_DATASETS_TRUST_REMOTE_CODE",
        "code beside a dataset may be executed",
        _UNSET,
        _When.ON,
    ),
    _Variable(
        "LM_HARNESS_CACHE_PATH",
        "lm-eval would keep requests there, without the model in their key; weighin never reads it",
    ),
    _Variable(
        "TRANSFORMERS_CACHE", "transformers does not read it any more", "set HF_HOME instead"
    ),
    _Variable(
        "PYTORCH_TRANSFORMERS_CACHE",
        "transformers does not read it any more",
        "set HF_HOME instead",
    ),
    _Variable(
        "CUDA_VISIBLE_DEVICES", "no GPU is seen", "unset it, or name GPUs in it", _When.EMPTY
    ),
    _Variable("CUDA_VISIBLE_DEVICES", "only some GPUs are seen", health=Health.OK),
    _Variable(
        "NVIDIA_TF32_OVERRIDE", "float32 may be computed with 10 bits of mantissa: TF32", _UNSET
    ),
    _Variable(
        "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
        "float32 is computed with 10 bits of mantissa: TF32",
        _UNSET,
        _When.ON,
    ),
    _Variable(
        "CUBLAS_WORKSPACE_CONFIG",
        "fixes the workspace of cuBLAS, as deterministic algorithms need it",
        health=Health.OK,
    ),
    _Variable(
        "PYTHONHASHSEED",
        "sets have one order in every process: a task that depends on it asks the same each time "
        "here, and something else elsewhere",
    ),
    _Variable("PYTHONPATH", "modules in it are imported before what is installed", _UNSET),
    _Variable(
        "PYTHONOPTIMIZE",
        "assertions are off: lm-eval refuses what is wrong by assertions",
        "unset it",
        _When.ON,
    ),
    _Variable("USE_TORCH", "whether transformers may use torch", _UNSET),
    _Variable("ACCELERATE_MIXED_PRECISION", "may compute in another dtype than is loaded", _UNSET),
    _Variable("ACCELERATE_USE_CPU", "GPUs are not used", "unset it to use them", _When.ON),
    _Variable("RANK", "this process is one of a launch: torchrun or accelerate started it", _UNSET),
    _Variable("OMP_NUM_THREADS", "how many threads compute", health=Health.OK),
    _Variable("LD_PRELOAD", "a library is loaded into every process first", _UNSET),
    _Variable("SSL_CERT_FILE", "other certificates are trusted than those that come along"),
    _Variable("HTTPS_PROXY", "requests go through a proxy", health=Health.OK),
    _Variable("https_proxy", "requests go through a proxy", health=Health.OK),
)


def examined_variables(environment: Mapping[str, str]) -> Iterator[Examined]:
    """The variables that are set and matter; of their values, switches and counts alone."""
    told: set[str] = set()
    for variable in VARIABLES:
        value = environment.get(variable.name)
        if value is None or variable.name in told or not _matters(value, variable.when):
            continue
        told.add(variable.name)
        yield Examined(
            topic=Topic.VARIABLES,
            name=variable.name,
            health=variable.health,
            words=f"{_shown(value)}: {variable.words}",
            fix=variable.fix if variable.health is not Health.OK else "",
        )
    if not told:
        yield Examined(
            topic=Topic.VARIABLES,
            name="variables",
            health=Health.OK,
            words="none is set that changes what is scored",
        )


def is_on(value: str | None) -> bool:
    """Whether a switch is set, as the hub's library reads it."""
    return value is not None and value.strip().lower() in {"1", "true", "yes", "on", "y", "t"}


def _matters(value: str, when: _When) -> bool:
    match when:
        case _When.SET:
            return bool(value.strip())
        case _When.ON:
            return bool(value.strip()) and value.strip().lower() not in {"0", "false", "no", "off"}
        case _When.EMPTY:
            return value.strip() in {"", "-1"}


def _shown(value: str) -> str:
    """A switch or a count as it is; anything else may be a secret."""
    plain = value.strip()
    is_count = plain.isascii() and plain.isdecimal() and len(plain) <= 4  # noqa: PLR2004  # a count
    if plain.lower() in _SWITCHES or is_count:
        return plain
    return "set" if plain else "empty"
