"""What explains a page to who has nothing but the page, and meets weighin for the first time."""

from dataclasses import dataclass

from weighin.reports.page.model.blocks import Bar
from weighin.reports.page.model.words import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What was asked and what came out, for a reader who knows no rule.

    Attributes:
        question: With a question mark; it may hold foreign names.
        answer: A sentence, in the colour of its outcome.
        why: Sentences, the most important first; foreign.
    """

    question: str
    answer: Run
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One score.

    Attributes:
        name: Of the benchmark; foreign.
        metric: Of what; foreign, empty without a score.
        value: In the metric's own unit; `None` if there is none.
        interval: Its confidence interval; `None` if that is unknown.
        words: The score in figures.
        documents: Over how many documents.
        remark: Why it has no interval; empty if that is no question.
    """

    name: str
    metric: str
    value: float | None
    interval: tuple[float, float] | None
    words: str
    documents: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores that are looked at side by side.

    Attributes:
        rows: A row a benchmark.
        meaning: What the interval is.
    """

    rows: tuple[ScoreRow, ...]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Quantities of things that follow one another, for example the blocks of a model.

    Attributes:
        title: What follows one another; foreign.
        bars: Each of them, in their order.
        full: What a full bar is.
        meaning: What the quantity is.
    """

    title: str
    bars: tuple[Bar, ...]
    full: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing that stands inside the page.

    Attributes:
        title: What it shows; foreign.
        svg: A whole SVG file, with a title and a description of its own. What is drawn wears these
            classes, and a printer gives them its colours: `paper`, `band`, `claim`, `run`, `ink`,
            `hollow`, `faint`, `fine`, `bold`, `strong`.
    """

    title: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a word of the page means.

    Attributes:
        word: The word.
        words: What it means.
        extent: How often it is said here; empty if that is no question.
    """

    word: str
    words: str
    extent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read.

    Attributes:
        path: As given; foreign.
        role: What it is, in a word or two.
        sha256: Hex digest of its bytes; empty if it was not taken.
    """

    path: str
    role: str
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNote:
    """What a rule that the page names asks for.

    Attributes:
        rule: Its id.
        sentence: What holds where it is met.
        why: Why it matters.
        fix: What to do where it does not hold.
        address: Of its page; empty if it has none.
        decides: Whether something is not as it asks.
    """

    rule: str
    sentence: str
    why: str
    fix: str
    address: str = ""
    decides: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What explains a page; a printer for people who have weighin at hand leaves it out.

    Attributes:
        title: What the page is, for one that has no title of its own.
        answer: What was asked, and what came out.
        scores: Scores side by side; `None` if that is no question.
        series: What follows one another, and by how much it differs.
        drawings: Pictures.
        meanings: What the words mean that say how something is known.
        limits: What the page does not prove, in sentences without a full stop.
        command: What comes to the same page again, with its arguments; empty if unknown.
        files: Files that were read.
        rules: The rules that the page names.
    """

    title: str = "Report"
    answer: Gist | None = None
    scores: Scores | None = None
    series: tuple[Series, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    limits: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    files: tuple[ReadFile, ...] = ()
    rules: tuple[RuleNote, ...] = ()
