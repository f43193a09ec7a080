"""How many bytes of a checkpoint a run reads, for one benchmark and for twelve.

Goal: twice the checkpoint for either. Counted where weighin opens files; and, where strace is
there, as the kernel saw it, with what transformers reads to load the model (once, less what it
maps).
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = (1, 12)
# Of lines like `12 pread64(7</folder/model.safetensors>, "..."..., 1048576, 0) = 1048576`, and of
# those in which another thread speaks in between: `<unfinished ...>`, `<... pread64 resumed>`.
_BEGIN = re.compile(r"(\d+) +p?read\w*\(\d+<([^>]+)>")
_END = re.compile(r"(\d+) .*= (\d+)$")


def _prepared(folder: Path, benchmarks: int) -> tuple[Path, Path]:
    """A checkpoint of some megabytes, and requirements of so many benchmarks."""
    sys.path.insert(0, str(ROOT))
    from tests.making.checkpoints.reading import let_rest
    from tests.making.runs.scene import copied_tasks, requirements_file
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    checkpoint = save_tiny_checkpoint(folder / "checkpoint", hidden=512)
    tasks = copied_tasks(folder / "tasks")
    text = (tasks / "tiny_choice.yaml").read_text()
    names = tuple(f"counted_{number}" for number in range(benchmarks))
    for name in names:
        (tasks / f"{name}.yaml").write_text(text.replace("tiny_choice", name))
    let_rest(checkpoint)
    return requirements_file(folder, checkpoint, benchmarks=names, task_folder=tasks), checkpoint


def counted(requirements: Path) -> Counter[str]:
    """Bytes by name of file that weighin reads in a run in this process."""
    sys.path.insert(0, str(ROOT))
    import pytest
    from tests.making.checkpoints.reading import counted_reads

    import weighin

    with pytest.MonkeyPatch.context() as patched:
        found = counted_reads(patched)
        weighin.run(requirements, results=requirements.parent / "results")
    return found


def traced(requirements: Path) -> Counter[str]:
    """Bytes by name of file that any code reads in a run; what is mapped is not counted."""
    log = requirements.parent / "strace.txt"
    calls = "trace=read,pread64,preadv,preadv2"
    subprocess.run(
        [
            *("strace", "-f", "-y", "-qq", "-s", "1", "-e", calls, "-o", str(log)),
            *(sys.executable, __file__, "run", str(requirements)),
        ],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    found: Counter[str] = Counter()
    reading: dict[str, str] = {}
    with log.open(errors="replace") as lines:
        for line in lines:
            if (begin := _BEGIN.match(line)) is not None:
                reading[begin[1]] = Path(begin[2]).name
            if (end := _END.match(line.rstrip())) is not None and end[1] in reading:
                found[reading.pop(end[1])] += int(end[2])
    return found


def measured(benchmarks: int, *, is_traced: bool) -> dict[str, int]:
    """Bytes of the checkpoint, and bytes of it that were read."""
    with tempfile.TemporaryDirectory() as folder:
        requirements, checkpoint = _prepared(Path(folder), benchmarks)
        names = {path.name: path.stat().st_size for path in checkpoint.iterdir()}
        read = traced(requirements) if is_traced else counted(requirements)
        return {"size": sum(names.values()), "read": sum(read[name] for name in names)}


def main(arguments: list[str]) -> int:
    """Print bytes and ratios; each run in a process of its own."""
    if arguments[:1] == ["run"]:
        counted(Path(arguments[1]))
        return 0
    if arguments:
        print(json.dumps(measured(int(arguments[1]), is_traced=arguments[0] == "strace")))
        return 0
    for how in ("weighin", *(["strace"] if shutil.which("strace") else [])):
        for number in NUMBERS:
            finished = subprocess.run(
                [sys.executable, __file__, how, str(number)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            found = json.loads(finished.stdout.splitlines()[-1])
            goal = "   (goal: 2)" if how == "weighin" else "   (loading reads once more)"
            print(
                f"{how}, {number} benchmarks: {found['read']:,} bytes read of {found['size']:,}, "
                f"{found['read'] / found['size']:.2f} times the checkpoint{goal}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
