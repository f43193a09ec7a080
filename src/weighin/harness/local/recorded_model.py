"""lm-eval's own model for transformers, which notes what it is sent and what it answers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeAlias, cast

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from pydantic import JsonValue
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from weighin.errors import RunError
from weighin.harness.observed.sent import (
    RecordingModel,
    RecordingTokenizer,
    SentSoFar,
    without_end,
)
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import TRANSFORMERS

# What lm-eval makes of the prompts of a batch.
_MADE_HERE = frozenset({"attention_mask"})
# A context and continuation as texts (`None` for a window of a longer text), and as tokens.
TokenRequest: TypeAlias = tuple[tuple[str, str] | None, list[int], list[int]]


class Hears(Protocol):
    """Hears of answers as they come."""

    def add_partial(self, request_type: str, texts: tuple[str, str], answer: object) -> None:
        """Hear of one."""


class _Replayed:
    """A model as it is, which gives what it gave before."""

    def __init__(self, model: object, answers: torch.Tensor) -> None:
        self._model = model
        self._answers = answers

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def generate(self, **_settings: object) -> torch.Tensor:
        return self._answers


class AnswerHook:
    """Stands where lm-eval tells its cache of answers, which is never used.

    Attributes:
        heard: Who hears of them instead; `None` for nobody.
    """

    heard: "Hears | None" = None

    def add_partial(self, request_type: str, texts: tuple[str, str], answer: object) -> None:
        """Hear of an answer."""
        if self.heard is not None:
            self.heard.add_partial(request_type, texts, answer)


class RecordedModel(HFLM):  # type: ignore[misc]  # lm-eval publishes no types
    """HFLM as it is: each method calls lm-eval's, and notes what passes.

    Nothing is set on the model or the tokenizer: for the time of a call another object stands in
    their place, which passes everything on.
    """

    tokenizer: PreTrainedTokenizerBase
    _sent: SentSoFar | None = None
    _recorder: RecordingModel | None = None
    _replayed: torch.Tensor | None = None

    @property
    def model(self) -> PreTrainedModel:
        """The model; while text is generated, what notes the settings and passes them on."""
        found = super().model if self._recorder is None else self._recorder
        return cast("PreTrainedModel", found)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:  # noqa: FBT001, FBT002  # lm-eval's signature
        """As lm-eval."""
        self._note_requests("generate_until", requests)
        texts: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return texts

    def loglikelihood(
        self,
        requests: list[Instance],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> list[tuple[float, bool]]:
        """As lm-eval."""
        self._note_requests("loglikelihood", requests)
        found: list[tuple[float, bool]] = super().loglikelihood(requests, disable_tqdm=disable_tqdm)
        return found

    def loglikelihood_rolling(
        self,
        requests: list[Instance],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> list[float]:
        """As lm-eval, which asks for windows of each text."""
        if self._sent is not None:
            self._sent.requests["loglikelihood_rolling"] += len(requests)
        found: list[float] = super().loglikelihood_rolling(requests, disable_tqdm=disable_tqdm)
        self._note_answers("loglikelihood_rolling", len(found))
        return found

    def apply_chat_template(
        self,
        chat_history: list[dict[str, str]],
        add_generation_prompt: bool = True,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> str:
        """As lm-eval, which leaves out a system message that the template refuses."""
        tokenizer = self.tokenizer
        if self._sent is not None:
            recording = RecordingTokenizer(tokenizer, self._sent)
            self.tokenizer = cast("PreTrainedTokenizerBase", recording)
        try:
            rendered: str = super().apply_chat_template(chat_history, add_generation_prompt)
        finally:
            self.tokenizer = tokenizer
        return rendered

    def tok_batch_encode(
        self,
        strings: Sequence[str],
        padding_side: str = "left",
        left_truncate_len: int | None = None,
        truncation: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As lm-eval, for text that is to be continued."""
        tokens, mask = super().tok_batch_encode(
            strings, padding_side, left_truncate_len, truncation
        )
        if self._sent is not None and left_truncate_len and tokens.shape[1] == left_truncate_len:
            # A row that is full may have been cut, which only shows without the limit.
            for text, row in zip(strings, mask, strict=True):
                if bool(row.all()):
                    whole, _ = super().tok_batch_encode([text], padding_side, None, truncation)
                    self._sent.prompts_cut += whole.shape[1] > left_truncate_len
        return tokens, mask

    def _loglikelihood_tokens(
        self,
        requests: Sequence[TokenRequest],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
        override_bs: int | None = None,
    ) -> list[tuple[float, bool]]:
        found: list[tuple[float, bool]] = super()._loglikelihood_tokens(
            requests, disable_tqdm=disable_tqdm, override_bs=override_bs
        )
        if self._sent is not None and requests and requests[0][0] is not None:
            self._note_answers("loglikelihood", len(found))
            self._note_cut(requests)
        return found

    def _note_cut(self, requests: Sequence[TokenRequest]) -> None:
        if self._sent is not None:
            # The last token is only predicted.
            self._sent.prompts_cut += sum(
                len(context) + len(continuation) > self.max_length + 1
                for texts, context, continuation in requests
                if texts is not None
            )

    @contextmanager
    def _replaying(self, answers: torch.Tensor) -> Iterator[None]:
        """While this lasts, the model is not called: it is known what it gives."""
        self._replayed = answers
        try:
            yield
        finally:
            self._replayed = None

    def _model_generate(
        self,
        context: torch.Tensor,
        max_length: int,
        stop: list[str],
        **generation_kwargs: object,
    ) -> torch.Tensor:
        self._refuse_power(generation_kwargs)
        if self._sent is not None:
            end = self.tok_decode(self.eot_token_id, skip_special_tokens=False)
            self._recorder = RecordingModel(
                super().model
                if self._replayed is None
                else _Replayed(super().model, self._replayed),
                self._sent,
                limit=max_length - context.shape[1],
                stops=without_end(stop, end),
            )
        try:
            generated: torch.Tensor = super()._model_generate(
                context, max_length, stop, **generation_kwargs
            )
        finally:
            self._recorder = None
        if self._replayed is None:
            self._note_answers("generate_until", len(generated))
        return generated

    def _refuse_power(self, settings: Mapping[str, object]) -> None:
        """Refuse what is no setting of decoding.

        The code of a task may have put anything into its requests.
        """
        passed_on = {name: value for name, value in settings.items() if name not in _MADE_HERE}
        for key, text in refusals(cast("dict[str, JsonValue]", passed_on), TRANSFORMERS):
            raise RunError(f"a request for text sets {key}: {text}")

    def _note_requests(self, request_type: str, requests: Sequence[Instance]) -> None:
        if self._sent is not None:
            self._sent.note_requests(request_type, [request.args[0] for request in requests])

    def _note_answers(self, request_type: str, number: int) -> None:
        if self._sent is not None:
            self._sent.note_answers(request_type, number)
