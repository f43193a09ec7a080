"""lm-eval's own model for transformers, which lets what passes through it be counted."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from lm_eval.api.instance import Instance

from weighin.harness.local.asked.moments import Moments
from weighin.harness.local.recorded_model import RecordedModel, TokenRequest
from weighin.harness.observed.model_calls import ModelCalls, how_it_ended


class ObservedModel(RecordedModel):
    """HFLM as it is: each method calls lm-eval's, and only looks at what goes in and comes out."""

    _calls: ModelCalls | None = None
    _first_context: str | None = None
    _moments: Moments | None = None

    def listen(self) -> ModelCalls:
        """Start a benchmark: what is counted from now on belongs to it."""
        self._calls = ModelCalls()
        self._sent = self._calls.sent
        return self._calls

    def tell_moments(self, moments: Moments | None) -> None:
        """Tell of every call from now on; `None` ends it."""
        self._moments = moments

    def loglikelihood(
        self,
        requests: list[Instance],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> list[tuple[float, bool]]:
        """As lm-eval."""
        with self._asked("loglikelihood", requests):
            found: list[tuple[float, bool]] = super().loglikelihood(
                requests, disable_tqdm=disable_tqdm
            )
        return found

    def loglikelihood_rolling(
        self,
        requests: list[Instance],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
    ) -> list[float]:
        """As lm-eval, which asks for windows of each text."""
        with self._asked("loglikelihood_rolling", requests):
            found: list[float] = super().loglikelihood_rolling(requests, disable_tqdm=disable_tqdm)
            self._tell_rolled(len(found))
        return found

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:  # noqa: FBT001, FBT002  # lm-eval's signature
        """As lm-eval, which sorts the prompts before it encodes them."""
        self._first_context = requests[0].args[0] if requests else None
        with self._asked("generate_until", requests):
            texts: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return texts

    def _asked(
        self, request_type: str, requests: Sequence[Instance]
    ) -> AbstractContextManager[None]:
        if self._moments is None:
            return nullcontext()
        return self._moments.asked(request_type, len(requests))

    def _answering(self, passes: int) -> AbstractContextManager[None]:
        if self._moments is None:
            return nullcontext()
        return self._moments.answering(self.model, passes)

    def _tell_answers(self, request_type: str, number: int) -> None:
        if self._moments is not None:
            self._moments.answered(request_type, number)

    def _tell_rolled(self, texts: int) -> None:
        """Each text has a window at least: fewer answers than texts are counted as they are."""
        if self._moments is not None:
            windows = self._moments.answers["loglikelihood_rolling"]
            self._moments.answers["loglikelihood_rolling"] = min(windows, texts)

    def _model_call(
        self,
        inps: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
    ) -> torch.Tensor:
        with self._answering(1):
            logits: torch.Tensor = super()._model_call(inps, attn_mask=attn_mask, labels=labels)
        return logits

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
        if self._calls is not None and self._first_context in strings:
            row = strings.index(self._first_context)
            self._note_prompt("generate_until", tokens[row][mask[row].bool()].tolist())
        return tokens, mask

    def _loglikelihood_tokens(
        self,
        requests: Sequence[TokenRequest],
        disable_tqdm: bool = False,  # noqa: FBT001, FBT002  # lm-eval's signature
        override_bs: int | None = None,
    ) -> list[tuple[float, bool]]:
        if requests:
            texts, context, continuation = requests[0]
            # As lm-eval cuts it: the last token is only predicted.
            tokens = [*context, *continuation][-(self.max_length + 1) :][:-1]
            self._note_prompt("loglikelihood" if texts else "loglikelihood_rolling", tokens)
        found: list[tuple[float, bool]] = super()._loglikelihood_tokens(
            requests, disable_tqdm=disable_tqdm, override_bs=override_bs
        )
        if requests:
            is_rolling = requests[0][0] is None
            self._tell_answers(
                "loglikelihood_rolling" if is_rolling else "loglikelihood", len(found)
            )
        return found

    def _model_generate(
        self,
        context: torch.Tensor,
        max_length: int,
        stop: list[str],
        **generation_kwargs: object,
    ) -> torch.Tensor:
        with self._answering(max_length - context.shape[1]):
            generated: torch.Tensor = super()._model_generate(
                context, max_length, stop, **generation_kwargs
            )
        self._tell_answers("generate_until", len(generated))
        if self._calls is not None and self.backend == "causal":
            prompt = context.shape[1]
            end_tokens = self._end_tokens(generation_kwargs)
            for row in generated[:, prompt:].tolist():
                self._calls.note_answer(
                    *how_it_ended(
                        row,
                        room=max_length - prompt,
                        end_tokens=end_tokens,
                        stops=stop,
                        decode=self._with_special_tokens,
                    )
                )
        return generated

    def _note_prompt(self, request_type: str, tokens: Sequence[int]) -> None:
        # What an encoder is given has no begin-of-sequence token to speak of.
        if self._calls is not None and self.backend == "causal":
            self._calls.note_prompt(request_type, tokens, self.tokenizer.bos_token_id)

    def _end_tokens(self, settings: Mapping[str, object]) -> frozenset[int]:
        ids = settings.get("eos_token_id")
        if ids is None:
            ids = getattr(self.model.generation_config, "eos_token_id", None)
        listed = ids if isinstance(ids, list | tuple) else [ids]
        return frozenset(token for token in listed if isinstance(token, int))

    def _with_special_tokens(self, tokens: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(tokens, skip_special_tokens=False)
        return text
