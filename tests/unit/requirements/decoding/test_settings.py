"""Settings of decoding: every key is known with its sort of value, or refused by name."""

from collections.abc import Callable

import pytest

from weighin.requirements.decoding.effective import effective, in_words
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import (
    OPENAI,
    REFUSED,
    TRANSFORMERS,
    ComparedWith,
    Holds,
    Setting,
    Under,
)

TABLES = {"transformers": TRANSFORMERS, "openai": OPENAI}
# A value of each sort, and one that means something else; neither is a default of any setting.
VALUES = {
    Holds.NUMBER: (0.25, 0.75),
    Holds.WHOLE_NUMBER: (3, 4),
    Holds.ONE_ID: (3, 4),
    Holds.SWITCH: (True, False),
    Holds.SWITCH_OR_NEVER: (True, "never"),
    Holds.TEXT: ("low", "high"),
    Holds.TEXTS: (["\n\n"], "."),
    Holds.ID_OR_IDS: ([7, 8], 7),
    Holds.ID_LIST: ([7, 8], [7]),
    Holds.BIASES: ([[[7, 8], -1.5]], [[[7], 2]]),
    Holds.BIAS_BY_ID: ({"7": -1.5}, {"7": -100}),
    Holds.PHRASES: ([[7], [8, 9]], [[7]]),
    Holds.PAIR: ([5, 1.5], [6, 1.5]),
}
OTHER_SORTS = ({"a": 1}, float, [[["deep"]]], [{"a": 1}])


def each(where: Callable[[Setting], bool]) -> pytest.MarkDecorator:
    """Every setting of every table of which something holds."""
    found = [(n, k) for n, table in TABLES.items() for k, held in table.items() if where(held)]
    assert found
    return pytest.mark.parametrize(("table", "key"), found)


EVERY = each(lambda _: True)
WITH_EFFECT = {"do_sample": True, "temperature": 0.9, "num_beams": 2}


@EVERY
def test_a_known_setting_takes_its_sort_of_value_and_no_other(table, key):
    setting = TABLES[table][key]
    for value in VALUES[setting.holds]:
        assert list(refusals({key: value}, TABLES[table])) == []
    for value in OTHER_SORTS:
        ((named, why),) = refusals({key: value}, TABLES[table])
        assert named == key
        assert f"expected {setting.holds}" in why


@EVERY
def test_no_value_is_refused_and_the_way_out_is_to_remove_the_key(table, key):
    assert list(refusals({key: None}, TABLES[table])) == [
        (key, "no value; write one or remove the key")
    ]


@each(lambda setting: setting.least is not None)
def test_a_number_below_the_least_is_refused(table, key):
    least = TABLES[table][key].least
    assert list(refusals({key: least}, TABLES[table])) == []
    ((named, why),) = refusals({key: least - 1}, TABLES[table])
    assert (named, why) == (key, f"expected at least {least:g}, found whole number {least - 1}")


@each(lambda setting: setting.most is not None)
def test_a_share_above_one_is_refused(table, key):
    most = TABLES[table][key].most
    assert list(refusals({key: most}, TABLES[table])) == []
    ((named, why),) = refusals({key: most + 1}, TABLES[table])
    assert (named, why.partition(",")[0]) == (key, f"expected at most {most:g}")


def test_no_key_is_both_known_to_be_harmless_and_refused():
    assert set(TRANSFORMERS) & set(REFUSED) == set(OPENAI) & set(REFUSED) == set()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("key", REFUSED)
def test_a_setting_with_power_is_refused_with_its_reason(table, key):
    assert list(refusals({key: 1}, table)) == [(key, f"refused: {REFUSED[key]}")]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_key_that_nobody_knows_is_refused_and_the_nearest_is_named(table):
    ((key, why),) = refusals({"temprature": 0.5}, table)
    assert key == "temprature"
    assert "did you mean temperature?" in why


@each(lambda setting: setting.compared_with is ComparedWith.BENCHMARKS)
def test_every_setting_of_how_the_model_is_used_belongs_to_the_comparison(table, key):
    settings = TABLES[table]
    one, other = (
        effective(WITH_EFFECT | {key: value}, {}, settings) for value in VALUES[settings[key].holds]
    )
    assert one != other


@each(lambda setting: setting.default is not None)
def test_a_default_that_is_written_out_is_one_that_is_left_out(table, key):
    setting = TABLES[table][key]
    base = {k: v for k, v in WITH_EFFECT.items() if k != key}
    written = effective(base | {key: setting.default}, {}, TABLES[table])
    assert written == effective(base, {}, TABLES[table])


@pytest.mark.parametrize(
    ("greedy", "key"),
    [
        (greedy, key)
        for greedy in ({}, {"do_sample": False}, {"do_sample": True, "temperature": 0})
        for key, setting in TRANSFORMERS.items()
        # `temperature` says itself whether answers are sampled.
        if setting.under is Under.SAMPLING and key not in greedy
    ],
)
def test_a_setting_of_sampling_does_not_count_under_greedy_decoding(greedy, key):
    set_here = greedy | {key: VALUES[TRANSFORMERS[key].holds][0]}
    assert effective(set_here, {}, TRANSFORMERS) == effective({}, {}, TRANSFORMERS)


@each(lambda setting: setting.compared_with is ComparedWith.TASK)
def test_what_belongs_to_the_task_is_no_part_of_the_comparison(table, key):
    settings = TABLES[table]
    for value in VALUES[settings[key].holds]:
        assert effective(WITH_EFFECT | {key: value}, {}, settings) == effective(
            WITH_EFFECT, {}, settings
        )


def test_the_generation_config_of_the_model_fills_in_what_is_left_open():
    defaults = {"do_sample": True, "temperature": 0.6, "top_p": 0.9}
    assert effective({}, defaults, TRANSFORMERS) == effective(defaults, {}, TRANSFORMERS)
    assert effective({"do_sample": False}, defaults, TRANSFORMERS) == {}


def test_words_are_greedy_or_what_differs_from_the_defaults():
    assert in_words(effective({"top_p": 0.5}, {}, TRANSFORMERS), TRANSFORMERS) == "greedy"
    sampled = effective({"do_sample": True, "temperature": 0.7}, {}, TRANSFORMERS)
    assert in_words(sampled, TRANSFORMERS) == "sampling, temperature 0.7"
