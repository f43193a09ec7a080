"""The digests of a folder saved by transformers equal those of the same objects in memory."""

import hashlib
import json

import pytest

from weighin.identity.digests.merkle import weights_digest
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.manifest import TensorEntry
from weighin.identity.parts.tokenizer import chat_template_digest, tokenizer_digest

pytestmark = [
    pytest.mark.model,
    # Raised inside torch and transformers on import; nothing of ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

DTYPES = {"torch.float32": "F32", "torch.bfloat16": "BF16"}


@pytest.fixture(params=["float32", "bfloat16"])
def model(request):
    import torch
    import transformers

    config = transformers.LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(config).to(getattr(torch, request.param))


def in_memory(model):
    import torch

    for name, tensor in model.state_dict().items():
        content = tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()
        yield TensorEntry(
            name=name,
            dtype=DTYPES[str(tensor.dtype)],
            shape=tuple(tensor.shape),
            sha256=hashlib.sha256(content).hexdigest(),
        )


@pytest.mark.parametrize("shard_size", ["5GB", "4KB"], ids=["one file", "shards"])
def test_a_saved_model_has_the_weights_digest_of_the_state_in_memory(tmp_path, model, shard_size):
    model.save_pretrained(tmp_path, max_shard_size=shard_size)
    manifest = fingerprint(tmp_path)
    assert manifest.weights == weights_digest(in_memory(model))
    assert (len([f for f in manifest.files if f.role == "weights"]) > 1) == (shard_size == "4KB")


def test_a_reloaded_model_has_the_weights_digest_of_the_disk(tmp_path, model):
    model.save_pretrained(tmp_path)
    reloaded = type(model).from_pretrained(tmp_path, dtype="auto")
    assert weights_digest(in_memory(reloaded)) == fingerprint(tmp_path).weights


def test_a_loaded_tokenizer_has_the_digests_of_its_files(tmp_path):
    import tokenizers
    import transformers

    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({"<unk>": 0, "a": 1, "b": 2}, unk_token="<unk>")
    )
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    saved = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", bos_token="<s>", pad_token="<unk>"
    )
    saved.chat_template = "{{ messages }}\n\u00e9"
    saved.save_pretrained(tmp_path)
    transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=4,
            hidden_size=4,
            intermediate_size=4,
            num_hidden_layers=1,
            num_attention_heads=1,
        )
    ).save_pretrained(tmp_path)
    manifest = fingerprint(tmp_path)
    loaded = transformers.AutoTokenizer.from_pretrained(tmp_path)
    loaded(["a", "a b"], padding=True, truncation=True, max_length=2)
    assert tokenizer_digest(json.loads(loaded.backend_tokenizer.to_str())) == manifest.tokenizer
    assert chat_template_digest(loaded.chat_template) == manifest.chat_template
