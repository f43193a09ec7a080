"""The workflow by which CI judges what is recorded, for the requirements file that was written."""

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighin.api.first_files.ci_system import CiSystem
from weighin.errors import UsageError
from weighin.files.yaml.written import as_yaml

_RESULTS: Final = "results"
_GITHUB: Final = """\
name: scorecard
on:
  pull_request:
  push:
    branches: [main]

permissions: {}

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true

jobs:
  weighin:
    name: One checkpoint on every benchmark
    runs-on: ubuntu-latest
    permissions:
      contents: read # to check out the repository
      security-events: write # for `sarif`, code scanning
      pull-requests: write # for `comment`
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: OWNER/weighin@<40-hex commit>
        with:
          requirements: {requirements}
          evidence: {evidence}
"""
_ACTION: Final = "      - uses: OWNER/weighin@<40-hex commit>\n"
# In the environment of the harness: weighin is imported where the model is.
_WITNESSED: Final = """\
      - run: >-
          python3 -m pip install HARNESS
          "weighin @ git+https://github.com/OWNER/weighin@<40-hex commit>"
      - run: {command}
"""
_GITLAB: Final = """\
include:
  - component: $CI_SERVER_FQDN/GROUP/weighin/check@0.1.0
    inputs:
      package: weighin @ git+https://$CI_SERVER_FQDN/GROUP/weighin@0.1.0
      requirements: {requirements}
      evidence: {evidence}
"""
_OF_GITLAB: Final = Path(".gitlab-ci.yml")
_PART_OF_GITLAB: Final = Path(".gitlab", "weighin.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A file that CI reads.

    Attributes:
        place: Where it lies in a repository.
        content: All of it.
        to_fill: Lines, from 1, that wait for a value, with what to write there.
    """

    place: Path
    content: bytes
    to_fill: tuple[tuple[int, str], ...]


def workflow_for(
    ci: CiSystem, requirements: Path, logs: str, scoring: Sequence[str] = ()
) -> Workflow:
    """The workflow that judges what is recorded by a requirements file.

    Args:
        ci: Who runs it.
        requirements: The requirements file, in the repository whose root is the current folder.
        logs: Where the logs are that are judged; empty for what weighin itself records.
        scoring: The command that scores before the check; empty for none.

    Raises:
        UsageError: The requirements file lies in no folder of the repository.
    """
    place = os.path.normpath(requirements)
    if os.path.isabs(place) or place.startswith(os.pardir):  # noqa: PTH117  # a text, as it was typed
        raise UsageError(
            f"--ci: expected the requirements file in the current folder, the root of the "
            f"repository, found {requirements}; run it there, with --output in it"
        )
    places = {"{requirements}": Path(place).as_posix(), "{evidence}": logs or _RESULTS}
    command = shlex.join(scoring)
    for each in (*places.values(), command):
        if "$" in each:
            # An expression there would be filled in with what the runner knows, secrets too.
            raise UsageError(f"--ci: expected a path without a $, found {each}; name another")
    values = {sign: as_yaml(each) for sign, each in places.items()}
    values["{command}"] = as_yaml(command)
    if ci is CiSystem.GITHUB:
        template = _GITHUB if not command else _GITHUB.replace(_ACTION, f"{_WITNESSED}{_ACTION}")
        where = Path(".github", "workflows", "weighin.yml")
        what = "write the owner of the repository that holds weighin's action, and its commit"
        harness = "install the harness, and weighin with it, in the environment that scores"
        return _workflow(template, where, values, {"pip install": harness, "OWNER/": what})
    if command:
        raise UsageError("--ci gitlab: expected no --witness; write the job that scores by hand")
    steps = {"component:": "write the group that holds weighin, and its version"}
    steps["package:"] = "write what pip installs: the same group and version, or a wheel"
    where = _OF_GITLAB
    if _OF_GITLAB.exists():
        where = _PART_OF_GITLAB
        steps["include:"] = f"add `include: [{{local: /{where.as_posix()}}}]` to {_OF_GITLAB}"
    return _workflow(_GITLAB, where, values, steps)


def _workflow(
    template: str, place: Path, values: dict[str, str], steps: dict[str, str]
) -> Workflow:
    # At once: a path may be called as a place of the template is.
    signs = re.compile("|".join(map(re.escape, values)))
    text = signs.sub(lambda found: values[found[0]], template)
    to_fill = [
        (number, what)
        for number, line in enumerate(template.splitlines(), 1)
        for sign, what in steps.items()
        if sign in line
    ]
    return Workflow(place=place, content=text.encode(), to_fill=tuple(to_fill))
