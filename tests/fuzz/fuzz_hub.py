"""What a hub answers of a revision, and what is kept of it in a cache.

The content is JSON: `info` and `pages`, the answers, and `cached`, a list as it is kept.
"""

import random
from collections.abc import Iterator

from pydantic import JsonValue
from tests.fuzz.json_values import mutated_json
from tests.fuzz.watching import only_reading

from weighin.errors import EvidenceError
from weighin.files.canonical import strict_json
from weighin.identity.published.revision import HubReference
from weighin.sources.hub.listing import cached_files, listed_revision
from weighin.sources.hub.requests import Hub

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class _Answers(Hub):
    """A hub that answers what it is given."""

    def json_pages(self, path: str, query: str, what: str) -> Iterator[JsonValue]:
        """The answers for a description or a tree, in place of those of a network."""
        del query, what
        if "/tree/" not in path:
            yield _ANSWERS.get("info")
            return
        pages = _ANSWERS.get("pages")
        yield from pages if isinstance(pages, list) and pages else [pages]


_ANSWERS: dict[str, JsonValue] = {}


def read(content: bytes) -> None:
    """List a revision from its answers, and from its cache.

    Raises:
        WeighinError: The answers contradict each other, or are none.
    """
    with only_reading():
        try:
            answers = strict_json(content)
        except ValueError as error:
            raise EvidenceError(f"expected strict JSON, found: {error}") from error
        if not isinstance(answers, dict):
            raise EvidenceError("expected answers, found none")
        _ANSWERS.clear()
        _ANSWERS.update(answers)
        reference = HubReference(repository="org/model", revision=COMMIT)
        hub = _Answers(endpoint="https://hub.invalid", timeout_seconds=1)
        listing = listed_revision(hub, reference)
        cached = cached_files(answers.get("cached"), "cache")
    assert listing.commit == COMMIT
    for files in (listing.files, cached):
        names = [file.path for file in files]
        assert names == sorted(set(names))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Answers changed as JSON."""
    return mutated_json(content.decode(), chance).encode("utf-8", "surrogatepass")
