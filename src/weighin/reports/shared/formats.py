"""The formats in which something is told. Apart, so that a command line is read quickly."""

from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """A format; what is told in each is made by the module of its name.

    Attributes:
        TEXT: For a person at a terminal.
        JSON: One document with a published schema.
        HTML: One file without a script.
        MARKDOWN: For a pull request, or a document.
        JUNIT: A test case for each rule and benchmark.
        SARIF: Version 2.1.0, for code scanning.
        GITHUB: Annotations of a workflow run.
        GITLAB: A code quality report.
        CSV: A table for a spreadsheet.
    """

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    CSV = "csv"


Formats = tuple[Format, ...]

EVERYWHERE: Final[Formats] = (Format.TEXT, Format.JSON)
"""What every command can tell."""
OF_A_DOCUMENT: Final[Formats] = (*EVERYWHERE, Format.HTML, Format.MARKDOWN)
"""What can be told of something that people read at length."""
OF_AN_ANSWER: Final[Formats] = tuple(Format)
"""What can be told of something that may fail a pull request."""
OF_ROWS: Final[Formats] = (*OF_A_DOCUMENT, Format.CSV)
"""What can be told of a list that people read at length."""
