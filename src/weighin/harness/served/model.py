"""lm-eval's own models for OpenAI-compatible servers, with a transport that hears everything."""

import asyncio
import copy
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aiohttp import ClientSession
from lm_eval.api.instance import Instance
from lm_eval.models.openai_completions import LocalChatCompletion, LocalCompletionsAPI
from pydantic import JsonValue
from transformers import PreTrainedTokenizerBase

from weighin.errors import InfrastructureError, RunError, WeighinError
from weighin.evidence.store.journals import Found
from weighin.harness.observed.responses import (
    require_log_likelihoods,
    require_texts,
    self_description,
)
from weighin.harness.observed.sent import RecordingTokenizer
from weighin.harness.quiet import quiet
from weighin.harness.served.address import Address
from weighin.harness.served.connection import ANSWER_SECONDS, Connection
from weighin.harness.served.kept_answers import KeptResponses
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import OPENAI
from weighin.requirements.model import Endpoint, EndpointApi, Model

# Without `model.max_length` nothing is cut off on this side; lm-eval would cut at 2,047 tokens.
_NO_LIMIT = 1 << 20

LogLikelihood = tuple[float, bool]


class _Served:
    """What both interfaces share; put before lm-eval's class, whose transport it replaces."""

    connection: Connection
    is_chat: bool
    # Of lm-eval's class.
    eos_string: str | None
    tokenized_requests: bool
    tokenizer: PreTrainedTokenizerBase
    _seed: int
    _to_come: AbstractSet[str] = frozenset()
    _on_answered: Callable[[], None] | None = None
    _kept: KeptResponses | None = None

    def keep_answers(self, kept: KeptResponses | None) -> None:
        """Take answers from there, and tell of new ones; `None` ends it."""
        self._kept = kept

    def tell_answered(self, to_come: AbstractSet[str], on_answered: Callable[[], None]) -> None:
        """Tell once the requests of some types are answered, before lm-eval scores them."""
        self._to_come, self._on_answered = to_come, on_answered

    def set_seed(self, seed: int) -> None:
        """Send another seed from now on than lm-eval's."""
        self._seed = seed

    def model_call(
        self,
        messages: Sequence[Sequence[int]],
        *,
        generate: bool = True,
        gen_kwargs: Mapping[str, JsonValue] | None = None,
    ) -> dict[str, JsonValue]:
        """The response to one request, as lm-eval asks for it with one request at a time."""
        payload = self._payload(messages, gen_kwargs, generate=generate)
        found = self._find(payload, messages, generate=generate)
        body = self._taken(found)
        if body is None:
            body = self.connection.ask(payload)
            self._wait(found, body)
        if generate:
            self._require_texts(body, messages)
        return body

    async def amodel_call(  # noqa: PLR0913  # lm-eval's signature
        self,
        session: ClientSession,
        sem: asyncio.Semaphore,
        messages: Sequence[Sequence[int]],
        *,
        generate: bool = True,
        cache_keys: Sequence[object] = (),
        ctxlens: Sequence[int] = (),
        gen_kwargs: Mapping[str, JsonValue] | None = None,
    ) -> list[str] | list[LogLikelihood]:
        """The answers to one request, as lm-eval asks for them with several under way."""
        del cache_keys
        payload = self._payload(messages, gen_kwargs, generate=generate)
        found = self._find(payload, messages, generate=generate)
        body = self._taken(found)
        if body is None:
            async with sem:
                body = await self.connection.ask_async(session, payload)
            self._wait(found, body)
        if not generate:
            return self.parse_logprobs(outputs=body, tokens=messages, ctxlens=ctxlens)
        self._require_texts(body, messages)
        texts: list[str | None] = self.parse_generations(  # type: ignore[attr-defined]  # lm-eval's
            outputs=body
        )
        return [text or "" for text in texts]

    def _find(
        self,
        payload: Mapping[str, JsonValue],
        messages: Sequence[Sequence[int]],
        *,
        generate: bool,
    ) -> Found | None:
        if self._kept is None:
            return None
        return self._kept.find(payload, is_text=generate, prompts=len(messages))

    def _taken(self, found: Found | None) -> dict[str, JsonValue] | None:
        """The response that an earlier attempt got, heard as if it came now; `None` without one."""
        if found is None or not isinstance(found.answer, dict):
            return None
        body = found.answer
        self.connection.heard.note_answer(self_description(body, self.connection.place))
        return body

    def _wait(self, found: Found | None, body: Mapping[str, JsonValue]) -> None:
        if self._kept is not None and found is not None:
            self._kept.wait(found, body)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:  # noqa: FBT001, FBT002  # lm-eval's signature
        """As lm-eval."""
        self._note_requests("generate_until", requests)
        found: list[str] = super().generate_until(  # type: ignore[misc]  # lm-eval's
            requests, disable_tqdm=disable_tqdm
        )
        self._note_answered("generate_until")
        return found

    def loglikelihood(self, requests: list[Instance], **settings: bool) -> list[LogLikelihood]:
        """As lm-eval."""
        self._note_requests("loglikelihood", requests)
        found: list[LogLikelihood] = super().loglikelihood(  # type: ignore[misc]  # lm-eval's
            requests, **settings
        )
        self._note_answered("loglikelihood")
        return found

    def loglikelihood_rolling(self, requests: list[Instance], **settings: bool) -> list[float]:
        """As lm-eval."""
        found: list[float] = super().loglikelihood_rolling(  # type: ignore[misc]  # lm-eval's
            requests, **settings
        )
        self._note_answered("loglikelihood_rolling")
        return found

    def _note_answered(self, request_type: str) -> None:
        self._to_come = self._to_come - {request_type}
        if not self._to_come and self._on_answered is not None:
            self._on_answered()

    def _note_requests(self, request_type: str, requests: Sequence[Instance]) -> None:
        prompts = [request.args[0] for request in requests]
        self.connection.heard.sent.note_requests(request_type, prompts)

    def parse_logprobs(
        self,
        outputs: dict[str, JsonValue] | Sequence[dict[str, JsonValue]],
        tokens: Sequence[Sequence[int]],
        ctxlens: Sequence[int],
    ) -> list[LogLikelihood]:
        """As lm-eval, once it is sure that every token has a log-probability."""
        (body,) = (outputs,) if isinstance(outputs, dict) else outputs
        require_log_likelihoods(body, tokens, ctxlens, self.connection.place)
        if self._kept is not None:
            self._kept.keep_log_likelihoods(body, ctxlens)
        self.connection.heard.sent.note_answers("loglikelihood", len(tokens))
        return super().parse_logprobs(  # type: ignore[misc,no-any-return]  # lm-eval's
            outputs=body, tokens=tokens, ctxlens=ctxlens
        )

    def _payload(
        self,
        messages: Sequence[Sequence[int]],
        gen_kwargs: Mapping[str, JsonValue] | None,
        *,
        generate: bool,
    ) -> dict[str, JsonValue]:
        # lm-eval sends the end-of-text stop sequence only if it asks one request at a time.
        payload: dict[str, JsonValue] = self._create_payload(  # type: ignore[attr-defined]  # lm-eval's
            self.create_message(messages),  # type: ignore[attr-defined]  # lm-eval's
            generate=generate,
            gen_kwargs=copy.deepcopy(gen_kwargs),
            seed=self._seed,
            eos=self.eos_string,
        )
        heard = self.connection.heard
        self._refuse_power(payload, gen_kwargs or {})
        heard.sent.note_model(payload)
        if generate:
            heard.sent.note_payload(payload, end=self.eos_string)
        if isinstance(conversation := payload.get("messages"), list):
            heard.sent.note_messages(conversation)
        if self.tokenized_requests and not self.is_chat:
            request_type = "generate_until" if generate else "loglikelihood"
            bos = self.tokenizer.bos_token_id
            heard.calls.note_prompt(request_type, messages[0], bos)
        return payload

    def _refuse_power(
        self, payload: Mapping[str, JsonValue], settings: Mapping[str, JsonValue]
    ) -> None:
        """Refuse a request for another model, or with more in it than settings of decoding.

        The code of a task may have put anything into its requests.
        """
        place = self.connection.place
        for key, text in refusals(settings, OPENAI):
            raise RunError(f"{place}: a request sets {key}: {text}")
        if payload.get("model") != self.connection.served_model:
            raise RunError(
                f"{place}: expected requests for {self.connection.served_model!r}, found one for "
                f"{payload.get('model')!r}"
            )

    def _require_texts(
        self, body: Mapping[str, JsonValue], messages: Sequence[Sequence[int]]
    ) -> None:
        require_texts(body, len(messages), chat=self.is_chat, place=self.connection.place)
        if self._kept is not None:
            self._kept.keep_texts(body)
        self.connection.heard.note_texts(body)


class ServedCompletions(_Served, LocalCompletionsAPI):  # type: ignore[misc]  # no types
    """The completions interface: log-likelihoods of tokens and text."""

    is_chat = False

    def apply_chat_template(
        self,
        chat_history: list[dict[str, str]],
        add_generation_prompt: bool = True,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> str:
        """As lm-eval, and what comes of it is noted."""
        tokenizer = self.tokenizer
        if tokenizer is not None:
            recording = RecordingTokenizer(tokenizer, self.connection.heard.sent)
            self.tokenizer = cast("PreTrainedTokenizerBase", recording)
        try:
            rendered: str = super().apply_chat_template(chat_history, add_generation_prompt)
        finally:
            self.tokenizer = tokenizer
        return rendered


class ServedChat(_Served, LocalChatCompletion):  # type: ignore[misc]  # lm-eval publishes no types
    """The chat interface: text only."""

    is_chat = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A served model that can be asked.

    Attributes:
        lm: The lm-eval model.
        connection: Its transport.
        backend: lm-eval's name of the interface.
        batch_size: Prompts in one request.
        max_length: Longest input in tokens; `None` if nothing is cut off.
        chat_template: Text of the chat template of the local tokenizer; `None` without one.
    """

    lm: ServedCompletions | ServedChat
    connection: Connection
    backend: str
    batch_size: int
    max_length: int | None
    chat_template: str | None


def open_endpoint(
    model: Model, endpoint: Endpoint, tokenizer: Path | None, address: Address, key: str | None
) -> ServedModel:
    """A served model; nothing is asked yet.

    Args:
        model: What the requirements say of the model.
        endpoint: How it is served.
        tokenizer: Folder of the tokenizer; `None` to send texts.
        address: Where it is served.
        key: API key; `None` sends none.

    Raises:
        RunError: The tokenizer cannot be loaded.
    """
    is_chat = endpoint.api is EndpointApi.CHAT
    # A batch is one request with several prompts, which few servers take; ask for it by name.
    is_batched = "batch_size" in model.model_fields_set and not is_chat
    served = ServedChat if is_chat else ServedCompletions
    settings: dict[str, object] = {} if is_chat else {"add_bos_token": bool(model.add_bos_token)}
    try:
        with quiet():
            lm = served(
                model=endpoint.served_model,
                base_url=address.told,  # lm-eval asks nothing by itself
                tokenizer=None if is_chat or tokenizer is None else str(tokenizer.resolve()),
                tokenizer_backend=None if is_chat or tokenizer is None else "huggingface",
                tokenized_requests=not is_chat and tokenizer is not None,
                num_concurrent=endpoint.concurrent_requests,
                batch_size=model.batch_size if is_batched else 1,
                max_length=model.max_length or _NO_LIMIT,
                max_retries=1,  # the connection tries again itself, and only where it may help
                timeout=ANSWER_SECONDS,
                **settings,
            )
    except MemoryError as error:
        raise InfrastructureError(
            f"{tokenizer}: out of memory on loading the tokenizer: {error}"
        ) from error
    except WeighinError:
        raise
    except Exception as error:
        # transformers raises nearly every built-in exception on a tokenizer that it dislikes.
        raise RunError(
            f"{tokenizer}: the tokenizer cannot be loaded: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:400]}"
        ) from error
    lm.connection = Connection(
        address, key, endpoint.api_key_env, served_model=endpoint.served_model
    )
    template = getattr(lm.tokenizer, "chat_template", None)
    return ServedModel(
        lm=lm,
        connection=lm.connection,
        backend="local-chat-completions" if is_chat else "local-completions",
        batch_size=model.batch_size if is_batched else 1,
        max_length=model.max_length,
        chat_template=template if isinstance(template, str) else None,
    )
