"""How far a benchmark is, told once a minute, and how long the rest may take."""

from dataclasses import dataclass

EVERY_SECONDS = 60.0
# What an earlier attempt had answered goes by at once: the rate is that of what comes then.
_SETTLED_SECONDS = 1.0
_MINUTE, _HOUR = 60, 3600


@dataclass(slots=True)
class Remaining:
    """The requests of one benchmark as they are answered.

    Attributes:
        started: When the first was told, in seconds of some clock.
    """

    started: float
    _total: int = 0
    _done: int = 0
    _base: tuple[float, int] | None = None
    _told: float = 0.0

    def __post_init__(self) -> None:
        """Wait a minute with the first line."""
        self._told = self.started

    def line(self, now: float, done: int, total: int) -> str:
        """What is to be told now; empty if nothing is.

        Args:
            now: Seconds of the same clock.
            done: Requests that are answered.
            total: Requests in all; 0 if that is not known.
        """
        if total != self._total or done < self._done:
            # Requests of another type begin.
            self.started, self._base = now, None
        self._total, self._done = total, done
        if self._base is None and now - self.started >= _SETTLED_SECONDS:
            self._base = now, done
        if now - self._told < EVERY_SECONDS or not total or done >= total:
            return ""
        self._told = now
        left = self._seconds_left(now)
        return f"{done} of {total} answered{'' if left is None else f', {in_words(left)} left'}"

    def _seconds_left(self, now: float) -> float | None:
        if self._base is None:
            return None
        since, before = self._base
        answered = self._done - before
        if now <= since or answered <= 0:
            return None
        return (now - since) / answered * (self._total - self._done)


def in_words(seconds: float) -> str:
    """A time that is not known closely: `about 3 min`."""
    if seconds < 1.5 * _MINUTE:
        return f"about {max(1, round(seconds))} s"
    if seconds < 1.5 * _HOUR:
        return f"about {round(seconds / _MINUTE)} min"
    return f"about {seconds / _HOUR:.1f} h"
