"""Keeps lm-eval and what it calls from writing to the terminal: that is the command line's."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from io import StringIO

import datasets
import lm_eval.evaluator
import lm_eval.loggers.utils
from transformers.utils import logging as transformers_logging

from weighin.log import Printed, is_kept, listening


@contextmanager
def quiet() -> Iterator[None]:
    """Silence lm-eval, transformers, accelerate and datasets while the context lasts.

    Errors still come out, as exceptions; what else they say is in the log, if one is kept. What
    lm-eval finds out about the machine by a dozen subprocesses for every benchmark is found out
    once, and without their complaints.
    """
    logs = [logging.getLogger(name) for name in ("lm_eval", "accelerate")]
    saved_levels = [log.level for log in logs]
    saved_verbosity = transformers_logging.get_verbosity()
    showed_bars = transformers_logging.is_progress_bar_enabled()
    # Where the environment decides, datasets only warns.
    showed_datasets_bars = (
        datasets.config.HF_DATASETS_DISABLE_PROGRESS_BARS is None
        and not datasets.are_progress_bars_disabled()
    )
    evaluator = lm_eval.evaluator
    saved_functions = (evaluator.add_env_info, evaluator.get_git_commit_hash)
    for log in logs:
        log.setLevel(logging.ERROR)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    if showed_datasets_bars:
        datasets.disable_progress_bars()
    evaluator.add_env_info = lambda storage: storage.update(_environment())
    evaluator.get_git_commit_hash = _git_hash
    try:
        with redirect_stdout(_output()), listening():
            yield
    finally:
        evaluator.add_env_info, evaluator.get_git_commit_hash = saved_functions
        for log, level in zip(logs, saved_levels, strict=True):
            log.setLevel(level)
        transformers_logging.set_verbosity(saved_verbosity)
        if showed_bars:
            transformers_logging.enable_progress_bar()
        if showed_datasets_bars:
            datasets.enable_progress_bars()


def _output() -> StringIO | Printed:
    """What takes the place of standard output."""
    return Printed() if is_kept() else StringIO()


@cache
def _environment() -> dict[str, object]:
    found: dict[str, object] = {}
    _without_stderr(lambda: lm_eval.loggers.utils.add_env_info(found))
    return found


@cache
def _git_hash() -> str | None:
    found: list[str | None] = []
    _without_stderr(lambda: found.append(lm_eval.loggers.utils.get_git_commit_hash()))
    return found[0]


def _without_stderr(call: Callable[[], object]) -> None:
    """Call with file descriptor 2 closed to subprocesses: git complains outside a repository."""
    sys.stderr.flush()
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        call()
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)
