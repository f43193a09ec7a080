"""What a log holds of single documents: as each was asked, and what came out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.identity.facets import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDocument:
    """One answer to one document.

    Attributes:
        task: The task or sub-task that asked.
        name: Id of the document in the task, as its harness counts or names it.
        digest: Of what was asked about, whatever the prompt; empty if the log does not hold that.
        scheme: What computed the digest: two are comparable only within one.
        prompt: The text that was asked, with the choices if there are some; `None` if it is not
            logged.
        answer: The text that came out, or the choice; `None` if it is not logged.
        scores: Finite scores by metric and filter.
        repeat: Number of the answer where a document was asked several times.
    """

    task: str
    name: str
    digest: str = ""
    scheme: str = ""
    prompt: str | None = None
    answer: str | None = None
    scores: Mapping[tuple[str, str], float]
    repeat: int = 0


Documents = Callable[[], Iterator[LoggedDocument]]
"""Reads them one by one, each time anew; nothing of a file that cannot be read."""


def no_documents() -> Iterator[LoggedDocument]:
    """What is known of single documents where nothing is."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedTexts:
    """What a log holds in full of which a record has a digest.

    Attributes:
        configurations: Configuration of each task by its name, as its harness wrote it.
        facets: Text of a facet, such as a chat template.
    """

    configurations: Mapping[str, JsonValue]
    facets: Mapping[Facet, str]


def no_texts() -> LoggedTexts:
    """What is known in full where nothing is."""
    return LoggedTexts(configurations={}, facets={})
