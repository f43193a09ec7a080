"""What of a benchmark need not be asked again, and what is kept of it, at the model's own door."""

import base64
import hashlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from pydantic import JsonValue

from weighin.errors import RunError
from weighin.evidence.store import JOURNAL_NAME
from weighin.evidence.store.journals import AnswersKept, Found, Request
from weighin.files.canonical import canonical_json
from weighin.harness.local.recorded_model import TokenRequest
from weighin.harness.local.watch.seen import Seen

LogLikelihood = tuple[float, bool]
Texts = tuple[str, str]
_MOST_TOKENS = 1 << 31


@dataclass(frozen=True, slots=True)
class _Batch:
    requests: Sequence[Request]
    answers: Sequence[JsonValue]
    random: Mapping[str, str]


@dataclass(slots=True)
class KeptAnswers:
    """The answers of one benchmark, before and after the model is called for them.

    An answer is kept once a look at everything has found the process as it was loaded, so that what
    was answered by something else is not taken by another process, which cannot see it any more.

    Attributes:
        kept: The journal.
        look: Looks, and says what was seen; `None` if it was too early to look.
        taken: Answers that were not asked for again, by request type.
        skipped: Of the call of lm-eval that is under way: requests that are not asked.
    """

    kept: AnswersKept
    look: Callable[[], Seen | None]
    taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    skipped: int = 0
    _batches: list[_Batch] = field(default_factory=list)
    _answered: list[tuple[Request, JsonValue]] = field(default_factory=list)
    _asked: dict[Texts, list[Request]] = field(default_factory=dict)
    _state: Mapping[str, str] = field(default_factory=dict)

    def find_rows(
        self, rows: Sequence[Sequence[int]], settings: Mapping[str, JsonValue]
    ) -> list[Found]:
        """What is known of the rows of a batch for text.

        Args:
            rows: Of each row the tokens of its prompt.
            settings: All with which they are asked.
        """
        start = canonical_json(settings)
        found = self.kept.find("generate_until", [_digest(start, row) for row in rows])
        self._note_taken("generate_until", found)
        return found

    def find_pairs(self, request_type: str, requests: Sequence[TokenRequest]) -> list[Found]:
        """What is known of contexts and their continuations."""
        found = self.kept.find(
            request_type,
            [_digest(b"%d" % len(context), context, more) for _, context, more in requests],
        )
        self._note_taken(request_type, found)
        return found

    def _note_taken(self, request_type: str, found: Sequence[Found]) -> None:
        self.taken[request_type] += sum(one.answer is not None for one in found)
        restore(self.kept.random_after())
        self._state = random_state()

    def expect(self, requests: Sequence[tuple[Texts, Request]]) -> None:
        """Expect answers to be told by the texts that were asked."""
        self._asked = {}
        for texts, request in requests:
            self._asked.setdefault(texts, []).append(request)

    def add_partial(self, request_type: str, texts: Texts, answer: LogLikelihood) -> None:
        """Hear of an answer, as lm-eval tells its cache of it."""
        if request_type == "loglikelihood" and (waiting := self._asked.get(texts)):
            self._answered.append((waiting.pop(0), told(answer)))

    def batch_ends(self) -> None:
        """Keep what was told since the last batch."""
        if self._answered:
            requests, answers = zip(*self._answered, strict=True)
            self._answered = []
            self.keep(requests, answers)

    def keep(self, requests: Sequence[Request], answers: Sequence[JsonValue]) -> None:
        """Keep what was answered together, once it is seen that it was answered as it should be."""
        state = random_state()
        drawn = {name: value for name, value in state.items() if self._state.get(name) != value}
        self._state = state
        self._batches.append(_Batch(requests, answers, drawn))
        self.close()

    def close(self) -> None:
        """Look, and keep what waits for it."""
        self._keep_seen(self.look())

    def finish(self, seen: Seen) -> None:
        """Keep what still waits, after a last look."""
        self._keep_seen(seen)
        self.kept.stop()

    def _keep_seen(self, seen: Seen | None) -> None:
        if seen is None:
            return
        for batch in self._batches if seen.is_as_loaded else ():
            self.kept.keep(batch.requests, batch.answers, random=batch.random, looks=seen.looks)
        self._batches = []
        if not seen.is_as_loaded:
            self.kept.stop()


def told(answer: LogLikelihood) -> JsonValue:
    """A log-likelihood as JSON, which has no infinities."""
    number, is_greedy = answer
    return [float(number).hex(), bool(is_greedy)]


def understood(answer: JsonValue) -> LogLikelihood | None:
    """The same read back; `None` if it is none."""
    match answer:
        case [str(number), bool(is_greedy)]:
            try:
                return float.fromhex(number), is_greedy
            except (ValueError, OverflowError):
                return None
        case _:
            return None


def understood_tokens(answer: JsonValue) -> list[int] | None:
    """The tokens of an answer; `None` if they are none."""
    if not isinstance(answer, list):
        return None
    tokens = [token for token in answer if type(token) is int and 0 <= token < _MOST_TOKENS]
    return tokens if len(tokens) == len(answer) else None


def random_state() -> dict[str, str]:
    """States of what torch draws with, by device."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states |= {
            f"cuda:{number}": state for number, state in enumerate(torch.cuda.get_rng_state_all())
        }
    return {
        name: base64.b64encode(state.numpy().tobytes()).decode() for name, state in states.items()
    }


def restore(states: Mapping[str, str]) -> None:
    """Draw on from some states.

    Raises:
        RunError: They are none, so that answers might be drawn a second time.
    """
    for name, text in states.items():
        try:
            state = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.uint8)
            if name == "cpu":
                torch.set_rng_state(state)
            else:
                torch.cuda.set_rng_state(state, device=name)
        except (ValueError, RuntimeError) as error:
            raise RunError(
                f"expected a state of the random numbers of {name[:40]!r} in the answers of an "
                f"earlier attempt, found another; remove its {JOURNAL_NAME}, in the open"
            ) from error


def _digest(start: bytes, *tokens: Sequence[int]) -> str:
    digest = hashlib.sha256(start)
    for some in tokens:
        digest.update(b"\0")
        digest.update(array("q", some).tobytes())
    return digest.hexdigest()
