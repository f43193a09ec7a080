"""lm-eval's own model for transformers, which lets what passes through it be counted."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import cast

import torch
from lm_eval.api.instance import Instance
from pydantic import JsonValue

from weighin.harness.local.asked.kept_answers import (
    KeptAnswers,
    told,
    understood,
    understood_tokens,
)
from weighin.harness.local.asked.moments import Moments
from weighin.harness.local.recorded_model import RecordedModel, TokenRequest
from weighin.harness.observed.model_calls import ModelCalls, how_it_ended


@dataclass(slots=True)
class Windows:
    """Windows of texts whose log-likelihoods are asked for one after the other.

    Attributes:
        done: Those that are answered.
        total: Those of all texts.
    """

    done: int = 0
    total: int = 0


class ObservedModel(RecordedModel):
    """HFLM as it is: each method calls lm-eval's, and only looks at what goes in and comes out."""

    _calls: ModelCalls | None = None
    _first_context: str | None = None
    _moments: Moments | None = None
    _kept: KeptAnswers | None = None
    _windows: Windows | None = None

    def listen(self) -> ModelCalls:
        """Start a benchmark: what is counted from now on belongs to it."""
        self._calls = ModelCalls()
        self._sent = self._calls.sent
        return self._calls

    def keep_answers(self, kept: KeptAnswers | None) -> None:
        """Take answers from there, and tell of new ones; `None` ends it."""
        self._kept = kept
        self.cache_hook.heard = kept

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
        self._windows = Windows()
        try:
            with self._asked("loglikelihood_rolling", requests):
                found: list[float] = super().loglikelihood_rolling(
                    requests, disable_tqdm=disable_tqdm
                )
                self._tell_rolled(len(found))
        finally:
            self._windows = None
        return found

    @property
    def windows(self) -> Windows | None:
        """How far it is with the windows of texts; `None` while others are asked for."""
        return self._windows

    def tok_encode(
        self,
        string: str,
        add_special_tokens: bool | None = None,  # noqa: FBT001  # lm-eval's signature
        left_truncate_len: int | None = None,
        **settings: object,
    ) -> list[int]:
        """As lm-eval."""
        tokens: list[int] = super().tok_encode(
            string, add_special_tokens, left_truncate_len, **settings
        )
        if self._windows is not None:
            self._windows.total += -(-len(tokens) // self.max_length)
        return tokens

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
        if self._kept is not None:
            self._kept.batch_ends()
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
        request_type = _type_of(requests)
        if self._kept is not None and requests:
            found = self._with_taken(self._kept, requests, disable_tqdm, override_bs)
        else:
            found = super()._loglikelihood_tokens(
                requests, disable_tqdm=disable_tqdm, override_bs=override_bs
            )
            self._tell_answers(request_type, len(found))
        if self._windows is not None:
            self._windows.done += len(found)
        return found

    def _with_taken(
        self,
        kept: KeptAnswers,
        requests: Sequence[TokenRequest],
        disable_tqdm: bool,  # noqa: FBT001  # lm-eval's signature
        override_bs: int | None,
    ) -> list[tuple[float, bool]]:
        """The answers to requests of which some may be known."""
        request_type = _type_of(requests)
        found = kept.find_pairs(request_type, requests)
        answers = [understood(one.answer) for one in found]
        missing = [number for number, answer in enumerate(answers) if answer is None]
        self._note_cut([r for r, a in zip(requests, answers, strict=True) if a is not None])
        if missing:
            asked = [requests[number] for number in missing]
            kept.expect(
                [(r[0], found[n].request) for n, r in zip(missing, asked, strict=True) if r[0]]
            )
            kept.skipped = len(requests) - len(asked)
            new = super()._loglikelihood_tokens(
                asked,
                disable_tqdm=disable_tqdm,
                override_bs=None if override_bs is None else len(asked),
            )
            kept.batch_ends()
            if request_type == "loglikelihood_rolling":
                kept.keep([found[number].request for number in missing], [told(one) for one in new])
            kept.skipped = 0
            for number, answer in zip(missing, new, strict=True):
                answers[number] = answer
            self._tell_answers(request_type, len(new))
        return [answer for answer in answers if answer is not None]

    def _model_generate(
        self,
        context: torch.Tensor,
        max_length: int,
        stop: list[str],
        **generation_kwargs: object,
    ) -> torch.Tensor:
        if self._kept is None:
            generated = self._generated(context, max_length, stop, generation_kwargs)
        else:
            generated = self._generated_or_taken(
                self._kept, context, max_length, stop, generation_kwargs
            )
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

    def _generated(
        self,
        context: torch.Tensor,
        max_length: int,
        stop: list[str],
        settings: Mapping[str, object],
    ) -> torch.Tensor:
        with self._answering(max_length - context.shape[1]):
            generated: torch.Tensor = super()._model_generate(context, max_length, stop, **settings)
        self._tell_answers("generate_until", len(generated))
        return generated

    def _generated_or_taken(
        self,
        kept: KeptAnswers,
        context: torch.Tensor,
        max_length: int,
        stop: list[str],
        settings: Mapping[str, object],
    ) -> torch.Tensor:
        """What continues the rows of a batch, of which some may be known."""
        self._refuse_power(settings)
        start = context.shape[1] if self.backend == "causal" else 0
        mask = cast("torch.Tensor", settings["attention_mask"])
        asked: dict[str, object] = {
            "room": max_length - context.shape[1],
            "stop": list(stop),
            **{name: value for name, value in settings.items() if name != "attention_mask"},
        }
        rows = [row[on.bool()].tolist() for row, on in zip(context, mask, strict=True)]
        found = kept.find_rows(rows, cast("dict[str, JsonValue]", asked))
        answers = [understood_tokens(one.answer) for one in found]
        missing = [number for number, answer in enumerate(answers) if answer is None]
        if missing:
            index = torch.tensor(missing, device=context.device)
            new = self._generated(
                context[index], max_length, stop, {**settings, "attention_mask": mask[index]}
            )[:, start:].tolist()
            kept.keep([found[number].request for number in missing], new)
            for number, tokens in zip(missing, new, strict=True):
                answers[number] = tokens
        taken = self._padded([answer for answer in answers if answer is not None])
        whole = torch.tensor(taken, dtype=context.dtype, device=context.device)
        if self.backend == "causal":
            whole = torch.cat((context, whole), dim=1)
        if not missing:
            # As lm-eval asks it, with the answer at the model's own door.
            with self._replaying(whole):
                super()._model_generate(context, max_length, stop, **settings)
        return whole

    def _padded(self, rows: list[list[int]]) -> list[list[int]]:
        """Rows of one length, as a model ends those that are complete before others."""
        longest = max(map(len, rows))
        padding = self.tokenizer.pad_token_id
        return [[*row, *[padding] * (longest - len(row))] for row in rows]

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


def _type_of(requests: Sequence[TokenRequest]) -> str:
    is_rolling = bool(requests) and requests[0][0] is None
    return "loglikelihood_rolling" if is_rolling else "loglikelihood"
