"""Documents that lie once for all jobs: manifests, comparisons, revisions, plans."""

from pathlib import Path

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.store.names import CHECKPOINTS, COMPARISONS, PLANS, REVISIONS, is_own_file
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.opened import MAX_SMALL_FILE_BYTES
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage
from weighin.files.stores.opening import shown
from weighin.files.written import create_file
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.fingerprint.checkpoint import manifest_of
from weighin.identity.manifest import Manifest
from weighin.identity.published.kept import kept_content
from weighin.identity.published.revision import RemoteRevision


class KeptDocuments:
    """Those of one storage, each under a name that says what it holds."""

    def __init__(self, storage: Storage) -> None:
        """Nothing is read or created yet."""
        self.storage = storage

    @property
    def folder(self) -> Path | None:
        """The folder; `None` if it is no folder."""
        return self.storage.root if isinstance(self.storage, FolderStorage) else None

    def keep_manifest(self, manifest: Manifest) -> None:
        """Keep a checkpoint manifest under its id.

        Raises:
            EvidenceError: Something else lies there.
        """
        self._keep(f"{CHECKPOINTS}/{manifest.checkpoint_id}.json", manifest.canonical())

    def _keep(self, key: str, content: bytes) -> None:
        """Keep what is named after its digest.

        Raises:
            EvidenceError: Something else lies there.
        """
        if self.storage.create(key, content):
            return
        found = self.storage.read(key, max_bytes=MAX_SMALL_FILE_BYTES)
        if found != content:
            told = "nothing" if found is None else f"sha256 {sha256_hex(found)}"
            raise EvidenceError(
                f"{self._shown(key)}: expected sha256 {sha256_hex(content)}, its name, found "
                f"{told}; nothing is overwritten, move it away and run the same command again"
            )

    def manifest(self, checkpoint_id: str) -> Manifest | None:
        """The manifest that is kept under an id; `None` if none is.

        Raises:
            CheckpointError: It is malformed, or of another id.
        """
        key = f"{CHECKPOINTS}/{checkpoint_id}.json"
        if not is_own_file(Path(key)):
            return None
        try:
            content = self.storage.read(key, max_bytes=MAX_SMALL_FILE_BYTES)
        except EvidenceError as error:
            raise CheckpointError(str(error)) from error
        if content is None:
            return None
        manifest = manifest_of(content, self._shown(key))
        if manifest.checkpoint_id != checkpoint_id:
            raise CheckpointError(
                f"{self._shown(key)}: expected the manifest of that id, found "
                f"{manifest.checkpoint_id}"
            )
        return manifest

    def keep_comparison(self, comparison: Comparison) -> None:
        """Keep a measured comparison under the two ids."""
        name = f"{comparison.first[:12]}-{comparison.second[:12]}.json"
        content = canonical_json(comparison.model_dump(mode="json"))
        self.storage.create(f"{COMPARISONS}/{name}", content)

    def keep_revision(self, revision: RemoteRevision) -> str:
        """Keep what a hub said of a revision, beside what it said before.

        Returns:
            Where it lies.

        Raises:
            InfrastructureError: The disk or the object store is full or failing.
            UsageError: It cannot be written.
        """
        content = kept_content(revision)
        key = f"{REVISIONS}/{revision.commit[:12]}-{sha256_hex(content)[:12]}.json"
        if self.folder is None:
            self.storage.create(key, content)
        else:
            way_out = "give another folder with --keep-revision"
            create_file(self.folder / key, content, way_out=way_out)
        return self._shown(key)

    def keep_plan(self, plan_id: str, content: bytes) -> None:
        """Keep a plan under its id, which is its SHA-256.

        Raises:
            EvidenceError: Something else lies there.
        """
        self._keep(f"{PLANS}/{plan_id}.json", content)

    def plan(self, plan_id: str) -> bytes | None:
        """The plan that is kept under an id; `None` if none is.

        Raises:
            EvidenceError: It is of another id.
        """
        key = f"{PLANS}/{plan_id}.json"
        content = self.storage.read(key, max_bytes=MAX_SMALL_FILE_BYTES)
        if content is not None and sha256_hex(content) != plan_id:
            raise EvidenceError(
                f"{self._shown(key)}: expected sha256 {plan_id}, its name, found "
                f"{sha256_hex(content)}"
            )
        return content

    def _shown(self, key: str) -> str:
        return shown(self.storage, key)
