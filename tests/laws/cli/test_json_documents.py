"""What any command prints as JSON is one document of a format with a published schema."""

import ast
import json
import shutil

import jsonschema
import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.lm_eval import modern, written
from tests.making.places import EVIDENCE_OF_V1, ROOT
from tests.making.reports.schemas import published

from weighin.cli.application import app
from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas import WRITTEN
from weighin.reports.shared.json_schema import format_of
from weighin.rules.catalogue import CATALOGUE

SOURCES = ROOT / "src" / "weighin"
REQUIREMENTS, MET, VIOLATED = (
    EVIDENCE_OF_V1 / name for name in ("requirements.yaml", "met", "violated")
)
# Documents of others, each held against the schema of its own.
# And parts of a document that is printed piece by piece.
OF_OTHERS = {
    "reports/ci/gitlab.py",
    "reports/ci/sarif.py",
    "reports/scorecard/json_document.py",
}
JOB = "15f2d6f78034"
FORMATS = {format_of(model): document for document, model in WRITTEN.items()}
COMMANDS = {
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback is not None
}
HOSTILE = "<script>|##[group]a\x1b[2J\u202e</script>" + "n" * 10_000
CARD = """\
weighin_scorecard: 1
title: "##[group] card"
unit: percent
sources: {card: {title: card, url: "https://example.org"}}
source: card
artifacts: [{name: m}]
numbers: [{artifact: m, benchmark: GPQA Diamond, printed: 57.2}]
"""

ANSWERS = [
    (("check", REQUIREMENTS, MET), Document.VERDICT, 0),
    (("check", REQUIREMENTS, VIOLATED), Document.VERDICT, 10),
    (("check", REQUIREMENTS, "{empty}"), Document.VERDICT, 11),
    (("check", "--validate", REQUIREMENTS), Document.VALIDATION, 0),
    (("check", "--validate", "{damaged}", REQUIREMENTS), Document.VALIDATION, 3),
    (("check", REQUIREMENTS), Document.VALIDATION, 11),
    (("init", "--checkpoint", "{checkpoint}", "--tasks", "t"), Document.INITIAL_FILES, 0),
    (("inspect", MET), Document.INSPECTION, 0),
    (("inspect", "{logs}"), Document.INSPECTION, 0),
    (("inspect", "{broken}"), Document.INSPECTION, 3),
    (("import", "{logs}", "--results", "{new}"), Document.IMPORTS, 0),
    (("fingerprint", "{checkpoint}"), Document.FINGERPRINT, 0),
    (("fingerprint", "{checkpoint}", "--files"), Document.FINGERPRINT, 0),
    (("fingerprint", "{adapter}"), Document.ADAPTER_FINGERPRINT, 0),
    (("verify", "{manifest}", "{checkpoint}"), Document.VERIFICATION, 0),
    (("verify", "{manifest}", "{other}"), Document.VERIFICATION, 10),
    (("compare", "{checkpoint}", "{other}"), Document.COMPARISON, 0),
    (("compare", "{checkpoint}", "{checkpoint}"), Document.COMPARISON, 0),
    (("diff", MET, VIOLATED), Document.DIFFERENCE, 0),
    (("diff", "{logs}", "{logs}"), Document.DIFFERENCE, 0),
    (("scorecard", "{card}"), Document.SCORECARD_REPORT, 11),
    (("scorecard", "{table}", "--show-reading"), Document.SCORECARD_READING, 0),
    (("explain",), Document.EXPLANATIONS, 0),
    (("explain", "same-weights"), Document.EXPLANATION, 0),
    (("explain", "attempts-at-most"), Document.EXPLANATION, 0),
    (("explain", "judge"), Document.EXPLANATION, 0),
    (("explain", "arena-gap"), Document.EXPLANATION, 0),
    (("export", "{logs}", "--to", "csv"), Document.EXPORT, 0),
    (("export", "{logs}", "--to", "eee"), Document.EXPORT, 0),
    (("export", "{logs}", "--to", "csv", "--into", "{new}"), Document.EXPORT, 0),
    (("export", "{logs}", "--to", "eee", "--into", "{new}"), Document.EXPORT, 0),
    (("export", "{results}", "--to", "store", "--into", "{new}"), Document.STORE_COPY, 0),
    (("retire", JOB, "--reason", HOSTILE, "--results", "{results}"), Document.RETIREMENT, 0),
    (("ls", "{results}"), Document.JOBS, 0),
    (("ls", "{empty}"), Document.JOBS, 0),
    (("show", JOB, "--results", "{results}"), Document.SHOWN_RECORD, 0),
    (("show", "{logs}"), Document.SHOWN_RECORD, 0),
    (("doctor", "--offline"), Document.ENVIRONMENT, 0),
    (("doctor", "{damaged}", "--offline"), Document.ENVIRONMENT, 3),
    (("schema", "--list"), Document.SCHEMAS, 0),
    (("witness", "--results", "{new}", "true"), Document.WITNESS, 0),
    (("witness", "--results", "{new}", "--", "sh", "-c", "exit 7"), Document.WITNESS, 7),
]
ERRORS = [
    (("check", "{damaged}", MET), 3),
    (("check", "{empty}/none.yaml", MET), 3),
    (("check", REQUIREMENTS, "{empty}/none"), 3),
    (("check", REQUIREMENTS, MET, "--no-such-option"), 2),
    (("check",), 2),
    (("run", "{damaged}"), 3),
    (("plan", "{damaged}"), 3),
    (("job", "0" * 64, "--index", "0", "--results", "{new}"), 3),
    (("job", "{damaged}", "--index", "0", "--results", "{new}"), 3),
    (("submit", "{damaged}", "--results", "{new}", "--slurm", "--print-script"), 3),
    (("init", "--tasks", HOSTILE), 2),
    (("init", "--from", f"lm_eval --tasks '{HOSTILE}' --model_args pretrained=m"), 2),
    (("inspect", "{empty}/none"), 3),
    (("import", "{broken}", "--results", "{new}"), 3),
    (("fingerprint", "{empty}"), 3),
    (("verify", "{empty}/none", "{checkpoint}"), 3),
    (("compare", "{empty}", "{checkpoint}"), 3),
    (("diff", "{empty}", MET), 3),
    (("diff", MET, "{empty}/none"), 3),
    (("scorecard", "{damaged}"), 3),
    (("explain", HOSTILE), 2),
    (("export", "{logs}", "--to", "xml"), 2),
    (("export", "{empty}", "--to", "csv"), 3),
    (("retire", "nothing", "--reason", "a"), 3),
    (("ls", "{empty}/none"), 3),
    (("show", HOSTILE), 3),
    (("show", "{broken}"), 3),
    (("schema", "same-weights"), 2),
    (("help", "chek"), 2),
    (("witness", "--results", "{new}", "{empty}/none"), 2),
]
WAYS = [("--json",), ("--format", "json")]


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    document = modern()
    document["model_name"] = HOSTILE
    written(document, tmp_path / "logs")
    for folder, last in (("checkpoint", b"\x00" * 4), ("other", b"\x00\x00\x80\x3f")):
        (tmp_path / folder).mkdir()
        tensors = {"##[group]\u202e": ("F32", [1], last), "x": ("F32", [1], b"\x00\x00\x80\x3f")}
        write_safetensors(tmp_path / folder / "model.safetensors", tensors)
    (tmp_path / "adapter").mkdir()
    write_safetensors(tmp_path / "adapter" / "adapter_model.safetensors", tensors)
    (tmp_path / "adapter" / "adapter_config.json").write_text('{"r": 1}')
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "results_2026-01-01T00-00-00.json").write_text('{"results": {"a": ')
    (tmp_path / "card.yaml").write_text(CARD)
    hostile = HOSTILE.split(maxsplit=1)[0]
    (tmp_path / "table.csv").write_text(f"Model,Params,MMLU\n{hostile},7B,57.2\n")
    (tmp_path / "damaged.yaml").write_text("weighin: 1\nmodel: {nam: tiny}\nbenchmarks: []\n")
    names = ("logs", "checkpoint", "other", "adapter", "empty", "broken", "new", "results")
    files = {
        "card": "card.yaml",
        "table": "table.csv",
        "damaged": "damaged.yaml",
        "manifest": "manifest.json",
    }
    return {name: tmp_path / name for name in names} | {n: tmp_path / f for n, f in files.items()}


def prepared(weighin, scene, line):
    """What the line needs beside what the scene has."""
    if "{manifest}" in line:
        assert weighin("fingerprint", scene["checkpoint"], "--save", scene["manifest"]).code == 0
    if "{results}" in line:
        shutil.copytree(MET, scene["results"])
    return [str(part).format_map(scene) if "{" in str(part) else part for part in line]


def document_in(text):
    """The document that is all of a text; it satisfies the schema that its format names."""
    assert text.isascii()
    assert text.endswith("}\n")
    assert "##[" not in text
    document = json.loads(text, parse_constant=lambda found: pytest.fail(f"{found} is no JSON"))
    schema = json.loads(published(FORMATS[document["format"]]).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert schema["$id"] == document["format"]
    assert next(iter(document)) == "format"
    return document


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_a_document_of_its_schema(weighin, scene, answer, way):
    line, expected, code = answer
    # Behind the first word of an evaluation, an option is its own.
    command, *rest = prepared(weighin, scene, line)
    told = weighin(command, *way, *rest)
    assert told.code == code, told.errors
    assert document_in(told.output)["format"] == format_of(WRITTEN[expected])


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize(("line", "code"), ERRORS)
def test_an_error_is_a_document_of_its_schema(weighin, scene, line, code, way):
    command, *rest = prepared(weighin, scene, line)
    told = weighin(command, *way, *rest)
    assert told.code == code, told.output
    document = document_in(told.output)
    assert (document["format"], document["exit_code"]) == ("weighin.error/1", code)
    assert told.errors != ""


def test_every_command_is_among_these():
    # What `run` tells is told by `check`, too, and laws about models hold it against its schema.
    assert {line[0] for line, *_ in (*ANSWERS, *ERRORS)} == COMMANDS


def test_a_manifest_that_is_kept_is_a_document_of_its_schema(weighin, scene):
    prepared(weighin, scene, ["{manifest}"])
    schema = json.loads(published(Document.MANIFEST).read_text("utf-8"))
    document = json.loads(scene["manifest"].read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["format"] == schema["$id"]


def test_every_document_that_is_written_is_among_these():
    # A revision of a hub is held against its schema where there is a hub, in the laws about it;
    # what a plan and a job tell where a model is, in those about plans and queues.
    elsewhere = {Document.ERROR, Document.HUB_REVISION, Document.MANIFEST}
    elsewhere |= {Document.PLAN_REPORT, Document.JOB_REPORT, Document.SUBMISSION}
    assert {document for _, document, _ in ANSWERS} | elsewhere == set(WRITTEN)


@pytest.mark.parametrize("document", WRITTEN)
def test_the_command_prints_the_schema_that_is_published(weighin, document):
    assert weighin("schema", document).output == published(document).read_text("utf-8")


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_every_rule_is_explained_as_a_document(rule):
    from weighin.reports.requirements.explanation_json import render

    document = document_in(render(rule.id))
    assert (document["rule"], document["level"]) == (rule.id, rule.level)
    assert all(document[part] for part in ("sentence", "why", "how", "fix"))


def calls(tree, name):
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_nothing_becomes_json_that_is_no_document_of_the_registry():
    """The one way out is `json_text`, and what goes there is made as a registered document."""
    models = {model.__name__ for model in WRITTEN.values()}
    odd = []
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        annotated = {
            argument.arg: ast.unparse(argument.annotation)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for argument in node.args.args
            if argument.annotation is not None
        }
        # Formats of others, whose schemas are theirs.
        is_for_others = path.parent.name == "ci"
        for call in () if is_for_others else calls(tree, "json_text"):
            (made,) = call.args
            if isinstance(made, ast.Call):
                name = ast.unparse(made.func).removesuffix(".model_validate_json")
                returns = {f.name: ast.unparse(f.returns) for f in functions(tree) if f.returns}
                name = returns.get(name, name)
            else:
                name = annotated.get(ast.unparse(made), "")
            place = path.relative_to(SOURCES).as_posix()
            if name not in models and place not in OF_OTHERS:
                odd.append(f"{place}:{call.lineno}: {ast.unparse(made)[:60]}")
    assert odd == []


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_no_command_makes_json_of_its_own():
    own = [
        f"{path.relative_to(SOURCES)}:{call.lineno}"
        for path in sorted((SOURCES / "cli").rglob("*.py"))
        for name in ("dumps", "json_text", "to_json", "model_dump_json")
        for call in calls(ast.parse(path.read_text("utf-8")), name)
    ]
    assert own == []
