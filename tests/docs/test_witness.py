"""The page on the witness: its loop runs as it stands there; its commands run in `./run soak`."""

import re
from pathlib import Path

import pytest

from tests.making.places import DOCS
from tests.making.witness.harnesses import FILES, HARNESSES, NAME

PAGE = (DOCS / "witness.md").read_text(encoding="utf-8")


def test_each_harness_is_told_in_ten_lines_and_a_loop_in_fifteen() -> None:
    blocks = re.findall(r"<!-- harness: (\S+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in blocks] == [harness.name for harness in HARNESSES]
    assert all(len(text.splitlines()) <= 10 for _, text in blocks)
    assert sum(bool(line) for line in FILES["loop.py"].splitlines()) <= 15
    for harness in HARNESSES:
        assert harness.typed(NAME)


@pytest.mark.model
def test_the_loop_runs_as_it_stands(
    tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weighin.evidence.store import read_record
    from weighin.evidence.watched import WatchState
    from weighin.identity.facets import Facet, Grade

    (tmp_path / "my-model").symlink_to(tiny_checkpoint)
    monkeypatch.chdir(tmp_path)
    exec(compile(FILES["loop.py"], "loop.py", "exec"), {"__name__": "loop"})
    records = [read_record(path)[0] for path in (tmp_path / "results").rglob("record.json")]
    assert sorted(record.run.settings["step"] for record in records) == [0, 100, 200]
    assert {record.watch.state for record in records} == {WatchState.HELD}
    template = {record.observation(Facet.CHAT_TEMPLATE).grade for record in records}
    assert template == {Grade.MEASURED}
    weights = {str(record.observation(Facet.WEIGHTS).identifiers) for record in records}
    assert len(weights) == 3
