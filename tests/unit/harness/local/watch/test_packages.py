"""Whose code a function is, wherever Python finds the package."""

import sys

import pytest

from weighin.harness.local.watch import function_code as functions

pytestmark = pytest.mark.model


@pytest.fixture
def portable():
    """Names files by their packages, asking anew where these lie."""

    def name(path):
        functions._folders.cache_clear()
        functions._portable.cache_clear()
        return functions._portable(str(path))

    yield name
    functions._folders.cache_clear()
    functions._portable.cache_clear()


def test_packages_of_a_borrowed_environment_are_known_where_pip_installed_them(
    tmp_path, monkeypatch, portable
):
    file = tmp_path / "torch" / "nn.py"
    file.parent.mkdir()
    file.touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert portable(file) == "nn.py"
    (tmp_path / "torch-2.13.0.dist-info").mkdir()
    assert portable(file) == "torch/nn.py"
