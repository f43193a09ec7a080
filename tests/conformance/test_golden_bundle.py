"""Change one field of a record file in a real evidence folder: exactly the named rules fire.

Which rules those are for a record in memory is the table of
tests/laws/rules/test_golden_case_mutations.py. A record on disk is held against the harness's files
beside it, the manifest of its checkpoint and the ledger above it, too: what that adds is said here.
`sealed` changes recompute every digest that names the record, as whoever could write to all files
might; `unsealed` ones change the record alone.
"""

import json

import pytest
from pydantic_core import to_jsonable_python

from tests.conformance import golden
from tests.conformance.tiny_runs import command_line
from tests.laws.rules.test_golden_case_mutations import MUTATIONS
from weighin.evidence.records import Record

VIOLATED, UNDECIDED = "violated", "undecided"
SOURCE_UNREADABLE = 3

# Values for this bundle, where that of the table is what it holds anyhow, or says something else.
VALUES: dict[str, object] = {
    "asked.task_version": "3.0",
    "asked.dataset_path": "org/other",
    "asked.dataset_revision": "main",
    "asked.documents_total": 25,
    "asked.documents_scored": 23,
    "asked.decoding": {"max_gen_toks": 5},
    "observations.0.how_to_record": "with another flag",
    "scores.0.documents": 23,
    "loaded.tensors": 24,
}
# Lists that are empty in this bundle, with an entry.
ADDED: dict[str, object] = {
    "facts": [{"name": "tools", "value": ["bash"], "grade": "declared", "pointer": ""}],
    "checkpoint_files": [
        {"path": "a.bin", "role": "weights", "size_bytes": 1, "sha256": "0" * 64, "git_sha1": None}
    ],
}
# The harness's own files say it, too, so that a record that says otherwise contradicts them.
HELD_AGAINST_FILES = {
    "asked.task", "asked.task_version", "asked.config_digest", "asked.dataset_path",
    "asked.dataset_revision", "asked.documents_digest", "asked.prompts_digest",
    "asked.num_fewshot", "asked.documents_total", "asked.documents_scored", "asked.decoding",
    "asked.repeats", "asked.seeds",
    "scores.0.task", "scores.0.metric", "scores.0.filter", "scores.0.value", "scores.0.stderr",
    "scores.0.documents", "files.0.path", "files.0.sha256",
    # Of the tensors in memory a record holds two digests, which must be one.
    "observations.0.identifiers.1.value", "loaded.digest_before",
}  # fmt: skip
# Where this bundle differs from the case in memory, and why.
OTHERWISE: dict[str, dict[str, str]] = {
    # The row of the other name is not judged; this one lacks the benchmark.
    "model": {"every-benchmark-present": UNDECIDED, "distinct-checkpoints-differ": VIOLATED},
    # There is no manifest of the other id here.
    "checkpoint_id": {
        "checkpoint-is-declared": UNDECIDED,
        "released-is-scored": UNDECIDED,
        # The files of that one were not read after it.
        "weights-unchanged-during-run": UNDECIDED,
    },
    # The files that were read at the end of its run are in another state, so that they say nothing.
    "loaded.files_state": {"weights-unchanged-during-run": UNDECIDED},
    # Whether that was after it is not known.
    "run.finished": {"weights-unchanged-during-run": UNDECIDED},
    # The first identifier of the weights is that of what the machine computed, the second that of
    # the tensors in memory, the third that of those on disk, which still agrees with the other
    # benchmark and the manifest.
    "observations.0.identifiers.0.kind": {},
    "observations.0.identifiers.0.grade": {},
    "observations.0.identifiers.0.scope": {},
    "observations.0.identifiers.0.value": {"same-weights": VIOLATED},
    # No text is generated here.
    "sent.generation": {},
    # The other benchmark was asked with the one of the model.
    "in_force.max_length": {"same-max-length": VIOLATED},
    # Every record here was asked by one harness on one day.
    "asked.config_digest": {"same-task-configuration": UNDECIDED},
    "asked.documents_digest": {"same-documents": UNDECIDED},
    # lm-eval's own file does not name the aggregation.
    "scores.0.aggregation": {"score-recomputes": UNDECIDED},
    # Without its results file a record cannot be held against anything.
    "files.0.role": {"records-intact": UNDECIDED},
    # The ledger says that nothing was taken.
    "taken": {
        "weights-unchanged-during-run": VIOLATED,
        "watched-throughout": UNDECIDED,
        "records-intact": VIOLATED,
    },
    # The ledger knows an attempt that no record is of.
    "run.job_id": {"records-intact": UNDECIDED, "one-attempt": VIOLATED},
    "run.attempt_id": {"records-intact": UNDECIDED, "one-attempt": UNDECIDED},
}
# Not a record of this format at all: no verdict, and the place is named.
REFUSED = {"format", "observations.0.facet"}
# Then the altered record is none of a required attempt.
OF_ANOTHER_ROW = {"model", "asked.task", "run.job_id"}
# Further identifiers of the weights, which the case in memory has not.
OF_TENSORS: dict[str, tuple[object, dict[str, str]]] = {
    "observations.0.identifiers.1.value": ("0" * 64, {"same-weights": VIOLATED}),
    "observations.0.identifiers.2.value": (
        "0" * 64,
        {"checkpoint-is-declared": VIOLATED, "released-is-scored": VIOLATED},
    ),
    # The other one still says which weights they were, as well as is required.
    "observations.0.identifiers.2.grade": ("declared", {}),
}
# An altered record is not the one that the ledger names.
ALTERED = {"records-intact": VIOLATED, "one-attempt": UNDECIDED}

# Of all values of a record, each of which its digest covers alike.
STEP = 12

PATHS = [
    *(path for path in MUTATIONS if not path.startswith(tuple(f"{name}." for name in ADDED))),
    *ADDED,
    *OF_TENSORS,
]


def mutation(path):
    """Another value for a field, and which rules fire where all digests are made to fit."""
    if path in ADDED:
        return ADDED[path], {}
    value, rules = OF_TENSORS.get(path) or MUTATIONS[path]
    expected = OTHERWISE.get(path, {rule: str(outcome) for rule, outcome in rules.items()})
    if path in HELD_AGAINST_FILES:
        expected = expected | {"records-intact": VIOLATED}
    return to_jsonable_python(VALUES.get(path, value)), expected


@pytest.fixture(scope="session")
def bundle(tmp_path_factory, checkpoints):
    return golden.make(tmp_path_factory.mktemp("golden") / "bundle", checkpoints)


@pytest.fixture
def judged(bundle, tmp_path, monkeypatch, capfd):
    """Judges a copy of the bundle with one field changed: exit code, and rules that fire."""

    def judge(path=None, *, is_sealed=True):
        folder = golden.copied(bundle, tmp_path / "copy")
        if path is not None:
            value = json.loads(json.dumps(mutation(path)[0]))
            golden.change(
                folder, lambda record: golden.put(record, path, value), is_sealed=is_sealed
            )
        monkeypatch.chdir(folder)
        capfd.readouterr()
        code = command_line("check", "requirements.yaml", "evidence", "--json")
        output, errors = capfd.readouterr()
        assert "Traceback" not in errors
        findings = json.loads(output).get("findings", [])
        outcomes = (UNDECIDED, VIOLATED)
        return code, {
            f["rule"]: f["outcome"] for o in outcomes for f in findings if f["outcome"] == o
        }

    return judge


@pytest.mark.model
def test_the_bundle_is_met_and_no_rule_fires(judged):
    assert judged() == (0, {})


def test_every_field_of_a_record_is_changed():
    assert {path.partition(".")[0] for path in PATHS} == set(Record.model_fields)


@pytest.mark.model
@pytest.mark.parametrize("path", PATHS)
def test_a_changed_value_is_another_one(path, bundle, tmp_path):
    folder = golden.copied(bundle, tmp_path / "copy")
    before = golden.record_of(folder).read_bytes()
    value = json.loads(json.dumps(mutation(path)[0]))
    golden.change(folder, lambda record: golden.put(record, path, value), is_sealed=False)
    (after,) = folder.glob(f"evidence/tiny/{golden.TASK}/*/*/record.json")
    assert after.read_bytes() != before


@pytest.mark.model
@pytest.mark.parametrize("path", [path for path in PATHS if path not in REFUSED])
def test_a_sealed_change_fires_exactly_its_rules(path, judged):
    assert judged(path)[1] == mutation(path)[1]


@pytest.mark.model
@pytest.mark.parametrize("path", [p for p in PATHS if p not in REFUSED | OF_ANOTHER_ROW])
def test_an_unsealed_change_fires_its_rules_and_those_on_altered_records(path, judged):
    assert judged(path, is_sealed=False) == (10, mutation(path)[1] | ALTERED)


@pytest.mark.model
@pytest.mark.parametrize("path", sorted(REFUSED))
def test_what_is_no_record_is_refused_without_a_verdict(path, judged):
    assert judged(path) == (SOURCE_UNREADABLE, {})


@pytest.mark.model
def test_an_unsealed_record_of_another_model_leaves_the_row_undecided(judged):
    assert judged("model", is_sealed=False) == (11, mutation("model")[1])


@pytest.mark.model
def test_an_unsealed_record_of_another_benchmark_is_altered_and_leaves_the_row(judged):
    assert judged("asked.task", is_sealed=False) == (10, mutation("asked.task")[1])


@pytest.mark.model
def test_an_unsealed_record_of_another_job_is_altered_and_a_further_attempt(judged):
    fired = {"records-intact": VIOLATED, "one-attempt": VIOLATED}
    assert judged("run.job_id", is_sealed=False) == (10, fired)


def leaves(value, path=()):
    """Every scalar, and every empty list or object, of a JSON value, with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, dict | list) and inner:
            yield from leaves(inner, (*path, str(key)))
        else:
            yield ".".join((*path, str(key))), inner


def another(value):
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case None:
            return "x"
        case dict():
            return {"x": "x"}
        case _:
            return ["x"]


@pytest.mark.model
@pytest.mark.parametrize("task", ["tiny_choice", "tiny_generate"])
def test_no_value_of_a_record_is_changed_unseen(task, bundle, tmp_path, monkeypatch, capfd):
    unseen = []
    folder = golden.copied(bundle, tmp_path / "copy")
    monkeypatch.chdir(folder)
    path = golden.record_of(folder, task)
    before = path.read_bytes()
    for field, value in [*leaves(json.loads(before))][::STEP]:
        record = json.loads(before)
        golden.put(record, field, another(value))
        path.write_text(json.dumps(record, ensure_ascii=False))
        if command_line("check", "requirements.yaml", "evidence") == 0:
            unseen.append(field)
        capfd.readouterr()
    assert unseen == []


@pytest.mark.model
def test_no_other_file_of_the_evidence_is_changed_unseen(bundle, tmp_path, monkeypatch, capfd):
    unseen = []
    folder = golden.copied(bundle, tmp_path / "copy")
    monkeypatch.chdir(folder)
    files = sorted(path for path in folder.glob("evidence/**/*") if path.is_file())
    # A claim is advice to workers, and no evidence.
    judged = [
        p for p in files if p.name != "README.md" and p.parent.name not in {"plans", "claims"}
    ]
    for path in judged:
        before = path.read_bytes()
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
        if command_line("check", "requirements.yaml", "evidence") == 0:
            unseen.append(path.relative_to(folder).as_posix())
        path.write_bytes(before)
        capfd.readouterr()
    assert unseen == []
