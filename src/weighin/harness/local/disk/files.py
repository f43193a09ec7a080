"""The files of a checkpoint: fingerprinted before it is loaded, and looked at again."""

import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.ledger import now
from weighin.files.written import portable_path
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.fingerprint.hashed_files import FilesLook, FilesRead, HashedFiles
from weighin.identity.fingerprint.remembered.digests import RememberedDigests
from weighin.identity.folder.listing import root_of
from weighin.identity.manifest import Manifest
from weighin.requirements.model import Requirements
from weighin.sources.checkpoints.named import is_release_published
from weighin.sources.hub.snapshot import require_intact


class CheckpointFiles:
    """The files of a checkpoint and of its adapter since they were fingerprinted.

    Attributes:
        manifest: What they were at first.
        digests: Of the files, where a published release is to be held against them; else empty.
        location: Where they lie, for the record.
        hashed: When all of them were read last, and what was found.
        remembered_since: When those were read, RFC 3339, whose digests were remembered at first;
            empty if all were read.
    """

    def __init__(
        self,
        requirements: Requirements,
        folder: Path,
        revision: str | None,
        on_progress: Callable[[int, int], None],
        *,
        remembered: RememberedDigests | None = None,
    ) -> None:
        """Fingerprint the files.

        Args:
            requirements: The requirements.
            folder: The checkpoint folder.
            revision: `org/name@<40-hex>` if the folder is a snapshot of that revision.
            on_progress: Called with bytes hashed and bytes in all, whenever all are read.
            remembered: Digests of files that need not be read now; `None` to read all.

        Raises:
            CheckpointError: The checkpoint is missing, malformed, or not safetensors.
        """
        began = now()
        written = requirements.model.adapter
        adapter = None if written is None else requirements.resolve(written)
        self._folder, self._remembered = folder, remembered
        self._on_progress = on_progress
        self._files = HashedFiles(folder, adapter)
        self.location = portable_path(folder)
        self.digests: tuple[CheckpointFileDigest, ...] = ()
        is_published = is_release_published(requirements)
        if is_published or revision is not None:
            self.manifest, digests = fingerprint_with_files(
                folder, adapter=adapter, remembered=remembered, on_progress=on_progress
            )
            self.digests = digests if is_published else ()
            if revision is not None:
                require_intact(digests, folder)
        else:
            self.manifest = fingerprint(
                folder, adapter=adapter, remembered=remembered, on_progress=on_progress
            )
        self._files.were_read()
        _require_safetensors(folder, self.manifest)
        self.remembered_since = _since(remembered)
        # A remembered digest says nothing of the time since its file was read.
        self.hashed = self._hashed(
            min(began, self.remembered_since or began),
            FilesRead((), ()),
            remembered=() if remembered is None else remembered.recalled,
        )

    def look(self) -> FilesLook:
        """Look at the files after a benchmark; what moved is read again."""
        return self._files.look(self.manifest)

    def hash_again(self) -> FilesHashed:
        """Read all files again."""
        began = now()
        found = self._files.read(self.manifest, on_progress=self._on_progress)
        if found.changes and self._remembered is not None:
            # They may seem as they were: the next process must not take them for it.
            folder = root_of(self._folder)
            self._remembered.forget(folder / entry.path for entry in self.manifest.files)
        self.hashed = self._hashed(began, found)
        return self.hashed

    def _hashed(
        self, began: str, found: FilesRead, *, remembered: Sequence[Path] = ()
    ) -> FilesHashed:
        return FilesHashed(
            checkpoint_id=self.manifest.checkpoint_id,
            began=began,
            changes=found.changes,
            unseen=found.unseen,
            state=self._files.state(self.manifest),
            location=self.location,
            host=socket.gethostname(),
            remembered=tuple(sorted(self._named(place) for place in remembered)),
        )

    def _named(self, place: Path) -> str:
        folder = root_of(self._folder)
        if place.is_relative_to(folder):
            return place.relative_to(folder).as_posix()
        return f"adapter: {place.name}"


def _since(remembered: RememberedDigests | None) -> str:
    if remembered is None or remembered.began_ns is None:
        return ""
    # Cut, never rounded up: it is not to seem later than it was.
    seconds, rest = divmod(remembered.began_ns, 10**9)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _require_safetensors(folder: Path, manifest: Manifest) -> None:
    """Other formats can be weighed, but not loaded: to load a pickle is to execute it."""
    for file in manifest.files:
        if file.role == "weights" and not file.path.endswith(".safetensors"):
            raise CheckpointError(
                f"{folder / file.path}: expected safetensors to run, found weights in another "
                "format, which weighin fingerprints and compares but does not load; save the "
                "checkpoint again with save_pretrained, and hold the two against each other with "
                "weighin compare"
            )
