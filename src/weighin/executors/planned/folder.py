"""The files of a plan, laid out in a folder of this process as they lay where it was made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weighin.executors.planned.document import (
    PlanDocument,
    contents,
    requirements_place,
    working_place,
)
from weighin.files.stores.interface import Storage
from weighin.files.written import translated_errors


@contextmanager
def laid_out(plan: PlanDocument, storage: Storage, where: str) -> Iterator[Path]:
    """A folder with the files of a plan, in which this process works until it is left.

    The configuration of a task may name files from the current folder, so that it is the one that
    stands for where the plan was made.

    Args:
        plan: The plan.
        storage: Where its large files lie.
        where: What it is called in errors.

    Returns:
        The requirements file.

    Raises:
        EvidenceError: A file is missing, is not what the plan says, or would lie elsewhere.
        InfrastructureError: The disk is full or failing.
    """
    found = contents(plan, storage, where)
    before = Path.cwd()
    root = Path(tempfile.mkdtemp(prefix="weighin-plan-"))
    try:
        with translated_errors(root, "lay out the plan", way_out="give another TMPDIR"):
            for place, content in found.items():
                path = root / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            working = root / working_place(plan, where)
            working.mkdir(parents=True, exist_ok=True)
        os.chdir(working)
        yield Path(os.path.relpath(root / requirements_place(plan, where)))
    finally:
        os.chdir(before)
        shutil.rmtree(root, ignore_errors=True)
