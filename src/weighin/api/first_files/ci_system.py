"""Who runs a check of what is recorded."""

from enum import StrEnum


class CiSystem(StrEnum):
    """Who runs it, by the name that `weighin init --ci` takes."""

    GITHUB = "github"
    GITLAB = "gitlab"
