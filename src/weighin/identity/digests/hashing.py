"""SHA-256 of parts of files on all cores. Every byte is read once, whatever is hashed of it.

A digest is a chain that one core computes, so cores are kept busy by different parts: small ones
that lie side by side are one job, a large one is a job of its own. The digest of a file as a
whole is one more chain over the same blocks: a second thread computes those of the parts.
"""

import hashlib
import mmap
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from weighin.errors import CheckpointError
from weighin.files.opened import State, opened, read_at, state, state_of_path

Progress = Callable[[int, int], None]
Part = tuple[int, int]
"""Offset of the first byte in the file, and offset after the last one."""

Item = TypeVar("Item")
Result = TypeVar("Result")

BLOCK_BYTES = 1 << 20
"""More does not fit the cache of a core, less costs calls: measured from 64 KiB to 8 MiB."""
MAX_WORKERS = 32
"""Three blocks each: with hundreds of cores, memory would grow and no disk would keep up."""

_RING = 3
_JOB_BYTES = 8 << 20
_MAX_GAP_BYTES = 64 << 10
_SECONDS_BETWEEN_REPORTS = 0.1
_SHA256_OF_NOTHING = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class FileParts:
    """A file, and what is to be hashed of it.

    Attributes:
        place: The file as the user knows it, named in errors.
        location: Where its bytes lie, after all links.
        state: Of the file when its parts became known.
        parts: In any order. They may repeat, overlap, be empty and leave gaps.
        is_hashed_whole: Whether the file as a whole is hashed, too.
    """

    place: Path
    location: Path
    state: State
    parts: Sequence[Part]
    is_hashed_whole: bool = False

    @property
    def size_bytes(self) -> int:
        """Size of the file when its parts became known."""
        return self.state.size_bytes

    @property
    def bytes_to_hash(self) -> int:
        """Bytes of all distinct parts, and of the file if that is hashed, too."""
        of_parts = sum(end - begin for begin, end in set(self.parts))
        return of_parts + (self.size_bytes if self.is_hashed_whole else 0)


@dataclass(frozen=True, slots=True)
class FileDigests:
    """Hex SHA-256 digests of a file.

    Attributes:
        parts: By part.
        whole: Of the file as a whole; `None` if it was not asked for.
    """

    parts: Mapping[Part, str]
    whole: str | None


def hash_parts(
    files: Sequence[FileParts], *, on_progress: Progress | None = None
) -> tuple[FileDigests, ...]:
    """Digests of parts of files, with as many threads as this process may use cores.

    Each thread holds at most three blocks of 1 MiB.

    Args:
        files: The files.
        on_progress: Called in this thread with the bytes hashed and the bytes to hash in all. A
            byte that counts for its part and for its file counts twice.

    Returns:
        In the order of `files`.

    Raises:
        CheckpointError: A file is unreadable, truncated, or not as it was when its parts became
            known.
    """
    work = _Work(files)
    workers = max(1, min(usable_cores(), work.job_count, MAX_WORKERS))
    with ThreadPoolExecutor(workers, thread_name_prefix="weighin-hash") as pool:
        running = {pool.submit(work.take_jobs) for _ in range(workers)}
        try:
            while running:
                finished, running = wait(
                    running, timeout=_SECONDS_BETWEEN_REPORTS, return_when=FIRST_COMPLETED
                )
                for worker in finished:
                    worker.result()
                if on_progress is not None:
                    on_progress(work.done_bytes, work.total_bytes)
        finally:
            work.stop()
    for file in files:
        require_unchanged(file)
    return work.digests()


def hash_small_file(descriptor: int, file: FileParts, buffer: memoryview) -> FileDigests:
    """Digests of parts of an open file that fits a buffer, in this thread.

    Args:
        descriptor: Of the file.
        file: The file.
        buffer: At least as large as the file.

    Raises:
        CheckpointError: The file is unreadable or truncated.
    """
    feed = _Feed(part for part in set(file.parts) if part[0] < part[1])
    whole = hashlib.sha256() if file.is_hashed_whole else None
    offset = 0
    while offset < file.size_bytes:
        count = read_at(descriptor, file.place, buffer[: file.size_bytes - offset], offset)
        feed.take(buffer[:count], offset)
        if whole is not None:
            whole.update(buffer[:count])
        offset += count
    feed.digests.update(_of_empty_parts(file))
    return FileDigests(feed.digests, None if whole is None else whole.hexdigest())


def require_unchanged(file: FileParts) -> None:
    """Require that the file at its location is the one whose parts became known, as it was.

    Raises:
        CheckpointError: It was written to, replaced or removed.
    """
    if state_of_path(file.location) != file.state:
        raise _changed(file)


def on_all_cores(work: Callable[[Item, memoryview], Result], items: Sequence[Item]) -> list[Result]:
    """What some work gives for each item, done by as many threads as this process may use cores.

    Args:
        work: Called with an item and a buffer of 1 MiB that is its own meanwhile.
        items: The items.

    Returns:
        In the order of `items`.

    Raises:
        CheckpointError: The work failed; the error is that of the first item that it failed for.
    """
    waiting = deque(range(len(items)))
    results: dict[int, Result] = {}
    failures: dict[int, CheckpointError] = {}

    def take() -> None:
        buffer = memoryview(mmap.mmap(-1, BLOCK_BYTES))
        while (number := _next(waiting)) is not None:
            try:
                results[number] = work(items[number], buffer)
            except CheckpointError as error:
                # Items are taken in order: all before this one are finished by others.
                failures[number] = error
                waiting.clear()

    workers = max(1, min(usable_cores(), len(items), MAX_WORKERS))
    with ThreadPoolExecutor(workers, thread_name_prefix="weighin-read") as pool:
        try:
            for worker in [pool.submit(take) for _ in range(workers)]:
                worker.result()
        finally:
            waiting.clear()
    if failures:
        raise failures[min(failures)]
    return [results[number] for number in range(len(items))]


def usable_cores() -> int:
    """Number of cores that this process may use, which a container or `taskset` may limit."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Sha256(Protocol):
    def update(self, data: memoryview, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Job:
    """A stretch of a file: parts that lie side by side, or all of it."""

    file: int
    begin: int
    end: int
    parts: tuple[Part, ...]


class _Feed:
    """Gives parts their bytes while the blocks of a file go by in order."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.digests: dict[Part, str] = {}
        self._waiting = sorted(parts, reverse=True)
        self._open: list[tuple[Part, _Sha256]] = []

    def take(self, block: memoryview, offset: int) -> int:
        """Hash a block. Returns how many bytes of parts it held."""
        end = offset + len(block)
        hashed = 0
        while self._waiting and self._waiting[-1][0] < end:
            self._open.append((self._waiting.pop(), hashlib.sha256()))
        still_open: list[tuple[Part, _Sha256]] = []
        for part, digest in self._open:
            piece = block[max(part[0] - offset, 0) : part[1] - offset]
            digest.update(piece)
            hashed += len(piece)
            if part[1] <= end:
                self.digests[part] = digest.hexdigest()
            else:
                still_open.append((part, digest))
        self._open = still_open
        return hashed


class _Work:
    """All jobs, and what came of those that are done."""

    def __init__(self, files: Sequence[FileParts]) -> None:
        self._files = files
        self._parts: tuple[dict[Part, str], ...] = tuple(_of_empty_parts(file) for file in files)
        self._wholes: list[str | None] = [None] * len(files)
        jobs = list(_jobs(files))
        self.job_count = len(jobs)
        self.total_bytes = sum(file.bytes_to_hash for file in files)
        self.done_bytes = 0
        self._jobs = deque(_large_first(jobs))
        self._lock = threading.Lock()
        self._is_stopped = False

    def stop(self) -> None:
        """Let no thread begin another block."""
        self._is_stopped = True
        self._jobs.clear()

    def digests(self) -> tuple[FileDigests, ...]:
        """Of every file, when all jobs are done."""
        return tuple(
            FileDigests(parts, whole)
            for parts, whole in zip(self._parts, self._wholes, strict=True)
        )

    def take_jobs(self) -> None:
        """Do jobs until none is left."""
        memory = memoryview(mmap.mmap(-1, _RING * BLOCK_BYTES))
        ring = tuple(
            memory[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES] for number in range(_RING)
        )
        with ExitStack() as stack:
            companion: ThreadPoolExecutor | None = None
            while (job := _next(self._jobs)) is not None:
                file = self._files[job.file]
                with opened(file.place, file.location) as descriptor:
                    if state(descriptor) != file.state:
                        raise _changed(file)
                    if not file.is_hashed_whole:
                        self._hash_parts(job, descriptor, ring[0])
                        continue
                    if companion is None:
                        companion = stack.enter_context(ThreadPoolExecutor(1))
                    self._hash_whole(job, descriptor, ring, companion)

    def _hash_parts(self, job: _Job, descriptor: int, buffer: memoryview) -> None:
        feed = _Feed(job.parts)
        for block, offset in self._blocks(job, descriptor, (buffer,)):
            self._count(feed.take(block, offset))
        self._keep(job, feed)

    def _hash_whole(
        self,
        job: _Job,
        descriptor: int,
        ring: Sequence[memoryview],
        companion: ThreadPoolExecutor,
    ) -> None:
        feed = _Feed(job.parts)
        whole = hashlib.sha256()
        unfinished: deque[Future[int]] = deque()
        for block, offset in self._blocks(job, descriptor, ring):
            # The thread for the parts may lag behind by as many blocks as there are others.
            unfinished.append(companion.submit(feed.take, block, offset))
            whole.update(block)
            self._count(len(block))
            if len(unfinished) == len(ring):
                self._count(unfinished.popleft().result())
        for future in unfinished:
            self._count(future.result())
        self._keep(job, feed)
        self._wholes[job.file] = whole.hexdigest()

    def _blocks(
        self, job: _Job, descriptor: int, ring: Sequence[memoryview]
    ) -> Iterator[tuple[memoryview, int]]:
        """The bytes of a job in blocks that end at multiples of the block, and their offsets."""
        place = self._files[job.file].place
        offset, number = job.begin, 0
        while offset < job.end and not self._is_stopped:
            end = min(job.end, (offset // BLOCK_BYTES + 1) * BLOCK_BYTES)
            count = read_at(descriptor, place, ring[number % len(ring)][: end - offset], offset)
            yield ring[number % len(ring)][:count], offset
            offset += count
            number += 1

    def _keep(self, job: _Job, feed: _Feed) -> None:
        with self._lock:
            self._parts[job.file].update(feed.digests)

    def _count(self, hashed_bytes: int) -> None:
        with self._lock:
            self.done_bytes += hashed_bytes


def _jobs(files: Sequence[FileParts]) -> Iterator[_Job]:
    for number, file in enumerate(files):
        parts = sorted({part for part in file.parts if part[0] < part[1]})
        if file.is_hashed_whole:
            yield _Job(number, 0, file.size_bytes, tuple(parts))
            continue
        run: list[Part] = []
        end = 0
        for part in parts:
            if run and (end - run[0][0] >= _JOB_BYTES or part[0] > end + _MAX_GAP_BYTES):
                yield _Job(number, run[0][0], end, tuple(run))
                run = []
            end = max(end, part[1]) if run else part[1]
            run.append(part)
        if run:
            yield _Job(number, run[0][0], end, tuple(run))


def _large_first(jobs: Iterable[_Job]) -> list[_Job]:
    """The largest jobs first, lest one of them is left for one core at the end.

    The others keep their order, which is the one in which a disk reads fastest.
    """
    ordered = list(jobs)
    large = sum(job.end - job.begin for job in ordered) // (8 * usable_cores())
    # A sort is stable: all others have one key.
    return sorted(ordered, key=lambda job: min(0, large - (job.end - job.begin)))


def _next(waiting: deque[Item]) -> Item | None:
    """The next item, taken off; `None` if none is left, which another thread may have taken."""
    try:
        return waiting.popleft()
    except IndexError:
        return None


def _of_empty_parts(file: FileParts) -> dict[Part, str]:
    return {part: _SHA256_OF_NOTHING for part in file.parts if part[0] == part[1]}


def _changed(file: FileParts) -> CheckpointError:
    return CheckpointError(
        f"{file.place}: expected to stay as it was, found that it changed while it was read"
    )
