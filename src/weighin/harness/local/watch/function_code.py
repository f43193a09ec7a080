"""Where the code of a function comes from, as anybody's installation of it says it."""

import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from types import CodeType, ModuleType

from weighin.evidence.watched import FunctionEntry
from weighin.files.canonical import sha256_hex

_KNOWN = frozenset(
    {
        "torch", "transformers", "accelerate", "peft", "kernels", "bitsandbytes", "flash_attn",
        "deepspeed", "lm_eval", "weighin", "tokenizers", "safetensors", "huggingface_hub", "numpy",
        "datasets", "evaluate", "tqdm", "jinja2", "packaging", "regex", "requests", "sympy",
        "typing_extensions", "yaml", "sacrebleu", "rouge_score", "sklearn", "scipy", "pandas",
        "more_itertools", "dill", "fsspec", "pyarrow", "filelock", "triton", "compressed_tensors",
        "optimum", "gptqmodel", "auto_gptq", "awq", "torchao", "sentencepiece", "pydantic",
        "pydantic_core", "transformers_modules", "multiprocess", "sqlitedict", "pytablewriter",
        "nltk", "httpx", "aiohttp", "tenacity", "tiktoken", "PIL", "psutil", "zstandard", "rich",
        "optree", "expecttest", "hypothesis", "filetype", "einops", "markupsafe",
    }
)  # fmt: skip
_SINGLE_FILES = frozenset({"typing_extensions.py", "six.py"})
# From this file up to the folder in which the package lies.
_FLOORS = 4


def unwrapped(value: object) -> object:
    """What is called in the end, where a method, a property or `partial` stands around it."""
    while True:
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, partial):
            value = value.func
        else:
            return value


def code_of(value: object) -> CodeType | None:
    """Its Python code; None for what is built in."""
    code = getattr(unwrapped(value), "__code__", None)
    return code if isinstance(code, CodeType) else None


def file_of(value: object) -> str:
    """The file of its code below its package; empty for what is built in, or made by `exec`."""
    code = code_of(value)
    if code is None or code.co_filename.startswith("<"):
        return ""
    return _portable(code.co_filename)


@cache
def _folders() -> tuple[tuple[Path, str], ...]:
    paths = sysconfig.get_paths()
    return (
        (Path(__file__).resolve().parents[_FLOORS], ""),
        *((Path(paths[key]).resolve(), "") for key in ("purelib", "platlib")),
        *((Path(place).resolve(), "") for place in _other_packages()),
        *((Path(paths[key]).resolve(), "python/") for key in ("stdlib", "platstdlib")),
    )


def _other_packages() -> Iterator[str]:
    """Where Python looks for packages besides: of the user, of the system, of an environment."""
    yield from site.getsitepackages()
    if site.ENABLE_USER_SITE:
        yield site.getusersitepackages()
    # An environment that borrows the packages of another names their folder in a file or in
    # PYTHONPATH; what pip installed there says so.
    yield from (place for place in sys.path if place and any(Path(place).glob("*.dist-info")))


@cache
def _portable(file: str) -> str:
    path = Path(file).resolve()
    for folder, prefix in _folders():
        if path.is_relative_to(folder):
            return prefix + path.relative_to(folder).as_posix()
    if "transformers_modules" in path.parts:
        return "/".join(path.parts[path.parts.index("transformers_modules") :])
    return path.name


def is_placed(value: object) -> bool:
    """Whether it is of Python, or of a package that a model is commonly run with."""
    inner = unwrapped(value)
    if isinstance(inner, ModuleType | type):
        return True
    file = file_of(inner)
    if file:
        root = file.partition("/")[0]
        return root == "python" or root in _KNOWN or file in _SINGLE_FILES
    if inner is None:
        return True
    module = getattr(inner, "__module__", None) or type(inner).__module__
    root = str(module).partition(".")[0]
    if root.startswith("namedtuple_"):
        return True
    return root in _KNOWN or root in sys.stdlib_module_names or root == "builtins"


def function_entry(name: str, value: object) -> FunctionEntry:
    """Its name with the file and the digest of its code."""
    code = code_of(value)
    return FunctionEntry(
        name=name, file=file_of(value), sha256="" if code is None else code_digest(code)
    )


@cache
def code_digest(code: CodeType) -> str:
    """SHA-256 of what the code does: its instructions, constants and names."""
    return sha256_hex(repr(_content(code)).encode())


def _content(code: CodeType) -> tuple[object, ...]:
    constants = tuple(
        _content(constant)
        if isinstance(constant, CodeType)
        else sorted(map(repr, constant))
        if isinstance(constant, frozenset)
        else constant
        for constant in code.co_consts
    )
    return code.co_code, constants, code.co_names
