"""Two results folders put together: their ledgers are read one by one, or one behind the other."""

import shutil
from pathlib import Path

import pytest
from tests.making.runs.stores import finished

from weighin.evidence.ledger import LEDGER_NAME, Ledger, read_ledger
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.collecting.paths import find_files


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two results folders, each with a run and two attempts of one benchmark."""
    made = (tmp_path / "one", tmp_path / "two")
    for folder in made:
        run_id = f"run-of-{folder.name}"
        Ledger(folder, run_id=run_id, model="tiny").append("run-started")
        for _ in range(2):
            finished(folder, run_id=run_id)
    return made


def put_together(one: Path, two: Path) -> Path:
    """The attempts of both, with the ledger of the first."""
    both = Path(shutil.copytree(one, one.parent / "both"))
    for record in two.rglob("record.json"):
        attempt = record.parent
        shutil.copytree(attempt, both / attempt.relative_to(two), dirs_exist_ok=True)
    return both


def problems(folder: Path) -> list[str]:
    return [f"{broken.file}: {broken.found}" for broken in read_evidence([folder]).broken_files]


def test_ledgers_beside_each_other_are_a_chain_each(folders):
    both = put_together(*folders)
    assert read_evidence([both]).unvouched_attempts != frozenset()
    shutil.copy(folders[1] / LEDGER_NAME, both / "ledger-two.jsonl")

    evidence = read_evidence([both])

    assert (problems(both), evidence.unvouched_attempts) == ([], frozenset())
    assert len(evidence.finished_attempts) == 4


def test_ledgers_behind_each_other_are_a_chain_each_and_are_told(folders):
    both = put_together(*folders)
    with (both / LEDGER_NAME).open("ab") as ledger:
        ledger.write((folders[1] / LEDGER_NAME).read_bytes())

    evidence = read_evidence([both])

    assert (problems(both), evidence.unvouched_attempts) == ([], frozenset())
    assert any("begins another ledger" in note for note in evidence.notes)
    Ledger(both, run_id="a-later-run", model="tiny").append("run-started")
    assert problems(both) == []


@pytest.mark.parametrize("name", [LEDGER_NAME, "ledger-two.jsonl"])
def test_a_line_that_was_removed_from_either_is_a_break(folders, name):
    both = put_together(*folders)
    shutil.copy(folders[1] / LEDGER_NAME, both / "ledger-two.jsonl")
    lines = (both / name).read_bytes().splitlines(keepends=True)
    (both / name).write_bytes(b"".join(lines[:1] + lines[2:]))

    assert [line.partition(": ")[0] for line in problems(both)][:1] == [str(both / name)]


def test_a_removed_head_of_what_was_put_behind_is_a_break(folders):
    both = put_together(*folders)
    lines = (folders[1] / LEDGER_NAME).read_bytes().splitlines(keepends=True)
    with (both / LEDGER_NAME).open("ab") as ledger:
        ledger.write(b"".join(lines[1:]))

    assert problems(both) != []


def test_a_ledger_put_behind_itself_is_told_and_counts_once(folders):
    path = folders[0] / LEDGER_NAME
    path.write_bytes(path.read_bytes() * 2)

    evidence = read_evidence([folders[0]])

    assert (problems(folders[0]), len(evidence.finished_attempts)) == ([], 2)
    assert evidence.notes == (f"{path}: 5 events of it stand in this store twice, and count once",)


@pytest.mark.parametrize("name", [LEDGER_NAME, "ledger-two.jsonl"])
def test_line_ends_of_windows_change_nothing(folders, name):
    path = folders[0] / LEDGER_NAME
    path.rename(folders[0] / name)
    path = folders[0] / name
    before = read_ledger(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_ledger(path) == before
    assert problems(folders[0]) == []
    Ledger(folders[0], run_id="a-later-run", model="tiny").append("run-started")
    assert problems(folders[0]) == []


def test_the_last_line_without_its_end_may_have_half_of_one(folders):
    path = folders[0] / LEDGER_NAME
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")[:-1])
    Ledger(folders[0], run_id="a-later-run", model="tiny").append("run-started")

    assert (read_ledger(path).breaks, read_ledger(path).torn) == ((), ())


def test_a_ledger_under_a_name_of_its_own_is_no_file_of_an_unknown_format(folders):
    path = folders[0] / LEDGER_NAME
    path.rename(folders[0] / "ledger-2026-01_b.jsonl")

    found = find_files([folders[0]])
    assert any(file.name.startswith("ledger-") for file in found.others)
    assert read_evidence([folders[0]]).unvouched_attempts == frozenset()


def with_line_ends_of_windows(folder: Path) -> int:
    """Change them in every file of text; the number of files that had any."""
    changed = 0
    for path in (*folder.rglob("*.json"), *folder.rglob("*.jsonl")):
        content = path.read_bytes()
        path.write_bytes(content.replace(b"\n", b"\r\n"))
        changed += b"\n" in content
    return changed


def test_a_checkout_with_line_ends_of_windows_is_whole(folders):
    assert with_line_ends_of_windows(folders[0]) > 2
    evidence = read_evidence([folders[0]])
    assert (problems(folders[0]), evidence.unvouched_attempts) == ([], frozenset())


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_another_value_is_told_whatever_ends_the_lines(folders, end):
    path = min(folders[0].rglob("samples_*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b"1.0", b"0.0").replace(b"\n", end))
    (told,) = problems(folders[0])
    assert told.startswith(str(path))


def test_an_end_of_a_line_that_was_added_is_told(folders):
    path = min(folders[0].rglob("samples_*.jsonl"))
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert len(problems(folders[0])) == 1
