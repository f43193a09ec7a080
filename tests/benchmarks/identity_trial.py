"""Are substitutions of a real checkpoint caught and named, and honest variations let through?

Each substitution changes SmolLM2-135M-Instruct, in bfloat16, and what torch says that it changed
is held against what weighin says. The variations are of small checkpoints. Both are those of the
tests, which run fewer blocks of the checkpoint.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.checkpoints.smollm2 import BLOCKS, PACKAGE, Base, gguf_of_package, prepared
from tests.making.checkpoints.substitutions import SUBSTITUTIONS
from tests.making.checkpoints.truths import misnamed as misnamed_in
from tests.making.checkpoints.variations import COUNT, KINDS, shares, trial

from weighin.identity.comparison.report import ComparisonReport, Kinship

SAME = {Kinship.SAME_FILES, Kinship.SAME_CHECKPOINT}


def main() -> int:
    """Print both tables. Returns 1 if anything is wrong, 75 without the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=BLOCKS, help="how many blocks are changed")
    parser.add_argument("--variations", type=int, default=COUNT, help="how many in all")
    given = parser.parse_args()
    wrong = [*_variations(given.variations)]
    model = gguf_of_package()
    if model is None:
        print(f"no substitutions: the package {PACKAGE} holds the checkpoint")
        return 75
    with tempfile.TemporaryDirectory() as folder:
        wrong += _substitutions(prepared(model, Path(folder) / "base"), given.blocks)
    for line in wrong:
        print(f"wrong: {line}")
    return 1 if wrong else 0


def _variations(total: int) -> Iterator[str]:
    print(f"{'honest variation':<42} {'count':>6} {'differ':>7} {'seconds':>8}")
    differing = 0
    begin = time.perf_counter()
    for kind, count in shares(total).items():
        with _new_folder() as folder:
            start = time.perf_counter()
            failures = trial(kind, count, folder)
        seeds = {line.split("'")[1] for line in failures}
        differing += len(seeds)
        print(f"{kind:<42} {count:>6} {len(seeds):>7} {time.perf_counter() - start:>8.1f}")
        yield from failures
    print(
        f"{f'all {len(KINDS)} kinds':<42} {total:>6} {differing:>7} "
        f"{time.perf_counter() - begin:>8.1f}\n",
        flush=True,
    )


def _substitutions(base: Base, blocks: int) -> Iterator[str]:
    print(f"{'substitution':<31} {'caught':<7} {'named':<6} {'pattern':<43} tensors  seconds")
    caught = named = 0
    for name, build in SUBSTITUTIONS.items():
        with _new_folder() as folder:
            made = build(base, folder / "variant", blocks)
            start = time.perf_counter()
            report = made.compared()
            seconds = time.perf_counter() - start
        misnamed = misnamed_in(report, made.truth)
        is_caught = report.relation not in SAME
        caught, named = caught + is_caught, named + (not misnamed)
        print(
            f"{name:<31} {_yes(is_caught):<7} {_yes(not misnamed):<6} {_said(report):<43} "
            f"{len(report.differing):>7} {seconds:>8.1f}",
            flush=True,
        )
        yield from (f"{name}: {what}" for what in misnamed)
    print(f"{caught} of {len(SUBSTITUTIONS)} caught, {named} named for what they are")


def _said(report: ComparisonReport) -> str:
    """The first pattern that is not about which blocks; the facets if no tensor differs."""
    for pattern in report.patterns:
        if pattern.kind != "few blocks only":
            rank = pattern.evidence.get("most_rank")
            detail = f"rank {rank:.0f}" if rank else pattern.detail
            words = f"{pattern.kind}, {detail}" if detail else pattern.kind
            return words if len(words) <= 43 else f"{words[:40]}..."
    return ", ".join(difference.facet for difference in report.facets)


def _yes(fact: bool) -> str:  # noqa: FBT001  # a value that is told
    return "yes" if fact else "NO"


@contextlib.contextmanager
def _new_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="weighin-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
