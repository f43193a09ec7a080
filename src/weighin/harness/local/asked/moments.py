"""The moments of a benchmark between which its answers are made, and how many were made."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field


@dataclass(slots=True)
class Moments:
    """What happens at the first call of a model and after its last answer.

    Attributes:
        to_come: Request types of lm-eval that have not been answered yet.
        on_first: Called before the first request.
        on_last: Called after the last answer, before anything is scored; again if a call of a
            type that was not expected follows.
        answering: Surrounds each call of the model, which it is given with the most passes that
            the call may take.
        requests: Requests by type, as the harness made them.
        answers: Answers by type, as they came out of the model.
    """

    to_come: set[str]
    on_first: Callable[[], None]
    on_last: Callable[[], None]
    answering: Callable[[object, int], AbstractContextManager[None]] = lambda _model, _passes: (
        nullcontext()
    )
    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def asked(self, request_type: str, number: int) -> Iterator[None]:
        """Surrounds the answers to all requests of one type."""
        if not self.requests:
            self.on_first()
        self.requests[request_type] += number
        yield
        self.to_come.discard(request_type)
        if not self.to_come:
            self.on_last()

    def answered(self, request_type: str, number: int) -> None:
        """Count answers."""
        self.answers[request_type] += number

    def problem(self, taken: Mapping[str, int]) -> str:
        """Why the answers cannot be those of the model; empty if they can.

        Args:
            taken: Answers by type that an earlier attempt had given.
        """
        if not self.requests:
            return "no request reached the model"
        for request_type, asked in self.requests.items():
            found = self.answers[request_type]
            if found + taken.get(request_type, 0) != asked:
                return f"{found} answers of the model to {asked} requests of {request_type}"
        return ""
