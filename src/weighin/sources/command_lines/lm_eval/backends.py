"""The backends of lm-eval 0.4.13 (`--model`), and how weighin asks the same model."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from weighin.requirements.model import EndpointApi

_REFUSED = "write the checkpoint with --checkpoint, or an OpenAI-compatible endpoint instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A backend that asks a server.

    Attributes:
        api: The interface that it speaks.
        url: Where it asks if `base_url` says nothing; empty if that must say it.
        api_key_env: The variable that it takes the key from.
        is_key_needed: Whether it fails without one.
    """

    api: EndpointApi
    url: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    is_key_needed: bool = False


TRANSFORMERS = frozenset({"hf", "hf-auto", "huggingface", "hf-causal", "hf-causal-experimental"})
"""What weighin loads in the same way; the last two are names of lm-eval 0.3."""

OTHER_ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "vllm": "vLLM",
        "sglang": "SGLang",
        "trtllm": "TensorRT-LLM",
        "openvino": "OpenVINO",
        "ipex": "the Intel extension",
        "neuronx": "Neuron",
        "habana": "Gaudi",
    }
)
"""Engines that load a checkpoint which transformers can load, too."""

SERVED: Mapping[str, Served] = MappingProxyType(
    {
        "local-completions": Served(api=EndpointApi.COMPLETIONS),
        "local-chat-completions": Served(api=EndpointApi.CHAT),
        "openai-completions": Served(
            api=EndpointApi.COMPLETIONS,
            url="https://api.openai.com/v1/completions",
            is_key_needed=True,
        ),
        "openai-chat-completions": Served(
            api=EndpointApi.CHAT,
            url="https://api.openai.com/v1/chat/completions",
            is_key_needed=True,
        ),
    }
)

_NO_INTERFACE = f"weighin asks OpenAI-compatible interfaces alone; {_REFUSED}"
_NO_MODEL = f"weighin loads text models by transformers alone; {_REFUSED}"
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "anthropic-completions", "anthropic-chat", "anthropic-chat-completions",
                "azure-openai-chat-completions", "gguf", "ggml", "litellm", "litellm-chat",
                "litellm-chat-completions", "sglang-generate", "textsynth", "watsonx_llm",
            ),
            _NO_INTERFACE,
        ),
        **dict.fromkeys(
            (
                "hf-audiolm-qwen", "hf-mistral3", "hf-multimodal", "vllm-vlm", "mamba_ssm",
                "megatron_lm", "nemo_lm", "onnxruntime", "onnxruntime-genai", "winml",
            ),
            _NO_MODEL,
        ),
        "steered": f"what steers a model is no part of its checkpoint; {_REFUSED}",
        "dummy": "answers at random, and is no model",
    }
)  # fmt: skip
"""Backends whose model weighin cannot ask, with why."""
