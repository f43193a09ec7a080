"""What lies in a results store: records, commit markers and ledgers, each alone.

The content is a series of files, each begun by a line `--- NAME`, with the names of a store.
"""

import random

from tests.fuzz.file_series import mutated_series, split
from tests.fuzz.watching import only_reading

from weighin.errors import EvidenceError
from weighin.evidence.ledger.events import parsed
from weighin.evidence.store.commits import commit_of, record_of

_LONGEST_LEDGER = 200


def read(content: bytes) -> None:
    """Read each file as what its name says.

    Raises:
        WeighinError: One is refused, or there is none.
    """
    found = 0
    with only_reading():
        for name, text in split(content):
            match name:
                case b"record.json":
                    assert record_of(text, "record.json").model_dump_json()
                    found += 1
                case b"committed.json":
                    assert "/" not in commit_of(text, "committed.json").attempt_id
                    found += 1
                case b"ledger.jsonl":
                    lines = [parsed(line) for line in text.splitlines()[:_LONGEST_LEDGER]]
                    found += len([line for line in lines if line is not None])
    if not found:
        raise EvidenceError("expected a file of a store, found none")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A store of which one file is changed."""
    return mutated_series(content, chance)
