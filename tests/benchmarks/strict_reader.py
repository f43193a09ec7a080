"""The strict reader against the library `safetensors` on 100,000 mutated files, seeded.

Prints how often both accept, both refuse, and each named reason why only the library accepts; and
the time that each takes. It fails if the strict reader accepts a file that the library refuses, if
the two read different tensors, or if a refusal has no reason of the closed list.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.fuzz.safetensors_files import file_of
from tests.fuzz.two_readers import Readers, Reason

FILES = 100_000


def main() -> None:
    """Compare the readers and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    with Readers() as readers:
        readers.compare_all(file_of(number, options.seed) for number in range(options.files))
        counts = readers.counts
    seconds = time.perf_counter() - started
    print(f"{options.files} files of seed {options.seed} in {seconds:.0f} s")
    print(f"{counts['both']:>8}  both accept and read the same names, dtypes, shapes and bytes")
    print(f"{counts['neither']:>8}  both refuse")
    print(f"{0:>8}  only the strict reader accepts")
    print(f"{counts.total() - counts['both'] - counts['neither']:>8}  only the library accepts:")
    for reason in Reason:
        print(f"{counts[reason.name]:>14}  {reason.name}: {reason.value.sentence}")


if __name__ == "__main__":
    main()
