"""Reports in headless Chromium: what a reader meets, by axe-core, the network and the window."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.browser.pages import PAGES
from tests.making.places import ROOT, TESTS
from tests.making.reports.builders import swapped_verdict

from weighin.reports.page.html import document
from weighin.reports.verdict.page import verdict_page

LOOK = TESTS / "browser" / "look.mjs"
MODULES = TESTS / "node" / "node_modules"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LARGEST_BYTES = 300_000
FOLD = 600

pytestmark = [
    pytest.mark.child,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="chromium is not installed"),
    pytest.mark.skipif(
        not (MODULES / "playwright-core").is_dir(), reason="./run setup has not been run"
    ),
]


def seen(file):
    """What a reader meets in a file; printed, too."""
    command = ["node", str(LOOK), str(MODULES), CHROMIUM, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    found = {scheme: len(violations) for scheme, violations in told["axe"].items()}
    print(f"{told['file']}: {told['bytes']:,} bytes; violations {found}")
    print(f"  requests {told['requests']}, console {told['console']}, wider {told['overflow']}")
    for width, words in told["fold"].items():
        print(f"  above the fold at {width} px: {words[:FOLD]}")
    return told


def assert_is_fit_to_read(told, answer):
    assert told["axe"] == {"light": [], "dark": []}
    assert (told["requests"], told["console"]) == ([], [])
    assert told["overflow"] == {"1280": 0, "375": 0, "print": 0}
    assert told["folded"] == 0
    assert told["bytes"] < LARGEST_BYTES
    for words in told["fold"].values():
        assert answer in " ".join(words.split())


def test_a_verdict_is_fit_to_read(tmp_path):
    file = tmp_path / "swapped.html"
    file.write_text(document(verdict_page(swapped_verdict())))
    assert_is_fit_to_read(seen(file), "No. demo_opposites was not scored with the same weights")


@pytest.mark.soak
@pytest.mark.parametrize("name", PAGES)
def test_every_kind_of_report_is_fit_to_read(name, tmp_path, monkeypatch):
    # The demo's evidence is named relative to the repository.
    monkeypatch.chdir(ROOT)
    page = PAGES[name](tmp_path)
    if page is None:
        pytest.skip("the public files are not at hand")
    file = tmp_path / f"{name}.html"
    file.write_text(document(page))
    assert page.guide.answer is not None
    assert_is_fit_to_read(seen(file), page.guide.answer.answer.text)
