"""What a record of a foreign log holds where the log says nothing."""

import ast

from tests.making.places import ROOT

from weighin.sources.formats.facets import every_facet
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)

FORMATS = ROOT / "src" / "weighin" / "sources" / "formats"


def test_what_a_log_does_not_say_is_unknown():
    record = foreign_record(
        "org/model",
        foreign_question("arc"),
        foreign_run("a harness", settings={}),
        file="log.json",
        observations=every_facet((), "record it"),
        scores=[foreign_score("arc", "acc", 0.5)],
    )
    asked = record.asked.model_dump(exclude={"task", "decoding", "seeds"})
    assert set(asked.values()) == {None}
    assert (record.asked.decoding, record.asked.seeds) == ({}, {})
    assert (record.sent, record.in_force, record.watch) == (None, None, None)
    run = record.run.model_dump(exclude={"harness", "versions", "settings"})
    assert set(run.values()) == {""}
    assert (record.checkpoint_id, record.location, record.loaded) == (None, None, None)
    assert (record.checkpoint_files, record.files, record.facts) == ((), (), ())
    (score,) = record.scores
    assert (score.stderr, score.aggregation, score.documents) == (None, None, None)


def test_the_harness_of_a_run_is_the_producer_of_its_record():
    run = foreign_run("a harness 1.0", settings={})
    record = foreign_record("m", foreign_question("arc"), run, file="log.json", observations=())
    assert (record.origin.producer, record.origin.file) == ("a harness 1.0", "log.json")


def test_records_of_all_formats_are_made_in_one_place():
    made = {
        path.relative_to(FORMATS).as_posix()
        for path in FORMATS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Record", "RunInfo", "Score"}
    }
    assert made == {"record.py"}
