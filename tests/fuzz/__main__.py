"""Runs one fuzzer: `python -m tests.fuzz NAME --seconds N`. It needs the package `atheris`.

The exit status is 0 if no input breaks the law. The one that does, and new inputs that reach more
of the code, lie in the folder `--found`.
"""

import argparse
import importlib
import random
import sys
import tempfile
from pathlib import Path

MEMORY_MB = 1024
SECONDS_AN_INPUT = 10
MAX_BYTES = 32_768


def main() -> None:
    """Fuzz one target until the time is up or the law is broken."""
    atheris = importlib.import_module("atheris")
    targets = importlib.import_module("tests.fuzz.targets")
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("name", choices=targets.TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--found", type=Path, help="by default a new temporary folder")
    options = parser.parse_args()
    with atheris.instrument_imports(include=["weighin", "gguf.gguf_reader"]):
        target = targets.target_of(options.name)
    seeds = targets.CORPUS / options.name
    found = options.found or Path(tempfile.mkdtemp(prefix="found-"))
    (found / "corpus").mkdir(parents=True, exist_ok=True)
    for seed in sorted(seeds.iterdir()):
        targets.is_accepted(target, seed.read_bytes())  # what is imported late is imported now

    def judge(content: bytes) -> None:
        targets.is_accepted(target, content)

    def changed(content: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            try:
                return bytes(target.mutated(content, chance)[:max_size])
            except (ValueError, IndexError, RecursionError):
                pass  # not of the form that the target can change
        return bytes(atheris.Mutate(content, max_size))

    print(f"what is found goes to {found}", flush=True)
    arguments = [
        sys.argv[0],
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={MAX_BYTES}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
        str(found / "corpus"),
        str(seeds),
    ]
    atheris.Setup(arguments, judge, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
