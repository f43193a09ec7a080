"""Exit codes by the command line: 0 met, 10 violated, 11 undecided, 2 usage, 3 bad input."""

import shutil

import pytest

pytestmark = pytest.mark.model


def test_a_run_that_meets_its_requirements_ends_with_0(
    weighin, write_requirements, tiny_checkpoint, tmp_path
):
    requirements = write_requirements(tiny_checkpoint)
    told = weighin("run", requirements, "--results", tmp_path / "results")
    assert told.code == 0, told.errors
    assert told.output.startswith("✓ MET")
    assert told.errors.splitlines()[:2] == [
        "weighin: loading tiny",
        "weighin: tiny_choice: started (1 of 2)",
    ]


def test_a_second_run_says_what_it_reuses(weighin, recorded):
    told = weighin("run", recorded.requirements, "--results", recorded.results)
    assert told.code == 0
    assert told.errors == (
        "weighin: tiny_choice: recorded already, reused\n"
        "weighin: tiny_rolling: recorded already, reused\n"
    )


def test_a_check_of_what_was_recorded_ends_with_0(weighin, recorded):
    assert weighin("check", recorded.requirements, recorded.results).code == 0


def test_altered_samples_end_with_10(weighin, recorded):
    samples = next(recorded.results.rglob("samples_tiny_choice*"))
    samples.write_bytes(samples.read_bytes().replace(b'"acc": 0.0', b'"acc": 1.0'))
    told = weighin("check", recorded.requirements, recorded.results)
    assert told.code == 10
    assert "records-intact" in told.output


def test_a_deleted_attempt_ends_with_10(weighin, recorded):
    shutil.rmtree(recorded.record.parent)
    assert weighin("check", recorded.requirements, recorded.results).code == 10


def test_no_evidence_at_all_ends_with_11(weighin, recorded, tmp_path):
    (tmp_path / "empty").mkdir()
    told = weighin("check", recorded.requirements, tmp_path / "empty")
    assert told.code == 11
    assert "every-benchmark-present" in told.output


def test_a_smoke_run_ends_with_12_and_a_check_of_it_with_11(weighin, recorded):
    new = recorded.results.parent / "new"
    told = weighin("run", recorded.requirements, "--results", new, "--only", "tiny_rolling")
    assert told.code == 12
    assert "PARTIAL" in told.output
    assert "the file was not judged" in told.output
    told = weighin("check", recorded.requirements, new)
    assert told.code == 11
    assert "there is no record (on tiny_choice)" in told.output
    for flags, code in (
        (["--exit-zero"], 0),
        (["--fail-on", "violated"], 0),
        (["--fail-on", "warning"], 11),
    ):
        assert weighin("check", recorded.requirements, new, *flags).code == code
    assert "--only tiny_choice" in told.output


def test_a_partial_run_never_ends_with_0(weighin, recorded, tmp_path):
    told = weighin("run", recorded.requirements, "--results", tmp_path / "new", "--samples", 5)
    assert told.code == 12
    assert "all-documents-scored" in told.output
    assert "5 of 24" in told.output
    again = weighin("check", recorded.requirements, tmp_path / "new")
    assert again.code in {10, 11}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "No such command 'chek'"),
        (["check"], "expected a requirements file, found none"),
        (["check", "{requirements}", "--jsn"], "No such option"),
        (["run", "{requirements}", "--samples", "0"], "greater than or equal to 1"),
        (["run", "{requirements}", "--samples", "many"], "a valid integer"),
        (["run", "{requirements}", "--only", "tiny_choise"], "requires tiny_choice, tiny_rolling"),
        (["explain", "same-wieghts"], "same-weights"),
        (["fingerprint"], "Missing argument"),
    ],
)
def test_a_wrong_call_ends_with_2(weighin, recorded, arguments, says):
    told = weighin(*(a.format(requirements=recorded.requirements) for a in arguments))
    assert told.code == 2
    assert says in told.errors
    assert told.output == ""


def test_a_requirements_file_that_is_missing_ends_with_3(weighin, tmp_path):
    for command in ("run", "check"):
        told = weighin(command, tmp_path / "none.yaml")
        assert told.code == 3
        assert told.errors == f"weighin: {tmp_path}/none.yaml: no such file; check the path\n"


def test_a_wrong_requirements_file_ends_with_3_and_every_line_of_the_problem(
    weighin, write_requirements, tmp_path
):
    requirements = write_requirements("ckpt", rest="    num_fewshots: 1\nevidense: measured\n")
    told = weighin("check", requirements, tmp_path)
    assert told.code == 3
    places = [line.split(": ")[1] for line in told.errors.splitlines()]
    assert places == [f"{requirements}:9:5", f"{requirements}:10:1"]
    assert told.errors.count("did you mean") == 2


def test_a_missing_checkpoint_ends_with_3_and_its_line(weighin, write_requirements, tmp_path):
    requirements = write_requirements("checkpoints/none")
    told = weighin("run", requirements, "--results", tmp_path / "results")
    assert told.code == 3
    assert f"{requirements}:4:" in told.errors
    assert "expected a checkpoint folder, found nothing at" in told.errors


def test_a_checkpoint_that_is_no_checkpoint_ends_with_3(weighin, write_requirements, tmp_path):
    (tmp_path / "ckpt").mkdir()
    told = weighin("run", write_requirements("ckpt"), "--results", tmp_path / "results")
    assert told.code == 3
    assert str(tmp_path / "ckpt") in told.errors


def test_a_task_that_does_not_exist_ends_with_3_and_what_may_be_meant(
    weighin, write_requirements, tiny_checkpoint, tmp_path
):
    requirements = write_requirements(tiny_checkpoint, benchmarks="  - task: tiny_choise\n")
    told = weighin("run", requirements, "--results", tmp_path / "results")
    assert told.code == 3
    assert f"{requirements}:7:" in told.errors
    assert "did you mean tiny_choice" in told.errors


def test_a_task_folder_that_does_not_exist_ends_with_3(
    weighin, write_requirements, tiny_checkpoint, tmp_path
):
    requirements = write_requirements(tiny_checkpoint)
    requirements.write_text(requirements.read_text().replace("/tiny/tasks", "/tiny/none"))
    told = weighin("run", requirements, "--results", tmp_path / "results")
    assert told.code == 3
    assert "expected a folder with task files, found nothing at" in told.errors


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"format":"weighin.record/9"}'])
def test_a_record_that_cannot_be_read_ends_with_3(weighin, recorded, damage):
    recorded.record.write_bytes(damage)
    for command in (("check", recorded.results), ("run", "--results", recorded.results)):
        told = weighin(command[0], recorded.requirements, *command[1:])
        assert told.code == 3
        assert str(recorded.record) in told.errors


def test_a_task_that_ends_the_process_ends_with_70(
    weighin, write_requirements, tiny_checkpoint, tmp_path
):
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    (tasks / "quits.py").write_text("import sys\ndef quit(**_): sys.exit(0)\n")
    (tasks / "quits.yaml").write_text(
        "task: quits\ncustom_dataset: !function quits.quit\ntest_split: test\n"
        "output_type: multiple_choice\ndoc_to_text: q\ndoc_to_choice: c\ndoc_to_target: a\n"
    )
    requirements = write_requirements(tiny_checkpoint, benchmarks="  - task: quits\n")
    requirements.write_text(requirements.read_text().replace("tasks: [", f"tasks: ['{tasks}', "))
    told = weighin("run", requirements, "--results", tmp_path / "results")
    assert told.code == 70
    assert "ended the process with 0, which is no verdict" in told.errors
