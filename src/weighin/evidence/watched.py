"""What was seen of the process while it answered, as plain frozen data."""

from enum import StrEnum

from weighin.files.strict_model import StrictModel


class FunctionEntry(StrictModel):
    """A function that the model or the harness calls.

    Attributes:
        name: Qualified name.
        file: Where its code stands; empty if it was generated.
        sha256: Digest of the code.
    """

    name: str
    file: str
    sha256: str


class WatchedChange(StrictModel):
    """Something that changed while it was watched.

    Attributes:
        what: For example `tensor`, `method`, `function`, `hook`, `number`, `config`.
        name: Its name.
        before: What it was, in words.
        after: What it became.
        when: For example `while tasks were loaded`, `at pass 12`, `after the last answer`.
    """

    what: str
    name: str
    before: str
    after: str
    when: str


class Looks(StrictModel):
    """How closely a benchmark was watched.

    Attributes:
        passes: Forward passes seen, each with a look at pointers, versions, shapes and dtypes.
        looks: Random looks at the numbers themselves.
        bytes_looked_at: Bytes that these compared.
        seconds: What they took.
        model_seconds: What the model took.
        missed: By `one`, `six` and `all`: the chance that a swap of so many tensors for half of
            the benchmark would not have been seen; of the tensors whose numbers were looked at.
        from_files: Tensors that were read from files at every pass. Of these, what the file system
            says of the files was looked at, and no numbers.
    """

    passes: int
    looks: int
    bytes_looked_at: int
    seconds: float
    model_seconds: float
    missed: dict[str, float]
    from_files: int = 0


class WatchState(StrEnum):
    """What became of watching a benchmark."""

    HELD = "held"
    CHANGED = "changed"
    UNPLACED = "unplaced"
    OFF = "off"
    COULD_NOT_RUN = "could not run"


class Watch(StrictModel):
    """What was seen of the process while it answered.

    Attributes:
        state: Whether what was watched stayed as it was.
        why: Why it could not be watched; empty if it was.
        looks: How closely; `None` if not at all.
        changes: What changed.
        unplaced: Functions that the model calls and that are of none of the known libraries.
        functions_sha256: Digest of the list of all functions, uncompressed; it lies beside the
            record, as `functions.json.gz`.
    """

    state: WatchState
    why: str = ""
    looks: Looks | None = None
    changes: tuple[WatchedChange, ...] = ()
    unplaced: tuple[FunctionEntry, ...] = ()
    functions_sha256: str = ""
