"""The files of a checkpoint: fingerprinted before it is loaded, and looked at again."""

import socket
from collections.abc import Callable
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.ledger import now
from weighin.files.written import portable_path
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.fingerprint.hashed_files import FilesLook, FilesRead, HashedFiles
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
    """

    def __init__(
        self,
        requirements: Requirements,
        folder: Path,
        adapter: Path | None,
        revision: str | None,
        on_progress: Callable[[int, int], None],
    ) -> None:
        """Fingerprint the files.

        Args:
            requirements: The requirements.
            folder: The checkpoint folder.
            adapter: The folder of the adapter; `None` for none.
            revision: `org/name@<40-hex>` if the folder is a snapshot of that revision.
            on_progress: Called with bytes hashed and bytes in all.

        Raises:
            CheckpointError: The checkpoint is missing, malformed, or not safetensors.
        """
        began = now()
        self._files = HashedFiles(folder, adapter)
        self.location = portable_path(folder)
        self.digests: tuple[CheckpointFileDigest, ...] = ()
        is_published = is_release_published(requirements)
        if is_published or revision is not None:
            self.manifest, digests = fingerprint_with_files(
                folder, adapter=adapter, on_progress=on_progress
            )
            self.digests = digests if is_published else ()
            if revision is not None:
                require_intact(digests, folder)
        else:
            self.manifest = fingerprint(folder, adapter=adapter, on_progress=on_progress)
        _require_safetensors(folder, self.manifest)
        self.hashed = self._hashed(began, FilesRead((), ()))

    def look(self) -> FilesLook:
        """Look at the files after a benchmark; what moved is read again."""
        return self._files.look(self.manifest)

    def hash_again(self) -> FilesHashed:
        """Read all files again."""
        began = now()
        self.hashed = self._hashed(began, self._files.read(self.manifest))
        return self.hashed

    def _hashed(self, began: str, found: FilesRead) -> FilesHashed:
        return FilesHashed(
            checkpoint_id=self.manifest.checkpoint_id,
            began=began,
            changes=found.changes,
            unseen=found.unseen,
            state=self._files.state(self.manifest),
            location=self.location,
            host=socket.gethostname(),
        )


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
