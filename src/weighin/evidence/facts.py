"""What evidence says beyond the facets: one closed list of facts, each with the shape of its value.

A facet is an aspect of what was scored. A fact is anything else on which a rule judges: the state
of the harness, how a server answered, what happened to the answers, what somebody declares.
"""

from enum import StrEnum

from pydantic import JsonValue

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Grade


class FactName(StrEnum):
    """What a fact is about. Each name says what its value is, as JSON."""

    REVISION = "revision"
    """The revision of the weights that was asked for, as typed, for example `main`."""
    ARTIFACT_LABEL = "artifact_label"
    """What tells the artifact from others of its name where the log itself does not: a folder."""
    REQUESTED_MODEL = "requested_model"
    """The model that was asked for, as typed, for example `claude-3-7-sonnet-latest`."""
    ANSWERED_MODELS = "answered_models"
    """Calls by the model that says it answered: `{"gpt-4o-2024-08-06": 112}`."""
    PROVIDERS = "providers"
    """Calls by the upstream provider that answered."""
    SYSTEM_FINGERPRINTS = "system_fingerprints"
    """Calls by the fingerprint that the server gave of itself."""
    SENTINELS = "sentinels"
    """Probes of an endpoint against a reference: `[{"at": time, "p_value": number}]`."""
    HARNESS_COMMIT = "harness_commit"
    """Commit of the harness or of the code of the evaluation."""
    HARNESS_IS_DIRTY = "harness_is_dirty"
    """Whether that code had uncommitted changes."""
    HARNESS_FILES = "harness_files"
    """SHA-256 by file of the harness and its scorers."""
    TASK_CODE = "task_code"
    """SHA-256 by file of Python that a benchmark or checkpoint brings, which ran in the process."""
    TASK_OVERRIDES = "task_overrides"
    """What replaces the benchmark's own definition: a list of texts."""
    AGGREGATION = "aggregation"
    """How answers become one score: `pass@1`, `cons@64`, `micro`, `macro`."""
    TOOLS = "tools"
    """Tools that the model was given: a list of names."""
    BOS_TOKENS = "bos_tokens"
    """Begin-of-sequence tokens at the start of the first prompt: a whole number."""
    EXPECTED_BOS_TOKENS = "expected_bos_tokens"
    """How many the model expects, 0 or 1."""
    FINISH_REASONS = "finish_reasons"
    """Answers by why they ended: `{"stop": 90, "length": 10}`."""
    UNPARSED_ANSWERS = "unparsed_answers"
    """`{"unparsed": n, "answers": n}`: answers from which nothing could be extracted.

    Where several filters extract, it is the worst of them, and `by_filter` has the same of each.
    """
    DISTINCT_OUTPUTS = "distinct_outputs"
    """`{"distinct": n, "outputs": n}`: how much the answers vary."""
    OUTPUT_TOKENS = "output_tokens"
    """Mean number of tokens of an answer."""
    ERRORS = "errors"
    """`{"errors": n, "counted_as_wrong": true, false or null}`: documents that failed."""
    EDITED_SCORES = "edited_scores"
    """Scores that were changed after the run, by the log's own word:
    `{"count": n, "edits": [{"document", "score", "before", "after", "at", "by", "why"}],
    "scores": {"accuracy,match": number before, or null}}`, a few edits by way of example."""
    WITHDRAWN = "withdrawn"
    """What the log itself says is not to be used: `{"log": true or false, "answers": n,
    "documents": [ids], "why": text}`, a few ids by way of example."""
    ALTERED_TEXTS = "altered_texts"
    """Texts beside a digest that is not theirs:
    `[{"facet": name, "text": pointer, "digest": pointer, "stated": hex, "found": hex}]`."""
    REACHED_LIMIT = "reached_limit"
    """The most documents that were to be asked, where the log does not show whether these are
    all."""
    RUN_STATUS = "run_status"
    """How the run ended where it did not end well: `{"status": "error", "why": text}`."""
    MISSING_DOCUMENTS = "missing_documents"
    """Ids of documents of the split that have no score: a list."""
    RUNS_OF_DOCUMENTS = "runs_of_documents"
    """Documents by the run in which they were answered, where one score has several."""
    SEEDS = "seeds"
    """Seed by what it seeds."""
    HARDWARE = "hardware"
    """The machine, in words."""
    IMAGES = "images"
    """Documents by the digest of the sandbox image in which they were solved."""
    TIMEOUT_MULTIPLIER = "timeout_multiplier"
    """1 if the benchmark's own time limits held."""
    RESOURCE_OVERRIDES = "resource_overrides"
    """Limits of the benchmark that were replaced: a list of texts."""
    NETWORK = "network"
    """What the sandbox could reach: `none`, `allow-list` or `open`."""
    TRAJECTORIES = "trajectories"
    """`{"passed": n, "with_trajectory": n}`."""
    FORBIDDEN_ACCESSES = "forbidden_accesses"
    """Documents by what was done in them that is forbidden, for example `git log --all`."""
    VARIANTS_TESTED = "variants_tested"
    """How many variants of the model were scored before this one was chosen."""
    SELECTION_RULE = "selection_rule"
    """`{"text": text, "registered": RFC 3339 time}`: which attempt counts, and since when fixed."""
    PUBLIC_URL = "public_url"
    """Where everybody can obtain the scored artifact; null if nobody can."""
    RELEASE_STATEMENT = "release_statement"
    """`{"text": text, "by": name}`: that what was tested is what is released."""
    PARENTS = "parents"
    """Models from which it was made: a list; empty says that there are none."""
    CONTAMINATION = "contamination"
    """A statement, or the report of a probe, on test data in the training data."""
    TEST_DATA_ACCESS = "test_data_access"
    """A statement on who had access to the test data or paid for it."""
    STATED_BY = "stated_by"
    """Who states the score where the record is no log of a run: a card or a scorecard, in words.
    Null or absent of logs."""
    SIGNATURE = "signature"
    """`{"by": identity, "covers": sha256}`: a verified signature over the record's bundle."""


class Fact(StrictModel):
    """Something that a log or a person says, which is no facet.

    Attributes:
        name: What it is about.
        value: In the shape that the name says.
        grade: How it is known; a person's word is `declared`.
        pointer: JSON pointer of it in its source file; empty for the whole file.
    """

    name: FactName
    value: JsonValue
    grade: Grade
    pointer: str = ""
