"""Every flag of a harness is known, and each is in one class: carried, harmless or left out."""

import importlib.util

import pytest

from weighin.sources.command_lines import lighteval
from weighin.sources.command_lines.flags import Flag, Takes, given_flags
from weighin.sources.command_lines.inspect import flags as inspect
from weighin.sources.command_lines.lm_eval import backends
from weighin.sources.command_lines.lm_eval import flags as lm_eval


@pytest.mark.parametrize("table", [lm_eval, inspect, lighteval], ids=lambda t: t.__name__)
def test_every_flag_is_in_one_class_and_has_a_reason(table):
    names = [flag.name for flag in table.FLAGS]
    classes = [table.CARRIED, frozenset(table.HARMLESS), frozenset(table.LEFT_OUT)]
    assert len(set(names)) == len(names)
    assert sum(map(len, classes)) == len(names)
    assert frozenset().union(*classes) == set(names)
    assert all(why for whys in (table.HARMLESS, table.LEFT_OUT) for why in whys.values())


def taken(nargs: object) -> Takes:
    return {0: Takes.NOTHING, None: Takes.ONE, "?": Takes.MAY_TAKE_ONE, "+": Takes.SOME}[nargs]


@pytest.mark.model
def test_the_flags_of_lm_eval_are_those_of_its_own_parser():
    import argparse

    from lm_eval._cli.run import Run

    parser = Run(argparse.ArgumentParser().add_subparsers())._parser
    own = {
        Flag(
            action.option_strings[0],
            taken(action.nargs),
            tuple(action.option_strings[1:]),
        )
        for action in parser._actions
        if action.dest != "help"
    }
    # `-m` is of versions before it.
    known = {
        Flag(flag.name, flag.takes, tuple(o for o in flag.others if o != "-m"))
        for flag in lm_eval.FLAGS
    }
    assert own == known


@pytest.mark.model
def test_every_backend_of_lm_eval_is_known():
    import lm_eval.models
    from lm_eval.api.registry import model_registry

    assert lm_eval.models
    known = {*backends.TRANSFORMERS, *backends.OTHER_ENGINES, *backends.SERVED, *backends.REFUSED}
    assert set(model_registry) - known == set()


@pytest.mark.skipif(not importlib.util.find_spec("inspect_ai"), reason="needs inspect_ai")
def test_the_flags_of_inspect_are_those_of_its_own_parser():
    from inspect_ai._cli.main import inspect as command

    own = {
        name
        for parameter in command.commands["eval"].params
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert own == {name for flag in inspect.FLAGS for name in (flag.name, *flag.others)}


@pytest.mark.skipif(not importlib.util.find_spec("lighteval"), reason="needs lighteval")
@pytest.mark.parametrize("backend", ["accelerate", "vllm", "sglang"])
def test_the_flags_of_lighteval_are_known(backend):
    import typer
    from lighteval.__main__ import app

    own = {
        name
        for parameter in typer.main.get_command(app).commands[backend].params
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert own - {flag.name for flag in lighteval.FLAGS} == set()


def test_a_flag_may_be_shortened_where_its_parser_allows_it():
    (found,), rest = given_flags(["--num_few", "5"], lm_eval.FLAGS, abbreviates=True)
    assert (found.name, found.values, rest) == ("--num_fewshot", ("5",), [])
    found, rest = given_flags(["--num_few", "5"], lm_eval.FLAGS, abbreviates=False)
    assert (found, rest) == ([], ["--num_few", "5"])
