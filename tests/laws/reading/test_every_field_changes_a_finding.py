"""Every field that a reader fills changes what a rule says, or it is said why none does."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.making.logs.every_format import FORMATS, read_log_of
from tests.making.logs.used_fields import ADDED, JUDGED, NOT_JUDGED
from tests.making.rules.builders import case, changed, digest, requirements, setting, verdict
from tests.making.rules.cases import PARAMETERS
from tests.making.rules.facts import fact_of

import weighin.sources.formats
from weighin.evidence.collected import Recomputed
from weighin.evidence.facts import FactName
from weighin.evidence.records import Observation, Record
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade
from weighin.requirements.model import BenchmarkRequirement, Model
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Case

OTHERS: Mapping[str, object] = {
    "run.started": "2000-01-01T00:00:00Z",
    "run.finished": "2100-01-01T00:00:00Z",
    "fact stated_by": None,
}


@cache
def records() -> Mapping[str, Record]:
    found = {}
    with TemporaryDirectory() as folder:
        for number, name in enumerate(FORMATS):
            _, logged = read_log_of(name, Path(folder, str(number)))
            found[name] = logged[0].record
    return found


def filled(model: StrictModel, at: str = "") -> Iterator[tuple[str, str]]:
    """The fields that hold something: as the table names them, and their place in the record."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if value in (None, "", (), {}, False):
            continue
        match name:
            case "observations":
                yield from identified(value)
            case "facts":
                yield from ((f"fact {f.name}", f"facts.{n}.value") for n, f in enumerate(value))
            case "scores" | "files":
                yield from ((f"{name}.{key}", f"{name}.0.{key}") for key, _ in filled(value[0]))
            case "settings":
                yield from ((f"setting {key}", f"{at}settings {key}") for key in value)
            case _ if isinstance(value, StrictModel):
                yield from filled(value, f"{name}.")
            case _:
                yield f"{at}{name}", f"{at}{name}"


def identified(observations: tuple[Observation, ...]) -> Iterator[tuple[str, str]]:
    for n, observation in enumerate(observations):
        for m, known in enumerate(observation.identifiers):
            yield f"{observation.facet} by {known.kind}", f"observations.{n}.identifiers.{m}.value"


def other(value: object, name: str) -> object:
    """Another value of the same shape, or one that is as likely in that field."""
    return OTHERS[name] if name in OTHERS else of_same_shape(value)


def of_same_shape(value: object) -> object:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str() if "@" in value:
            return f"{value.partition('@')[0]}@{digest(value)[:40]}"
        case str():
            return digest(value) if len(value) in {40, 64} else f"{value}-other"
        case dict():
            return {k: of_same_shape(v) for k, v in value.items()} | {
                "other": next(iter(value.values()), 1)
            }
        case list():
            return [*value, "other"]
        case tuple():
            return ()
        case _:
            return 1


def with_other(record: Record, name: str, place: str) -> Record:
    head, _, key = place.partition(" ")
    if key:
        settings = record.run.settings
        return changed(record, head, {**settings, key: other(settings[key], name)})
    value: object = record
    for part in place.split("."):
        value = value[int(part)] if isinstance(value, tuple) else getattr(value, part)
    return changed(record, place, other(value, name))


def row_of(record: Record, judged: Record, *, is_alone: bool) -> Case:
    """A record beside another attempt at its benchmark, if any, and one at another benchmark."""
    asked, run = record.asked, record.run
    # Told apart from the record by what no rule reads, whatever is changed in that.
    earlier = run.model_copy(update={"host": "elsewhere"})
    if run.started:
        earlier = earlier.model_copy(update={"started": "2019-01-01T00:00:00Z"})
    origin = record.origin.model_copy(update={"file": "earlier.json"})
    twin = record.model_copy(update={"run": earlier, "origin": origin})
    twin = changed(twin, "scores.0.value", record.scores[0].value + 0.125)
    another = changed(changed(record, "asked.task", "another"), "origin.file", "another.json")
    scores = tuple(s.model_copy(update={"task": "another"}) for s in another.scores)
    another = another.model_copy(update={"scores": scores})
    key = record.scores[0].key
    requires = requirements(
        model=Model(name=record.model, checkpoint=f"hf://org/model@{'d' * 40}"),
        same=tuple(Facet),
        evidence=Grade.DECLARED,
        benchmarks=(
            BenchmarkRequirement(
                task=asked.task,
                metric=key,
                num_fewshot=asked.num_fewshot,
                task_version=asked.task_version,
                repeats=asked.repeats,
                seed=asked.seeds.get("random"),
                decoding=asked.decoding,
                documents=asked.documents_digest and f"sha256:{asked.documents_digest}",
                claimed="50%",
            ),
            BenchmarkRequirement(task="another"),
        ),
        rules={
            rule: setting(**json.loads(json.dumps(PARAMETERS.get(rule, {}))))
            for rule in CATALOGUE.on_request
        },
    )
    values = {(s.task, s.metric, s.filter): s.value for s in (*record.scores, *scores)}
    documents = dict.fromkeys(values, 4)
    made = case(
        judged,
        *(() if is_alone else (twin,)),
        another,
        requires=requires,
        recompute=lambda _: Recomputed(values=values, documents=documents, why_not={}),
    )
    return replace(made, declared=None, released=None, manifests={}, reference=(twin,))


def findings(of: Case) -> Mapping[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for judged in verdict(of).findings:
        f = judged.finding
        # Without the order of words: records without a time are listed by what they hold.
        words = sorted(re.findall(r"[\w./@:%-]+", f"{f.statement} {f.expected} {f.found}"))
        said = (f.outcome, f.benchmarks, *words)
        found.setdefault(judged.rule, []).append(said)
    return {rule: sorted(said) for rule, said in found.items()}


def keys_of_settings(tree: ast.AST) -> Iterator[str]:
    """The keys under which a module of a format fills in settings, as far as its text shows."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
                | ast.AugAssign(target=ast.Name(id=name), value=value)
            ) if name == "settings" or name.endswith("_SETTINGS"):
                yield from constants(value)
            case ast.keyword(arg="settings", value=value):
                yield from constants(value)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="settings"), slice=ast.Constant(key))]
            ):
                yield key


def constants(value: ast.AST | None) -> Iterator[str]:
    found = getattr(value, "elts", getattr(value, "keys", ()))
    yield from (n.value for n in found if isinstance(n, ast.Constant))


@cache
def fields_that_readers_fill() -> frozenset[str]:
    """Of small logs of every format, and of what else the text of a format shows."""
    found = {name for record in records().values() for name, _ in filled(record)}
    for file in Path(weighin.sources.formats.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= {f"setting {key}" for key in keys_of_settings(tree)}
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id="FactName"), attr=member):
                    found.add(f"fact {FactName[member]}")
    return frozenset(found)


def rules_on(name: str) -> tuple[str, ...]:
    """The rules that read a field; of a facet the one of that name."""
    facet, by, _ = name.partition(" by ")
    return (f"same-{facet.replace('_', '-')}",) if by else JUDGED[name]


def otherwise(name: str) -> Iterator[tuple[str, Record]]:
    """By format: its record with another value in the field, wherever it fills it."""
    for of_format, record in records().items():
        for field, place in filled(record):
            if field == name:
                yield of_format, with_other(record, name, place)
    if name in ADDED:
        of_format = "lm-eval results"
        record, value = records()[of_format], ADDED[name]
        kind, _, key = name.partition(" ")
        match kind:
            case "fact":
                yield of_format, fact_of(record, FactName(key), value)
            case "setting":
                settings = {**record.run.settings, key: value}
                yield of_format, changed(record, "run.settings", settings)
            case _:
                yield of_format, changed(record, name, value)


@cache
def before(of_format: str, *, is_alone: bool) -> Mapping[str, list[tuple[object, ...]]]:
    record = records()[of_format]
    return findings(row_of(record, record, is_alone=is_alone))


def fired(name: str) -> set[str]:
    """The rules that say something else when the field does, in whatever format."""
    rules: set[str] = set()
    for (of_format, record), is_alone in product(otherwise(name), (True, False)):
        first = before(of_format, is_alone=is_alone)
        now = findings(row_of(records()[of_format], record, is_alone=is_alone))
        rules |= {rule for rule in {*first, *now} if first.get(rule) != now.get(rule)}
    return rules


FACETS = sorted(
    name for record in records().values() for name, _ in filled(record) if " by " in name
)


def test_every_field_that_a_reader_fills_is_judged_or_it_is_said_why_not():
    told = {*JUDGED, *NOT_JUDGED, *FACETS}
    assert fields_that_readers_fill() - told == set()
    assert told - fields_that_readers_fill() - {"is_partial"} == set()
    assert not JUDGED.keys() & NOT_JUDGED.keys()


def test_every_rule_that_is_named_exists():
    named = {rule for name in (*JUDGED, *FACETS) for rule in rules_on(name)}
    assert named <= {rule.id for rule in CATALOGUE.rules}


@pytest.mark.parametrize("name", [*JUDGED, *dict.fromkeys(FACETS)])
def test_the_rules_that_are_named_say_something_else_where_the_field_does(name):
    assert set(rules_on(name)) <= fired(name)


@pytest.mark.parametrize("name", NOT_JUDGED)
def test_no_rule_reads_a_field_of_which_it_is_said_that_none_does(name):
    assert fired(name) == set()
