import pytest

from weighin.extras import installing


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({}, "pip install"),
        ({"pyvenv.cfg": "home = /usr/bin\nversion = 3.12.3\n"}, "pip install"),
        ({"pyvenv.cfg": "home = /usr/bin\nuv = 0.9.1\n"}, "uv pip install"),
        ({"pyvenv.cfg": "uv = 0.9.1\n", "uv-receipt.toml": "[tool]\n"}, "uv tool install"),
        ({"pyvenv.cfg": "home = /usr\n", "pipx_metadata.json": "{}"}, "pipx install --force"),
    ],
)
def test_whoever_installed_weighin_is_told_in_their_own_words(tmp_path, files, command):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert installing("hf", tmp_path) == f"install weighin[hf]: {command} 'weighin[hf]'"
