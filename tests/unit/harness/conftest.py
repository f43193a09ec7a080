"""The harness is the part that imports torch: whatever tests it is marked `model`."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("model")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Where they are deselected, they need not be imported either: that alone takes seconds."""
    return True if "not model" in config.getoption("markexpr") else None
