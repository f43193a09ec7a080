"""A tiny release, published on a hub that listens on the loopback, and an empty hub cache."""

import json
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file
from tests.sources.hub.server import Hub, published, serving

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


@pytest.fixture(scope="session")
def _one_session() -> Iterator[None]:
    huggingface_hub.close_session()
    yield
    huggingface_hub.close_session()


@pytest.fixture(autouse=True)
def hub(
    release: Path, cache: Path, _one_session: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
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
