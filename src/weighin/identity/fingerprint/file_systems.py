"""Whether a file system tells of every write to a file, by its name: nothing is written to ask."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

CLOCK_STEP_NS = 2_000_000_000
"""Writes within one step of a file system's clock have one ctime; no common one has a longer step.
"""

MOUNTS = Path("/proc/self/mountinfo")
# Of the fields before ` - `, as proc_pid_mountinfo(5) numbers them from 1: the fifth.
_POINT = 4

# Each moves ctime with every write and lets nobody set it. Others (FAT, SMB, most of FUSE, mounted
# buckets) have none, or what a server or a program makes up.
TELL_OF_WRITES = frozenset(
    {
        "bcachefs",
        "beegfs",
        "btrfs",
        "ceph",
        "ext2",
        "ext3",
        "ext4",
        "f2fs",
        "gpfs",
        "lustre",
        "nfs",
        "nfs4",
        "overlay",
        "tmpfs",
        "xfs",
        "zfs",
    }
)


def tell_of_writes(places: Iterable[Path]) -> bool:
    """Whether every one of some files lies where each write shows in its ctime.

    What cannot be found out is no: on another system than Linux, or of a mount that is not listed.
    """
    mounts = _mounts()
    # Not resolve(): a loop of links is no exception here, the file will be missed elsewhere.
    folders = {os.path.realpath(place).rpartition("/")[0] or "/" for place in places}
    return bool(folders) and all(_type_at(folder, mounts) in TELL_OF_WRITES for folder in folders)


def _type_at(folder: str, mounts: Mapping[str, str]) -> str:
    """The type of the file system that a folder lies on; empty if none is listed above it."""
    while True:
        if folder in mounts:
            return mounts[folder]
        above = folder.rpartition("/")[0] or "/"
        if above == folder:
            return ""
        folder = above


def _mounts() -> Mapping[str, str]:
    """Type by mount point; of several at one point, the last one covers the others."""
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        mount, _, system = line.partition(" - ")
        fields, words = mount.split(" "), system.split(" ")
        if words[0]:
            # Mounted so, NFS does not ask its server when a file is opened.
            is_cached = "nocto" in words[-1].split(",")
            found[_unescaped(fields[_POINT])] = "" if is_cached else words[0]
    return found


def _unescaped(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), point)
