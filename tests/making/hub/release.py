"""A tiny release, published on a hub that listens on the loopback, and an empty hub cache."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file
from tests.making.hub.server import COMMIT, REPOSITORY, Hub, published, serving
from tests.making.rules.builders import observation, record

from weighin.cli.application import run_application
from weighin.evidence.store import Store
from weighin.identity.facets import Facet
from weighin.identity.fingerprint.file_digests import fingerprint_with_files

PINNED = f"hf://{REPOSITORY}@{COMMIT}"
MAIN = f"hf://{REPOSITORY}@main"
FIRST, SECOND = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


def save_release(folder: Path, *, seed: int = 0) -> Path:
    """Two shards, their index, a config, a tokenizer and a README, as transformers names them."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    shards = {
        FIRST: {"embed.weight": random.random((7, 4), np.float32)},
        SECOND: {
            "layers.0.weight": random.random((4, 4)).astype(np.float16),
            "norm.weight": random.random(4, np.float32),
        },
    }
    for name, tensors in shards.items():
        save_file(tensors, folder / name, metadata={"format": "pt"})
    index = {
        "metadata": {"total_size": 160},
        "weight_map": {tensor: name for name, tensors in shards.items() for tensor in tensors},
    }
    texts = {
        "model.safetensors.index.json": json.dumps(index),
        "config.json": '{"model_type": "tiny", "hidden_size": 4}',
        "tokenizer.json": '{"version": "1.0", "model": {"type": "BPE", "vocab": {}}}',
        "tokenizer_config.json": '{"chat_template": "{{ messages }}"}',
        "README.md": "# Tiny\n",
        "docs/card.md": "a card\n",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The folder that was published."""
    return save_release(tmp_path / "release")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The hub cache, empty."""
    return tmp_path / "cache"


@pytest.fixture(scope="session", name="_one_session")
def one_session() -> Iterator[None]:
    huggingface_hub.close_session()
    yield
    huggingface_hub.close_session()


@contextmanager
def on_hub(release: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that serves the release, and huggingface_hub as HF_ENDPOINT and others would set it."""
    with serving(Hub(files=published(release))) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.setenv("HF_TOKEN", "hf_test")
        yield hub


@pytest.fixture(autouse=True)
def hub(
    release: Path, cache: Path, _one_session: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    """A hub on which the release is published."""
    with on_hub(release, cache, monkeypatch) as hub:
        yield hub


@pytest.fixture
def scored(release: Path, tmp_path: Path) -> Path:
    """A local copy of the release, which a test may change before it is scored."""
    return Path(shutil.copytree(release, tmp_path / "scored"))


def change_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def write_record(results: Path, scored: Path, *, model: str = "tiny") -> None:
    """A record of one benchmark on a folder, with the digests of its files."""
    manifest, files = fingerprint_with_files(scored)
    store = Store(results)
    store.keep_manifest(manifest)
    made = record("gsm8k", scored=manifest).model_copy(
        update={
            "model": model,
            "files": (),
            "observations": (observation(Facet.WEIGHTS, manifest),),
            "checkpoint_files": files,
        }
    )
    store.commit(store.new_attempt(model, "gsm8k", "0" * 64), made)


def write_requirements_for(folder: Path, released: str, *, same: str = "weights") -> Path:
    requirements = folder / "requirements.yaml"
    requirements.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  released: {released}\n  checkpoint: nowhere\n"
        f"same: [{same}]\nbenchmarks:\n  - task: gsm8k\n"
    )
    return requirements


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    output: str
    errors: str


@pytest.fixture
def weighin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["weighin", *map(str, arguments)])
        capsys.readouterr()
        code = run_application()
        output, errors = capsys.readouterr()
        assert code != 70, errors
        return Told(code, output, errors)

    return run
