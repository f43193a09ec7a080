"""What a person declares of a model, beside all logs: the file, fact by fact."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from weighin.files.strict_model import StrictModel
from weighin.requirements.model import Text

DECLARATIONS_VERSION = 1

Count: TypeAlias = Annotated[int, Field(ge=0)]
Counts: TypeAlias = Annotated[dict[Text, Count], Field(min_length=1)]
Texts: TypeAlias = tuple[Text, ...]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[-+][0-2]\d:[0-5]\d)$"
    ),
]


class DeclaredSentinel(StrictModel):
    """A probe of an endpoint against a reference.

    Attributes:
        at: When, RFC 3339 with a time zone, in quotes.
        p_value: Of the endpoint answering as the reference does.
    """

    at: Moment
    p_value: Annotated[float, Field(ge=0, le=1)]


class DeclaredUnparsed(StrictModel):
    """Answers from which nothing could be extracted.

    Attributes:
        unparsed: How many.
        answers: Of how many.
    """

    unparsed: Count
    answers: Count


class DeclaredDistinct(StrictModel):
    """How much the answers vary.

    Attributes:
        distinct: How many are distinct.
        outputs: Of how many.
    """

    distinct: Count
    outputs: Count


class DeclaredErrors(StrictModel):
    """Documents that failed.

    Attributes:
        errors: How many.
        counted_as_wrong: Whether they count as wrong; no value if that is not known.
    """

    errors: Count
    counted_as_wrong: bool | None = None


class DeclaredTrajectories(StrictModel):
    """Passed documents whose trajectory was kept.

    Attributes:
        passed: Documents that were passed.
        with_trajectory: How many of them have a trajectory.
    """

    passed: Count
    with_trajectory: Count


class DeclaredSelection(StrictModel):
    """Which attempt counts.

    Attributes:
        text: The rule, in words.
        registered: Since when it is fixed, RFC 3339 with a time zone, in quotes.
    """

    text: Text
    registered: Moment


class DeclaredRelease(StrictModel):
    """That what was tested is what is released.

    Attributes:
        text: The statement.
        by: Who makes it.
    """

    text: Text
    by: Text


class DeclaredSignature(StrictModel):
    """A signature over a bundle. Declared, it is not verified, and counts as such.

    Attributes:
        by: Identity of the signer.
        covers: SHA-256 of what was signed.
    """

    by: Text
    covers: Sha256


class DeclaredFacts(StrictModel):
    """Facts by name. A fact that is left out is not declared.

    Attributes:
        revision: The revision of the weights that was asked for.
        artifact_label: What tells the artifact from others of its name.
        requested_model: The model that a server was asked for.
        answered_models: Calls by the model that says it answered.
        providers: Calls by the upstream provider that answered.
        system_fingerprints: Calls by the fingerprint that the server gave of itself.
        sentinels: Probes of the endpoint against a reference.
        harness_commit: Commit of the harness or of the code of the evaluation.
        harness_is_dirty: Whether that code had uncommitted changes.
        harness_files: SHA-256 of each file of the harness and its scorers, by path.
        task_overrides: What replaces the benchmark's own definition.
        aggregation: How answers become one score, for example `pass@1` or `cons@64`.
        tools: Tools that the model was given; an empty list says that there were none.
        bos_tokens: Begin-of-sequence tokens at the start of the first prompt.
        expected_bos_tokens: How many of them the model expects.
        finish_reasons: Answers by why they ended.
        unparsed_answers: Answers from which nothing could be extracted.
        distinct_outputs: How much the answers vary.
        output_tokens: Mean number of tokens of an answer.
        errors: Documents that failed.
        missing_documents: Ids of documents that have no score; an empty list says that all have.
        runs_of_documents: Documents by the run in which they were answered.
        seeds: Seed by what it seeds.
        hardware: The machine, in words.
        images: Documents by the digest of the sandbox image in which they were solved.
        timeout_multiplier: 1 if the benchmark's own time limits held.
        resource_overrides: Limits of the benchmark that were replaced; an empty list says none.
        network: What the sandbox could reach.
        trajectories: Passed documents whose trajectory was kept.
        forbidden_accesses: Documents by what was done in them that is forbidden.
        variants_tested: Variants that were scored before this one was chosen, this one included.
        selection_rule: Which attempt counts, and since when that is fixed.
        public_url: Where everybody can obtain the scored artifact; `null` if nobody can.
        release_statement: That what was tested is what is released.
        parents: Models from which it was made; an empty list says that there are none.
        contamination: A statement on test data in the training data.
        test_data_access: A statement on who had access to the test data or paid for it.
        signature: A signature over the bundle.
    """

    revision: Text | None = None
    artifact_label: Text | None = None
    requested_model: Text | None = None
    answered_models: Counts | None = None
    providers: Counts | None = None
    system_fingerprints: Counts | None = None
    sentinels: Annotated[tuple[DeclaredSentinel, ...], Field(min_length=1)] | None = None
    harness_commit: Text | None = None
    harness_is_dirty: bool | None = None
    harness_files: Annotated[dict[Text, Sha256], Field(min_length=1)] | None = None
    task_overrides: Texts | None = None
    aggregation: Text | None = None
    tools: Texts | None = None
    bos_tokens: Count | None = None
    expected_bos_tokens: Annotated[int, Field(ge=0, le=1)] | None = None
    finish_reasons: Counts | None = None
    unparsed_answers: DeclaredUnparsed | None = None
    distinct_outputs: DeclaredDistinct | None = None
    output_tokens: Annotated[float, Field(ge=0)] | None = None
    errors: DeclaredErrors | None = None
    missing_documents: Texts | None = None
    runs_of_documents: Counts | None = None
    seeds: Annotated[dict[Text, int], Field(min_length=1)] | None = None
    hardware: Text | None = None
    images: Counts | None = None
    timeout_multiplier: Annotated[float, Field(gt=0)] | None = None
    resource_overrides: Texts | None = None
    network: Literal["none", "allow-list", "open"] | None = None
    trajectories: DeclaredTrajectories | None = None
    forbidden_accesses: dict[Text, Count] | None = None
    variants_tested: Annotated[int, Field(ge=1)] | None = None
    selection_rule: DeclaredSelection | None = None
    public_url: Text | None = None
    release_statement: DeclaredRelease | None = None
    parents: Texts | None = None
    contamination: Text | None = None
    test_data_access: Text | None = None
    signature: DeclaredSignature | None = None

    def declared(self) -> dict[str, JsonValue]:
        """The facts that stand in the file, by name, in the order of the format."""
        written: dict[str, JsonValue] = self.model_dump(mode="json", exclude_unset=True)
        return {name: written[name] for name in type(self).model_fields if name in written}


class DeclarationsFile(StrictModel):
    """What somebody declares of a model, for what no log says.

    Attributes:
        weighin_declarations: Version of this format: 1.
        model: Name of the model, as the requirements or the logs have it.
        benchmark: The benchmark that it is about; without it, all of them.
        source: Who says so, and where it can be read.
        facts: What is declared, by name.
    """

    weighin_declarations: Literal[1]
    model: Text
    benchmark: Text | None = None
    source: Text
    facts: DeclaredFacts
