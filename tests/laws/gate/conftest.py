"""Fixtures of this room."""

import pytest
from tests.making.command_line import weighin  # noqa: F401  # a fixture
from tests.making.github.pull_request import PullRequest


@pytest.fixture
def pull_request(tmp_path):
    return PullRequest(tmp_path)
