"""Answers that an attempt has got so far, kept beside it, so that an interruption loses none.

    <attempt>/answers.jsonl      its first line says who answers, each further one what

Nothing of it is a record. A later attempt at the same job takes answers from there if whoever gave
them held the same as it does itself, and its record says which.
"""

from weighin.evidence.store.journals.earlier import (
    answers_kept,
    discard_journals,
    discard_recorded,
)
from weighin.evidence.store.journals.keeping import AnswersKept, Found, Held
from weighin.evidence.store.journals.lines import JOURNAL_FORMAT, Request
from weighin.evidence.store.journals.reading import Journal, read_journal

__all__ = [
    "JOURNAL_FORMAT",
    "AnswersKept",
    "Found",
    "Held",
    "Journal",
    "Request",
    "answers_kept",
    "discard_journals",
    "discard_recorded",
    "read_journal",
]
