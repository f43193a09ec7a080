"""The files of a plan, laid out in a folder of this process as they lay where it was made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weighin.executors.planned.document import (
    PlanDocument,
    contents,
    layout,
)
from weighin.files.stores.interface import Storage
from weighin.files.written import translated_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """The files of a plan in a folder.

    Attributes:
        requirements: The requirements file.
        task_folders: The user's own task folders, absolute.
    """

    requirements: Path
    task_folders: tuple[str, ...]


@contextmanager
def laid_out(plan: PlanDocument, storage: Storage, where: str) -> Iterator[LaidOut]:
    """A folder with the files of a plan, in which this process works until it is left.

    The configuration of a task may name files from the current folder, so that it is the one that
    stands for where the plan was made.

    Args:
        plan: The plan.
        storage: Where its large files lie.
        where: What it is called in errors.

    Raises:
        EvidenceError: A file is missing, is not what the plan says, or would lie elsewhere.
        InfrastructureError: The disk is full or failing.
    """
    places = layout(plan, where)
    found = contents(plan, storage, where)
    before = Path.cwd()
    root = Path(tempfile.mkdtemp(prefix="weighin-plan-"))
    try:
        with translated_errors(root, "lay out the plan", way_out="give another TMPDIR"):
            for place, content in found.items():
                path = root / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            for folder in (places.working_folder, *places.task_folders):
                (root / folder).mkdir(parents=True, exist_ok=True)
        os.chdir(root / places.working_folder)
        yield LaidOut(
            requirements=Path(os.path.relpath(root / places.requirements)),
            task_folders=tuple(str(root / folder) for folder in places.task_folders),
        )
    finally:
        os.chdir(before)
        shutil.rmtree(root, ignore_errors=True)
