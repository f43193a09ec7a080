"""`--log-file` and `--debug`: what happened, what libraries said, and no secret."""

import re

import pytest
from tests.making.places import TINY_TASKS

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) +[\w.]+: ")
TOKEN = "hf_" + "abcdefghij" * 3


@pytest.fixture
def asked(tiny_checkpoint, tmp_path, monkeypatch):
    """A requirements file of a task that prints, logs and warns."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    (tasks / "loud.py").write_text(
        "import logging, os, warnings\n"
        "from datasets import Dataset\n"
        "def documents(**_):\n"
        "    print('printed by a task, with ' + os.environ['HF_TOKEN'])\n"
        "    print('bar 1\\rbar 2\\x1b[2J')\n"
        "    logging.getLogger('lm_eval').info('at https://me:pass@host/?token=abc')\n"
        "    if os.environ.get('FAIL'):\n"
        "        raise ValueError('of the task: ' + os.environ['HF_TOKEN'])\n"
        "    document = {'question': 'q', 'choices': ['a', 'b'], 'answer': 0}\n"
        "    return {'test': Dataset.from_list([document])}\n"
    )
    (tasks / "loud.yaml").write_text(
        "task: loud\ncustom_dataset: !function loud.documents\ntest_split: test\n"
        "output_type: multiple_choice\ndoc_to_text: '{{question}}'\ndoc_to_choice: choices\n"
        "doc_to_target: answer\nmetric_list: [{metric: acc}]\n"
    )
    file = tmp_path / "r.yaml"
    file.write_text(
        f"weighin: 1\nmodel: {{name: tiny, checkpoint: '{tiny_checkpoint}'}}\n"
        f"tasks: ['{tasks}', '{TINY_TASKS}']\nbenchmarks: [{{task: loud}}]\n"
    )
    return file


@pytest.mark.model
def test_a_run_is_told_line_by_line_with_its_time_and_without_secrets(weighin, asked, tmp_path):
    log = tmp_path / "run.log"
    line = ("run", asked, "--results", tmp_path / "results")
    told = weighin(*line, "--log-file", log)
    assert told.code == 0, told.errors
    text = log.read_text()
    assert all(LINE.match(one) for one in text.splitlines())
    for said in (
        "weighin: printed: printed by a task, with [masked]",
        "printed: bar 2<U+001B>[2J",
        "lm_eval: at https://[masked]@host/?[masked]",
        "weighin: loud: started",
        "weighin: loud: recorded as attempt ",
    ):
        assert said in text
    assert " DEBUG " not in text
    assert TOKEN not in text
    # What is told to people is what it was, but for what depends on times.
    plain = weighin("run", asked, "--results", tmp_path / "others")
    without_times = [
        re.sub(r"\d+ s\n|.*reading the files.*\n", "", one.errors) for one in (told, plain)
    ]
    assert without_times[0] == without_times[1]
    assert log.read_text() == text


@pytest.mark.model
def test_a_handled_error_leaves_its_traceback(weighin, asked, tmp_path, monkeypatch):
    monkeypatch.setenv("FAIL", "1")
    log = tmp_path / "run.log"
    line = ("plan", asked)
    plain = weighin(*line)
    told = weighin(*line, "--log-file", log)
    assert (told.code, told.errors) == (plain.code, plain.errors)
    assert told.code == 3
    text = log.read_text()
    assert all(LINE.match(one) for one in text.splitlines())
    assert "Traceback (most recent call last):" in text
    assert "ValueError: of the task: [masked]" in text
    assert "RunError: " in text
    assert TOKEN not in text


def test_debug_alone_tells_it_on_standard_error(capfd, monkeypatch, tmp_path):
    import sys

    from weighin.cli.application import run_application

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["weighin", "plan", "gone.yaml", "--debug"])
    assert run_application() == 3
    output, errors = capfd.readouterr()
    assert output == ""
    assert "Traceback" in errors
    assert errors.splitlines()[-1] == "weighin: gone.yaml: no such file; check the path"
    monkeypatch.setattr(sys, "argv", ["weighin", "plan", "gone.yaml"])
    assert run_application() == 3
    assert capfd.readouterr().err == "weighin: gone.yaml: no such file; check the path\n"


def test_a_log_goes_on(weighin, tmp_path):
    log = tmp_path / "a.log"
    log.write_text("before\n")
    for _ in range(2):
        assert weighin("plan", "gone.yaml", "--log-file", log).code == 3
    lines = log.read_text().splitlines()
    assert lines[0] == "before"
    assert sum("weighin: no answer" in line for line in lines) == 2


@pytest.mark.parametrize(
    ("place", "code"), [("file/x.log", 2), ("gone/x.log", 2), ("folder", 2), ("r.yaml", 2)]
)
def test_a_log_that_cannot_be_kept_is_told_before_anything_is_done(
    weighin, tmp_path, monkeypatch, place, code
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "r.yaml").write_text("weighin: 1\n")
    told = weighin("run", "r.yaml", "--log-file", place)
    assert told.code == code
    assert place in told.errors
    assert (tmp_path / "r.yaml").read_text() == "weighin: 1\n"
    assert not (tmp_path / "results").exists()


def test_a_full_disk_ends_the_log_and_nothing_else(weighin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = weighin("plan", "gone.yaml", "--log-file", "/dev/full")
    assert told.code == 3
    assert told.errors.count("the log ends here") == 1
    assert told.errors.splitlines()[-1].endswith("no such file; check the path")
