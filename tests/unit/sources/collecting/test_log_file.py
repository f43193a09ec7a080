"""What a run printed is no second run beside its log."""

from pathlib import Path

from tests.making.logs import lm_eval

from weighin.sources.collecting.evidence import read_evidence

HEADING = "|Tasks|Version|Filter|n-shot|Metric|   |Value |   |Stderr|\n" + "|---" * 9 + "|\n"


def printed(folder: Path, value: str, name: str = "run.log") -> Path:
    path = folder / name
    path.write_text(f"{HEADING}|arc|1|none|25|acc|↑|{value}|±|0.0100|\n")
    return path


def log(folder: Path) -> Path:
    document = lm_eval.modern()
    document["results"]["arc"]["acc,none"] = 0.745982
    return lm_eval.written(document, folder / "org__model")


def test_a_print_beside_its_log_is_passed_over_and_said(tmp_path: Path):
    written, text = log(tmp_path), printed(tmp_path, "0.7460")
    evidence = read_evidence([tmp_path])
    assert [r.origin.file for r in evidence.records] == [str(written)]
    assert evidence.notes == (f"{text}: passed over, for it prints what {written} tells",)


def test_a_print_of_another_run_is_read(tmp_path: Path):
    log(tmp_path)
    printed(tmp_path, "0.7461")
    assert len(read_evidence([tmp_path]).records) == 2


def test_a_print_alone_is_read(tmp_path: Path):
    printed(tmp_path, "0.7460")
    (record,) = read_evidence([tmp_path]).records
    assert record.scores[0].value == 0.746
